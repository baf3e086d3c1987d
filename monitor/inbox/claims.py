""" "I am on this": so that two people do not answer the same comment at once. A claim lapses by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from monitor.audit import audited
from monitor.db.bulk import among
from monitor.inbox.desk_models import Claim
from monitor.register.models import Person
from monitor.watch.models import Comment

CLAIMED, TAKEN_OVER = "comment.claimed", "comment.taken_over"
LASTS = timedelta(minutes=15)
"""Long enough for a thoughtful answer; short enough that who went to lunch does not keep a resident waiting."""


class Taken(Exception):
    """Somebody else is at it. person_id, name: who; since, until: from when, and until when."""

    def __init__(self, claim: Claim, name: str) -> None:
        super().__init__(claim.person_id)
        self.person_id, self.name, self.since, self.until = claim.person_id, name, claim.since, claim.until


def claim(session: Session, comment_id: int, person_id: str, now: datetime, *, over: bool = False) -> Claim:
    """The person is at the comment for LASTS from now; whoever is already goes on for as long.

    over: knowingly, though somebody else is. Raises Taken.
    """
    session.get_one(Comment, comment_id, with_for_update={"key_share": True})  # what was before is told of in the log
    before = claim_of(session, comment_id, now)
    if not _took(session, comment_id, person_id, now, over=over):
        other = session.get_one(Claim, comment_id, populate_existing=True)
        raise Taken(other, session.get_one(Person, other.person_id).name)
    if before is None or before.person_id != person_id:
        told = {"from": before.person_id} if before else None
        audited(
            session,
            person_id,
            CLAIMED if before is None else TAKEN_OVER,
            ("comment", str(comment_id)),
            now,
            before=told,
        )
    return session.get_one(Claim, comment_id, populate_existing=True)


def _took(session: Session, comment_id: int, person_id: str, now: datetime, *, over: bool) -> bool:
    """One statement decides: of two at once one gets it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(Claim).values(comment_id=comment_id, person_id=person_id, since=now, until=now + LASTS)
    free = true() if over else or_(Claim.until <= now, Claim.person_id == person_id)
    new = {"person_id": row.excluded.person_id, "since": row.excluded.since, "until": row.excluded.until}
    written = row.on_conflict_do_update(index_elements=["comment_id"], set_=new, where=free)
    return session.scalar(written.returning(Claim.comment_id)) is not None


def give_back(session: Session, comment_id: int, person_id: str, now: datetime) -> bool:
    """The person is not at it any more. False where that was so already."""
    mine = (Claim.comment_id == comment_id, Claim.person_id == person_id, Claim.until > now)
    gone = session.scalar(delete(Claim).where(*mine).returning(Claim.comment_id))
    if gone is not None:
        audited(session, person_id, "comment.given_back", ("comment", str(comment_id)), now)
    return gone is not None


def claim_of(session: Session, comment_id: int, now: datetime) -> Claim | None:
    """Who is at it now."""
    return claims_of(session, [comment_id], now).get(comment_id)


def claims_of(session: Session, comment_ids: Sequence[int], now: datetime) -> dict[int, Claim]:
    """Of these comments those that somebody is at, however many are asked for."""
    held = select(Claim).where(among(session, Claim.comment_id, list(comment_ids)), Claim.until > now)
    found = session.scalars(held.execution_options(populate_existing=True))
    return {each.comment_id: each for each in found}
