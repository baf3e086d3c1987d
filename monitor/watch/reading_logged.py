"""A reading in the log: one line each, and one when a channel begins to fail, fails otherwise, or can be read again."""

from datetime import datetime

import structlog

from monitor.watch.models import PollRun, Schedule
from monitor.watch.rules import Reason

log = structlog.get_logger("monitor.watch")
COUNTED = ("posts", "comments_seen", "new", "edited", "gone", "requests", "counted_cost")


def log_reading(run: PollRun, schedule: Schedule | None, because: Reason | None) -> None:
    """schedule: None where somebody else has the channel now."""
    later = {"next": schedule.next_poll_at.isoformat(), "because": because} if schedule is not None else {}
    log.info(
        "channel read",
        channel=run.channel_id,
        outcome=run.outcome,
        error=run.error_kind,
        code=run.error_code,
        **{name: getattr(run, name) for name in COUNTED},
        seconds=round(run.seconds, 3),
        full=run.full,
        run=run.id,
        **later,
    )


def log_turn(schedule: Schedule, failing_before: datetime | None, kind_before: str | None, now: datetime) -> None:
    """What lasts is told once; whoever waits for its end need not read every reading."""
    failing = schedule.failing_since is not None
    if failing and schedule.failure_kind != kind_before:
        told = {"error": schedule.failure_kind, "code": schedule.failure_code}
        log.warning("channel fails", channel=schedule.channel_id, **told)
    elif failing_before is not None and not failing:
        after = round((now - failing_before).total_seconds())
        log.info("channel can be read again", channel=schedule.channel_id, after_seconds=after, error=kind_before)


def log_lost(channel_id: str, run_id: int) -> None:
    """A worker died in the middle of it."""
    log.warning("channel read", channel=channel_id, outcome="lost", run=run_id)
