"""How many messages one person gets in an hour. Pure: when they were sent goes in, and until when the next one waits
comes out. Nothing is dropped for it: what waits is told later, together with other things."""

from collections.abc import Iterable
from datetime import datetime, timedelta

MOST_AN_HOUR = 12
HOUR = timedelta(hours=1)
GATHERED_WITHIN = timedelta(minutes=4)
"""So long, and no longer, what has to be told within five minutes waits for more of its kind where there have been too
many messages; the minute that is left is for sending it."""


def room_at(sent: Iterable[datetime], now: datetime) -> datetime:
    """When the person may get another message: now, or when the hour has passed since the last but MOST_AN_HOUR."""
    recent = sorted(moment for moment in sent if moment > now - HOUR)
    return recent[-MOST_AN_HOUR] + HOUR if len(recent) >= MOST_AN_HOUR else now


def gathered_at(sent: Iterable[datetime], waiting_since: datetime, now: datetime) -> datetime:
    """When what cannot wait goes: now, unless there is no room and it has waited for less than GATHERED_WITHIN.

    How long it has waited nobody knows where the clock was set back since.
    """
    if waiting_since > now:
        return now
    room = room_at(sent, now)
    return max(now, min(room, waiting_since + GATHERED_WITHIN))
