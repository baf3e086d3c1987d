"""What a day's quota may be spent on. Pure: the quota, what was spent, how many share it, what is left of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Purpose = Literal["poll", "check", "reply", "crisis"]
A_ROUND = 5
"""Counted cost that each channel keeps for each of its rounds: an idle one, and the odd thread that changed."""
CLOCKS_DIFFER = timedelta(seconds=10)
"""How far ahead the clocks of other processes may be."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A day's quota in the platform's unit, and the parts of it that others than polls can count on.

    Polls never touch either reserve; replies never touch the crisis's.
    """

    per_day: int
    for_replies: int
    for_crisis: int

    @property
    def for_polls(self) -> int:
        return self.per_day - self.for_replies - self.for_crisis


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota today, for each kind of purpose, all channels together. Never negative."""

    polls: int
    replies: int
    crisis: int

    def of(self, purpose: Purpose) -> int:
        return {"reply": self.replies, "crisis": self.crisis}.get(purpose, self.polls)


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many channels share a budget, and how many rounds each has, the present one included: still today, and in
    a whole day. readers: how many of them are being read at this moment. All at least 1."""

    channels: int
    rounds: int
    rounds_a_day: int
    readers: int = 1


def is_parked(since: datetime, until: datetime, now: datetime) -> bool:
    """May nothing be asked yet? A time of writing that still lies ahead says nothing: the clock was set back."""
    return now < until and since <= now + CLOCKS_DIFFER


def quota(per_day: int, for_replies: int, for_crisis: int) -> Quota:
    """The quota with these reserves; of one so small that they would take more than half, with as much smaller ones."""
    wanted, most = for_replies + for_crisis, max(0, per_day) // 2
    if wanted <= most:
        return Quota(per_day, for_replies, for_crisis)
    return Quota(max(0, per_day), for_replies * most // wanted, for_crisis * most // wanted)


def left(quota: Quota, spent: Mapping[str, int]) -> Left:
    """What is left after this was spent, by purpose. Who spends beyond his reserve takes from those before him."""
    replies, crisis = spent.get("reply", 0), spent.get("crisis", 0)
    rest = max(0, quota.per_day - sum(spent.values()))
    kept_for_crisis = max(0, quota.for_crisis - crisis)
    kept_for_replies = max(0, quota.for_replies - replies)
    return Left(max(0, rest - kept_for_crisis - kept_for_replies), max(0, rest - kept_for_crisis), rest)


def poll_allowance(left: int, for_polls: int, sharing: Sharing) -> int:
    """What one reading may cost when polls have `left` of `for_polls` today.

    All channels keep what their rounds cost for the rest of the day, a smaller cost where there is not enough for so
    many; those that are read now may spend what lies beyond that, on a first walk say. One round is always allowed,
    while anything is left.
    """
    a_round = max(1, min(A_ROUND, for_polls // (sharing.channels * sharing.rounds_a_day)))
    beyond = left - sharing.channels * sharing.rounds * a_round
    return max(0, min(left, max(A_ROUND, beyond // sharing.readers + a_round)))


def lasting_interval(left: int, cost: int, rest: timedelta) -> timedelta:
    """The shortest time between rounds that cost so much each, at which what is left lasts for the rest of the day."""
    return -(-rest // (left // cost)) if left >= cost else rest  # rounded up


def day_of(moment: datetime, zone: str) -> date:
    """The day of a budget that a moment falls on."""
    return moment.astimezone(ZoneInfo(zone)).date()


def next_day(moment: datetime, zone: str) -> datetime:
    """When the budget's next day begins: midnight there, in UTC. Days of 23 and 25 hours are such."""
    tomorrow = day_of(moment, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(zone)).astimezone(UTC)


def sharing(channels: int, readers: int, now: datetime, zone: str, interval: timedelta) -> Sharing:
    """For channels that are read at that interval around the clock: nobody counts on others to sleep."""
    rest = -((now - next_day(now, zone)) // interval)  # rounded up
    return Sharing(max(1, channels), max(1, rest), max(1, timedelta(days=1) // interval), max(1, readers))
