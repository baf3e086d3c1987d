"""Sends the notices that are due: claim, look whether it is still true, send outside a transaction, write the outcome.

At least once: whoever dies between sending and writing leaves a lease behind, and when that has run out the same mail
goes out again with the same Message-ID. Never twice without that.
"""

import hashlib
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import select, update

from config.language import _, use_language
from config.settings import Settings
from monitor.alerts.contents import NoLongerTrue, NotNow, content, language_of, trial_letter
from monitor.alerts.kinds import KINDS
from monitor.alerts.mail import MailError, MailServer, compose, mail_server, send
from monitor.alerts.models import Notice
from monitor.alerts.rules import ATTEMPTS, next_attempt
from monitor.db import Database
from monitor.register.models import Person
from monitor.register.organisation import organisation

LEASE = timedelta(minutes=10)  # longer than all the steps of the slowest SMTP dialogue together
log = structlog.get_logger(__name__)
Outcome = Literal["sent", "due", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """How many notices went out, will be tried again, were given up, and had become untrue."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    cancelled: int = 0


def send_due(db: Database, now: datetime, settings: Settings) -> SendOutcome:
    """Sends everything that is due, one after another. Without a mail server the notices wait.

    Raises SettingsError for an SMTP URL that cannot be used; what mail servers answer is written to the notices.
    """
    server = mail_server(settings)
    if server is None:
        return SendOutcome()
    began = time.monotonic()
    outcomes: Counter[Outcome] = Counter()
    while True:
        moment = now + timedelta(seconds=time.monotonic() - began)  # leases count from when they are taken
        notice = _claim(db, moment)
        if notice is None:
            break
        outcomes[_deliver(db, notice, server, moment, settings)] += 1
    return SendOutcome(outcomes["sent"], outcomes["due"], outcomes["failed"], outcomes["cancelled"])


def send_test(db: Database, person: Person, now: datetime, settings: Settings) -> None:
    """Sends a test mail at once, without a ledger row.

    Raises MailError with what went wrong: no server is set, no address is known, or what the server answered.
    """
    server = mail_server(settings)
    if server is None:
        raise MailError(_("No mail server is set: set KANALVAKT_SMTP_URL."))
    if not person.email:
        raise MailError(_("{person} has no mail address in the register.", person=person.name))
    with db.snapshot() as session:
        owner = organisation(session)
    with use_language(language_of(person, owner)):
        letter = trial_letter(owner, settings)
        message_id = f"test-{secrets.token_hex(16)}"
        message = compose(letter, sender=server.sender, to=person.email, message_id=message_id, now=now)
    send(server, message)


def _claim(db: Database, now: datetime) -> Notice | None:
    """Takes the notice that has been due longest. Its next attempt is set before this one is tried."""
    ready = (Notice.state.in_(("due", "sending")), Notice.due_at <= now)
    first = (
        select(Notice.id).where(*ready).order_by(Notice.due_at, Notice.id).limit(1).with_for_update(skip_locked=True)
    )
    claim = update(Notice).where(Notice.id == first.scalar_subquery(), *ready).returning(Notice)
    values = {"state": "sending", "claim": secrets.token_hex(8), "due_at": now + LEASE, "attempts": Notice.attempts + 1}
    with db.transaction() as session:
        return session.scalars(claim.values(values).execution_options(synchronize_session=False)).one_or_none()


def _deliver(db: Database, notice: Notice, server: MailServer, now: datetime, settings: Settings) -> Outcome:
    with db.snapshot() as session:
        owner = organisation(session)
    with use_language(owner.language):  # of the reasons in the ledger
        if notice.attempts > ATTEMPTS:  # each of them ended without a word
            return _conclude(
                db, notice, "failed", reason=_("The sending was interrupted {count} times.", count=ATTEMPTS)
            )
        try:
            _send(db, notice, server, now, settings)
        except NoLongerTrue as why:
            return _conclude(db, notice, "cancelled", reason=str(why))
        except NotNow as why:  # no attempt was made
            return _conclude(db, notice, "due", due_at=why.until, attempts=notice.attempts - 1)
        except MailError as why:
            return _put_off(db, notice, now, str(why))
    return _conclude(db, notice, "sent", sent_at=now, reason=None)


def _send(db: Database, notice: Notice, server: MailServer, now: datetime, settings: Settings) -> None:
    with db.snapshot() as session:
        address, letter = content(session, notice, organisation(session), now, settings)
    send(server, compose(letter, sender=server.sender, to=address, message_id=_message_id(notice), now=now))


def _put_off(db: Database, notice: Notice, now: datetime, reason: str) -> Outcome:
    again = next_attempt(notice.attempts, now)
    log.warning("notice_not_sent", notice=notice.id, attempts=notice.attempts, again_at=str(again))
    if again is None:
        return _conclude(db, notice, "failed", reason=reason)
    return _conclude(db, notice, "due", due_at=again, reason=reason)


def _conclude(db: Database, notice: Notice, outcome: Outcome, **values: Any) -> Outcome:
    """Writes what came of it, unless the lease has run out and the notice is somebody else's now."""
    mine = (Notice.id == notice.id, Notice.claim == notice.claim, Notice.state == "sending")
    with db.transaction() as session:
        conclusion = update(Notice).where(*mine).values(state=outcome, claim=None, **values).returning(Notice)
        concluded = session.scalars(conclusion.execution_options(synchronize_session=False)).one_or_none()
        if concluded is not None and concluded.sent_at is not None and (noted := KINDS[notice.subject_kind].sent):
            noted(session, concluded, concluded.sent_at)
    return outcome


def _message_id(notice: Notice) -> str:
    """The same for every attempt of one notice, another for every other notice of every installation."""
    parts = (notice.subject_kind, notice.subject, notice.rung, notice.cycle, notice.recipient_id, notice.created_at)
    return f"notice-{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"
