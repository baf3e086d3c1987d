"""The guard of the day: who is told, before and at closing time, of channels that nobody has watched yet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.guard_letter import Ward, guard_letter
from monitor.alerts.ladder_rules import RUNGS, Call, Ladder, calls, rungs_due
from monitor.alerts.ladders import TOLD
from monitor.alerts.models import Notice
from monitor.alerts.telling import Kind, NoLongerTrue, Scene, Subject, Telling
from monitor.alerts.wording import Letter
from monitor.audit import SYSTEM, audited
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.register.people import ladders
from monitor.watch.day_register import subject_of
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import shown_days

GUARD = "guard"


@dataclass(frozen=True, slots=True)
class Round:
    """The channels that nobody has watched yet today, and whom to call about them now; none outside its hours."""

    day: date
    wards: Mapping[str, Ward]
    ladders: Mapping[str, Ladder]
    calls: Mapping[str, Call]


def _round(session: Session, now: datetime) -> Round:
    owner = organisation(session)
    calendar = calendar_of(owner)
    day = calendar.local_date(now)
    rungs = rungs_due(now, calendar, owner.reminder_minutes)
    wards = _wards(session, day) if rungs else {}
    known = ladders(session, [ward.channel for ward in wards.values()], day)
    return Round(day, wards, known, calls(known, rungs))


def _wards(session: Session, day: date) -> dict[str, Ward]:
    """All that the register has for the day: paused ones, as the duty to watch them goes on, and those whose watch has
    ended since the day closed."""
    shown = {each.channel_id: each for each in shown_days(session, day, day) if each.verdict is not Verdict.WATCHED}
    channels = session.scalars(select(Channel).where(Channel.id.in_(shown)))
    return {each.id: Ward(each, shown[each.id]) for each in channels}


def _tellings(scene: Scene) -> Iterable[Telling]:
    """One that was cancelled, as all was watched then, is followed by another when something is not any more."""
    now = _round(scene.session, scene.now)
    heard, cancelled = _heard(scene.session, now.day)
    for person, call in now.calls.items():
        if RUNGS.index(call.rung) > heard.get(person, -1):
            again = cancelled[person, call.rung]
            yield Telling(GUARD, person, call.rung, f"{now.day} {again + 1}" if again else str(now.day), person)


def _heard(session: Session, day: date) -> tuple[dict[str, int], Counter[tuple[str, str]]]:
    """The last rung at which each person was told today: what was said there named the earlier ones' channels too.
    And how many notices of a person's rung were cancelled."""
    of_day = (Notice.subject_kind == GUARD, Notice.cycle.startswith(str(day)))
    heard, cancelled = dict[str, int](), Counter[tuple[str, str]]()
    for person, rung, state in session.execute(select(Notice.recipient_id, Notice.rung, Notice.state).where(*of_day)):
        if state == "cancelled":
            cancelled[person, rung] += 1
        else:
            heard[person] = max(RUNGS.index(rung), heard.get(person, 0))
    return heard, cancelled


def _untold(scene: Scene) -> Iterable[Subject]:
    now = _round(scene.session, scene.now)
    return [subject_of(id_, now.day) for id_, ladder in now.ladders.items() if not any(ladder)]


def _check(scene: Scene, notice: Notice) -> None:
    """What could not be sent in its time is left to the next rung, and after the last one to the next morning."""
    now = _round(scene.session, scene.now)
    due = rungs_due(scene.now, scene.calendar, scene.owner.reminder_minutes)
    if not notice.cycle.startswith(str(now.day)) or notice.rung not in due:
        raise NoLongerTrue(_("It is too late for this reminder."))
    call = now.calls.get(notice.recipient_id)
    if call is None:
        raise NoLongerTrue(_("Every channel of the recipient has been watched by now."))
    if call.rung != notice.rung:
        raise NoLongerTrue(_("Another reminder tells the recipient of it."))


def _letter(scene: Scene, notice: Notice) -> Letter:
    now = _round(scene.session, scene.now)
    channels = now.calls[notice.recipient_id].channels
    return guard_letter(scene, notice, [now.wards[id_] for id_ in channels])


def _sent(session: Session, notice: Notice, now: datetime) -> None:
    """The proof that somebody was told of each channel's day. Whatever was watched in this moment needs none."""
    found = _round(session, now)
    call = found.calls.get(notice.recipient_id)
    for id_ in call.channels if call is not None else ():
        told = {"rung": notice.rung, "to": notice.recipient_id}
        audited(session, SYSTEM, TOLD, subject_of(id_, found.day), now, after=told)


KIND = Kind(_tellings, _check, _letter, _sent, _untold, after_hours=True)
