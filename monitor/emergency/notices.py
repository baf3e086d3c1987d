"""What people are told of in a crisis, at any hour: that one has begun, that a message waits for them, that somebody
sends alone, that a promised update has not come. Importing this adds them to the kinds of notices there are."""

from collections.abc import Iterable

from sqlalchemy import select

import monitor.emergency.delivery_notices
import monitor.emergency.readiness_notices  # noqa: F401 - adds what is told beforehand
from config.language import N_, _, moment
from monitor.alerts.kinds import KINDS
from monitor.alerts.telling import Scene
from monitor.emergency.incident_words import LEVELS, MODES
from monitor.emergency.matter import NEWS, Found, Matter, mode_of, page_of
from monitor.emergency.message_rules import State, is_overdue
from monitor.emergency.models import Incident, Message
from monitor.emergency.staff import approvers, told_of_everything
from monitor.register.models import Person

BEGUN, WANTED, ALONE, PROMISED = "incident", "approval_wanted", "sent_alone", "promised_update"


def _begun(scene: Scene) -> Iterable[Found]:
    recent = (Incident.started_at > scene.now - NEWS, Incident.closed_at.is_(None))
    for incident in scene.session.scalars(select(Incident).where(*recent)):
        people = [each for each in told_of_everything(scene.session) if each.id != incident.started_by_id]
        yield str(incident.id), incident.started_at, people


def _begun_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    incident = scene.session.get_one(Incident, int(subject))
    headline = _("{mode}: {title}", mode=_(MODES[incident.mode]), title=incident.title)
    who = scene.session.get_one(Person, incident.started_by_id).name
    level, when = _(LEVELS[incident.level]), moment(incident.started_at, scene.zone)
    told = _("{level}. Begun by {person} {when}.", level=level, person=who, when=when)
    return headline, [told, _(EXERCISE if incident.mode == "exercise" else IN_EARNEST)], f"/crisis/{subject}"


EXERCISE = N_("This is an exercise. Nothing is published where residents see it.")
IN_EARNEST = N_("This is not an exercise.")


def _wanted(scene: Scene) -> Iterable[Found]:
    for message in scene.session.scalars(select(Message).where(Message.state == State.SUBMITTED)):
        whose = (message.author_id, message.edited_by_id, message.submitted_by_id)
        if message.submitted_at is not None:
            yield str(message.id), message.submitted_at, approvers(scene.session, whose)


def _wanted_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    message = scene.session.get_one(Message, int(subject))
    mode = mode_of(scene, message)
    headline = _("{mode}: approve a message now", mode=mode)
    told = _("“{headline}” waits for somebody to approve it.", headline=message.headline)
    minutes = scene.settings.emergency.approval_minutes
    after = _("After {minutes} minutes whoever wrote it may send it alone.", minutes=minutes)
    return headline, [told, after], page_of(message)


def _alone(scene: Scene) -> Iterable[Found]:
    sent = (Message.break_glass != "", Message.committed_at > scene.now - NEWS)
    for message in scene.session.scalars(select(Message).where(*sent)):
        if message.committed_at is not None:
            yield str(message.id), message.committed_at, told_of_everything(scene.session)


def _alone_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    message = scene.session.get_one(Message, int(subject))
    headline = _("{mode}: a message was sent by one person alone", mode=mode_of(scene, message))
    told = _("“{headline}”. Reason: {reason}", headline=message.headline, reason=message.break_glass)
    return headline, [told, _("Somebody else has to go through it: open it, and say what you found.")], page_of(message)


def _promised(scene: Scene) -> Iterable[Found]:
    query = (
        select(Message)
        .join(Incident, Incident.id == Message.incident_id)
        .where(
            Message.state == State.COMMITTED, Incident.closed_at.is_(None), Message.next_update_at > scene.now - NEWS
        )
    )
    for message in scene.session.scalars(query):
        if message.next_update_at and is_overdue(State(message.state), message.next_update_at, scene.now):
            yield str(message.id), message.next_update_at, told_of_everything(scene.session)


def _promised_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    message = scene.session.get_one(Message, int(subject))
    headline = _("{mode}: residents wait for an update", mode=mode_of(scene, message))
    when = moment(message.next_update_at or scene.now, scene.zone)
    told = _("“{headline}” promised more at the latest {when}. That has passed.", headline=message.headline, when=when)
    return headline, [told, _("Say something, even if there is nothing new.")], page_of(message)


MATTERS = (
    Matter(BEGUN, _begun, _begun_said),
    Matter(WANTED, _wanted, _wanted_said),
    Matter(ALONE, _alone, _alone_said),
    Matter(PROMISED, _promised, _promised_said),
)
KINDS.update({each.name: each.kind for each in MATTERS})
