"""Sending to one subscriber: the oldest message first, and none before it has been taken.

An attempt is claimed with a lease and committed before it is made, so that a crash in between sends the same message
again, under the same id. Several subscribers never wait for each other.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.errors import CredentialMissing
from monitor.alerts.hook_handing import Readers
from monitor.alerts.hook_messages import message, place_of
from monitor.alerts.hook_posting import NotPosted, post, signed
from monitor.alerts.hook_rules import ANSWER_WITHIN, LEASE, Fate, Problem, Reason, State, fate, is_due, wait_after
from monitor.alerts.hook_stopping import disable
from monitor.audit.outgoing_models import Dispatch, OutgoingEvent, Subscription
from monitor.audit.restorations import is_held
from monitor.db import Database
from monitor.register.secrets import in_clear

AT_ONCE = 100
"""Messages to one subscriber before somebody else has a turn of the thread."""
Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where a subscriber's messages go and what they are signed with, shown by nothing; or why that cannot be read."""

    address: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt: of which dispatch to which subscriber, the how manyth, and what is sent."""

    subscription: int
    dispatch: int
    attempt: int
    message_id: str
    body: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Answer:
    """status: None where none came; problem says why."""

    status: int | None = None
    problem: Problem | None = None


def due(db: Database, now: datetime) -> list[int]:
    """Ids of the subscriptions whose oldest message is due now; after a restoration none, until people are told."""
    first = select(Dispatch.subscription_id, func.min(Dispatch.id).label("id")).where(Dispatch.state == "waiting")
    oldest = first.group_by(Dispatch.subscription_id).subquery()
    query = select(Subscription.id, Dispatch.next_at, Dispatch.attempts).join(
        oldest, oldest.c.subscription_id == Subscription.id
    )
    query = query.join(Dispatch, Dispatch.id == oldest.c.id)
    with db.snapshot() as session:
        if is_held(session):
            return []
        rows = session.execute(query.where(Subscription.state == State.ACTIVE).order_by(Subscription.id)).all()
    return [row.id for row in rows if is_due(row.next_at, row.attempts, now)]


def send_due(db: Database, subscription_id: int, settings: Settings, clock: Clock = lambda: datetime.now(UTC)) -> int:
    """Sends what is due to one subscriber until one message is not taken; gives how many were."""
    sent = 0
    while sent < AT_ONCE:
        with db.transaction() as session:
            parcel = claim(session, subscription_id, settings, clock())
        if parcel is None:
            break
        answer = carry(parcel.keys, parcel.message_id, parcel.body, settings, clock())
        with db.transaction() as session:
            if conclude(session, parcel, answer, clock()) is not Fate.DELIVERED:
                break
        sent += 1
    return sent


def claim(session: Session, subscription_id: int, settings: Settings, now: datetime) -> Parcel | None:
    """The subscriber's oldest message, where it is due; what may not be told any more is withheld before."""
    subscription = session.get(Subscription, subscription_id, with_for_update=True)
    if subscription is None or subscription.state != State.ACTIVE:
        return None
    query = select(Dispatch).where(Dispatch.subscription_id == subscription_id, Dispatch.state == "waiting")
    while (dispatch := session.scalars(query.order_by(Dispatch.id).limit(1)).first()) is not None:
        if not is_due(dispatch.next_at, dispatch.attempts, now):
            return None
        body = _body(session, subscription, dispatch, settings, now)
        if body is not None:
            dispatch.next_at, dispatch.attempts = now + LEASE, dispatch.attempts + 1
            return _parcel(subscription, dispatch, body, now)
        dispatch.state, dispatch.done_at = "withheld", now
        session.flush()
    return None


def _parcel(subscription: Subscription, dispatch: Dispatch, body: str, now: datetime) -> Parcel:
    keys = keys_of(subscription, now)
    return Parcel(subscription.id, dispatch.id, dispatch.attempts, dispatch.message_id, body, keys)


def conclude(session: Session, parcel: Parcel, answer: Answer, now: datetime) -> Fate | None:
    """Writes down what became of an attempt; None where another one has been made, or it was removed, meanwhile."""
    subscription = session.get(Subscription, parcel.subscription, with_for_update=True)  # always before its dispatches
    dispatch = session.get(Dispatch, parcel.dispatch)
    if subscription is None or dispatch is None or dispatch.state != "waiting" or dispatch.attempts != parcel.attempt:
        return None
    dispatch.status, dispatch.problem = answer.status, answer.problem
    found = fate(answer.status, dispatch.attempts)
    if found is Fate.DELIVERED:
        dispatch.state, dispatch.done_at = "delivered", now
    elif found is Fate.AGAIN:
        dispatch.next_at = now + wait_after(dispatch.attempts, random.random())  # noqa: S311 - no secret
    elif subscription.state != State.DISABLED:
        disable(session, subscription, Reason.GONE if found is Fate.GONE else Reason.FAILING, now)
    told = {"status": answer.status, "problem": answer.problem, "attempt": parcel.attempt, "fate": str(found)}
    log.info("webhook sent", subscription=subscription.id, message=parcel.message_id, **told)
    return found


def carry(keys: Keys, message_id: str, body: str, settings: Settings, now: datetime) -> Answer:
    """Posts it, and waits for the answer so long and no longer, whatever keeps it: a name that is not found, a server
    that says one letter a second."""
    if keys.problem is not None:
        return Answer(problem=keys.problem)
    headers, answers = signed(keys.secrets, message_id, now, body), list[Answer]()
    within = ANSWER_WITHIN.total_seconds()

    def ask() -> None:
        try:
            status = post(
                keys.address, body.encode(), headers, inside=settings.private_addresses, times=(within, within)
            )
            answers.append(Answer(status))
        except NotPosted as why:
            answers.append(Answer(problem=why.problem))

    asking = threading.Thread(target=ask, name="webhook", daemon=True)
    asking.start()
    asking.join(within)
    return answers[0] if answers else Answer(problem=Problem.TIMEOUT)


def keys_of(subscription: Subscription, now: datetime) -> Keys:
    """For a day after the secret was replaced, the old one signs too. Wants a transaction that holds the row."""
    try:
        secrets = [in_clear(subscription.secret)]
        if subscription.old_secret and subscription.old_until is not None and now < subscription.old_until:
            secrets.append(in_clear(subscription.old_secret))
        return Keys(in_clear(subscription.address), tuple(secrets))
    except CredentialMissing:
        return Keys(problem=Problem.SECRET)


def _body(
    session: Session, subscription: Subscription, dispatch: Dispatch, settings: Settings, now: datetime
) -> str | None:
    """None where whoever made the subscription may not read that any more, or it is no longer there."""
    event = session.get_one(OutgoingEvent, dispatch.event_id)
    place = place_of(session, event)
    if place is None or not Readers(session, now).may_tell(subscription, event, place):
        return None
    return message(event, place, settings)
