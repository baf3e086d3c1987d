"""What the start page and /api/v1/today tell: what waits for a visitor, each channel's watch today, what is wrong."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.alerts.ladders import CaredFor, cared_for
from monitor.inbox.obligations import every_channel
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.inbox.whose import given_to
from monitor.register.calendar import calendar_of
from monitor.register.days_off import why_off
from monitor.register.models import Organisation
from monitor.register.organisation import organisation
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.today import why_so_far
from monitor.web.register.to_do import Act, act_open, newest_of


@dataclass(frozen=True, slots=True)
class Row:
    """One channel's watch today. act: what the visitor can say of it; newest: the comment that came last there."""

    name: str
    shown: ShownDay
    why: str
    act: Act | None
    newest: int


@dataclass(frozen=True, slots=True)
class Start:
    """off: why today is no working day. waiting: comments that the visitor may read, the most overdue first; mine: ids
    of the channels that the visitor takes care of today, also in place of others, and reads; given: comments elsewhere
    that somebody gave to the visitor. rows: what is not watched yet first. wrong: id and name of the channels that
    cannot be read, and since when, the longest first. names: of the channels that the visitor may know of."""

    owner: Organisation
    day: date
    off: str | None
    reads: bool
    waiting: list[Obligation] = field(repr=False)
    mine: frozenset[str]
    given: frozenset[int]
    deputises: list[str]
    rows: list[Row]
    wrong: list[tuple[str, str, datetime]]
    names: dict[str, str]

    @property
    def theirs(self) -> list[Obligation]:
        """Those of them that are the visitor's own to answer."""
        return [item for item in self.waiting if item.channel in self.mine or item.comment_id in self.given]

    @property
    def overdue(self) -> int:
        return sum(item.overdue for item in self.waiting)

    @property
    def unwatched(self) -> int:
        return sum(row.shown.verdict is not Verdict.WATCHED for row in self.rows)


def start_of(session: Session, who: Visitor, now: datetime) -> Start:
    """Raises NotSetUp without a register."""
    owner = organisation(session)
    calendar = calendar_of(owner)
    day = calendar.local_date(now)
    care = cared_for(session, day)
    reads = who.channels_for(Permission.READ_INBOX)
    waiting = [item for item in unanswered(session, now) if item.channel in reads] if reads else []
    mine = frozenset(each.channel.id for each in care if who.person_id in each.care.people)
    elsewhere = sorted({item.channel for item in waiting} - mine)
    stands_in = [each.channel.name for each in care if each.care.stands_in and who.person_id in each.care.people]
    return Start(
        owner=owner,
        day=day,
        off=why_off(calendar, day),
        reads=bool(reads),
        waiting=waiting,
        mine=mine & reads,
        given=given_to(session, who.person_id, elsewhere) if elsewhere else frozenset(),
        deputises=stands_in,
        rows=_rows(session, who, care, mine, waiting, day, now),
        wrong=_wrong(session, who),
        names={each.channel.id: each.channel.name for each in care if who.sees(each.channel.id)},
    )


def _rows(
    session: Session,
    who: Visitor,
    care: list[CaredFor],
    mine: Collection[str],
    waiting: list[Obligation],
    day: date,
    now: datetime,
) -> list[Row]:
    """What is missing first, the visitor's own before others'."""
    reads, known = who.channels_for(Permission.READ_WATCH), {each.channel.id: each.channel for each in care}
    found = []
    for each in shown_days(session, day, day, sorted(reads & known.keys())):
        channel = known[each.channel_id]
        newest = newest_of(item for item in waiting if item.channel == channel.id)
        found.append(Row(channel.name, each, why_so_far(each), act_open(session, who, channel, each, day, now), newest))

    def place(row: Row) -> tuple[bool, bool, str]:
        return row.shown.verdict is Verdict.WATCHED, row.shown.channel_id not in mine, row.name.casefold()

    return sorted(found, key=place)


def _wrong(session: Session, who: Visitor) -> list[tuple[str, str, datetime]]:
    sees = who.channels
    rows = [
        (channel.id, channel.name, schedule.failing_since)
        for channel, schedule in every_channel(session)
        if channel.id in sees and channel.state == "active" and schedule is not None and schedule.failing_since
    ]
    return sorted(rows, key=lambda row: (row[2], row[1]))
