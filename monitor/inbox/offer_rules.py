"""What can be done about an obligation as it stands: what a page offers, and which of it comes first. Pure."""

from collections.abc import Collection
from enum import StrEnum

from monitor import NEEDS_SOMEBODY, State
from monitor.inbox.mark_rules import REOPENS

GONE = frozenset({State.REMOVED_BY_US, State.REMOVED_BY_AUTHOR, State.UNAVAILABLE})


class Offer(StrEnum):
    """The first ones are what is done on the platform, the others what a person says (mark_rules.Kind)."""

    REPLY = "reply"
    HIDE = "hide"
    UNHIDE = "unhide"
    RELEASE = "release"
    THROW_AWAY = "throw_away"
    ACKNOWLEDGE = "acknowledge"
    WAKE = "wake"
    SNOOZE = "snooze"
    CLOSE = "close"
    PRIVATE = "private"
    CONFIRM = "confirm"
    REJECT = "reject"
    INTERIM = "interim"
    REOPEN = "reopen"


def offers(
    state: State, shown_as: State, kinds: Collection[str], *, paused: bool, to_hidden: bool = True
) -> frozenset[Offer]:
    """state: where it stands; shown_as: what the platform alone shows of it. kinds: of actions that the platform takes;
    to_hidden: answers to hidden comments among them. paused: notices of it pause."""
    return _there(state, kinds, to_hidden=to_hidden) | _said(state, shown_as, paused=paused)


def first_of(state: State, offered: Collection[Offer]) -> Offer | None:
    """What most people want to do with it."""
    wanted = {
        State.HELD: (Offer.RELEASE,),
        State.PROBABLY_ANSWERED: (Offer.CONFIRM, Offer.REPLY),
    }.get(state, (Offer.REPLY,))
    if state not in NEEDS_SOMEBODY:
        return None
    return next((each for each in wanted if each in offered), None)


def _there(state: State, kinds: Collection[str], *, to_hidden: bool) -> frozenset[Offer]:
    """What the platform takes."""
    if state in GONE:
        return frozenset()
    if state is State.HELD:
        return frozenset({Offer.RELEASE, Offer.THROW_AWAY} if "release" in kinds else ())
    hidden = state is State.HIDDEN_BY_US
    found = {Offer.REPLY} if "reply" in kinds and (to_hidden or not hidden) else set[Offer]()
    turn = Offer.UNHIDE if hidden else Offer.HIDE
    return frozenset(found | ({turn} if turn in kinds else set()))


def _said(state: State, shown_as: State, *, paused: bool) -> frozenset[Offer]:
    if state in REOPENS:
        return frozenset({Offer.REOPEN} | ({Offer.INTERIM} if state is State.ANSWERED else set()))
    if state not in NEEDS_SOMEBODY:
        return frozenset()
    perhaps = {Offer.CONFIRM, Offer.REJECT, Offer.INTERIM} if shown_as is State.PROBABLY_ANSWERED else set[Offer]()
    pause = {Offer.WAKE} if paused else {Offer.ACKNOWLEDGE}
    return frozenset({Offer.SNOOZE, Offer.CLOSE, Offer.PRIVATE} | pause | perhaps)
