"""Writing down what people say of obligations. Nothing that was said is changed later; a later word goes before it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.audit import audited
from monitor.inbox.mark_rules import OF_A_REPLY, PAUSES, Kind, Said, Wrong, latest_pause, wrong
from monitor.inbox.models import Mark
from monitor.inbox.permitting import charged
from monitor.inbox.reasons import STATES, moment
from monitor.inbox.unanswered import Obligation, obligation
from monitor.register.calendar import calendar_of
from monitor.register.decision_rules import in_force
from monitor.register.decision_status import versions_of
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation
from monitor.register.people import manager_of
from monitor.watch.models import Comment

ACTS = {
    Kind.ACKNOWLEDGE: "obligation.acknowledged",
    Kind.SNOOZE: "obligation.snoozed",
    Kind.WAKE: "obligation.woken",
    Kind.INTERIM: "obligation.interim",
    Kind.CONFIRM: "obligation.confirmed",
    Kind.REJECT: "obligation.rejected",
    Kind.PRIVATE: "obligation.answered_privately",
    Kind.CLOSE: "obligation.closed",
    Kind.REOPEN: "obligation.reopened",
}
"""What the audit log calls each."""
WRONGS = {
    Wrong.FINISHED: N_("It is dealt with already ({state}): open it again first if that is not right."),
    Wrong.NOT_PAUSED: N_("It is neither acknowledged nor put off: there is nothing to take back."),
    Wrong.NOT_FINISHED: N_("It cannot be opened again ({state}): only what is answered, closed or historic can."),
    Wrong.NO_REPLY: N_("None of our replies waits there for that to be said of it: see what is written in the thread."),
    Wrong.NO_UNTIL: N_("Say until when it is put off."),
    Wrong.UNTIL_PAST: N_("That time is past: give a later one."),
    Wrong.UNTIL_TOO_LATE: N_("That is too far ahead: no later than {latest}."),
    Wrong.PAST_DEADLINE: N_(
        "It is due before that, {due}: only the manager, a communicator or an administrator can put it off longer."
    ),
    Wrong.NO_REASON: N_("Say why it needs no reply."),
    Wrong.NO_NUMBER: N_("Give the number of the case in the note."),
    Wrong.NO_NOTE: N_("Say a few words in the note: why, or where it was answered."),
}
LEADS = frozenset({"communicator", "administrator"})
MAY = LEADS | {"moderator"}


class CannotMark(Exception):
    """It was not written down. The text says why and what to do, in the language in use, to the person who said it."""


def mark(session: Session, comment_id: int, said: Said, person_id: str, now: datetime) -> Obligation:
    """Writes down what the person says, with an audit entry, and gives the obligation as it stands then.

    Where `said` names no own comment, it speaks of the one that the obligation shows (`reply`). Raises CannotMark.
    """
    session.get(Comment, comment_id, with_for_update={"key_share": True})  # two at once take turns
    found = obligation(session, comment_id, now)
    if found is None:
        raise CannotMark(_("There is no comment of a resident with that number."))
    channel, calendar = session.get_one(Channel, found.channel), calendar_of(organisation(session))
    if not_charged := why_not(session, channel, person_id, now):
        raise CannotMark(not_charged)
    if said.kind in OF_A_REPLY and said.reply is None:
        said = replace(said, reply=found.reply)
    lead = _leads(session, channel, person_id)
    why = wrong(said, found.verdict, found.standing, found.due_at, calendar, now, lead=lead)
    if why is not None:
        raise CannotMark(_in_words(why, found, latest_pause(said.kind, now, calendar) if said.kind in PAUSES else now))
    _write(session, found, said, person_id, now)
    return _after(session, comment_id, now)


def why_not(session: Session, channel: Channel, person_id: str, now: datetime) -> str | None:
    """Why this person may say nothing of the channel's comments, in the language in use; None: may."""
    person, owner = session.get(Person, person_id), organisation(session)
    if person is None or person.retired:
        return _("There is no such person in the register.")
    current = in_force(versions_of(session, channel.id), calendar_of(owner).local_date(now))
    named = current.named if current else frozenset()
    if person_id in charged(session, channel) | named | {owner.on_call} or MAY & set(person.roles):
        return None
    return _(
        "{person} does not take care of {channel}: ask whoever is responsible for it.",
        person=person.name,
        channel=channel.name,
    )


def _after(session: Session, comment_id: int, now: datetime) -> Obligation:
    found = obligation(session, comment_id, now)
    if found is None:
        raise LookupError(comment_id)
    return found


def _write(session: Session, found: Obligation, said: Said, person_id: str, now: datetime) -> None:
    about: dict[str, Any] = {"until": said.until, "reason": said.reason, "reply": said.reply}
    place: dict[str, Any] = {"channel_id": found.channel, "comment_id": found.comment_id}
    session.add(Mark(**place, kind=said.kind, by_id=person_id, at=now, note=said.note.strip(), **about))
    session.flush()
    told = {name: value for name, value in about.items() if value is not None}
    if said.note.strip():
        told["note"] = "set"
    subject, before = ("comment", str(found.comment_id)), {"state": found.state}
    audited(session, person_id, ACTS[said.kind], subject, now, before=before, after=told)


def _leads(session: Session, channel: Channel, person_id: str) -> bool:
    """May this person put off an answer past its deadline?"""
    return person_id == manager_of(session, channel) or bool(LEADS & set(session.get_one(Person, person_id).roles))


def _in_words(why: Wrong, found: Obligation, latest: datetime) -> str:
    return _(
        WRONGS[why],
        state=_(STATES[found.state]),
        latest=moment(latest, found.zone),
        due=moment(found.due_at, found.zone),
    )
