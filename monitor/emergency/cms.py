"""The website's own system is told of each message, so that it can show it in its own dress. The crisis page comes
first and does not wait for it.

Told at least once, with the message's identifier as the key, signed after Standard Webhooks. How it goes is kept with
the delivery to the hub.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from monitor.alerts.hook_rules import Fate as Answered
from monitor.alerts.hook_rules import fate, is_due, wait_after
from monitor.alerts.hook_sending import Keys, carry
from monitor.db import Database
from monitor.emergency.composing import HUB
from monitor.emergency.fetching import base
from monitor.emergency.holding import EVERYWHERE, holds
from monitor.emergency.hub_contents import contents
from monitor.emergency.hub_pages import told
from monitor.emergency.models import Delivery, Incident, Message
from monitor.emergency.rules import Fate

CMS = "cms"
"""Where in a delivery's progress it is kept: {"state": waiting, taken or given_up, "attempts", "next_at", "status",
"problem"}."""
SHOWN = (Fate.CONFIRMED, Fate.VERIFIED, Fate.NEEDS_HUMAN)
"""The last: that we cannot see our own page from outside must not keep the website from showing it."""
Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt."""

    delivery_id: int
    identifier: str
    attempt: int
    body: str


def tell_due(db: Database, settings: Settings, clock: Clock = lambda: datetime.now(UTC)) -> int:
    """Tells the website what stands on the crisis page and has not been taken yet; gives how many were. Nothing where
    no address is set. Exercises stay here."""
    ours, taken = settings.emergency, 0
    if ours.cms_url is None or ours.cms_secret is None:
        return 0
    keys = Keys(ours.cms_url, (ours.cms_secret.get_secret_value(),))
    for delivery_id in _due(db, clock()):
        with db.transaction() as session:
            parcel = _claim(session, delivery_id, settings, clock())
        if parcel is None:
            continue
        answer = carry(keys, parcel.identifier, parcel.body, settings, clock())
        with db.transaction() as session:
            taken += _conclude(session, parcel, answer.status, str(answer.problem or ""), clock())
    return taken


def _due(db: Database, now: datetime) -> list[int]:
    """The oldest first. As few as there are messages of the last days."""
    with db.snapshot() as session:
        if not holds(session, now, "actual").isdisjoint({EVERYWHERE, HUB}):
            return []
        query = select(Delivery.id, Delivery.progress).join(Message, Message.id == Delivery.message_id)
        query = query.join(Incident, Incident.id == Message.incident_id)
        shown = (Delivery.place == HUB, Delivery.state.in_(SHOWN), Message.expires > now, Incident.mode == "actual")
        rows = session.execute(query.where(*shown).order_by(Delivery.id)).all()
    return [id_ for id_, progress in rows if _is_due(progress.get(CMS, {}), now)]


def _is_due(how: dict[str, Any], now: datetime) -> bool:
    if not how:
        return True
    next_at = datetime.fromisoformat(how["next_at"])
    return how["state"] == "waiting" and is_due(next_at, how["attempts"], now)


def _claim(session: Session, delivery_id: int, settings: Settings, now: datetime) -> Parcel | None:
    """The next attempt is written down before this one is made: whoever dies in between tells it once more."""
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None or not _is_due(delivery.progress.get(CMS, {}), now):
        return None
    body = _body(session, delivery, settings, now)
    if body is None:
        return None
    attempt = int(delivery.progress.get(CMS, {}).get("attempts", 0)) + 1
    next_at = now + wait_after(attempt, random.random())  # noqa: S311 - no secret
    _keep(delivery, state="waiting", attempts=attempt, next_at=next_at.isoformat())
    return Parcel(delivery.id, delivery.marker, attempt, body)


def _body(session: Session, delivery: Delivery, settings: Settings, now: datetime) -> str | None:
    found = contents(session, now, exercise=False, identifier=delivery.marker)
    for shown in found.messages:
        if shown.message.id == delivery.message_id:
            said = told(shown, found, base(settings)) | {
                "incident": shown.incident.title,
                "stage": shown.incident.stage,
            }
            message = {"type": "crisis.message", "timestamp": said["sent"], "data": said}
            return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return None


def _conclude(session: Session, parcel: Parcel, status: int | None, problem: str, now: datetime) -> bool:
    delivery = session.get_one(Delivery, parcel.delivery_id, with_for_update=True, populate_existing=True)
    how = delivery.progress.get(CMS, {})
    if how.get("state") != "waiting" or how.get("attempts") != parcel.attempt:
        return False
    found = fate(status, parcel.attempt)
    states = {Answered.DELIVERED: "taken", Answered.AGAIN: "waiting"}
    _keep(delivery, state=states.get(found, "given_up"), status=status, problem=problem, at=now.isoformat())
    log.info("website told", message=parcel.identifier, status=status, problem=problem or None, fate=str(found))
    return found is Answered.DELIVERED


def _keep(delivery: Delivery, **how: Any) -> None:
    delivery.progress = delivery.progress | {CMS: delivery.progress.get(CMS, {}) | how}
