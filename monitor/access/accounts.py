"""Accounts: who has one, what belongs to it, and how somebody comes to have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy_encrypted_field import SecretDecryptError

from connectors.errors import CredentialMissing
from monitor.access import codes, one_time, sessions, tokens
from monitor.access.models import Account, LoginCode, LoginSession, Passkey
from monitor.access.permission_rules import Permission
from monitor.access.visitors import visitor_of
from monitor.audit import audited
from monitor.register import secrets
from monitor.register.calendar import calendar_of
from monitor.register.models import Person
from monitor.register.organisation import organisation
from monitor.register.people import with_role

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """What others may know of a person's account. codes: left on the sheet. sessions: going on now."""

    person: Person
    password: bool
    one_time: bool
    outside: bool
    passkeys: int
    codes: int
    sessions: int

    @property
    def usable(self) -> bool:
        """Can the person come in without a new link?"""
        return self.password or self.outside or self.passkeys > 0


def person_called(session: Session, name: str) -> Person | None:
    """By id or mail address, however they are written; None for nobody, and for an address that several have."""
    typed = name.strip().casefold()
    found = session.scalars(select(Person).where(~Person.retired)).all()
    by_id = [each for each in found if each.id.casefold() == typed]
    fitting = by_id or [each for each in found if typed and (each.email or "").casefold() == typed]
    return fitting[0] if len(fitting) == 1 else None


def granted(session: Session, person: Person, now: datetime) -> frozenset[Permission]:
    """What the person may do anywhere."""
    today = calendar_of(organisation(session)).local_date(now)
    return visitor_of(session, person, 0, today).apart


def ensured(session: Session, person_id: str, now: datetime) -> Account:
    """The person's account, made where there is none."""
    account = session.get(Account, person_id)
    if account is None:
        account = Account(person_id=person_id, created_at=now)
        session.add(account)
        session.flush()
    return account


def has_second(session: Session, person_id: str) -> bool:
    """Has the person anything to prove it with besides a password?"""
    account = session.get(Account, person_id)
    return bool(account and account.one_time) or bool(passkeys(session, person_id))


def passkeys(session: Session, person_id: str) -> Sequence[Passkey]:
    """The person's, the oldest first."""
    ours = select(Passkey).where(Passkey.person_id == person_id)
    return session.scalars(ours.order_by(Passkey.created_at, Passkey.id)).all()


def invite(session: Session, person: Person, by: str, now: datetime) -> str:
    """The word of a link by which the person begins, or begins anew. What the person has now holds until it is used."""
    ensured(session, person.id, now)
    return codes.new_setup(session, person, by, now)


def begin(session: Session, person: Person, hashed: str, now: datetime) -> None:
    """The person chose a password by a link: whatever was there before is lost or in other hands, and goes."""
    account = ensured(session, person.id, now)
    account.one_time = ""  # type: ignore[assignment]  # a str goes in, a Secret comes out
    session.execute(delete(Passkey).where(Passkey.person_id == person.id))
    tokens.end_all(session, person.id, person.id, now)
    set_password(session, person, hashed, now)


def set_password(session: Session, person: Person, hashed: str, now: datetime, *, but: int | None = None) -> None:
    """Every session but the one that it was changed in ends."""
    account = ensured(session, person.id, now)
    account.password, account.password_set_at = hashed, now
    session.flush()
    sessions.end_all(session, person.id, person.id, now, but=but)
    audited(session, person.id, "password.set", ("person", person.id), now)


def shut_out(session: Session, person: Person, by: str, now: datetime) -> None:
    """The person is signed out everywhere, and so is every program that works for the person."""
    sessions.end_all(session, person.id, by, now)
    tokens.end_all(session, person.id, by, now)


def keep_one_time(session: Session, person: Person, secret: str, step: int, now: datetime) -> None:
    """The person has the secret on a telephone, and has shown a code of that step.

    Raises CredentialMissing where the key to stored secrets is missing.
    """
    secrets.ready(session)
    account = ensured(session, person.id, now)
    account.one_time, account.step = secret, step  # type: ignore[assignment]  # a str goes in, a Secret comes out
    session.flush()
    audited(session, person.id, "one_time.set", ("person", person.id), now)


def check_one_time(session: Session, person_id: str, code: str, now: datetime) -> bool:
    """Is it right, and new? It does not count again. Of two at the same moment one counts."""
    account = session.scalar(select(Account).where(Account.person_id == person_id).with_for_update())
    if account is None or not account.one_time:
        return False
    try:
        secret = account.one_time.decrypt()
    except (SecretDecryptError, CredentialMissing):
        log.error("one_time_secret_unreadable", person=person_id)  # noqa: TRY400 - the error says nothing more
        return False
    step = one_time.step_of(secret, code, now, account.step)
    if step is None:
        return False
    account.step = step
    return True


def first_administrator(session: Session) -> Person | None:
    """Who is to begin where nobody can come in yet."""
    return next(iter(with_role(session, "administrator")), None)


def nobody_can_enter(session: Session) -> bool:
    """Has nobody an account that opens anything?"""
    there = select(func.count()).select_from(Account)
    usable = Account.password.is_not(None) | Account.outside.is_not(None)
    return session.scalar(there.where(usable)) == 0


def administrator_can_enter(session: Session, *, directory: bool) -> bool:
    """Has somebody who is an administrator anything that opens? directory: the organisation's own lets in who has a
    mail address there, without an account of ours."""
    ours = {person.id: person for person in with_role(session, "administrator")}
    if directory and any(person.email for person in ours.values()):
        return True
    opens = Account.password.is_not(None) | Account.outside.is_not(None)
    known = select(Account.person_id).where(opens).union(select(Passkey.person_id))
    return any(person_id in ours for person_id in session.scalars(known))


def overview(session: Session, now: datetime) -> list[AccountOverview]:
    """Everybody in the register, by name."""

    def count(table: type[Passkey | LoginCode | LoginSession], *which: ColumnElement[bool]) -> Any:
        theirs = select(func.count()).where(table.person_id == Person.id, *which)
        return theirs.correlate(Person).scalar_subquery()

    counted = count(Passkey), count(LoginCode, *codes.UNUSED), count(LoginSession, *sessions.lasting(now))
    known = {account.person_id: account for account in session.scalars(select(Account))}
    query = select(Person, *counted).where(~Person.retired).order_by(Person.name, Person.id)
    return [_overview(person, known.get(person.id), *counts) for person, *counts in session.execute(query)]


def _overview(person: Person, account: Account | None, keys: int, left: int, going: int) -> AccountOverview:
    return AccountOverview(
        person,
        password=bool(account and account.password),
        one_time=bool(account and account.one_time),
        outside=bool(account and account.outside),
        passkeys=keys,
        codes=left,
        sessions=going,
    )
