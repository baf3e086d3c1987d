"""What Linux tells of processes that are measured."""

import os
from collections.abc import Sequence
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
"""In a second."""


def worked(processes: Sequence[int]) -> float:
    """Seconds of processor time so far; of those that are gone none."""
    ticks = 0
    for process in processes:
        told = Path(f"/proc/{process}/stat")
        if told.exists():
            ticks += sum(map(int, told.read_text().rpartition(")")[2].split()[11:13]))
    return ticks / TICK
