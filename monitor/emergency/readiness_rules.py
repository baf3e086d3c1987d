"""What has to be in order before anything happens. Pure.

A sentence is for people, to be translated; `values` fill it in. What has not been looked at is not in order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

FRESH = timedelta(days=3)
"""What was found out longer ago says nothing any more: it is looked at every night."""
SOON = timedelta(days=14)
"""A token that expires within this is no token for a crisis."""
QUIET = timedelta(hours=6)
"""A feed of warnings that has told nothing for so long would not tell of the next one."""
EXERCISE_WITHIN = timedelta(days=183)
REMIND_AFTER = timedelta(days=30)
ENOUGH_APPROVERS = 2
ROUNDS = 3
"""A crisis takes several messages: so many have to fit into what is left of a day's quota."""
NIGHT = (time(2), time(5))
STALE = timedelta(hours=26)
"""A night that was missed is made good by day."""


Values = Mapping[str, str | int]


def N_(sentence: str) -> str:  # noqa: N802 - config.language's mark, which pure rules do not import
    return sentence


class Seen(StrEnum):
    """What is there, seen from outside: just what was put there a moment ago; nothing; something else; something of
    ours that is not the latest. Or nothing could be put there."""

    OURS = "ours"
    SILENT = "silent"
    OTHER = "other"
    OLD = "old"
    UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What is known of a channel that a machine publishes on. checked_at: None where nobody has looked at its token.

    remedy: what the latest look said has to be done. left: of the day's quota, in the platform's unit, and cost of one
    message; None where it has none. posts_left: how many posts the platform takes today, but for those that wait to be
    sent; None where it does not count them, -1 where it did not answer. test: it is its test account.
    """

    id: str
    name: str
    can_publish: bool
    checked_at: datetime | None
    cost: int
    expires: datetime | None = None
    remedy: str = ""
    left: int | None = None
    posts_left: int | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is looked at. approvers: names of those who can be reached by a way that has carried something.
    pictures, hub: None where no address is set. worker_alive: None where the broker does not answer. last_exercise:
    when the latest one began. feeds: since when each has been told nothing new of, or told nothing at all (None)."""

    channels: tuple[ChannelFacts, ...]
    approvers: tuple[str, ...]
    pictures: Seen | None
    hub: Seen | None
    worker_alive: bool | None
    last_exercise: datetime | None
    needs_images: bool = False
    feeds: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. check: of CHECKS. about: the channel's id, where it is about one."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""
    values: Values = field(default_factory=dict)
    about: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


CHECKS = {
    "token": N_("Permission to publish"),
    "test_account": N_("Test account for exercises"),
    "quota": N_("Quota"),
    "posts": N_("Posts left today"),
    "channels": N_("Channels"),
    "images": N_("Image host"),
    "hub": N_("Crisis page"),
    "worker": N_("Worker for crises"),
    "feeds": N_("Warnings from the authorities"),
    "approvers": N_("People who approve"),
    "exercise": N_("Latest exercise"),
}


def judge(facts: Facts, now: datetime) -> list[Check]:
    """Every look, what is about the channels first."""
    return [
        *(check for channel in facts.channels for check in _channel(channel, now)),
        *([] if any(not each.test for each in facts.channels) else [_no_channels()]),
        _images(facts),
        _hub(facts.hub),
        _worker(facts.worker_alive),
        *_feeds(facts.feeds, now),
        _approvers(facts.approvers),
        _exercise(facts.last_exercise, now),
    ]


def all_well(checks: Iterable[Check]) -> bool:
    return all(check.ok for check in checks)


def is_due(last: datetime | None, local: datetime) -> bool:
    """Is it time for the nightly look? local: now, on the organisation's clock."""
    if last is None or local - last >= STALE:
        return True
    return NIGHT[0] <= local.time() < NIGHT[1] and local - last >= timedelta(hours=12)


def exercise_is_due(last: datetime | None, now: datetime) -> bool:
    """Shall the month's reminder go out?"""
    return last is None or now - last >= REMIND_AFTER


def _channel(channel: ChannelFacts, now: datetime) -> list[Check]:
    if channel.test:
        return [_test_account(channel, now)]
    found = [_token(channel, now)]
    if channel.left is not None:
        found.append(_quota(channel, channel.left))
    if channel.posts_left is not None:
        found.append(_posts(channel, channel.posts_left))
    return found


def _token(channel: ChannelFacts, now: datetime) -> Check:
    if channel.checked_at is None or now - channel.checked_at > FRESH:
        detail, remedy = N_("{name}: nobody has looked at the token lately."), N_("Run `kanalvakt channel check`.")
    elif not channel.can_publish:
        detail = N_("{name}: the token cannot publish.")
        remedy = channel.remedy or N_("Connect the channel again, and leave every permission ticked.")
    elif channel.expires is not None and channel.expires - now < SOON:
        detail, remedy = N_("{name}: the token expires soon."), N_("Connect the channel again.")
    else:
        return Check("token", True, N_("{name}: may publish."), "", {"name": channel.name}, channel.id)
    return Check("token", False, detail, remedy, {"name": channel.name}, channel.id)


def _test_account(channel: ChannelFacts, now: datetime) -> Check:
    if not channel.can_publish:
        detail = N_("{name}: the test account cannot publish, so an exercise fails there.")
        remedy = channel.remedy or N_("Put a token of the test account, with every permission, under exercise.")
    elif channel.expires is not None and channel.expires - now < SOON:
        detail, remedy = N_("{name}: the test account's token expires soon."), N_("Make a new token for it.")
    else:
        detail, remedy = N_("{name}: the test account may publish."), ""
    return Check("test_account", not remedy, detail, remedy, {"name": channel.name}, channel.id)


def _quota(channel: ChannelFacts, left: int) -> Check:
    values: Values = {"name": channel.name, "count": left // channel.cost if channel.cost else 0}
    ok = left >= ROUNDS * channel.cost
    detail = N_("{name}: today's quota is enough for {count} messages.")
    remedy = N_("Put more aside for crises (polling.reserve_for_crisis), or ask for a higher quota.")
    return Check("quota", ok, detail, "" if ok else remedy, values, channel.id)


def _posts(channel: ChannelFacts, left: int) -> Check:
    values: Values = {"name": channel.name, "count": max(left, 0)}
    if left < 0:
        detail = N_("{name}: the platform does not say how many posts it takes today.")
        return Check("posts", False, detail, N_("Look again later."), values, channel.id)
    ok = left >= ROUNDS
    remedy = N_("Publish by hand until tomorrow, if it comes to that.")
    return Check(
        "posts",
        ok,
        N_("{name}: the platform takes {count} more posts today."),
        "" if ok else remedy,
        values,
        channel.id,
    )


def _no_channels() -> Check:
    detail = N_("A machine publishes on no channel: everything would be published by hand.")
    return Check("channels", False, detail, N_("Connect the channels: kanalvakt channel connect."))


def _images(facts: Facts) -> Check:
    if facts.pictures is Seen.OURS:
        return Check("images", True, N_("Platforms can fetch pictures from us: one was fetched."))
    if not facts.needs_images:
        return Check("images", True, N_("No channel needs pictures from us."))
    if facts.pictures is None:
        detail = N_("No address is set from which platforms can fetch pictures: Instagram takes no post without one.")
        return Check("images", False, detail, N_("Set emergency.image_url to a public address with https."))
    if facts.pictures is Seen.SILENT:
        detail = N_("The host of the pictures does not answer.")
        return Check("images", False, detail, N_("Look at the web server that emergency.image_url names."))
    detail = N_("The host of the pictures does not give a picture that was just put there.")
    return Check("images", False, detail, N_("It has to give the files in the folder hub/cards of KANALVAKT_HOME."))


HUB = {
    Seen.SILENT: (
        N_("The crisis page does not answer."),
        N_("Look at the web server that emergency.hub_url names."),
    ),
    Seen.OTHER: (
        N_("Where the crisis page should be something else answers: what was just put there is not seen."),
        N_("Let emergency.hub_url lead to the folder hub of KANALVAKT_HOME; all processes must share it."),
    ),
    Seen.OLD: (
        N_("The crisis page is seen as it was before, not as it is now."),
        N_("Let nothing in front of it keep a copy for longer than ten seconds."),
    ),
    Seen.UNWRITTEN: (
        N_("The crisis page cannot be written."),
        N_("Give Kanalvakt the right to write in the folder hub of KANALVAKT_HOME, and look whether the disk is full."),
    ),
}


def _hub(seen: Seen | None) -> Check:
    if seen is None:
        detail = N_("No address is set at which the crisis page is seen from outside.")
        return Check("hub", False, detail, N_("Set emergency.hub_url to its public address."))
    if seen is Seen.OURS:
        return Check("hub", True, N_("The crisis page is seen from outside, as it is now."))
    return Check("hub", False, *HUB[seen])


def _feeds(feeds: Mapping[str, datetime | None], now: datetime) -> list[Check]:
    quiet = [name for name, since in feeds.items() if since is None or now - since >= QUIET]
    if not quiet:
        return [Check("feeds", True, N_("The authorities' warnings are read."))] if feeds else []
    detail = N_("{name}: nothing could be read for six hours.")
    remedy = N_("Look under Crisis, Warnings from the authorities, why. Until then look at krisinformation.se.")
    return [Check("feeds", False, detail, remedy, {"name": name}) for name in quiet]


def _worker(alive: bool | None) -> Check:
    if alive:
        return Check("worker", True, N_("The worker that publishes is alive."))
    detail = N_("The worker that publishes does not show that it lives.")
    remedy = N_("Start Kanalvakt again. Until then messages still go out from the web and the command line.")
    return Check("worker", False, detail, remedy)


def _approvers(names: tuple[str, ...]) -> Check:
    ok = len(names) >= ENOUGH_APPROVERS
    remedy = N_("Give more people a role that approves, and a way to reach them at night.")
    detail = N_("May approve and can be reached ({count}): {names}.")
    values: Values = {"count": len(names), "names": ", ".join(names) or "–"}
    return Check("approvers", ok, detail, "" if ok else remedy, values)


def _exercise(last: datetime | None, now: datetime) -> Check:
    remedy = N_("Begin an exercise: it takes a quarter of an hour.")
    if last is None:
        return Check("exercise", False, N_("There has been no exercise."), remedy)
    days = max((now - last).days, 0)
    ok = now - last < EXERCISE_WITHIN
    return Check("exercise", ok, N_("The latest exercise was {days} days ago."), "" if ok else remedy, {"days": days})
