"""A clock of processes that can be set while they live, by libfaketime: time that only goes by stays the real one."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.services import without

CLOCKED = Path(__file__).parent / "clocked"
READ_EVERY = 1
"""Seconds: a process that reads the file whenever it asks what time it is does nothing else."""


def library() -> str:
    """The one for processes with threads."""
    found = next(map(str, Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    return found or without("sudo apt-get install libfaketime")


class Clock:
    """Stands at `begin` when it is made, and goes on from there. Processes started in its `environment` go by it."""

    def __init__(self, library: str, folder: Path, begin: datetime) -> None:
        self._library, self._file = library, folder / "clock"
        self._ahead = timedelta(0)
        self.set_by(begin - datetime.now(UTC))

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(READ_EVERY),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "PYTHONPATH": os.pathsep.join([str(CLOCKED), str(CLOCKED.parents[2]), os.environ.get("PYTHONPATH", "")]),
        }

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set_by(self, step: timedelta) -> None:
        """Forward, or back; done when all who go by it have seen it."""
        self._ahead += step
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self._ahead.total_seconds():+.3f}\n")
        beside.replace(self._file)
        time.sleep(1.5 * READ_EVERY)
