"""Sends the notices that are due: claim, look whether they are still true, send outside a transaction, write the
outcome.

At least once: whoever dies between sending and writing leaves a lease behind, and when that has run out the same
message goes out again with the same Message-ID. Never twice without that: who lives renews it.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from config.language import use_language
from config.settings import Settings
from config.tracing import span
from monitor.alerts.bundling import Conclusions, Parcel, packed, put_back
from monitor.alerts.claiming import Conclusion, Noted, claim, conclude, holds, kept
from monitor.alerts.mail import mail_server
from monitor.alerts.message_ids import message_id
from monitor.alerts.models import Notice
from monitor.alerts.rules import LEASE, next_attempt, way_of
from monitor.alerts.telling import Scene
from monitor.alerts.ways import WayFailed, carry, failed_for_good, worked
from monitor.db import Database
from monitor.register.organisation import organisation

__all__ = ["LEASE", "SendOutcome", "send_due"]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """How many notices went out, will be looked at again, were given up, had become untrue, and wait for a server."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0
    waiting: int = 0


def send_due(
    db: Database,
    now: datetime,
    settings: Settings,
    *,
    route: str | None = None,
    at_once: int = 1,
    kinds: Collection[str] | None = None,
    lease: timedelta = LEASE,
) -> SendOutcome:
    """Sends everything that is due, or what of it goes one way or is of these kinds; so many messages at a time.

    Raises SettingsError for an SMTP URL that cannot be used; what the other side answers is written to the notices.
    """
    if route in (None, "mail"):
        mail_server(settings)
    one = partial(_send_one_after_another, db, now, settings, route, kinds, lease)
    if at_once == 1:
        outcomes = one()
    else:
        with ThreadPoolExecutor(at_once, thread_name_prefix=f"send-{route}") as pool:
            outcomes = sum((each.result() for each in [pool.submit(one) for _each in range(at_once)]), Counter[str]())
    return SendOutcome(**outcomes)


def _send_one_after_another(
    db: Database,
    now: datetime,
    settings: Settings,
    route: str | None,
    kinds: Collection[str] | None,
    lease: timedelta,
) -> Counter[str]:
    began = datetime.now(UTC)

    def clock() -> datetime:
        return now + (datetime.now(UTC) - began)

    outcomes = Counter[str]()
    while taken := claim(db, moment := clock(), route, kinds, lease):
        with kept(db, taken, clock, lease):
            outcomes.update(_deliver(db, taken, moment, settings))
    return outcomes


def _deliver(db: Database, taken: list[Notice], now: datetime, settings: Settings) -> Iterator[str]:
    """What came of each notice of one message."""
    with db.snapshot() as session:
        scene = Scene(session, organisation(session), now, settings)
        with use_language(scene.owner.language):  # of the reasons in the ledger
            conclusions, parcel = packed(scene, taken)
    if not holds(db, taken):  # who slept until here
        return iter(())
    with use_language(scene.owner.language):
        came, noted = _handed_over(parcel, now, settings) if parcel is not None else ([], None)
    conclude(db, conclusions + came, noted)
    counted = (each.outcome if each.counts_as is None else each.counts_as for _notice, each in conclusions + came)
    return (name for name in counted if name)


def _handed_over(parcel: Parcel, now: datetime, settings: Settings) -> tuple[Conclusions, Noted]:
    """What came of it, and what is to be noted of the way."""
    way = parcel.way
    try:
        with span("notice", way=way.name, kind=parcel.notices[0].subject_kind, notices=len(parcel.notices)):
            carry(way, parcel.letter, message_id(parcel.notices[0]), settings, now)
    except WayFailed as why:
        log.warning("notice_not_sent", notices=[notice.id for notice in parcel.notices], route=way.name)
        noted = partial(failed_for_good, way=way, reason=str(why), now=now) if why.permanent else None
        return [(notice, _failed(parcel, notice, why, now)) for notice in parcel.notices], noted
    sent = Conclusion("sent", {"sent_at": now, "reason": None, "route": way.name})
    return [(notice, sent) for notice in parcel.notices], partial(worked, way=way, now=now)


def _failed(parcel: Parcel, notice: Notice, why: WayFailed, now: datetime) -> Conclusion:
    """The next way at once where this one will never work, else another attempt later; or none, after so many."""
    reason = str(why)
    if why.permanent:
        others = [way for way in parcel.usable if way != parcel.way]
        if not others:
            return Conclusion("failed", {"reason": reason})
        next_one = way_of(parcel.attempt, others).name
        return put_back(notice, now, keep=True, counts_as="", route=next_one, reason=reason)
    again = next_attempt(parcel.attempt, now)
    if again is None:
        return Conclusion("failed", {"reason": reason})
    route = way_of(parcel.attempt + 1, parcel.usable).name
    return Conclusion("due", {"due_at": again, "reason": reason, "route": route}, counts_as="retried")
