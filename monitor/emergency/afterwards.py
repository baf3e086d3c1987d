"""What is written about a delivery once it has got somewhere. Nothing of it can fail the delivery."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from config.language import N_, _, use_language
from monitor.audit import SYSTEM, audited
from monitor.db import Database
from monitor.emergency.models import Delivery, Message
from monitor.emergency.noting import noted
from monitor.emergency.places import place_name
from monitor.emergency.rules import FINAL, Fate
from monitor.register.organisation import organisation

log = structlog.get_logger(__name__)
SAID = {
    Fate.VERIFIED: N_("Out and read back: {headline} – {place}"),
    Fate.REJECTED: N_("Refused, a person has to act: {headline} – {place}"),
    Fate.NEEDS_HUMAN: N_("A person has to look: {headline} – {place}"),
    Fate.EXPIRED: N_("Not sent any more: {headline} – {place}"),
    Fate.HELD: N_("Stopped before it went out: {headline} – {place}"),
    Fate.UNKNOWN: N_("The answer was lost, Kanalvakt looks for it: {headline} – {place}"),
}
STILL = N_("Not decided for half a minute ({state}): {headline} – {place}")
STATES = {
    Fate.PENDING: N_("it waits"),
    Fate.ARMED: N_("it is being sent"),
    Fate.UNKNOWN: N_("the answer was lost"),
    Fate.HELD: N_("it is stopped"),
}


def note_fate(db: Database, delivery_id: int, now: datetime) -> None:
    """Where it stands now, in the crisis log; and in the audit log where no machine goes on with it."""
    with _harmless(), db.transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        fate = Fate(delivery.state)
        if fate in SAID:
            _say(session, delivery, SAID[fate], now)
        if fate in FINAL:
            facts = {"message": delivery.message_id, "place": delivery.place, "state": delivery.state}
            facts |= {"reason": delivery.reason, "remote_id": delivery.remote_id, "attempts": delivery.attempts}
            audited(session, SYSTEM, "delivery.ended", ("delivery", str(delivery.id)), now, after=facts)


def note_still_undecided(db: Database, delivery_id: int, now: datetime) -> None:
    """Once for each."""
    with _harmless(), db.transaction() as session:
        first = update(Delivery).where(Delivery.id == delivery_id, Delivery.told_at.is_(None))
        if session.scalar(first.values(told_at=now).returning(Delivery.id)) is None:
            return
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        with use_language(organisation(session).language):
            state = _(STATES.get(Fate(delivery.state), delivery.state))
        _say(session, delivery, STILL, now, state=state)


def _say(session: Session, delivery: Delivery, sentence: str, now: datetime, **more: object) -> None:
    message = session.get_one(Message, delivery.message_id)
    with use_language(organisation(session).language):
        place = place_name(session, delivery.place)
    noted(session, message.incident_id, "message", None, now, sentence, headline=message.headline, place=place, **more)


@contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it was, the deliveries go on
        log.warning("a delivery's news was not noted", error=type(error).__name__)
