"""Below which posts something changed since one number of a channel's counters: nothing else has to be judged again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from monitor.db.bulk import among
from monitor.db.tallying import ACTS
from monitor.watch.models import Comment, Observation, PollRun, Schedule
from monitor.watch.stirring_models import Stirred

READINGS = "readings"
MOST_POSTS = 200
"""Of more, as in a first sync, nothing is written down: it is as quick to look at everything."""
MOST_NUMBERS = 1000


class Counts(NamedTuple):
    """Of a channel: recordings that changed something, and what people said or did."""

    readings: int
    acts: int


def note_stirred(session: Session, run: PollRun, posts: Collection[str], asked: Sequence[str], now: datetime) -> None:
    """Counts a recording that changed something. posts: below which it stored or changed a comment; asked: the ids that
    it looked up."""
    channel = Schedule.channel_id == run.channel_id
    counted = update(Schedule).where(channel).values(revision=Schedule.revision + 1).returning(Schedule.revision)
    number = session.scalar(counted)
    stirred = {*posts, *_looked_up(session, run.channel_id, asked)}
    if run.gone or asked:
        stirred.update(_noticed(session, run, now))
    if number is not None and 0 < len(stirred) <= MOST_POSTS:
        about = {"channel_id": run.channel_id, "counter": READINGS, "number": number}
        session.execute(insert(Stirred), [about | {"post_external_id": post} for post in sorted(stirred)])


def stirred_since(session: Session, channel_id: str, since: Counts, until: Counts) -> frozenset[str] | None:
    """Ids of the posts; None where that is not known, so that everything has to be looked at."""
    new = [(READINGS, since.readings, until.readings), (ACTS, since.acts, until.acts)]
    wanted = {(counter, number) for counter, last, now in new for number in range(last + 1, now + 1)}
    if since.readings > until.readings or since.acts > until.acts or len(wanted) > MOST_NUMBERS:
        return None
    if not wanted:
        return frozenset()
    later = or_(*(and_(Stirred.counter == counter, Stirred.number > last) for counter, last, _now in new))
    query = select(Stirred.counter, Stirred.number, Stirred.post_external_id)
    rows = session.execute(query.where(Stirred.channel_id == channel_id, later)).all()
    if not wanted <= {(counter, number) for counter, number, _post in rows}:
        return None
    return frozenset(post for _counter, _number, post in rows)


def forget_stirred(session: Session, channel_id: str, until: Counts) -> None:
    """Of whoever goes on from these counts nothing earlier is asked."""
    earlier = or_(
        and_(Stirred.counter == READINGS, Stirred.number <= until.readings),
        and_(Stirred.counter == ACTS, Stirred.number <= until.acts),
    )
    session.execute(delete(Stirred).where(Stirred.channel_id == channel_id, earlier))


def _looked_up(session: Session, channel_id: str, asked: Sequence[str]) -> Collection[str]:
    if not asked:
        return ()
    query = select(Comment.post_external_id).where(Comment.channel_id == channel_id)
    return session.scalars(query.where(among(session, Comment.external_id, asked))).all()


def _noticed(session: Session, run: PollRun, now: datetime) -> Collection[str]:
    """Where something disappeared, too."""
    query = select(Comment.post_external_id).join(Observation, Observation.comment_id == Comment.id).distinct()
    of_run = (Observation.seen_at == now, Observation.poll_run_id == run.id)  # the former has an index
    return session.scalars(query.where(*of_run)).all()
