"""What has happened is handed to each system that subscribes to it: once, in order, whatever was committed when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from monitor.access.visitors import Visitor, visitor_of
from monitor.alerts.hook_messages import Place, new_message_id, place_of
from monitor.alerts.hook_rules import KEPT, NEEDS, Reason, State, is_chosen
from monitor.alerts.hook_stopping import disable
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.outgoing_rules import Event
from monitor.db import Database
from monitor.db.turns import HOOKS, take_turns
from monitor.register.calendar import calendar_of
from monitor.register.models import Person
from monitor.register.organisation import organisation

AT_ONCE = 500


def hand_over(db: Database, now: datetime) -> int:
    """Hands over all that waits; gives how many dispatches that made. Who left is told no more. Cheap where nothing
    has happened."""
    made = 0
    while _anything(db):
        with db.transaction() as session:
            take_turns(session, HOOKS)  # numbers of dispatches follow the order of handing over
            waiting = select(OutgoingEvent).where(OutgoingEvent.handed_at.is_(None)).order_by(OutgoingEvent.id)
            events = session.scalars(waiting.limit(AT_ONCE)).all()
            made += _hand_over(session, events, now)
            prune(session, now)
    return made


def stop_those_who_left(db: Database, now: datetime) -> None:
    """Disables the subscriptions of people who have left the register."""
    left = select(Subscription).join(Person, Person.id == Subscription.by_id)
    left = left.where(Person.retired, Subscription.state != State.DISABLED)
    with db.snapshot() as session:
        if session.scalars(left.limit(1)).first() is None:
            return
    with db.transaction() as session:
        for subscription in session.scalars(left.with_for_update(of=Subscription)).all():
            disable(session, subscription, Reason.LEFT, now)


def prune(session: Session, now: datetime) -> None:
    """Forgets what was delivered, or could not be, long ago, and what nobody is told any more."""
    old = Dispatch.made_at < now - KEPT
    on_its_way = select(Subscription.id).where(Subscription.state == State.ACTIVE)
    over = or_(Dispatch.state != "waiting", Dispatch.subscription_id.not_in(on_its_way))
    session.execute(delete(Dispatch).where(old, over))
    unsent = ~exists().where(Dispatch.event_id == OutgoingEvent.id)
    handed = (OutgoingEvent.handed_at.is_not(None), OutgoingEvent.at < now - KEPT)
    session.execute(delete(OutgoingEvent).where(*handed, unsent))


class Readers:
    """Who made the subscriptions, with what they may read now."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._known = session, dict[str, Visitor | None]()
        self._today = calendar_of(organisation(session)).local_date(now)

    def may_tell(self, subscription: Subscription, event: OutgoingEvent, place: Place) -> bool:
        """May whoever made it read on that channel what it tells?"""
        reader = self._reader(subscription.by_id)
        return reader is not None and reader.may(NEEDS[Event(event.kind)], place.channel)

    def _reader(self, id_: str) -> Visitor | None:
        if id_ not in self._known:
            person = self._session.get_one(Person, id_)
            found = None if person.retired else visitor_of(self._session, person, 0, self._today)
            self._known[id_] = found
        return self._known[id_]


def _anything(db: Database) -> bool:
    with db.snapshot() as session:
        return session.scalar(select(OutgoingEvent.id).where(OutgoingEvent.handed_at.is_(None)).limit(1)) is not None


def _hand_over(session: Session, events: Sequence[OutgoingEvent], now: datetime) -> int:
    subscriptions = session.scalars(select(Subscription).order_by(Subscription.id)).all()
    readers, made = Readers(session, now), 0
    for event in events:
        place = place_of(session, event)
        takers = [each for each in subscriptions if place is not None and _takes(readers, each, event, place)]
        message_id = new_message_id()
        session.add_all(
            Dispatch(subscription_id=each.id, event_id=event.id, message_id=message_id, made_at=now, next_at=now)
            for each in takers
        )
        event.handed_at, made = now, made + len(takers)
        session.flush()
        if not takers:
            session.delete(event)
    return made


def _takes(readers: Readers, subscription: Subscription, event: OutgoingEvent, place: Place) -> bool:
    chosen = is_chosen(event.kind, place.channel, subscription.events, subscription.channels)
    return chosen and readers.may_tell(subscription, event, place)
