"""Crisis messages that need somebody: refused, unclear, undecided for half a minute, or to be published by hand.
Importing this adds them to the kinds of notices there are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config.language import _
from monitor.alerts.kinds import KINDS
from monitor.alerts.telling import Scene
from monitor.audit.models import AuditEntry
from monitor.db.bulk import among
from monitor.emergency.afterwards import SAID, STATES, STILL
from monitor.emergency.by_hand import ANSWERED
from monitor.emergency.delivery_words import SENTENCES
from monitor.emergency.matter import NEWS, Found, Matter, mode_of, page_of
from monitor.emergency.models import Delivery, Message
from monitor.emergency.places import place_name
from monitor.emergency.rules import CLOCKS_DIFFER, SURFACED, UNDECIDED, Fate, Why, gone_by
from monitor.emergency.staff import at_work

DELIVERY, BY_HAND = "crisis_delivery", "publish_by_hand"
STOPPED_THERE = (Fate.REJECTED, Fate.NEEDS_HUMAN)
LEFT_TO_PEOPLE = (Delivery.way == "by_hand", Delivery.state == Fate.NEEDS_HUMAN)


def wanting(session: Session, now: datetime) -> Iterator[tuple[Delivery, datetime]]:
    """Deliveries that need somebody, and since when: the same for as long as it is the same round.

    Not what people publish by hand, nor what a person has left out.
    """
    stopped = (
        Delivery.state.in_(STOPPED_THERE),
        Delivery.next_at > now - NEWS,  # where no machine goes on: when that was decided
        Delivery.way != "by_hand",
        Delivery.reason.is_distinct_from(str(Why.SKIPPED)),
    )
    for delivery in session.scalars(select(Delivery).where(*stopped)):
        yield delivery, delivery.next_at
    long_ago = or_(Delivery.made_at <= now - SURFACED, Delivery.made_at > now + CLOCKS_DIFFER)
    slow = (Delivery.state.in_(UNDECIDED), long_ago)
    undecided = session.scalars(select(Delivery).where(*slow)).all()
    again = _sent_again(session, undecided)
    for delivery in undecided:
        since = again.get(str(delivery.id), delivery.made_at)
        if gone_by(since, now) >= SURFACED:
            yield delivery, since


def _sent_again(session: Session, deliveries: Sequence[Delivery]) -> dict[str, datetime]:
    """When a person had them sent once more, by id."""
    if not deliveries:
        return {}
    of_these = among(session, AuditEntry.subject, [str(each.id) for each in deliveries])
    query = select(AuditEntry.subject, func.max(AuditEntry.at)).where(AuditEntry.act == ANSWERED, of_these)
    return {subject: at for subject, at in session.execute(query.group_by(AuditEntry.subject))}  # noqa: C416 - typed


def _deliveries(scene: Scene) -> Iterable[Found]:
    people = at_work(scene.session)
    for delivery, since in wanting(scene.session, scene.now):
        yield str(delivery.id), since, people


def _delivery_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    delivery = scene.session.get_one(Delivery, int(subject))
    message = scene.session.get_one(Message, delivery.message_id)
    place = place_name(scene.session, delivery.place)
    headline = _("{mode}: a crisis message needs somebody – {place}", mode=mode_of(scene, message), place=place)
    fate = Fate(delivery.state)
    sentence = SAID[fate] if fate in STOPPED_THERE else STILL
    state = _(STATES.get(fate, delivery.state))
    told = _(sentence, headline=message.headline, place=place, state=state)
    untouched = _("Nobody has begun to send it. See to it that Kanalvakt runs, or publish it by hand.")
    return headline, [told, _(delivery.remedy) if delivery.remedy else untouched], page_of(message)


def _by_hand(scene: Scene) -> Iterable[Found]:
    people = at_work(scene.session)
    waiting = select(Delivery.message_id).where(*LEFT_TO_PEOPLE, Delivery.made_at > scene.now - NEWS)
    for message in scene.session.scalars(select(Message).where(Message.id.in_(waiting)).order_by(Message.id)):
        if message.committed_at is not None:
            yield str(message.id), message.committed_at, people


def _by_hand_said(scene: Scene, subject: str) -> tuple[str, list[str], str]:
    message = scene.session.get_one(Message, int(subject))
    headline = _("{mode}: a text waits to be published by hand", mode=mode_of(scene, message))
    left = select(Delivery.place).where(*LEFT_TO_PEOPLE, Delivery.message_id == message.id).order_by(Delivery.id)
    places = ", ".join(place_name(scene.session, each) for each in scene.session.scalars(left))
    told = _("“{headline}”: {places}", headline=message.headline, places=places)
    return headline, [told, _(SENTENCES[Why.BY_HAND])], page_of(message)


MATTERS = (Matter(DELIVERY, _deliveries, _delivery_said), Matter(BY_HAND, _by_hand, _by_hand_said))
KINDS.update({each.name: each.kind for each in MATTERS})
