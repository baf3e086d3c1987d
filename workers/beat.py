"""The beat's scheduler. Celery's own waits, when the clock is set back by an hour, for an hour."""

from typing import Any

from celery import beat


class Scheduler(beat.Scheduler):
    """All times are intervals: what was done at a time that has not come yet was done just now."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # sorted by times that lie in the future: one entry would hide all others
        seconds: float = super().tick(*args, **kwargs)
        return seconds
