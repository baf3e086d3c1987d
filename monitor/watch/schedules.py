"""Every channel's place in time, read once for all that is asked of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from monitor.db.once import once_in_a_snapshot
from monitor.watch.models import Schedule


@once_in_a_snapshot
def schedules(session: Session) -> dict[str, Schedule]:
    """By channel, of those that are read by machine; what only connectors read is left out, as it may be long."""
    found = session.scalars(select(Schedule).options(defer(Schedule.connector_state)))
    return {schedule.channel_id: schedule for schedule in found}
