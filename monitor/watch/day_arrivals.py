"""What others wrote and when it was fetched: enough to tell how much had come, without judging any of it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from sqlalchemy import ColumnElement, String, func, or_, select
from sqlalchemy.orm import Session

from monitor.db.bulk import among
from monitor.register.identities import Identities
from monitor.register.models import Channel
from monitor.watch.models import Comment, Schedule

EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What was fetched after `since`. moments: when; totals: how many until before each of them, and at last in all."""

    since: datetime
    moments: Sequence[datetime]
    totals: Sequence[int]


class Arrivals:
    """Of one look at many days: each channel's comments are read once, if it is asked in order of time."""

    def __init__(self, session: Session, identities: Identities) -> None:
        self._session, self._identities = session, identities
        self._known: dict[str, _Fetched] = {}

    def between(self, channel: Channel, after: datetime | None, until: datetime) -> tuple[int, datetime | None]:
        """How many comments by others were fetched after `after` and no later than `until`, and when the last one was.

        What was written before the watch began is left out, as nobody waits for it.
        """
        begin = after or EVER
        known = self._known.get(channel.id)
        if known is None or known.since > begin:
            known = self._known[channel.id] = self._read(channel, begin)
        start, end = bisect_right(known.moments, begin), bisect_right(known.moments, until)
        if end <= start:
            return 0, None
        return known.totals[end] - known.totals[start], known.moments[end - 1]

    def latest(self, channel: Channel, after: datetime | None, until: datetime) -> datetime | None:
        """When the last of them was fetched, as `between` says it: without reading all that ever came."""
        query = select(Comment.fetched_at).where(
            Comment.channel_id == channel.id, Comment.fetched_at <= until, *self._came(channel, after or EVER)
        )
        return self._session.scalar(query.order_by(Comment.fetched_at.desc()).limit(1))

    def _read(self, channel: Channel, since: datetime) -> _Fetched:
        query = select(Comment.fetched_at, func.count()).where(
            Comment.channel_id == channel.id, *self._came(channel, since)
        )
        rows = self._session.execute(query.group_by(Comment.fetched_at).order_by(Comment.fetched_at)).all()
        return _Fetched(since, [at for at, _ in rows], [0, *accumulate(count for _, count in rows)])

    def _came(self, channel: Channel, since: datetime) -> Iterator[ColumnElement[bool]]:
        """What is not left out of the channel's comments."""
        historic = self._session.scalar(select(Schedule.historic_before).where(Schedule.channel_id == channel.id))
        yield by_others(self._session, self._identities.of(channel))
        if since != EVER:
            yield Comment.fetched_at > since
        if historic is not None:
            yield or_(Comment.held, Comment.posted_at >= historic)


def by_others(session: Session, own: frozenset[str]) -> ColumnElement[bool]:
    """Comments that the organisation did not write, given its names there."""
    names = sorted(own)
    author, handle = (
        func.lower(func.coalesce(each, ""), type_=String) for each in (Comment.author_id, Comment.author_handle)
    )
    return ~among(session, author, names) & ~among(session, handle, names)
