"""What other systems are told of a reading: new comments, our replies, and the changes that it noticed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from monitor.audit.outgoing import tell, wants
from monitor.audit.outgoing_rules import OF_OBSERVATIONS, Event, Happened
from monitor.db.bulk import among, chunks
from monitor.register.identities import identities
from monitor.register.models import Channel
from monitor.watch.day_arrivals import by_others
from monitor.watch.models import Comment, Observation, PollRun, Schedule

NEW = (Event.COMMENT_RECEIVED, Event.COMMENT_ANSWERED)


def tell_of_reading(session: Session, run: PollRun, new: Sequence[str], now: datetime) -> None:
    """Writes down what somebody subscribes to. new: ids on the platform of the comments that it stored.

    To be called in the recording's transaction, when it is known what is historic: of that, only changes are told.
    """
    if run.quiet or not wants(session, *NEW, *OF_OBSERVATIONS.values()):
        return
    own = identities(session, session.get_one(Channel, run.channel_id))
    for ids in chunks(new):
        tell(session, _arrived(session, run.channel_id, ids, own), now)
    tell(session, _noticed(session, run, own, now), now)


def tell_of_trouble(session: Session, schedule: Schedule, failing_before: datetime | None, now: datetime) -> None:
    """Writes down that a channel cannot be read, or can be read again, where that has changed."""
    failing = schedule.failing_since is not None
    if failing == (failing_before is not None):
        return
    event = Event.CHANNEL_FAILING if failing else Event.CHANNEL_RECOVERED
    data = {"kind": schedule.failure_kind} if failing else {}
    tell(session, [Happened(event, ("channel", schedule.channel_id), schedule.channel_id, data)], now)


def _arrived(session: Session, channel_id: str, ids: Sequence[str], own: frozenset[str]) -> Iterator[Happened]:
    resident = by_others(session, own)
    query = select(Comment.id, Comment.parent_external_id, Comment.post_external_id, resident.label("resident"))
    here = (Comment.channel_id == channel_id, among(session, Comment.external_id, ids), _recent(session, channel_id))
    rows = session.execute(query.where(*here).order_by(Comment.posted_at, Comment.id)).all()
    above = [parent or post for _id, parent, post, by_resident in rows if not by_resident]
    known = _numbers(session, channel_id, above)
    for id_, parent, post, by_resident in rows:
        if by_resident:
            yield Happened(Event.COMMENT_RECEIVED, ("comment", str(id_)), channel_id)
        elif (answered := known.get(parent or post)) is not None:
            yield Happened(Event.COMMENT_ANSWERED, ("comment", str(answered)), channel_id, {"reply": id_})


def _recent(session: Session, channel_id: str) -> ColumnElement[bool]:
    """What was written before the watch began is no news, unless it waits to be published."""
    historic = session.scalar(select(Schedule.historic_before).where(Schedule.channel_id == channel_id))
    return or_(Comment.held, Comment.posted_at >= historic) if historic is not None else true()


def _numbers(session: Session, channel_id: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Our numbers of the comments, and visitors' posts, with these ids on the platform."""
    named = among(session, Comment.external_id, sorted(set(external_ids)))
    query = select(Comment.external_id, Comment.id).where(Comment.channel_id == channel_id, named)
    return dict(iter(session.execute(query)))


def _noticed(session: Session, run: PollRun, own: frozenset[str], now: datetime) -> Iterator[Happened]:
    query = select(Observation.kind, Comment.id).join(Comment, Comment.id == Observation.comment_id)
    of_run = (Observation.seen_at == now, Observation.poll_run_id == run.id)  # the former has an index
    of_residents = (Observation.kind.in_(OF_OBSERVATIONS), by_others(session, own))
    for kind, id_ in session.execute(query.where(*of_run, *of_residents).order_by(Observation.id)):
        yield Happened(OF_OBSERVATIONS[kind], ("comment", str(id_)), run.channel_id)
