"""A clock of processes that can be set while they live, at the same moment for all of them. Time that only goes by
(`time.monotonic`) stays the real one, as where an operator sets a machine's clock."""

import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCKED = Path(__file__).parent / "clocked"
FILE = "TEST_CLOCK"
"""The setting that names the file in which stands how far the clock is ahead, in nanoseconds."""
AHEAD = struct.Struct("q")


class Clock:
    """Stands at `begin` when it is made, and goes on from there. Processes started in its `environment` go by it:
    Python reads `clocked/sitecustomize.py` before all else."""

    def __init__(self, folder: Path, begin: datetime) -> None:
        self._file = folder / "clock"
        self._ahead = begin - datetime.now(UTC)
        self._file.write_bytes(self._written)

    @property
    def environment(self) -> dict[str, str]:
        first = [str(CLOCKED), str(CLOCKED.parents[2]), os.environ.get("PYTHONPATH", "")]
        return {FILE: str(self._file), "PYTHONPATH": os.pathsep.join(filter(None, first))}

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set_by(self, step: timedelta) -> None:
        """Forward, or back. In place: whoever goes by it has the file open."""
        self._ahead += step
        with self._file.open("r+b") as file:
            file.write(self._written)

    @property
    def _written(self) -> bytes:
        return AHEAD.pack(self._ahead // timedelta(microseconds=1) * 1000)
