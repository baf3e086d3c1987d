"""A clock of processes that can be set while they live, by libfaketime: time that only goes by stays the real one."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCKED = Path(__file__).parent / "clocked"


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
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",
            "PYTHONPATH": os.pathsep.join([str(CLOCKED), str(CLOCKED.parents[2]), os.environ.get("PYTHONPATH", "")]),
        }

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set_by(self, step: timedelta) -> None:
        """Forward, or back, at once for all who go by it."""
        self._ahead += step
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self._ahead.total_seconds():+.3f}\n")
        beside.replace(self._file)
