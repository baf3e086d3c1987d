"""Sessions: rows that can be listed and ended. What the browser keeps is a random word; here only its digest is."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, true, update
from sqlalchemy.orm import Session

from monitor.access.models import LoginSession
from monitor.audit import audited
from monitor.db.once import once_in_a_snapshot, tell
from monitor.db.types import Utc
from monitor.register.models import Organisation, Person
from monitor.register.organisation import organisation

LONGEST = timedelta(hours=12)
"""So long a session lasts whatever happens: a working day with an evening."""
IDLE = timedelta(hours=4)
"""So long it lasts unused: from one round of answering to the next. OWASP ASVS 5.0, 7.3, asks for both to be chosen."""
SEEN_EVERY = timedelta(minutes=5)
"""A use is written down no more often than this, as a page must not wait for a disk each time."""


def begin(session: Session, person_id: str, how: str, device: str, now: datetime) -> str:
    """Lets the person in and gives the word for the cookie, which is in no table. how: as in LoginSession."""
    word = secrets.token_urlsafe(32)
    row = LoginSession(digest=digest(word), person_id=person_id, how=how, device=device, began_at=now, seen_at=now)
    session.add(row)
    session.flush()
    audited(session, person_id, "session.began", ("session", str(row.id)), now, after={"how": how})
    return word


def found(session: Session, word: str, now: datetime) -> LoginSession | None:
    """The session of the word; None where it is none of ours, has ended, is too old, or its person has left."""
    whose = found_with_person(session, word, now)
    return whose[0] if whose is not None else None


@once_in_a_snapshot
def found_with_person(session: Session, word: str, now: datetime) -> tuple[LoginSession, Person] | None:
    """The same, and whose it is."""
    given = {"digest": digest(word), "began": now - LONGEST, "used": now - IDLE}
    found = session.execute(_with_person(), given).one_or_none()
    if found is None:
        return None
    row, person, owner = found
    if owner is not None:
        tell(session, organisation, owner)
    return row, person


@cache
def _with_person() -> Select[Any]:
    """As `lasting` has it."""
    began, used = (bindparam(name, type_=Utc) for name in ("began", "used"))
    query = select(LoginSession, Person, Organisation).join(Person, Person.id == LoginSession.person_id)
    query = query.outerjoin(Organisation, true())  # one row, which every page needs
    lasts = (LoginSession.ended_at.is_(None), LoginSession.began_at > began, LoginSession.seen_at > used)
    return query.where(LoginSession.digest == bindparam("digest"), *lasts, ~Person.retired)  # type: ignore[return-value]


def seen(session: Session, id_: int, now: datetime) -> None:
    """Writes down that it is in use. Changes nothing of one that has ended meanwhile."""
    session.execute(update(LoginSession).where(LoginSession.id == id_, *lasting(now)).values(seen_at=now))


def end(session: Session, id_: int, by: str, now: datetime) -> bool:
    """Ends it. Was it still going?"""
    theirs = update(LoginSession).where(LoginSession.id == id_, LoginSession.ended_at.is_(None)).values(ended_at=now)
    ended = session.execute(theirs.returning(LoginSession.id)).one_or_none()
    if ended is not None:
        audited(session, by, "session.ended", ("session", str(id_)), now)
    return ended is not None


def end_all(session: Session, person_id: str, by: str, now: datetime, *, but: int | None = None) -> int:
    """Ends the person's sessions, but the one named, and gives their number: after a changed password, for example."""
    return sum(end(session, row.id, by, now) for row in going(session, person_id, now) if row.id != but)


def going(session: Session, person_id: str, now: datetime) -> Sequence[LoginSession]:
    """The person's sessions, the one used last first."""
    query = select(LoginSession).where(LoginSession.person_id == person_id, *lasting(now))
    return session.scalars(query.order_by(LoginSession.seen_at.desc(), LoginSession.id)).all()


def lasting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of a session that still holds."""
    began, used = LoginSession.began_at > now - LONGEST, LoginSession.seen_at > now - IDLE
    return LoginSession.ended_at.is_(None), began, used


def digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()
