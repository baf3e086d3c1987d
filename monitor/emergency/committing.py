"""The moment from which a message cannot be lost: one transaction freezes it and writes what has to happen to it.

Nothing is sent here. What is written is enough to send it, whoever does that and whatever fails meanwhile.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.language import N_, _
from config.settings import Settings
from monitor.audit import audited
from monitor.emergency.claimed import TABLE
from monitor.emergency.composing import HUB, channels_of, link_of, texts
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.exercise import ExerciseCredentials
from monitor.emergency.faults import CannotSend
from monitor.emergency.message_rules import AT_ONCE, LASTS, Kind, State
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.noting import noted
from monitor.emergency.places import on_platform, parts_of, publishes
from monitor.emergency.rules import Fate, Why
from monitor.register.models import Channel

Values = dict[str, Any]
"""A delivery's columns."""
SENT = N_("Sent to {places} places: {headline}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes, and how: `way` as in Delivery."""

    id: str
    channel_id: str | None
    way: str


def freeze(session: Session, message: Message, by: str, now: datetime, settings: Settings) -> None:
    """Freezes the message, with one delivery for the hub and each channel that is not left out. Pressed twice, there
    are the same deliveries. message: as it stands in the database; nobody else writes it meanwhile (drafting.in_turn).

    Raises CannotSend where it may not go out: nobody has approved it, its time is over, its incident is.
    """
    if message.committed_at is not None:
        return
    incident = session.get_one(Incident, message.incident_id)
    _check(session, message, incident, now)
    sent = now.replace(microsecond=0)
    with session.no_autoflush:  # people wait for it: the message is written once, whole
        message.identifier, message.sent = secrets.token_hex(6), sent  # letters and digits: CAP lists it by blanks
        message.expires = message.expires or now + LASTS
        made = _deliveries(session, message, incident, now, settings)
        hub = next((each["text"] for each in made if each["place"] == HUB), "")
        message.text_hash = sha256(hub.encode()).hexdigest()
        message.committed_at, message.committed_by_id, message.state = now, by, State.COMMITTED
    session.flush()
    session.connection().execute(insert(TABLE), made)
    _written(session, message, incident, made, by, now)


def deliveries_of(session: Session, message_id: int) -> list[Delivery]:
    """The hub first."""
    query = select(Delivery).where(Delivery.message_id == message_id).order_by(Delivery.id)
    return list(session.scalars(query))


def _check(session: Session, message: Message, incident: Incident, now: datetime) -> None:
    if incident.closed_at is not None and message.kind not in AT_ONCE:
        raise CannotSend(_("The crisis has been closed. Begin a new one."))
    if message.kind not in AT_ONCE and message.state != State.APPROVED and not message.break_glass:
        raise CannotSend(_("Nobody else has approved it yet."))
    own = message.approved_by_id in (message.author_id, message.edited_by_id, message.submitted_by_id)
    if message.state == State.APPROVED and own and not message.break_glass:
        raise CannotSend(_("Somebody else than its author has to approve it."))
    if message.expires is not None and message.expires <= now:
        raise CannotSend(_("Its time is over. Say how long it holds, and have it approved again."))
    earlier = session.get(Message, message.earlier_id) if message.earlier_id is not None else None
    if earlier is not None and earlier.incident_id != incident.id:
        raise CannotSend(_("It follows a message of another crisis."))
    if message.kind != Kind.ALERT and (earlier is None or earlier.committed_at is None):
        raise CannotSend(_("The message that it follows has not been sent."))


def _deliveries(
    session: Session, message: Message, incident: Incident, now: datetime, settings: Settings
) -> list[Values]:
    channels = channels_of(session)
    link = link_of(message, settings)
    said = texts(session, message, channels, settings)
    places = [Place(HUB, None, "machine")]
    for channel in channels:
        way = way_of(channel, incident.mode)
        places += [Place(each, channel.id, way) for each in (channel.id, *dict(parts_of(channel, settings)))]
    return [_delivery(message, each, _whole(said[each.id], link), link, now) for each in places if each.id in said]


def _whole(text: str, link: str) -> str:
    """Without the address nobody could find it again."""
    return text if link in text else f"{text.rstrip()}\n\n{link}"


def _delivery(message: Message, place: Place, text: str, link: str, now: datetime) -> Values:
    values: Values = {"message_id": message.id, "place": place.id, "channel_id": place.channel_id}
    values |= {"way": place.way, "text": text, "link": link, "marker": message.identifier}
    values |= {"made_at": now, "next_at": now, "expires": message.expires}
    values |= {"state": str(Fate.PENDING), "reason": None, "remedy": None, "progress": {}}
    if place.way == "by_hand":
        told = {"reason": str(Why.BY_HAND), "remedy": SENTENCES[Why.BY_HAND]}
        values |= {"state": str(Fate.NEEDS_HUMAN), **told}
    return values


def way_of(channel: Channel, mode: str) -> str:
    """How a message of an incident of that mode comes out on the channel."""
    if mode == "exercise":
        tested = on_platform(channel.platform) and ExerciseCredentials(channel.exercise).account is not None
        return "machine" if tested else "rehearsed"
    told = publishes(channel)
    if told is None:
        return "by_hand"
    return "best_effort" if told.best_effort else "machine"


def _written(
    session: Session, message: Message, incident: Incident, made: Sequence[Values], by: str, now: datetime
) -> None:
    noted(session, incident.id, "message", by, now, SENT, places=len(made), headline=message.headline)
    told = {
        "identifier": message.identifier,
        "kind": message.kind,
        "mode": incident.mode,
        "sent": now.astimezone(UTC).isoformat(),
        "text_hash": message.text_hash,
        "places": {each["place"]: each["way"] for each in made},
    }
    audited(session, by, "message.committed", ("message", str(message.id)), now, after=told)
