"""One obligation as people see it: a verdict, with what people said of it, its deadline and who is responsible."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from monitor import NEEDS_SOMEBODY, Calendar, State
from monitor.db.once import once_in_a_snapshot, tell
from monitor.inbox.deadline_rules import due_at, due_closely
from monitor.inbox.gathering import Judged
from monitor.inbox.mark_rules import Standing, standing, unverified_since
from monitor.inbox.models import Tally
from monitor.inbox.reasons import sentence
from monitor.inbox.rules import Verdict
from monitor.inbox.suggestion_rules import suggested_reason
from monitor.register.calendar import calendar_of
from monitor.register.channels import all_channels
from monitor.register.models import Channel, Organisation, Person
from monitor.register.organisation import organisation
from monitor.register.terms import Terms, terms_of
from monitor.watch.close_watching import close_watches, closely_watched
from monitor.watch.models import CloseWatch, Schedule, TokenHealth
from monitor.watch.schedules import schedules

OF_A_REPLY = frozenset({State.PROBABLY_ANSWERED, State.INTERIM_ANSWERED, State.ANSWERED})


@dataclass(frozen=True, slots=True)
class Obligation:
    """One resident's comment and where it stands. `channel` and `responsible` are the register's ids.

    thread_external_id: the top-level comment's id, or the visitor's post's. `author`: the name shown, if any.
    since: from when the deadline counts. unverified_since: the channel's latest complete reading, where that is older
    than a working day. suggested: code of the reason why it may need no reply, going by its text. reply: the own
    comment, by its platform's id, that answers it, or perhaps does.
    """

    comment_id: int
    external_id: str
    thread_external_id: str
    channel: str
    channel_name: str
    platform: str
    author: str | None = field(repr=False)
    text: str = field(repr=False)
    posted_at: datetime
    fetched_at: datetime
    due_at: datetime
    overdue: bool
    state: State
    responsible: str
    permalink: str | None
    since: datetime
    unverified_since: datetime | None
    suggested: str | None
    reply: str | None
    verdict: Verdict = field(repr=False)
    standing: Standing = field(repr=False)
    marked_by: str | None = field(repr=False)
    zone: ZoneInfo = field(repr=False)

    @property
    def cycle(self) -> str:
        """`since` on the organisation's clock, to the second: which round of waiting this is."""
        return self.since.astimezone(self.zone).replace(microsecond=0).isoformat()

    @property
    def quiet_until(self) -> datetime | None:
        """Notices pause until then, as a person has seen it or put it off."""
        return self.standing.quiet_until

    @property
    def reason(self) -> str:
        """Why it stands there, in the language in use."""
        return sentence(self.verdict, self.standing, self.marked_by or "", self.zone)

    def as_json(self) -> dict[str, Any]:
        """With INTERFACE's keys."""
        inner = {"verdict", "standing", "marked_by", "zone"}
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in inner}
        return shown | {"cycle": self.cycle, "quiet_until": self.quiet_until, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the same for every channel that is looked at."""

    session: Session
    now: datetime
    owner: Organisation
    calendar: Calendar
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as far as its obligations need it. own: the organisation's names there. close: while it is watched
    closely, since when, and how many hours an answer may take."""

    id: str
    name: str
    platform: str
    responsible: str
    terms: Terms
    own: frozenset[str]
    historic_before: datetime | None
    unverified_since: datetime | None
    close: tuple[datetime, int] | None = None


def scene_of(session: Session, now: datetime) -> Scene:
    """Raises NotSetUp when no register has been imported."""
    owner = organisation(session)
    return Scene(session, now, owner, calendar_of(owner), ZoneInfo(owner.timezone))


@once_in_a_snapshot
def every_channel(session: Session) -> list[tuple[Channel, Schedule | None]]:
    """Retired ones too, by id."""
    known = counted_schedules(session, None)
    return [(channel, known[channel.id][0] if channel.id in known else None) for channel in all_channels(session)]


@once_in_a_snapshot
def counted_schedules(session: Session, channel_id: str | None) -> dict[str, tuple[Schedule, int]]:
    """By channel, of one or of all: its place in time, but for what only its connector reads; and how often people said
    or did something that changes where its obligations stand."""
    rows = _with_health(session, channel_id)
    return {schedule.channel_id: (schedule, count) for schedule, count, _health in rows if schedule is not None}


def credentials_health(session: Session) -> dict[str, TokenHealth]:
    """As monitor.watch.overview.healths, for those who ask where channels and obligations stand as well: one query
    answers both."""
    return {
        health.channel_id: health for _schedule, _count, health in _with_health(session, None) if health is not None
    }


@once_in_a_snapshot
def _with_health(session: Session, channel_id: str | None) -> list[tuple[Schedule | None, int, TokenHealth | None]]:
    query = _asked_schedules() if channel_id is None else _asked_schedules().where(Channel.id == channel_id)
    rows = session.execute(query).all()
    found: list[tuple[Schedule | None, int, TokenHealth | None]] = [(*each[:3],) for each in rows]
    if channel_id is None:
        tell(session, close_watches, [each[3] for each in rows if each[3] is not None])
        tell(session, schedules, {each.channel_id: each for each, _count, _health in found if each is not None})
    return found


@cache
def _asked_schedules() -> Select[Any]:
    query = select(Schedule, func.coalesce(Tally.count, 0), TokenHealth, CloseWatch).select_from(Channel)
    for table in (Schedule, Tally, TokenHealth, CloseWatch):
        query = query.outerjoin(table, table.channel_id == Channel.id)
    return query.options(defer(Schedule.connector_state))  # type: ignore[return-value]


def place_of(
    scene: Scene,
    channel: Channel,
    schedule: Schedule | None,
    own: frozenset[str],
    watches: Mapping[str, CloseWatch] | None = None,
) -> Place:
    """own: the organisation's names there. watches: of channels in a crisis, where somebody has looked already."""
    read = None
    if schedule is not None and channel.watch_mode != "manual":
        last = schedule.last_complete_at or schedule.failing_since
        read = unverified_since(last, scene.calendar, scene.now)
    historic_before = schedule.historic_before if schedule else None
    about = (channel.id, channel.name, channel.platform, channel.responsible_id)
    watches = closely_watched(scene.session, scene.now) if watches is None else watches
    watch = watches.get(channel.id)
    close = (watch.since, watch.hours) if watch is not None else None
    return Place(*about, terms_of(scene.owner, channel), own, historic_before, read, close)


def told(scene: Scene, place: Place, each: Judged) -> Obligation:
    """The verdict as people see it now."""
    comment, verdict = each.comment, each.verdict
    stands = standing(verdict, each.marks, scene.calendar, scene.now)
    due, waits = _due(scene, place, stands), stands.state in NEEDS_SOMEBODY
    return Obligation(
        comment_id=comment.id,
        external_id=comment.external_id,
        thread_external_id=comment.thread_external_id,
        channel=place.id,
        channel_name=place.name,
        platform=place.platform,
        author=comment.author_name or comment.author_handle,
        text=comment.text,
        posted_at=comment.posted_at,
        fetched_at=comment.fetched_at,
        due_at=due,
        overdue=waits and scene.now > due,
        state=stands.state,
        responsible=place.responsible,
        permalink=comment.permalink,
        since=stands.since,
        unverified_since=place.unverified_since,
        suggested=suggested_reason(comment.text, place.own) if waits else None,
        reply=verdict.by if verdict.state in OF_A_REPLY else None,
        verdict=verdict,
        standing=stands,
        marked_by=_name(scene.session, stands),
        zone=scene.zone,
    )


def _due(scene: Scene, place: Place, stands: Standing) -> datetime:
    due = due_at(stands.since, getattr(place.terms, stands.term), scene.calendar)
    return due if place.close is None else due_closely(due, stands.since, *place.close)


def _name(session: Session, stands: Standing) -> str | None:
    return session.get_one(Person, stands.mark.by).name if stands.mark else None
