"""Bringing a channel's decisions from the register file into the database: what is not known is the next version."""

from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.register.calendar import calendar_of
from monitor.register.deciding import add_version, confirmed, draft_of, receipt_of
from monitor.register.decision_rules import Draft
from monitor.register.file import DecisionEntry
from monitor.register.models import Channel, Decision
from monitor.register.organisation import organisation
from monitor.register.storing import Storing

MIDDAY = time(12)  # the file tells only the day


def import_decisions(storing: Storing, channel: Channel, entries: list[DecisionEntry]) -> None:
    """Writes what is not known yet as the next versions, in the order of their days.

    A decision is known when one in the database says the same; one without an address may be about any. Whom it was
    sent to, and when the communicator had it, is no part of what it says: it is added to a known one, never changed.
    """
    for entry in sorted(entries, key=lambda each: each.decided_on):
        decision = _known(storing.session, channel.id, entry)
        if decision is None:
            draft = _draft(entry, entry.address or channel.address)
            about = (channel.id, draft, entry.decided_by, storing.now)
            decision = add_version(storing.session, *about, actor=storing.actor)
        _communicated(storing, decision, entry)


def _known(session: Session, channel: str, entry: DecisionEntry) -> Decision | None:
    made = select(Decision).where(Decision.channel_id == channel, Decision.decided_by_id == entry.decided_by)
    rows = session.scalars(made.order_by(Decision.version.desc()))
    return next((row for row in rows if draft_of(row) == _draft(entry, entry.address or row.address)), None)


def _draft(entry: DecisionEntry, address: str) -> Draft:
    authorised = tuple(dict.fromkeys(entry.authorised))
    people = (entry.responsible, entry.valid_until, entry.decided_on, authorised)
    return Draft(entry.purpose, address, entry.audience, *people)


def _communicated(storing: Storing, decision: Decision, entry: DecisionEntry) -> None:
    if entry.communicated_to is None and entry.communicated_on is None:
        return
    receipt = receipt_of(storing.session, decision)
    receipt.sent_to_id = receipt.sent_to_id or entry.communicated_to
    if entry.communicated_on is not None:
        calendar = calendar_of(organisation(storing.session))
        at = datetime.combine(entry.communicated_on, MIDDAY, calendar.zone).astimezone(UTC)
        confirmed(storing.session, decision, entry.communicated_to, at, storing.now, actor=storing.actor)
    storing.session.flush()
