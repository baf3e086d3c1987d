"""When a person wants to be left alone. Standard library only."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def quiet_until(hours: str | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment when the quiet hours that `now` lies in end; None outside them.

    hours: "21:00-07:00" by the clock on the wall in `zone`; may pass midnight; the first minute belongs to it, the last
    does not. Words that say no span of time keep nothing back.
    """
    found = SPAN.fullmatch(hours or "")
    if found is None:
        return None
    hour, minute, last_hour, last_minute = (int(each) for each in found.groups())
    try:
        first, last = time(hour, minute), time(last_hour, last_minute)
    except ValueError:
        return None
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    inside = first <= clock < last if first <= last else clock >= first or clock < last
    if not inside:
        return None
    day = local.date() if clock < last else local.date() + timedelta(days=1)
    return _after(now, day, last, zone)


def _after(now: datetime, day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When it is that late on that day; where the clock is put back, the first such moment that is still to come."""
    moments = (datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return next(moment for moment in sorted(moments) if moment > now)
