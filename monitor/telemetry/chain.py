"""Whether the audit log is what was written, looked at from end to end every few hours: that takes too long to be done
whenever somebody asks."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from monitor.audit.verifying import verify
from monitor.db import Database

EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Checked:
    """intact: the whole log held when it was looked at."""

    intact: bool
    at: datetime


class Chain:
    """What the latest look found. Whoever asks when that is old sets the next one going, and waits for nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.latest: Checked | None = None
        self._looking = threading.Lock()
        self._looks: threading.Thread | None = None

    def checked(self, now: datetime) -> Checked | None:
        """None: nobody has looked yet."""
        old = self.latest is None or now - self.latest.at >= EVERY
        if old and self._looking.acquire(blocking=False):
            self._looks = threading.Thread(target=self._look, name="verifies the audit log", daemon=True)
            self._looks.start()
        return self.latest

    def finish(self, seconds: float) -> None:
        """Waits for a look that is under way, but no longer than that: the process ends."""
        if self._looks is not None:
            self._looks.join(seconds)

    def _look(self) -> None:
        try:
            with self.db.snapshot() as session:
                found = verify(session)
            self.latest = Checked(found.broken is None, datetime.now(UTC))
        except SQLAlchemyError:
            return  # asked again at the next question
        finally:
            self._looking.release()
