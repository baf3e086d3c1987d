"""From rows back to the register file's own form."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.register.calendar import calendar_of
from monitor.register.decision_status import with_receipts
from monitor.register.file import (
    AccountTextEntry,
    ChannelEntry,
    DecisionEntry,
    OrganisationEntry,
    PersonEntry,
    RegisterFile,
    UnitEntry,
)
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Unit
from monitor.register.organisation import organisation


def register_file(session: Session) -> RegisterFile:
    """The register as a file that could be imported. What is retired is left out, and decisions of people who left.

    Raises NotSetUp when no register has been imported.
    """
    owner = organisation(session)
    people = session.scalars(select(Person).where(~Person.retired).order_by(Person.id)).all()
    units = session.scalars(select(Unit).where(~Unit.retired).order_by(Unit.id)).all()
    channels = session.scalars(select(Channel).where(Channel.state != "retired").order_by(Channel.id)).all()
    decisions = _decisions(session, {person.id for person in people}, calendar_of(owner).local_date)
    return RegisterFile(
        organisation=_organisation_entry(owner),
        unit=[UnitEntry(id=unit.id, name=unit.name, manager=unit.manager_id) for unit in units],
        person=[PersonEntry(**{key: getattr(person, key) for key in PersonEntry.model_fields}) for person in people],
        channel=[_channel_entry(channel, decisions[channel.id]) for channel in channels],
    )


def left_out(session: Session) -> list[tuple[Decision, list[str]]]:
    """The decisions about channels in use that such a file leaves out, each with the names of those who have left."""
    gone = {person.id: person.name for person in session.scalars(select(Person).where(Person.retired))}
    in_use = Decision.channel_id.in_(select(Channel.id).where(Channel.state != "retired"))
    local_date = calendar_of(organisation(session)).local_date
    found = [
        (decision, _named(decision_entry(decision, receipt, local_date)) & gone.keys())
        for decision, receipt in session.execute(with_receipts().where(in_use).order_by(None).order_by(Decision.id))
    ]
    return [(decision, sorted(gone[id_] for id_ in ids)) for decision, ids in found if ids]


def decisions_of(session: Session, channel_id: str) -> list[DecisionEntry]:
    """A channel's decisions, oldest version first."""
    query = with_receipts().where(Decision.channel_id == channel_id)
    local_date = calendar_of(organisation(session)).local_date
    return [decision_entry(decision, receipt, local_date) for decision, receipt in session.execute(query)]


def decision_entry(
    decision: Decision, receipt: DecisionReceipt | None, local_date: Callable[[datetime], date]
) -> DecisionEntry:
    """The decision as the file says it; communicated_on: the organisation's date on which it was confirmed."""
    confirmed = receipt.confirmed_at if receipt else None
    return DecisionEntry(
        purpose=decision.purpose,
        address=decision.address,
        audience=decision.audience,
        responsible=decision.responsible_id,
        decided_by=decision.decided_by_id,
        decided_on=decision.decided_on,
        valid_until=decision.valid_until,
        authorised=decision.authorised,
        communicated_to=receipt.confirmed_by_id or receipt.sent_to_id if receipt else None,
        communicated_on=local_date(confirmed) if confirmed else None,
    )


def _organisation_entry(owner: Organisation) -> OrganisationEntry:
    values = {key: getattr(owner, key) for key in OrganisationEntry.model_fields}
    return OrganisationEntry(**values | {"closed_days": [date.fromisoformat(day) for day in owner.closed_days]})


def _channel_entry(channel: Channel, decisions: list[DecisionEntry]) -> ChannelEntry:
    references = {"unit": channel.unit_id, "responsible": channel.responsible_id, "deputy": channel.deputy_id}
    text = AccountTextEntry(points=channel.account_text, checked_on=channel.account_text_checked_on)
    below = {"decision": decisions, "account_text": text, "exercise": channel.exercise or None}
    values = {key: getattr(channel, key) for key in ChannelEntry.model_fields.keys() - references.keys() - below.keys()}
    return ChannelEntry.model_validate(values | references | below)


def _decisions(
    session: Session, people: set[str], local_date: Callable[[datetime], date]
) -> defaultdict[str, list[DecisionEntry]]:
    """By channel, oldest version first."""
    found: defaultdict[str, list[DecisionEntry]] = defaultdict(list)
    for decision, receipt in session.execute(with_receipts()):
        entry = decision_entry(decision, receipt, local_date)
        if _named(entry) <= people:
            found[decision.channel_id].append(entry)
    return found


def _named(entry: DecisionEntry) -> set[str]:
    """The ids of everybody whom it names."""
    named = (entry.responsible, entry.decided_by, entry.communicated_to, *entry.authorised)
    return {id_ for id_ in named if id_ is not None}
