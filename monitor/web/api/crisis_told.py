"""Incidents and messages between the tables and the shapes of the API."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from monitor.emergency.approving import needs_review
from monitor.emergency.beginning import beside
from monitor.emergency.composing import channels_of, texts, what_is_wrong
from monitor.emergency.drafting import Own, Written
from monitor.emergency.message_rules import BEFORE, PARTS
from monitor.emergency.message_words import fault_in_words
from monitor.emergency.models import Incident, Message
from monitor.emergency.standing import message_state, stood
from monitor.web.api.asking import Caller
from monitor.web.api.crisis_shapes import CrisisDelivery, CrisisFault, CrisisIncident, CrisisMessage, Writing


def written(sent: Writing) -> Written:
    return Written(
        sent.headline,
        {name: getattr(sent, name) for name in PARTS},
        short=sent.short,
        language=sent.language,
        final=sent.final,
        next_update_at=sent.next_update_at,
        places={name: Own(each.text, each.left_out) for name, each in sent.places.items()},
    )


def told_incident(incident: Incident) -> CrisisIncident:
    return CrisisIncident.model_validate(
        {name: getattr(incident, name) for name in ("id", "mode", "level", "title", "state", "started_at")}
        | {"started_by": incident.started_by_id, "decided_by": incident.decided_by, "area": incident.area}
        | {"stage": incident.stage or None, "case_number": incident.note, "closed_at": incident.closed_at}
    )


def told_message(session: Session, message: Message, known: Caller) -> CrisisMessage:
    before, now = message.state in BEFORE, datetime.now(UTC)
    deliveries = [] if before else stood(session, message).deliveries
    said = {each.place: each.text for each in deliveries}
    if before:
        said = texts(session, message, channels_of(session), known.settings)
    wrong = what_is_wrong(session, message, now, known.settings) if before else []
    other = beside(session, message, now)
    names = ("id", "kind", "revision", "headline", "language", "final", "next_update_at", "identifier", "sent")
    return CrisisMessage.model_validate(
        {name: getattr(message, name) for name in names}
        | {
            "state": message_state(message, now),
            "beside": other.id if other is not None else None,
            "to_review": needs_review(message),
            "incident": message.incident_id,
            "earlier": message.earlier_id,
            "author": message.author_id,
        }
        | {"approved_by": message.approved_by_id, "sent_alone": message.break_glass, "texts": said}
        | {"faults": [CrisisFault(field=each.at, what=each.what, detail=fault_in_words(each)) for each in wrong]}
        | {"deliveries": [CrisisDelivery.model_validate(each) for each in deliveries]}
    )
