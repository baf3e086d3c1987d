"""Making a decision about a channel, renewing it, and confirming that it reached the communicator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict, Unpack

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.db.turns import AUDIT, take_turns
from monitor.register.calendar import calendar_of
from monitor.register.decision_rules import Draft, decides, latest_end, wrongs
from monitor.register.decision_status import versions_of
from monitor.register.decision_words import LABELS, PLACES, WRONGS, said
from monitor.register.fields import Text, WebAddress
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Unit
from monitor.register.organisation import organisation
from monitor.register.people import receivers
from monitor.register.shape import WRONG

SOUND = {"purpose": TypeAdapter(Text), "address": TypeAdapter(WebAddress), "audience": TypeAdapter(Text)}


Against = tuple[str, str]
"""What stands against a decision: the key of the content that it is about ("" where it is none), and a sentence."""


class CannotDecide(Exception):
    """It was not decided, or not confirmed. `against`: everything, in the language in use; `reasons`: the sentences."""

    def __init__(self, against: list[Against]) -> None:
        self.against = tuple(against)
        self.reasons = tuple(sentence for _key, sentence in against)
        super().__init__("\n".join(self.reasons))


class Changes(TypedDict, total=False):
    """What a renewal says differently; see Draft."""

    purpose: str
    address: str
    audience: str
    responsible: str
    decided_on: date
    authorised: tuple[str, ...]


def make_decision(session: Session, channel: Channel, draft: Draft, by: str, now: datetime) -> Decision:
    """Writes the next version of the decision about a channel, made by the person `by`, and audits it.

    Raises CannotDecide with everything that stands against it; nothing is written then.
    """
    _take_turns(session, channel.id)
    if found := against(session, channel, draft, by, now):
        raise CannotDecide(found)
    return add_version(session, channel.id, draft, by, now, actor=by)


def against(session: Session, channel: Channel, draft: Draft, by: str, now: datetime) -> list[Against]:
    """Everything that stands against that decision by the person `by`, in the order of the form."""
    owner = organisation(session)
    return [*_words(session, channel, draft, owner, now), *_people(session, draft), *_decider(session, channel, by)]


def renew(
    session: Session, channel: Channel, by: str, valid_until: date | None, now: datetime, **changes: Unpack[Changes]
) -> Decision:
    """The next version, that says what the latest one says but for the end, the day, the channel's address as it is
    now, and `changes`. Raises CannotDecide, also when there is nothing to renew."""
    latest = latest_of(session, channel.id)
    if latest is None:
        nothing = _("There is no decision about {channel} to renew: make the first one.", channel=channel.id)
        raise CannotDecide([("", nothing)])
    today = calendar_of(organisation(session)).local_date(now)
    draft = replace(draft_of(latest), address=channel.address, valid_until=valid_until, decided_on=today)
    return make_decision(session, channel, replace(draft, **changes), by, now)


def confirm(session: Session, decision: Decision, person: Person, now: datetime) -> DecisionReceipt:
    """A communicator says that the decision has arrived, and it is audited. Said again, it changes nothing.

    Raises CannotDecide for who neither is a communicator nor receives decisions in their place, and for a version that
    another one has replaced.
    """
    receives = "communicator" in person.roles or person in receivers(session)
    if person.retired or not receives:
        raise CannotDecide([("", _("{name} is not a communicator, and cannot confirm a decision.", name=person.name))])
    if receipt_of(session, decision).confirmed_at is None and replaced(session, decision):
        raise CannotDecide([("", _("A newer decision has replaced it."))])
    return confirmed(session, decision, person.id, now, now, actor=person.id)


def confirmed(
    session: Session, decision: Decision, person: str | None, at: datetime, now: datetime, *, actor: str
) -> DecisionReceipt:
    """Notes that `person` had the decision at a time, once."""
    receipt = receipt_of(session, decision)
    if receipt.confirmed_at is None:
        receipt.confirmed_by_id, receipt.confirmed_at = person, at
        about = ("decision", f"{decision.channel_id}/{decision.version}")
        audited(session, actor, "decision.confirmed", about, now, after={"confirmed_by": person, "confirmed_at": at})
    return receipt


def receipt_of(session: Session, decision: Decision) -> DecisionReceipt:
    """What became of telling the communicator; a new row where nothing has yet."""
    _take_turns(session, decision.channel_id)
    receipt = session.get(DecisionReceipt, decision.id, populate_existing=True)
    if receipt is None:
        receipt = DecisionReceipt(decision_id=decision.id)
        session.add(receipt)
        session.flush()
    return receipt


def add_version(session: Session, channel: str, draft: Draft, by: str, now: datetime, *, actor: str) -> Decision:
    """Writes the next version as it is, and audits it with its whole text."""
    latest = latest_of(session, channel)
    number = session.scalar(select(func.max(Decision.version)).where(Decision.channel_id == channel)) or 0
    decision = as_version(channel, number + 1, draft, by, now)
    session.add(decision)
    session.flush()
    before = said(latest) if latest else None
    about = ("decision", f"{channel}/{decision.version}")
    audited(session, actor, "decision.made", about, now, before=before, after=said(decision))
    return decision


def as_version(channel: str, number: int, draft: Draft, by: str, now: datetime) -> Decision:
    """The draft as that version would be, in no session yet."""
    return Decision(
        channel_id=channel,
        version=number,
        purpose=draft.purpose,
        address=draft.address,
        audience=draft.audience,
        responsible_id=draft.responsible,
        decided_by_id=by,
        decided_on=draft.decided_on,
        valid_until=draft.valid_until or draft.decided_on,
        authorised=list(dict.fromkeys(draft.authorised)),
        created_at=now,
    )


def latest_of(session: Session, channel: str) -> Decision | None:
    """The version decided last: the one that a renewal goes on from. An import may have added an older one since."""
    made = select(Decision).where(Decision.channel_id == channel)
    return session.scalars(made.order_by(Decision.decided_on.desc(), Decision.version.desc())).first()


def replaced(session: Session, decision: Decision) -> bool:
    """Has another version been decided later?"""
    latest = latest_of(session, decision.channel_id)
    return latest is not None and latest.id != decision.id


def _take_turns(session: Session, channel: str) -> None:
    """One at a time decides about a channel, or writes its receipt. First the log, then the row, as whoever changes the
    register does: in any other order the two could wait for each other."""
    take_turns(session, AUDIT)
    session.get_one(Channel, channel, with_for_update={"key_share": True})


def draft_of(decision: Decision) -> Draft:
    return Draft(
        decision.purpose,
        decision.address,
        decision.audience,
        decision.responsible_id,
        decision.valid_until,
        decision.decided_on,
        tuple(decision.authorised),
    )


def _words(session: Session, channel: Channel, draft: Draft, owner: Organisation, now: datetime) -> Iterator[Against]:
    months = owner.longest_decision_months
    today = calendar_of(owner).local_date(now)
    latest = latest_end(draft.decided_on, months)
    for wrong in wrongs(draft, today, months, versions_of(session, channel.id)):
        yield PLACES[wrong], _(WRONGS[wrong], months=months, latest=latest)
    for key, kind in SOUND.items():
        try:
            kind.validate_python(getattr(draft, key))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]["type"]
            if fault != "empty" and getattr(draft, key).strip():
                what, remedy = WRONG[fault]
                yield key, f"{_(what, key=_(LABELS[key]))} {_(remedy)}"


def _people(session: Session, draft: Draft) -> Iterator[Against]:
    for name in dict.fromkeys((draft.responsible, *draft.authorised)):
        key = "responsible" if name == draft.responsible else "authorised"
        if not name.strip():
            continue
        person = session.get(Person, name)
        if person is None:
            yield key, _("There is no person {name} in the register: see `kanalvakt person list`.", name=name)
        elif person.retired:
            yield key, _("{name} is no longer in the register, and cannot be named in a decision.", name=person.name)


def _decider(session: Session, channel: Channel, by: str) -> Iterator[Against]:
    unit = session.get_one(Unit, channel.unit_id)
    person = session.get(Person, by)
    manager = session.get(Person, unit.manager_id) if unit.manager_id else None
    wrong = decides(by, person.roles if person and not person.retired else (), unit.manager_id)
    if wrong:
        who = manager.name if manager else _("nobody, until the unit has a manager,")
        yield "", _(WRONGS[wrong], name=person.name if person else by, unit=unit.name, manager=who)
