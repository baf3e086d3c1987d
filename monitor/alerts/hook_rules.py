"""Whom an event is told to, and when it is tried again. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.access.permission_rules import Permission
from monitor.audit.outgoing_rules import Event
from monitor.watch.budget_rules import CLOCKS_DIFFER

WAITS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""After each attempt that fails, as Standard Webhooks has them: some three days in all."""
ATTEMPTS = len(WAITS) + 1
SPREAD = 0.2
"""Up to such a part longer, so that not all who wait for one receiver come back at the same moment."""
ANSWER_WITHIN = timedelta(seconds=15)
LEASE = timedelta(seconds=60)
"""Whoever sends has said by then what became of it; else the same message is sent again."""
KEPT = timedelta(days=30)
"""What was delivered, and what could not be, is known for so long."""
BOTH_SIGN = timedelta(hours=24)
"""After a secret was replaced."""
MOST = 20
"""Subscriptions: each can be sent to at the same time as all the others."""


class State(StrEnum):
    """Of a subscription."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why one is disabled: its receiver has not taken a message for three days, or has answered that there is none any
    more (410), or whoever made it has left."""

    FAILING = "failing"
    GONE = "gone"
    LEFT = "left"


class Problem(StrEnum):
    """Why there was no answer."""

    INSIDE = "inside"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    SECRET = "secret"  # noqa: S105 - a word for a fault


class Fate(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    AGAIN = "again"
    GONE = "gone"
    GIVEN_UP = "given_up"


_OF = {
    "comment": Permission.READ_INBOX,
    "copy": Permission.READ_REMOVALS,
    "removal": Permission.READ_REMOVALS,
    "watch": Permission.READ_WATCH,
    "channel": Permission.READ_REGISTER,
    "decision": Permission.READ_REGISTER,
}
NEEDS: Mapping[Event, Permission] = {event: _OF[event.partition(".")[0]] for event in Event}
"""What whoever made a subscription must be permitted on the channel, so that it is told of the event."""


def is_chosen(event: str, channel: str, events: Collection[str], channels: Collection[str]) -> bool:
    """Does the subscription ask for it? channels: none of them named means all."""
    return event in events and (not channels or channel in channels)


def fate(status: int | None, attempts: int) -> Fate:
    """status: of the answer; None where there was none. attempts: with this one."""
    if status is not None and 200 <= status < 300:
        return Fate.DELIVERED
    if status == 410:
        return Fate.GONE
    return Fate.AGAIN if attempts < ATTEMPTS else Fate.GIVEN_UP


def wait_after(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts that failed. chance: from 0 to 1, of the moment."""
    return WAITS[min(attempts, len(WAITS)) - 1] * (1 + SPREAD * chance)


def is_due(next_at: datetime, attempts: int, now: datetime) -> bool:
    """May it be sent after so many attempts? Also what is to wait for longer than it ever has to: then the clock was
    set back since that was written."""
    longest = max(LEASE, wait_after(attempts, 1)) if attempts else timedelta(0)
    return not now < next_at <= now + longest + CLOCKS_DIFFER
