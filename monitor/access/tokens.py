"""Tokens by which programs use the API on somebody's behalf: shown once, kept as digests, bounded in time and scope.

A scope is a permission of the one matrix. A token never permits more than its person may at the time, and none manages
logins or tokens: who has stolen one can make no others.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.language import _
from monitor.access.models import ApiToken
from monitor.access.permission_rules import Permission
from monitor.access.sessions import SEEN_EVERY, digest
from monitor.audit import audited
from monitor.register.models import Person

PREFIX = "kanalvakt_"
"""So that whoever searches repositories for lost secrets knows what it is."""
SCOPES = frozenset(Permission) - {Permission.MANAGE_LOGINS}
READING = frozenset(each for each in SCOPES if each.startswith("read_"))
LONGEST_DAYS = 366
LONGEST_NAME = 80  # characters


class CannotIssue(Exception):
    """The token is not made. The text says why, in the language in use; field: name, scopes or days."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


def issue(
    session: Session, person_id: str, name: str, scopes: Collection[str], days: int, by: str, now: datetime
) -> tuple[ApiToken, str]:
    """A new token, and the word that is shown this once. days: so long it holds. Raises CannotIssue."""
    name = name.strip()
    _check(name, scopes, days)
    word = PREFIX + secrets.token_urlsafe(32)
    until = now + timedelta(days=days)
    may = sorted(map(str, scopes))
    row = ApiToken(digest=digest(word), person_id=person_id, name=name, scopes=may, made_at=now, good_until=until)
    session.add(row)
    session.flush()
    told = {"person": person_id, "name": name, "scopes": row.scopes, "good_until": until.isoformat()}
    audited(session, by, "api_token.made", ("api_token", str(row.id)), now, after=told)
    return row, word


def _check(name: str, scopes: Collection[str], days: int) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CannotIssue(_("Say what the token is for, in at most {most} characters.", most=LONGEST_NAME), "name")
    if not scopes or set(scopes) - SCOPES:
        raise CannotIssue(_("Choose what the token may do."), "scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise CannotIssue(_("A token holds from 1 to {most} days.", most=LONGEST_DAYS), "days")


def found(session: Session, word: str, now: datetime) -> ApiToken | None:
    """The token of the word; None where it is none, has ended, is too old, or its person has left."""
    holds = (ApiToken.digest == digest(word), ApiToken.ended_at.is_(None), ApiToken.good_until > now)
    row = session.scalars(select(ApiToken).where(*holds)).one_or_none()
    person = session.get(Person, row.person_id) if row is not None else None
    return row if person is not None and not person.retired else None


def is_stale(row: ApiToken, now: datetime) -> bool:
    """Is it time to write down that it is in use?"""
    return row.used_at is None or row.used_at < now - SEEN_EVERY


def used(session: Session, id_: int, now: datetime) -> None:
    session.execute(update(ApiToken).where(ApiToken.id == id_).values(used_at=now))


def end(session: Session, id_: int, by: str, now: datetime) -> bool:
    """Ends it for good. Was it still going?"""
    theirs = update(ApiToken).where(ApiToken.id == id_, ApiToken.ended_at.is_(None)).values(ended_at=now)
    ended = session.execute(theirs.returning(ApiToken.id)).one_or_none()
    if ended is not None:
        audited(session, by, "api_token.ended", ("api_token", str(id_)), now)
    return ended is not None


def going(session: Session, now: datetime, person_id: str | None = None) -> Sequence[ApiToken]:
    """Those that hold, of one person or of all, the newest first."""
    query = select(ApiToken).where(ApiToken.ended_at.is_(None), ApiToken.good_until > now)
    if person_id is not None:
        query = query.where(ApiToken.person_id == person_id)
    return session.scalars(query.order_by(ApiToken.id.desc())).all()


def end_all(session: Session, person_id: str, by: str, now: datetime) -> int:
    """Ends the person's tokens, and gives their number."""
    return sum(end(session, row.id, by, now) for row in going(session, now, person_id))


def end_of_those_who_left(session: Session, by: str, now: datetime) -> int:
    """Ends the tokens of people who are no longer in the register, so that none works again should they come back."""
    left = set(session.scalars(select(Person.id).where(Person.retired)))
    return sum(end(session, row.id, by, now) for row in going(session, now) if row.person_id in left)
