"""Subscriptions of other systems: made, paused, taken up again and removed by people, each act with its audit entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from config.language import _
from config.settings import Settings
from connectors.errors import CredentialMissing
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor, visitor_of
from monitor.alerts.hook_messages import new_message_id, trial
from monitor.alerts.hook_posting import is_hook, new_secret
from monitor.alerts.hook_rules import BOTH_SIGN, MOST, NEEDS, Fate, State, fate
from monitor.alerts.hook_sending import Answer, carry, keys_of
from monitor.alerts.hook_stopping import subject_of
from monitor.audit import audited
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.outgoing_rules import Event
from monitor.db import Database
from monitor.register import secrets
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Person
from monitor.register.organisation import organisation

LONGEST_NAME = 100
LONGEST_ADDRESS = 2000


class CannotSubscribe(Exception):
    """It cannot be so. faults: sentences by the field they are about ("" for none), in the language in use."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to be told what. events: names of outgoing_rules.Event. channels: ids; none: all, later ones too."""

    name: str
    address: str = field(repr=False)
    events: tuple[str, ...]
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription, whose it is, and how many messages wait for it, the oldest since when."""

    subscription: Subscription
    by: Person
    waiting: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to a subscriber, delivered or on its way, and the event that it tells."""

    dispatch: Dispatch
    event: OutgoingEvent


def add(session: Session, wish: Wish, by: str, now: datetime, settings: Settings) -> tuple[Subscription, str]:
    """Adds it, and gives the secret that its messages are signed with, which is never shown again.

    by: who is told through it; they can subscribe to no more than they may read. Raises CannotSubscribe.
    """
    who = _visitor(session, by, now)
    faults = dict(_faults(session, wish, who, settings))
    if faults:
        raise CannotSubscribe(faults)
    secret = new_secret()
    _ready(session)
    made = Subscription(
        name=wish.name.strip(),
        host=urlsplit(wish.address.strip()).hostname or "",
        address=wish.address.strip(),  # type: ignore[arg-type]  # a str goes in, a Secret comes out
        secret=secret,  # type: ignore[arg-type]  # the same
        events=[str(each) for each in Event if each in wish.events],
        channels=sorted(set(wish.channels)),
        by_id=by,
        made_at=now,
        since=now,
    )
    session.add(made)
    session.flush()
    audited(session, by, "webhook.added", subject_of(made), now, after=said(made))
    return made, secret


def said(subscription: Subscription) -> dict[str, object]:
    """What the log, and lists for programs, tell of it: not the address, which may hold a secret."""
    told = {name: getattr(subscription, name) for name in ("name", "host", "events", "channels")}
    return told | {"by": subscription.by_id}


def for_programs(found: Listed) -> dict[str, object]:
    """As `kanalvakt webhook list --json` has it, and the API."""
    each = found.subscription
    state = {"state": each.state, "reason": each.reason, "since": each.since, "made_at": each.made_at}
    waits = {"waiting": found.waiting, "waiting_since": found.waiting_since}
    return {"id": each.id} | said(each) | state | waits


def sent_for_programs(sent: Sent) -> dict[str, object]:
    """One message, likewise."""
    each = sent.dispatch
    names = ("id", "message_id", "state", "attempts", "next_at", "done_at", "status", "problem")
    return {"type": sent.event.kind, "at": sent.event.at} | {name: getattr(each, name) for name in names}


def listed(session: Session) -> list[Listed]:
    """All, by number."""
    waits = select(Dispatch.subscription_id, func.count(), func.min(Dispatch.made_at))
    waits = waits.where(Dispatch.state == "waiting").group_by(Dispatch.subscription_id)
    known = {id_: (count, since) for id_, count, since in session.execute(waits)}
    query = select(Subscription, Person).join(Person, Person.id == Subscription.by_id).order_by(Subscription.id)
    return [Listed(each, by, *known.get(each.id, (0, None))) for each, by in session.execute(query)]


def one(session: Session, number: int) -> Listed | None:
    """The one of that number."""
    return next((each for each in listed(session) if each.subscription.id == number), None)


def latest(session: Session, subscription: Subscription, most: int = 20) -> list[Sent]:
    """What was sent to it last, and what waits; the newest first."""
    query = select(Dispatch, OutgoingEvent).join(OutgoingEvent, OutgoingEvent.id == Dispatch.event_id)
    query = query.where(Dispatch.subscription_id == subscription.id).order_by(Dispatch.id.desc()).limit(most)
    return [Sent(*row) for row in session.execute(query)]


def pause(session: Session, subscription: Subscription, by: str, now: datetime) -> None:
    """What happens meanwhile is sent when it goes on. Raises CannotSubscribe for one that is not active."""
    _hold(session, subscription)
    if subscription.state != State.ACTIVE:
        raise CannotSubscribe({"": _("It is not sent to at present.")})
    subscription.state, subscription.since = State.PAUSED, now
    audited(session, by, "webhook.paused", subject_of(subscription), now)


def resume(session: Session, subscription: Subscription, by: str, now: datetime) -> None:
    """What waits is sent from the beginning, however often it was tried. Raises CannotSubscribe where nobody may be
    told, as whoever made it has left, and for one that is active."""
    _hold(session, subscription)
    if subscription.state == State.ACTIVE:
        raise CannotSubscribe({"": _("It is in use.")})
    if session.get_one(Person, subscription.by_id).retired:
        raise CannotSubscribe({"": _("Whoever made it has left: remove it, and add one of your own.")})
    subscription.state, subscription.reason, subscription.since = State.ACTIVE, None, now
    _try_at_once(session, subscription, now)
    audited(session, by, "webhook.resumed", subject_of(subscription), now)


def replace_secret(session: Session, subscription: Subscription, by: str, now: datetime) -> str:
    """Gives a new secret; for a day the one before signs as well, so that the receiver can change over."""
    _ready(session)
    _hold(session, subscription)
    secret = new_secret()
    old = keys_of(subscription, now).secrets
    subscription.old_secret = old[0] if old else ""  # type: ignore[assignment]  # a str goes in
    subscription.old_until = now + BOTH_SIGN if old else None
    subscription.secret = secret  # type: ignore[assignment]  # the same
    audited(session, by, "webhook.secret_replaced", subject_of(subscription), now)
    return secret


def remove(session: Session, subscription: Subscription, by: str, now: datetime) -> None:
    """With all that was sent to it, and waits for it, and its secret."""
    _hold(session, subscription)
    before = said(subscription)
    session.execute(delete(Dispatch).where(Dispatch.subscription_id == subscription.id))
    session.delete(subscription)
    session.flush()
    audited(session, by, "webhook.removed", subject_of(subscription), now, before=before)


def send_again(session: Session, subscription: Subscription, number: int, by: str, now: datetime) -> None:
    """A message that was delivered, once more under the same id; or one that waits, at once. Raises CannotSubscribe."""
    dispatch = _dispatch(session, subscription, number)
    if dispatch.state == "waiting":
        _try_at_once(session, subscription, now)
    else:
        event, message = dispatch.event_id, dispatch.message_id
        again = Dispatch(subscription_id=subscription.id, event_id=event, message_id=message, made_at=now, next_at=now)
        session.add(again)
    audited(session, by, "webhook.sent_again", subject_of(subscription), now, after={"message": dispatch.message_id})


def leave_out(session: Session, subscription: Subscription, number: int, by: str, now: datetime) -> None:
    """A message that the receiver never takes, so that those after it go. Raises CannotSubscribe."""
    dispatch = _dispatch(session, subscription, number)
    if dispatch.state != "waiting":
        raise CannotSubscribe({"": _("It does not wait any more.")})
    dispatch.state, dispatch.done_at = "withheld", now
    audited(session, by, "webhook.left_out", subject_of(subscription), now, after={"message": dispatch.message_id})


def send_test(db: Database, number: int, now: datetime, settings: Settings) -> Answer | None:
    """A message that says nothing, past all that waits; where it is taken, that is tried at once. None: no such one."""
    with db.transaction() as session:
        subscription = session.get(Subscription, number, with_for_update=True)
        if subscription is None:
            return None
        keys = keys_of(subscription, now)
    answer = carry(keys, new_message_id(), trial(now.isoformat()), settings, now)
    if fate(answer.status, 1) is Fate.DELIVERED:
        with db.transaction() as session:
            if (there := session.get(Subscription, number)) is not None:
                _try_at_once(session, there, now)
    return answer


def allowed_events(session: Session, by: str, now: datetime) -> list[Event]:
    """What this person can subscribe to."""
    who = _visitor(session, by, now)
    return [event for event in Event if who.may(NEEDS[event])]


def _faults(session: Session, wish: Wish, who: Visitor, settings: Settings) -> Iterator[tuple[str, str]]:
    if session.scalar(select(func.count()).select_from(Subscription)) >= MOST:  # type: ignore[operator]  # a number
        yield "", _("There are {count} subscriptions already: remove one first.", count=MOST)
    if not 0 < len(wish.name.strip()) <= LONGEST_NAME:
        yield "name", _("Give it a name of at most {count} characters.", count=LONGEST_NAME)
    if not _is_address(wish.address.strip(), settings):
        yield "address", _("The address begins with https://, and has no #, and no user name and password before @.")
    yield from _event_faults(wish.events, who)
    for id_ in wish.channels:
        if session.get(Channel, id_) is None or not who.sees(id_):
            yield "channels", _("There is no channel {name}.", name=id_)


def _event_faults(events: Sequence[str], who: Visitor) -> Iterator[tuple[str, str]]:
    unknown = [each for each in events if each not in set(Event)]
    if not events:
        yield "events", _("Choose at least one thing that it is told of.")
    elif unknown:
        yield "events", _("There is no event {name}.", name=unknown[0])
    elif denied := [each for each in events if not who.may(NEEDS[Event(each)])]:
        yield "events", _("You may not read what {name} tells of.", name=denied[0])


def _is_address(address: str, settings: Settings) -> bool:
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address or not is_hook(address):
        return False
    parts = urlsplit(address)
    return parts.username is None and (parts.scheme == "https" or settings.private_addresses)


def _visitor(session: Session, by: str, now: datetime) -> Visitor:
    today = calendar_of(organisation(session)).local_date(now)
    person = session.get(Person, by)
    if person is None or person.retired:
        raise CannotSubscribe({"": _("There is no such person in the register.")})
    who = visitor_of(session, person, 0, today)
    if not who.may(Permission.EDIT_SETTINGS):
        raise CannotSubscribe({"": _("{person} may not change the settings.", person=person.name)})
    return who


def _dispatch(session: Session, subscription: Subscription, number: int) -> Dispatch:
    _hold(session, subscription)
    dispatch = session.get(Dispatch, number, populate_existing=True)
    if dispatch is None or dispatch.subscription_id != subscription.id:
        raise CannotSubscribe({"": _("There is no such message any more.")})
    return dispatch


def _hold(session: Session, subscription: Subscription) -> None:
    """Nobody else changes it, or sends to it, until we are done; it is as they left it. Raises CannotSubscribe where
    somebody has removed it."""
    if session.get(Subscription, subscription.id, with_for_update=True, populate_existing=True) is None:
        raise CannotSubscribe({"": _("It is not told any more.")})


def _try_at_once(session: Session, subscription: Subscription, now: datetime) -> None:
    waits = (Dispatch.subscription_id == subscription.id, Dispatch.state == "waiting")
    session.execute(update(Dispatch).where(*waits).values(next_at=now, attempts=0))


def _ready(session: Session) -> None:
    try:
        secrets.ready(session)
    except CredentialMissing as error:
        raise CannotSubscribe({"": f"{error}. {_(error.remedy)}"}) from None
