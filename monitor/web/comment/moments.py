"""A time as people write it in a form: on the organisation's clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation

YEARS = range(1970, 2200)
"""Beyond them a year is a slip of the finger."""
DAY = len("2026-06-18")


def moment_in(text: str, owner: Organisation) -> datetime | None:
    """The time meant; of a day alone, when service hours end on it, or when a day off begins. None: it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    calendar = calendar_of(owner)
    if len(text.strip()) == DAY and calendar.is_working_day(moment.date()):
        return calendar.closing(moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(owner.timezone))).astimezone(UTC)
