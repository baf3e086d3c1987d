"""What people say of an obligation, and where it stands then. Pure: a verdict, marks, a calendar and now go in.

What the platform shows goes before what people say: an answered, hidden or vanished comment stays that, whatever is
said of it late. A mark speaks of what stood there when it was made; a new text, an answer that disappeared, or a
comment shown again after it had been hidden is something that nobody has spoken of yet. Confirmed and rejected
answers, interim ones, and reopenings are facts that monitor.inbox.rules goes by.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from monitor import NEEDS_SOMEBODY, Calendar, State, Term
from monitor.inbox.deadline_rules import due_at
from monitor.inbox.rules import Verdict

TermName = Literal["comment", "held", "interim"]
SNOOZE_DAYS = 5  # working days, at most
NEXT_WORKING_DAY = Term(days=1)


class Kind(StrEnum):
    """What a mark says of an obligation.

    acknowledge: seen, notices pause until the next working day ends. snooze: notices pause until then, for a reason.
    wake: neither any more. interim: our reply only said that an answer will come. confirm, reject: our reply did, or
    did not, answer it. private: answered where others do not see it. close: needs no reply. reopen: it needs one.
    """

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    WAKE = "wake"
    INTERIM = "interim"
    CONFIRM = "confirm"
    REJECT = "reject"
    PRIVATE = "private"
    CLOSE = "close"
    REOPEN = "reopen"


class Reason(StrEnum):
    """Why no reply is needed. registered: as a case, whose number the note gives."""

    THANKS = "thanks"
    TAG = "tag"
    NOT_FOR_US = "not_for_us"
    OPINION = "opinion"
    SPAM = "spam"
    REFERRED = "referred"
    REGISTERED = "registered"


CLOSINGS = {Kind.PRIVATE: State.ANSWERED_PRIVATELY, Kind.CLOSE: State.CLOSED_NO_REPLY}
PAUSES = {Kind.ACKNOWLEDGE: State.ACKNOWLEDGED, Kind.SNOOZE: State.SNOOZED}
OF_A_REPLY = frozenset({Kind.INTERIM, Kind.CONFIRM, Kind.REJECT})
REOPENS = frozenset({State.ANSWERED, State.ANSWERED_PRIVATELY, State.CLOSED_NO_REPLY, State.HISTORIC})
EVER = datetime.min.replace(tzinfo=UTC)


class Wrong(StrEnum):
    """Why something cannot be said; monitor.inbox.marking says it in words."""

    FINISHED = "finished"
    NOT_PAUSED = "not_paused"
    NOT_FINISHED = "not_finished"
    NO_REPLY = "no_reply"
    NO_UNTIL = "no_until"
    UNTIL_PAST = "until_past"
    UNTIL_TOO_LATE = "until_too_late"
    PAST_DEADLINE = "past_deadline"
    NO_REASON = "no_reason"
    NO_NUMBER = "no_number"
    NO_NOTE = "no_note"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says. until: of acknowledge and snooze. reason: of close, a Reason; of snooze, in own words in
    `note`. reply: the own comment that interim, confirm and reject speak of, by its platform's id. note: where it was
    answered, a case number, or whatever colleagues should know."""

    kind: Kind
    until: datetime | None = None
    reason: Reason | None = None
    reply: str | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Marked:
    """What was said, by whom (a person's id) and when. Of two at once, the one with the higher id is the later."""

    said: Said
    by: str
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an obligation stands now. term: which of a channel's terms its deadline counts by, from `since`.

    quiet_until: notices pause until then. mark: what a person said that makes it stand there.
    """

    state: State
    since: datetime
    term: TermName
    quiet_until: datetime | None = None
    mark: Marked | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """What people said of one obligation that the rules of who answered whom go by. answers, not_for, interim: ids of
    own comments. reopened, closed: when."""

    answers: frozenset[str]
    not_for: frozenset[str]
    interim: frozenset[str]
    reopened: tuple[datetime, ...]
    closed: tuple[datetime, ...] = ()


def in_order(marks: Iterable[Marked]) -> list[Marked]:
    return sorted(marks, key=lambda each: (each.at, each.id))


def said_of_replies(marks: Iterable[Marked]) -> Replies:
    """What the marks of one obligation tell the rules of who answered whom; the latest word on a reply counts."""
    latest: dict[str, Kind] = {}
    marks = in_order(marks)
    reopened = tuple(each.at for each in marks if each.said.kind is Kind.REOPEN)
    closed = tuple(each.at for each in marks if each.said.kind in CLOSINGS)
    for each in marks:
        if each.said.reply is not None and each.said.kind is not Kind.REOPEN:
            latest[each.said.reply] = each.said.kind
    found = {kind: frozenset(reply for reply, last in latest.items() if last is kind) for kind in Kind}
    return Replies(found[Kind.CONFIRM], found[Kind.REJECT], found[Kind.INTERIM], reopened, closed)


def standing(verdict: Verdict, marks: Iterable[Marked], calendar: Calendar, now: datetime) -> Standing:
    """Where the obligation stands now, given everything that was said of it, in any order."""
    term = _term(verdict.state)
    if verdict.state not in NEEDS_SOMEBODY:
        return Standing(verdict.state, verdict.since, term)
    said = spoken(verdict, marks)
    if said is None:
        return Standing(verdict.state, verdict.since, term)
    if said.said.kind in CLOSINGS:
        return Standing(CLOSINGS[said.said.kind], verdict.since, term, mark=said)
    until = pause_ends(said, calendar)
    if now >= until:
        return Standing(verdict.state, verdict.since, term)
    return Standing(PAUSES[said.said.kind], verdict.since, term, until, said)


def spoken(verdict: Verdict, marks: Iterable[Marked]) -> Marked | None:
    """The closing or the pause that holds, were it not for the time: what was last said of what stands there.

    Nothing that is said of a closed one changes it but that it be reopened.
    """
    current: Marked | None = None
    for each in in_order(marks):
        kind = each.said.kind
        closed = current is not None and current.said.kind in CLOSINGS
        if kind is Kind.REOPEN:
            current = None
        elif closed or each.at <= _unknown_until(verdict, kind):
            continue
        elif kind is Kind.WAKE:
            current = None
        elif kind in CLOSINGS or kind in PAUSES:
            current = each
    return current


def looked_at(verdict: Verdict, marks: Iterable[Marked]) -> bool:
    """Has a person said anything of what stands there now, or begun to answer it?"""
    begun = verdict.begun
    return verdict.state is State.INTERIM_ANSWERED or any(begun is None or each.at > begun for each in marks)


def pause_ends(mark: Marked, calendar: Calendar) -> datetime:
    """When an acknowledgement or a snooze ends by itself, whatever was asked for."""
    latest = latest_pause(mark.said.kind, mark.at, calendar)
    return min(mark.said.until or latest, latest)


def latest_pause(kind: Kind, at: datetime, calendar: Calendar) -> datetime:
    """Until when a pause that begins then may last."""
    return due_at(at, NEXT_WORKING_DAY if kind is Kind.ACKNOWLEDGE else Term(days=SNOOZE_DAYS), calendar)


def wrong(
    said: Said, verdict: Verdict, now_stands: Standing, due: datetime, calendar: Calendar, now: datetime, *, lead: bool
) -> Wrong | None:
    """Why this cannot be said of the obligation now; None: it can. lead: said by somebody who may put off deadlines."""
    if said.kind is Kind.REOPEN:
        return None if now_stands.state in REOPENS else Wrong.NOT_FINISHED
    if said.kind is Kind.WAKE:
        return None if now_stands.quiet_until else Wrong.NOT_PAUSED
    if said.kind in OF_A_REPLY:
        return _wrong_reply(said, verdict, now_stands)
    if now_stands.state not in NEEDS_SOMEBODY:
        return Wrong.FINISHED
    if said.kind in PAUSES:
        return _wrong_pause(said, due, calendar, now, lead=lead)
    return _wrong_closing(said)


def unverified_since(last_complete: datetime | None, calendar: Calendar, now: datetime) -> datetime | None:
    """The last complete reading, where it is older than a working day: what is shown may have changed since."""
    if last_complete is None or now <= due_at(last_complete, NEXT_WORKING_DAY, calendar):
        return None
    return last_complete


def _term(state: State) -> TermName:
    if state is State.HELD:
        return "held"
    return "interim" if state is State.INTERIM_ANSWERED else "comment"


def _wrong_reply(said: Said, verdict: Verdict, now_stands: Standing) -> Wrong | None:
    if now_stands.state not in NEEDS_SOMEBODY and not (
        said.kind is Kind.INTERIM and now_stands.state is State.ANSWERED and said.reply == verdict.by
    ):
        return Wrong.FINISHED
    asked = set(verdict.candidates)
    if verdict.state is State.ANSWERED or (verdict.state is State.INTERIM_ANSWERED and said.kind is Kind.CONFIRM):
        asked.add(verdict.by or "")
    return None if said.reply in asked else Wrong.NO_REPLY


def _wrong_pause(said: Said, due: datetime, calendar: Calendar, now: datetime, *, lead: bool) -> Wrong | None:
    latest = latest_pause(said.kind, now, calendar)
    if said.until is not None and said.until <= now:
        return Wrong.UNTIL_PAST
    if said.until is not None and said.until > latest:
        return Wrong.UNTIL_TOO_LATE
    if said.kind is Kind.ACKNOWLEDGE:
        return None
    if said.until is None:
        return Wrong.NO_UNTIL
    if not said.note.strip():
        return Wrong.NO_NOTE
    return Wrong.PAST_DEADLINE if said.until > due and not lead else None


def _wrong_closing(said: Said) -> Wrong | None:
    if said.kind is Kind.PRIVATE:
        return None if said.note.strip() else Wrong.NO_NOTE
    if said.reason is None:
        return Wrong.NO_REASON
    has_number = any(letter.isdigit() for letter in said.note)
    return Wrong.NO_NUMBER if said.reason is Reason.REGISTERED and not has_number else None


def _unknown_until(verdict: Verdict, kind: Kind) -> datetime:
    """What was said by then was said of something else."""
    bounds = [verdict.begun]
    if kind in PAUSES:
        bounds.append(verdict.back_at)
    if kind is Kind.SNOOZE:
        bounds.append(verdict.again_at)
    return max((each for each in bounds if each is not None), default=EVER)
