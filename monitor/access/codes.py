"""Codes that let somebody in once: those of a printed sheet, for when nothing else works, and the links by which
somebody chooses a password. Here are only their digests; they are long and random, so that nobody can try them out."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from monitor.access.models import LoginCode
from monitor.access.sessions import digest
from monitor.audit import audited
from monitor.register.models import Person

EMERGENCY, SETUP = "emergency", "setup"
QUESTION = "question"
"""No code: what a passkey was asked, so that its answer counts once."""
FORGOTTEN = timedelta(hours=1)
"""Nothing that is signed for a passkey holds so long."""
ON_A_SHEET = 10
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper."""
GROUPS, GROUP = 4, 4  # 79 bits
GOOD_FOR = timedelta(hours=72)
UNUSED = (LoginCode.kind == EMERGENCY, LoginCode.used_at.is_(None))
"""What is true of a code of a sheet that still lets its person in."""
"""A link by which somebody begins: over a weekend."""


def new_sheet(session: Session, person: Person, by: str, now: datetime) -> list[str]:
    """New codes for the person's sheet; an earlier sheet opens nothing any more. They are shown now and never again."""
    _forget(session, person.id, EMERGENCY)
    codes = [_readable() for _ in range(ON_A_SHEET)]
    session.add_all(_row(bare(code), person.id, EMERGENCY, now, None) for code in codes)
    audited(session, by, "login_codes.made", ("person", person.id), now, after={"codes": len(codes)})
    return codes


def left(session: Session, person_id: str) -> int:
    """So many codes of the person's sheet have not been used."""
    ours = (LoginCode.person_id == person_id, *UNUSED)
    return session.scalar(select(func.count()).select_from(LoginCode).where(*ours)) or 0


def use(session: Session, kind: str, code: str, now: datetime) -> Person | None:
    """Whose code it is; None where it is none, too old, or was used. It is used then."""
    good = or_(LoginCode.good_until.is_(None), LoginCode.good_until > now)
    unused = (LoginCode.digest == digest(bare(code)), LoginCode.kind == kind, LoginCode.used_at.is_(None), good)
    found = session.execute(update(LoginCode).where(*unused).values(used_at=now).returning(LoginCode.person_id))
    person_id = found.scalar_one_or_none()
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or person.retired:
        return None
    audited(session, person.id, f"{kind}_code.used", ("person", person.id), now)
    return person


def owner_of(session: Session, kind: str, code: str, now: datetime) -> Person | None:
    """Whose code it is, without using it."""
    row = session.get(LoginCode, digest(bare(code)))
    if row is None or row.kind != kind or row.used_at is not None or (row.good_until and row.good_until <= now):
        return None
    person = session.get_one(Person, row.person_id)
    return None if person.retired else person


def new_setup(session: Session, person: Person, by: str, now: datetime) -> str:
    """The word of a link by which the person chooses a password; an earlier one opens nothing any more."""
    _forget(session, person.id, SETUP)
    word = secrets.token_urlsafe(24)
    session.add(_row(bare(word), person.id, SETUP, now, now + GOOD_FOR))
    audited(session, by, "person.invited", ("person", person.id), now)
    return word


def bare(code: str) -> str:
    """However it was typed: with gaps, or in capitals where it has none."""
    typed = "".join(code.split())
    plain = typed.replace("-", "").lower()
    return plain if len(plain) == GROUPS * GROUP else typed


def _row(code: str, person_id: str, kind: str, now: datetime, until: datetime | None) -> LoginCode:
    return LoginCode(digest=digest(code), person_id=person_id, kind=kind, made_at=now, good_until=until)


def _readable() -> str:
    sheet = ["".join(secrets.choice(SIGNS) for _ in range(GROUP)) for _ in range(GROUPS)]
    return "-".join(sheet)


def _forget(session: Session, person_id: str, kind: str) -> None:
    ours = (LoginCode.person_id == person_id, LoginCode.kind == kind, LoginCode.used_at.is_(None))
    session.execute(delete(LoginCode).where(*ours))


def count_once(session: Session, person: Person, question: str, now: datetime) -> None:
    """Notes that the question was answered. Raises IntegrityError where it had been: an answer counts once."""
    session.execute(delete(LoginCode).where(LoginCode.kind == QUESTION, LoginCode.made_at < now - FORGOTTEN))
    session.add(_row(question, person.id, QUESTION, now, now))
    session.flush()
