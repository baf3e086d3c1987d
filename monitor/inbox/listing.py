"""The inbox: obligations by what somebody wants to see of them, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, ColumnElement, false, literal_column, or_, select
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY, State
from monitor.db.bulk import among
from monitor.inbox.around import Around, gather_around
from monitor.inbox.cursor_rules import Position, read, written
from monitor.inbox.flag_rules import Kind as FlagKind
from monitor.inbox.flag_standing import flags_of
from monitor.inbox.gathering import judge_all
from monitor.inbox.mark_rules import Kind
from monitor.inbox.models import Flag, Mark
from monitor.inbox.obligations import Obligation, every_channel, place_of, scene_of, told
from monitor.inbox.search_rules import words_of
from monitor.inbox.searching import Hit, holding, newest
from monitor.inbox.unanswered import unanswered
from monitor.inbox.whose import Beside, beside, given_to
from monitor.register.channels import units_in_use
from monitor.register.identities import Identities
from monitor.register.models import Channel, Person, Unit
from monitor.watch.models import Comment, Schedule

PAGE = 25
MORE = 2
RARER = 4
"""Of so many times a page is judged what stands there: our own comments are among them, and other states."""
GONE = frozenset({State.REMOVED_BY_US, State.REMOVED_BY_AUTHOR, State.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see. channels: ids of those that may be seen at all; of them one, those of one unit, and
    those that the person `mine` takes care of, with what was given to that person on others.

    state: only what stands there; everything: what is finished, too; else only what needs somebody. flagged, overdue:
    nothing else. since, until: written from then on, and before then. text: as search_rules.words_of reads it.
    """

    channels: frozenset[str]
    channel: str | None = None
    unit: str | None = None
    mine: str | None = None
    state: State | None = None
    everything: bool = False
    flagged: bool = False
    overdue: bool = False
    since: datetime | None = None
    until: datetime | None = None
    text: str = field(default="", repr=False)

    @property
    def waits(self) -> bool:
        """Only what needs somebody, the most overdue first? Else the newest first."""
        if self.overdue:  # nothing that is finished is
            return True
        return self.state in NEEDS_SOMEBODY if self.state is not None else not self.everything


@dataclass(frozen=True, slots=True)
class Item:
    """An obligation in the list, and what is shown beside it."""

    obligation: Obligation
    flags: tuple[FlagKind, ...]
    beside: Beside


@dataclass(frozen=True, slots=True)
class Listing:
    """One page. next: where the next one begins; None: nothing more. waiting: how many need somebody, of what was asked
    for, whatever the page; overdue: of those; None where the list is not of what waits.

    reached: the page ends here though it has room, as so much further back could not be looked at once.
    """

    items: tuple[Item, ...]
    next: str | None
    zone: ZoneInfo
    waiting: int | None = None
    overdue: int | None = None
    reached: datetime | None = None


def listed(session: Session, asked: Asked, now: datetime, after: str | None = None, size: int = PAGE) -> Listing:
    """A page of the inbox; `after`: where the one before ended. Raises NotSetUp when no register has been imported.

    What comes in meanwhile neither repeats nor hides anything on the pages that follow.
    """
    position = read(after) if after else None
    channels = {channel.id: (channel, schedule) for channel, schedule in chosen_channels(session, asked)}
    own = _own(session, asked, list(channels)) if asked.mine is not None else None
    if asked.waits:
        return _what_waits(session, asked, own or Own(frozenset(channels)), now, position, size)
    return _newest(session, asked, channels, own, now, position, size)


@dataclass(frozen=True, slots=True)
class Own:
    """Ids of channels of which everything is somebody's own, and of comments on others that were given to them."""

    channels: frozenset[str]
    given: frozenset[int] = frozenset()

    def holds(self, each: Obligation) -> bool:
        return each.channel in self.channels or each.comment_id in self.given


def _own(session: Session, asked: Asked, channels: Sequence[str]) -> Own:
    charged = charged_with(session, asked.mine or "").intersection(channels)
    elsewhere = [each for each in channels if each not in charged]
    return Own(charged, given_to(session, asked.mine or "", elsewhere) if elsewhere else frozenset())


def chosen_channels(session: Session, asked: Asked) -> list[tuple[Channel, Schedule | None]]:
    """The channels that the list may be of. Retired ones only where one is asked for by name."""
    return [
        (channel, schedule)
        for channel, schedule in every_channel(session)
        if channel.id in asked.channels
        and (channel.id == asked.channel if asked.channel is not None else channel.state != "retired")
        and asked.unit in (None, channel.unit_id)
    ]


def charged_with(session: Session, person_id: str) -> frozenset[str]:
    """Ids of the channels that a person takes care of: as responsible, deputy, the unit's manager; a communicator of
    all."""
    person = session.get(Person, person_id)
    if person is None or person.retired:
        return frozenset()
    managed = {unit.id for unit in units(session) if unit.manager_id == person_id}
    of_all = "communicator" in person.roles
    return frozenset(
        channel.id
        for channel, _schedule in every_channel(session)
        if of_all or person_id in (channel.responsible_id, channel.deputy_id) or channel.unit_id in managed
    )


def units(session: Session) -> list[Unit]:
    """By name; of those in the register that have a channel."""
    there = (unit for unit in units_in_use(session).values() if not unit.retired)
    return sorted(there, key=lambda unit: (unit.name, unit.id))


def _what_waits(session: Session, asked: Asked, own: Own, now: datetime, after: Position | None, size: int) -> Listing:
    there = [each for each in unanswered(session, now, channel_id=asked.channel) if _is_asked_for(asked, own, each)]
    if words := words_of(asked.text):
        holds = holding(session, [each.comment_id for each in there], words)
        there = [each for each in there if each.comment_id in holds]
    flags = flags_of(session, [each.comment_id for each in there])
    if asked.flagged:
        there = [each for each in there if each.comment_id in flags]
    rest = [each for each in there if after is None or _position(each) > after]
    page = rest[:size]
    return Listing(
        _items(session, page, flags, now),
        written(_position(page[-1])) if len(rest) > size else None,
        scene_of(session, now).zone,
        waiting=len(there),
        overdue=sum(each.overdue for each in there),
    )


def _is_asked_for(asked: Asked, own: Own, each: Obligation) -> bool:
    return (
        own.holds(each)
        and asked.state in (None, each.state)
        and (each.overdue or not asked.overdue)
        and (asked.since is None or each.posted_at >= asked.since)
        and (asked.until is None or each.posted_at < asked.until)
    )


def _position(each: Obligation) -> Position:
    return Position(each.due_at, each.posted_at, each.comment_id)


def _newest(
    session: Session,
    asked: Asked,
    channels: dict[str, tuple[Channel, Schedule | None]],
    own: Own | None,
    now: datetime,
    after: Position | None,
    size: int,
) -> Listing:
    most = size * (MORE if asked.state is None else RARER)
    chosen = _conditions(session, asked, own or Own(frozenset(channels)))
    chosen += _of_state(asked.state, (schedule for _channel, schedule in channels.values()))
    hits = newest(session, chosen, words_of(asked.text), after, most)
    others, there = _by_others(session, hits.found, channels), list[Obligation]()
    # whatever others wrote is shown where no state is asked for: then no more has to be judged than there is room for
    for some in (others[: size + 1], others) if asked.state is None else (others,):
        found = _judged(session, some, channels, now)
        there = [found[hit.id] for hit in some if hit.id in found and asked.state in (None, found[hit.id].state)]
        if len(there) > size or len(some) == len(others):
            break
    page = there[:size]
    ends = _newest_position(page[-1]) if len(there) > size else hits.reached
    flags = flags_of(session, [each.comment_id for each in page])
    return Listing(
        _items(session, page, flags, now),
        written(ends) if ends else None,
        scene_of(session, now).zone,
        reached=ends.posted if ends and len(page) < size else None,
    )


def _newest_position(each: Obligation) -> Position:
    return Position(each.posted_at, each.posted_at, each.comment_id)


def _conditions(session: Session, asked: Asked, own: Own) -> list[ColumnElement[bool]]:
    """What a comment has to fulfil to be in the list at all; its state is judged afterwards."""
    ids = sorted(own.channels)
    there = Comment.channel_id == ids[0] if len(ids) == 1 else among(session, Comment.channel_id, ids)
    chosen = [or_(there, among(session, Comment.id, sorted(own.given))) if own.given else there]
    if asked.since is not None:
        chosen.append(Comment.posted_at >= asked.since)
    if asked.until is not None:
        chosen.append(Comment.posted_at < asked.until)
    if asked.flagged:
        chosen.append(Comment.id.in_(select(Flag.comment_id).where(Flag.comment_id.is_not(None))))
    return chosen


def _of_state(state: State | None, schedules: Iterable[Schedule | None]) -> list[ColumnElement[bool]]:
    """What every comment in this state fulfils, and many others do not."""
    if state is State.HIDDEN_BY_US:
        return [literal_column("comment.hidden", Boolean)]  # as the small index says it
    if state in GONE:
        return [Comment.missing_since.is_not(None)]
    if state in (State.ANSWERED_PRIVATELY, State.CLOSED_NO_REPLY):
        kind = Kind.PRIVATE if state is State.ANSWERED_PRIVATELY else Kind.CLOSE
        return [Comment.id.in_(select(Mark.comment_id).where(Mark.kind == kind))]
    if state is State.HISTORIC:
        began = [schedule.historic_before for schedule in schedules if schedule and schedule.historic_before]
        return [Comment.posted_at < max(began) if began else false()]
    return []


def _by_others(
    session: Session, hits: Iterable[Hit], channels: dict[str, tuple[Channel, Schedule | None]]
) -> list[Hit]:
    names = Identities(session, (channel for channel, _schedule in every_channel(session)))
    own = {id_: names.of(channel) for id_, (channel, _schedule) in channels.items()}
    return [
        hit
        for hit in hits
        if not {(hit.author_id or "").lower(), (hit.author_handle or "").lower()} & own[hit.channel_id]
    ]


def _judged(
    session: Session, hits: Iterable[Hit], channels: dict[str, tuple[Channel, Schedule | None]], now: datetime
) -> dict[int, Obligation]:
    """The obligations among the hits, by their comments' row ids: only their threads are judged."""
    scene, wanted = scene_of(session, now), set[int]()
    names = Identities(session, (channel for channel, _schedule in every_channel(session)))
    places: dict[str, Around] = {}
    for hit in hits:
        around = places.setdefault(hit.channel_id, Around(names.of(channels[hit.channel_id][0])))
        around.posts.add(hit.post_external_id)
        around.threads.add(hit.thread_external_id)
        wanted.add(hit.id)
    found: dict[int, Obligation] = {}
    for channel_id, gathered in gather_around(session, places).items() if places else ():
        channel, schedule = channels[channel_id]
        place = place_of(scene, channel, schedule, names.of(channel))
        for each in judge_all(gathered, place.own, place.historic_before):
            if each.comment.id in wanted:
                found[each.comment.id] = told(scene, place, each)
    return found


def _items(
    session: Session, page: Sequence[Obligation], flags: dict[int, list[FlagKind]], now: datetime
) -> tuple[Item, ...]:
    ids = [each.comment_id for each in page]
    known = beside(session, ids, now)
    return tuple(Item(each, tuple(flags.get(each.comment_id, ())), known[each.comment_id]) for each in page)
