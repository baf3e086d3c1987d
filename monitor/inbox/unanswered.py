"""What waits for somebody: the stored comments, judged by the rules, with deadlines and who is responsible."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import func, select, true, tuple_
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY, State
from monitor.db.bulk import among
from monitor.inbox.around import Around, gather_around
from monitor.inbox.gathering import FETCHED, Judged, gather_where, judge_all, judged
from monitor.inbox.mark_rules import Standing, looked_at, standing
from monitor.inbox.obligations import Obligation, Place, Scene, every_channel, place_of, scene_of, told
from monitor.inbox.remembering import Fingerprints, Narrow, Threads, remembered
from monitor.inbox.rules import Verdict
from monitor.inbox.unsettled import unsettled
from monitor.register.calendar import calendar_of
from monitor.register.identities import Identities, identities
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.models import Comment, Schedule
from monitor.watch.schedules import schedules

__all__ = ["Obligation", "judged_between", "obligation", "standing_of", "unanswered", "waiting_between"]

AT_ONCE = 20_000
"""So many comments of several channels are judged together."""
EVER = datetime.max.replace(tzinfo=UTC)


def unanswered(
    session: Session, now: datetime, *, channel_id: str | None = None, all_states: bool = False
) -> list[Obligation]:
    """What needs somebody, the most overdue first; with `all_states` every obligation there is.

    Retired channels are left out unless asked for by name. Raises NotSetUp when no register has been imported.
    """
    prints, every = Fingerprints(session, channel_id), (channel for channel, _schedule in every_channel(session))
    names = Identities(session, every if channel_id is None else None)
    scene = scene_of(session, now)
    found: list[Obligation] = []
    for channel, schedule in _channels(session, channel_id):
        place = place_of(scene, channel, schedule, names.of(channel))
        if all_states:
            everything = judged(session, channel.id, true(), place.own, place.historic_before)
            found += [told(scene, place, each) for each in everything]
        else:
            mark = prints.of(channel.id, place.own, place)
            found += remembered(prints, channel.id, mark, now, partial(_waiting, scene, place))
    return sorted(
        found, key=lambda each: (each.state not in NEEDS_SOMEBODY, each.due_at, each.posted_at, each.comment_id)
    )


def obligation(session: Session, comment_id: int, now: datetime) -> Obligation | None:
    """One comment's, read afresh, for whoever is about to act on it. None: no such comment, or one of our own."""
    comment, scene = session.get(Comment, comment_id), scene_of(session, now)
    if comment is None:
        return None
    [(channel, schedule)] = _channels(session, comment.channel_id)
    place = place_of(scene, channel, schedule, identities(session, channel))
    found = _judged_alone(session, channel, comment, place.historic_before)
    return told(scene, place, found) if found else None


def standing_of(session: Session, comment: Comment) -> State | None:
    """How one comment stands with the platform, historic or not; None for one of the organisation's own."""
    found = _judged_alone(session, session.get_one(Channel, comment.channel_id), comment, None)
    return found.verdict.state if found else None


def waiting_between(
    session: Session, channel: Channel, after: datetime | None, until: datetime, own: frozenset[str]
) -> int:
    """How many of the comments that were fetched after `after` and no later than `until` need somebody, and nobody has
    looked at as far as we know: what was put off, or got an interim answer, has been looked at.

    own: the channel's identities, which whoever asks of many channels reads only once.
    """
    historic_before = session.scalar(select(Schedule.historic_before).where(Schedule.channel_id == channel.id))
    prints = Fingerprints(session, channel.id)
    mark = prints.of(channel.id, own)
    narrow = prints.narrow(channel.id, mark) if mark is not None else None
    around = _around(session, channel.id, own, historic_before, narrow)
    found = judge_all(gather_around(session, {channel.id: around})[channel.id], own, historic_before)
    return sum(
        each.comment.fetched_at <= until and (after is None or each.comment.fetched_at > after)
        for each in found
        if each.comment.thread_external_id in around.threads
        and each.verdict.state in NEEDS_SOMEBODY
        and not looked_at(each.verdict, each.marks)
    )


def judged_between(
    session: Session, channels: Sequence[Channel], begin: datetime, end: datetime, now: datetime
) -> Iterator[tuple[Channel, datetime, Verdict, Standing]]:
    """The comments by others that were written on these channels from `begin` on and before `end`: when, the verdicts
    on them, and where they stand now, given what people say of them. As many channels as memory bears are read at
    once."""
    names, calendar, known = Identities(session), calendar_of(organisation(session)), schedules(session)
    historic = {id_: schedule.historic_before for id_, schedule in known.items()}
    for some in _together(session, channels, begin, end):
        ids = [each.id for each in some]
        here = among(session, Comment.channel_id, ids)
        written = here & (Comment.posted_at >= begin) & (Comment.posted_at < end)
        below = select(Comment.channel_id, Comment.post_external_id).where(written)
        of_posts = here & tuple_(Comment.channel_id, Comment.post_external_id).in_(below)
        gathered = gather_where(session, FETCHED.where(of_posts), ids)
        for channel in some:
            for each in judge_all(gathered.pop(channel.id), names.of(channel), historic.get(channel.id)):
                if begin <= each.comment.posted_at < end:
                    stands = standing(each.verdict, each.marks, calendar, now)
                    yield channel, each.comment.posted_at, each.verdict, stands


def _together(
    session: Session, channels: Sequence[Channel], begin: datetime, end: datetime
) -> Iterator[Sequence[Channel]]:
    """The channels with something written in the period, in parts that together have about AT_ONCE comments."""
    written = (Comment.posted_at >= begin, Comment.posted_at < end)
    query = select(Comment.channel_id, func.count()).where(
        among(session, Comment.channel_id, [each.id for each in channels]), *written
    )
    counts = dict(session.execute(query.group_by(Comment.channel_id)).all())
    some, size = list[Channel](), 0
    for channel in (each for each in channels if each.id in counts):
        if some and size + counts[channel.id] > AT_ONCE:
            yield some
            some, size = [], 0
        some.append(channel)
        size += counts[channel.id]
    if some:
        yield some


def _channels(session: Session, channel_id: str | None) -> list[tuple[Channel, Schedule | None]]:
    if channel_id is None:
        return [(channel, schedule) for channel, schedule in every_channel(session) if channel.state != "retired"]
    query = select(Channel, Schedule).outerjoin(Schedule, Schedule.channel_id == Channel.id)
    return [(channel, schedule) for channel, schedule in session.execute(query.where(Channel.id == channel_id))]


def _waiting(scene: Scene, place: Place, narrow: Narrow | None) -> tuple[list[Obligation], datetime, Threads]:
    """What needs somebody, until when that holds if nothing changes, and the threads where it is: no time makes others
    of these. narrow: where alone it can be; the threads that are plainly over stay unread."""
    around = _around(scene.session, place.id, place.own, place.historic_before, narrow)
    gathered = gather_around(scene.session, {place.id: around})[place.id]  # held on to, with the people who said things
    there = judge_all(gathered, place.own, place.historic_before)
    asked = (each for each in there if each.comment.thread_external_id in around.threads)
    found = [told(scene, place, each) for each in asked if each.verdict.state in NEEDS_SOMEBODY]
    waits = [each for each in found if each.state in NEEDS_SOMEBODY]
    turns = [moment for each in waits for moment in (each.due_at, each.quiet_until) if moment and moment >= scene.now]
    posts = {each.comment.id: each.comment.post_external_id for each in there}
    threads = frozenset((posts[each.comment_id], each.thread_external_id) for each in waits)
    return waits, min(turns, default=EVER), threads


def _around(
    session: Session, channel_id: str, own: frozenset[str], historic_before: datetime | None, narrow: Narrow | None
) -> Around:
    """The threads that have to be judged to know what waits."""
    if narrow is None:
        return unsettled(session, channel_id, own, historic_before)
    around = Around(own)
    if narrow.stirred:
        around = unsettled(session, channel_id, own, historic_before, sorted(narrow.stirred))
    for post, thread in narrow.threads:
        if post not in narrow.stirred:
            around.posts.add(post)
            around.threads.add(thread)
    return around


def _judged_alone(
    session: Session, channel: Channel, comment: Comment, historic_before: datetime | None
) -> Judged | None:
    own = identities(session, channel)
    around = Around(own, {comment.post_external_id}, {comment.thread_external_id})
    found = judge_all(gather_around(session, {channel.id: around})[channel.id], own, historic_before)
    return next((each for each in found if each.comment.id == comment.id), None)
