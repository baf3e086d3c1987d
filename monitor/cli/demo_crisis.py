"""The demo's crisis: an exercise with a message that two people have let out, for whoever wants to see how it looks."""

from datetime import UTC, datetime

from sqlalchemy import select

from config.language import use_language
from config.settings import Settings
from monitor.db import Database
from monitor.emergency import crisis_log, incidents, sending
from monitor.emergency.approving import approve
from monitor.emergency.beginning import from_template
from monitor.emergency.drafting import Written, edit, submit
from monitor.emergency.intake import collect
from monitor.emergency.models import Delivery, OutsideWarning
from monitor.emergency.standing import MOVING
from monitor.emergency.wording import wording
from monitor.register.organisation import organisation

WRITER, APPROVER = "redaktor", "kommunikationschef"  # as the register has them
TITLE = "Strömavbrott i norra Tibro"
SAID = {
    "happened": "Strömmen är borta i norra Tibro sedan kl. 14.",
    "meaning": "Värme, vatten, internet och telefon kan sluta fungera. Trygghetslarm kan påverkas.",
    "doing": "Elnätsföretaget söker felet. Kommunen kontaktar den som har hemtjänst eller trygghetslarm.",
    "to_do": "Spara på mobilens batteri. Se till grannar som behöver hjälp. "
    "Ring 112 vid fara för liv, hälsa, egendom eller miljö.",
    "learn_more": "När strömmen väntas tillbaka vet elnätsföretaget.",
}
LINE = "Övningsledningen: alla invånare i spelet börjar med ordet ÖVNING."


def rehearse(db: Database, settings: Settings) -> int:
    """Begins the exercise and sends its first message, which the publisher takes to the test accounts; gives the
    incident's number."""
    now = datetime.now(UTC)
    with db.transaction() as session, use_language(organisation(session).language):
        incident = incidents.start(session, WRITER, "exercise", "disturbance", TITLE, "", now, area="Norra Tibro")
        incidents.set_stage(session, incident, "ongoing", WRITER, now)
        crisis_log.write(session, incident.id, "note", LINE, WRITER, now)
        message = from_template(session, incident, WRITER, now, wording("power", "sv"))
        written = Written(TITLE, SAID, next_update_at=message.next_update_at)
        edit(session, message, WRITER, message.revision, written, now)
        submit(session, message, WRITER, message.revision, now, settings)
        approve(session, message, APPROVER, message.revision, now)
        sending.committed(session, message, WRITER, now, settings)
        number = incident.id
    collect(db, number, now)
    return number


def is_seen(db: Database) -> bool:
    """Is there everything to look at: the message at all its places, and what the authorities warn of?"""
    with db.snapshot() as session:
        waiting = select(Delivery.id).where(Delivery.state.in_(MOVING)).limit(1)
        return session.scalar(waiting) is None and session.scalar(select(OutsideWarning.id).limit(1)) is not None
