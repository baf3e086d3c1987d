"""What is past its deadline: who of the channel's ladder is told, rung by rung, and once for each round of waiting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from config.language import N_, _
from monitor import Term
from monitor.alerts.close import staff_of
from monitor.alerts.models import Notice
from monitor.alerts.overdue_letter import Told, Written, overdue_letter
from monitor.alerts.overdue_rules import DEPUTY, MANAGER, RESPONSIBLE, Case, Ladder, Silence, calls
from monitor.alerts.telling import Kind, NoLongerTrue, NotNow, Scene, Subject, Telling, waiting
from monitor.alerts.wording import Letter
from monitor.db.bulk import among
from monitor.inbox.unanswered import Obligation, obligation
from monitor.register.models import Channel
from monitor.register.people import escalation
from monitor.register.terms import terms_of

OVERDUE = "overdue"
CLOSE_OVERDUE = "close_overdue"
CLOSE = "close"
"""The notices that go before these while a channel is watched closely: monitor.alerts.close_overdue."""
OBLIGATION = "obligation"
UNTRUE = {
    Silence.SETTLED: N_("It has been settled since."),
    Silence.DIGEST_ONLY: N_("It has probably been answered since: the digest asks about it."),
    Silence.PAUSED: N_("Somebody has seen it since, or put it off."),
    Silence.NOT_YET: N_("It is due later by now."),
    Silence.NOBODY: N_("Nobody can be reached any more."),
}
"""Why a notice need not be sent any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Of all that waits on a channel: the terms after a deadline, by rung, and whom there is to tell."""

    terms: Mapping[str, Term]
    ladder: Ladder


def history(scene: Scene, items: Iterable[Obligation], kind: str = OVERDUE) -> dict[int, list[Written]]:
    """What was written of each in its present round of waiting, the cancelled ones as well, by comment. kind: of
    notices."""
    cycles = {str(item.comment_id): item.cycle for item in items}
    theirs = (Notice.subject_kind == kind, among(scene.session, Notice.subject, list(cycles)))
    columns = [getattr(Notice, name) for name in Written._fields]
    found: defaultdict[int, list[Written]] = defaultdict(list)
    rows = scene.session.execute(select(Notice.subject, *columns).where(*theirs).order_by(Notice.id))
    for subject, written in ((row[0], Written(*row[1:])) for row in rows):
        if written.cycle.startswith(cycles[subject]):
            found[int(subject)].append(written)
    return found


def _tellings(scene: Scene) -> Iterable[Telling]:
    """One that was cancelled, as its recipient was away or the comment was put off then, may be followed by another."""
    for item, written, called in scene.once(_judged):
        for person, rung in called.items() if not isinstance(called, Silence) else ():
            again = sum((each.recipient_id, each.rung, each.state) == (person, rung, "cancelled") for each in written)
            cycle = f"{item.cycle} {again + 1}" if again else item.cycle
            yield Telling(OVERDUE, str(item.comment_id), rung, cycle, person)


def _untold(scene: Scene) -> Iterable[Subject]:
    found = [item for item, _written, called in scene.once(_judged) if called is Silence.NOBODY]
    return [(OBLIGATION, f"{item.comment_id}/{item.cycle}") for item in found]


def _judged(scene: Scene) -> list[tuple[Obligation, Sequence[Written], Mapping[str, str] | Silence]]:
    """What is past its deadline, what was written of it, and who is to be told now."""
    late = [item for item in scene.once(waiting) if item.overdue and item.channel not in staff_of(scene)]
    written, places = (_of_both(scene, late), _places(scene, late)) if late else ({}, {})
    theirs = ((item, written.get(item.comment_id, [])) for item in late)
    return [(item, told, _calls(scene, item, told, places[item.channel])) for item, told in theirs]


def _of_both(scene: Scene, items: Sequence[Obligation]) -> dict[int, list[Written]]:
    """What was written while the channel was watched closely, too."""
    closely, written = history(scene, items, CLOSE_OVERDUE), history(scene, items)
    return {item.comment_id: closely[item.comment_id] + written[item.comment_id] for item in items}


def _places(scene: Scene, items: Iterable[Obligation]) -> Mapping[str, Place]:
    ids = {item.channel for item in items}
    channels = scene.session.scalars(select(Channel).where(Channel.id.in_(ids))).all()
    ladders = escalation(scene.session, channels, scene.today)
    return {channel.id: Place(_terms(scene, channel), ladders[channel.id]) for channel in channels}


def _terms(scene: Scene, channel: Channel) -> Mapping[str, Term]:
    theirs = terms_of(scene.owner, channel)
    return {RESPONSIBLE: theirs.responsible, DEPUTY: theirs.deputy, MANAGER: theirs.manager}


def _calls(scene: Scene, item: Obligation, written: Sequence[Written], place: Place) -> Mapping[str, str] | Silence:
    """Whoever is responsible, and has heard as one of the crisis staff, is not told once more."""
    heard = {(each.rung, each.recipient_id) for each in written if each.state not in {"cancelled", "failed"}}
    first = set(place.ladder[0]) if place.ladder else set()
    closely = {(RESPONSIBLE, person) for rung, person in heard if rung == CLOSE and person in first}
    told = {each for each in heard if each[0] != CLOSE} | closely
    case, left = Case(item.state, item.due_at, item.quiet_until), _left(place.ladder, written)
    return calls(case, place.terms, left, told, scene.calendar, scene.now)


def _left(ladder: Ladder, written: Iterable[Written]) -> Ladder:
    """Without those of whom it was given up to tell them of this: they have not heard, and the next one does."""
    given_up = {each.recipient_id for each in written if each.state == "failed"}
    return [[person for person in step if person not in given_up] for step in ladder]


def _check(scene: Scene, notice: Notice) -> None:
    """Judges once more, as if nobody had been told at this rung yet: so what is cancelled here is never written anew
    for the same person as things stand."""
    item = obligation(scene.session, int(notice.subject), scene.now)
    if item is None:
        raise NoLongerTrue(_(UNTRUE[Silence.SETTLED]))
    if not notice.cycle.startswith(item.cycle):
        raise NoLongerTrue(_("It waits anew, and has until later."))
    if item.channel in staff_of(scene):
        raise NoLongerTrue(_("The channel is watched closely: the crisis staff are told."))
    written = _of_both(scene, [item])[item.comment_id]
    others = [each for each in written if each.rung != notice.rung or each.state == "failed"]
    called = _calls(scene, item, others, _places(scene, [item])[item.channel])
    if called is Silence.CLOSED:
        raise NotNow(scene.calendar.next_open(scene.now))
    if isinstance(called, Silence) and called in UNTRUE:
        raise NoLongerTrue(_(UNTRUE[called]))
    if isinstance(called, Silence) or called.get(notice.recipient_id) != notice.rung:
        raise NoLongerTrue(_("The recipient is away, has handed the channel over, or hears of it at another rung."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    return _together(scene, [notice])


def _together(scene: Scene, notices: Sequence[Notice]) -> Letter:
    return overdue_letter(scene, told(scene, notices), notices)


def told(scene: Scene, notices: Iterable[Notice]) -> list[Told]:
    """What the notices are about as it stands, the most overdue first: with its rung, and who heard of it before."""
    found = ((notice, obligation(scene.session, int(notice.subject), scene.now)) for notice in notices)
    items = [(notice, item) for notice, item in found if item is not None]
    written = history(scene, [item for _notice, item in items])
    places = _places(scene, [item for _notice, item in items])
    made = [_told(notice, item, places[item.channel].ladder, written[item.comment_id]) for notice, item in items]
    return sorted(made, key=lambda each: (each.item.due_at, each.item.posted_at, each.item.comment_id))


def _told(notice: Notice, item: Obligation, ladder: Ladder, written: Sequence[Written]) -> Told:
    return Told(item, notice.rung, notice.recipient_id, _left(ladder, written), _before(notice, written))


def _before(notice: Notice, written: Iterable[Written]) -> tuple[Written, ...]:
    return tuple(each for each in written if each.sent_at is not None and each.id != notice.id)


KIND = Kind(_tellings, _check, _letter, untold=_untold, group="inbox", together=_together)
