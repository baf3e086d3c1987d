"""/watch: how each channel was watched, by day, and what a person says of it: gone through, new seen, put right."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.exceptions import HTTPException
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Session

from monitor.access.permission_rules import Permission
from monitor.db.numbered import LARGEST
from monitor.inbox.unanswered import unanswered
from monitor.records.period import WrongPeriod, check_period
from monitor.records.report_document import row_told
from monitor.records.report_rows import ReportRow
from monitor.records.watch_report import watch_report
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch.attesting import CannotAttest, attest
from monitor.watch.correcting import CannotCorrect, correct
from monitor.watch.day_rules import Verdict
from monitor.watch.day_view import shown_days
from monitor.watch.reviewing import CannotReview, review
from monitor.watch.today import for_programs
from monitor.watch.today import today as of_today
from monitor.web.api.asking import Caller, scoped
from monitor.web.api.once import Asked, Once, once
from monitor.web.api.problems import CONFLICT, DOCUMENTED, refusing
from monitor.web.api.shapes import (
    CLEAN,
    FILLED,
    USUAL,
    After,
    Day,
    First,
    In,
    Last,
    Limit,
    NameInPath,
    Page,
    paged,
    read_cursor,
    wrong_cursor,
)
from monitor.web.api.watch_shapes import TodayOut, WatchDayOut, WatchRow, day_told
from monitor.web.register.asking import channel_for, day_written, only
from monitor.web.register.to_do import act_open, newest_of
from monitor.web.register.watch_day import LONGEST, check_newest

router = APIRouter(tags=["watch"], responses=DOCUMENTED)
Reader = Annotated[Caller, scoped(Permission.READ_WATCH)]
Attester = Annotated[Caller, scoped(Permission.ATTEST)]
Corrector = Annotated[Caller, scoped(Permission.CORRECT_WATCH)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST), CLEAN]


class AttestationIn(In):
    """note: of your own. count: comments seen, where you have counted."""

    note: Said = ""
    count: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None


class ReviewIn(In):
    """newest: the highest `comment_id` that you have gone through, 0 for none; what has come since is refused."""

    newest: Annotated[int, Field(strict=True, ge=0, le=LARGEST)]


class CorrectionIn(In):
    """What the day came to after all, and why: the reason stays with it."""

    verdict: Verdict
    reason: Annotated[str, StringConstraints(**FILLED, max_length=LONGEST), CLEAN]


@router.get("/watch")
def period(known: Reader, first: First, last: Last, after: After = None, limit: Limit = USUAL) -> Page[WatchRow]:
    """Each channel's working days of a period, by day and channel, as in `kanalvakt watch report --json`."""
    now = datetime.now(UTC)
    with known.db.snapshot() as session:
        with refusing(WrongPeriod, at="query/to"):
            check_period(first, last, calendar_of(organisation(session)).local_date(now))
        beyond = _cursor(after) if after is not None else first.isoformat()
        rows = _enough(session, beyond, last, now, only(known.who, Permission.READ_WATCH), limit)
    page, further = paged(rows, _place, after, limit)
    return Page(items=[WatchRow.model_validate(row_told(row)) for row in page], next=further)


def _place(row: ReportRow) -> str:
    return f"{row.day} {row.channel}"


def _cursor(after: str) -> str:
    """The place of the last row before. Raises Refused for an `after` of others."""
    place = str(read_cursor(after))
    day, _gap, channel = place.partition(" ")
    if not channel or len(day) != len("2026-06-18") or day_written(day) is None:
        raise wrong_cursor()
    return place


def _enough(
    session: Session, beyond: str, last: date, now: datetime, chosen: Sequence[str] | None, most: int
) -> list[ReportRow]:
    """Whole weeks of rows that come after `beyond`, a place or a day, until there are more than `most` or none is left:
    years are not read for one page."""
    found, begin = list[ReportRow](), date.fromisoformat(beyond[:10])
    while begin <= last and len(found) <= most:
        end = min(last, begin + timedelta(days=6))
        found += [row for row in watch_report(session, begin, end, now, chosen).rows if _place(row) > beyond]
        begin = end + timedelta(days=1)
    return found


@router.get("/watch/today")
def today(known: Reader, after: After = None, limit: Limit = USUAL) -> Page[TodayOut]:
    """How each channel's watch stands today, who is to act, and what you can say of it."""
    now = datetime.now(UTC)
    with known.db.snapshot() as session:
        day = calendar_of(organisation(session)).local_date(now)
        seen, waiting = known.who.channels_for(Permission.READ_WATCH), unanswered(session, now)
        rows = [each for each in of_today(session, now) if each.shown.channel_id in seen]
        page, further = paged(rows, lambda each: each.shown.channel_id, after, limit)
        items = []
        for each in page:
            channel = session.get_one(Channel, each.shown.channel_id)
            said = {
                "act": act_open(session, known.who, channel, each.shown, day, now),
                "newest": newest_of(item for item in waiting if item.channel == channel.id),
            }
            items.append(TodayOut.model_validate(for_programs(each) | said))
    return Page(items=items, next=further)


@router.get("/watch/{channel_id}/{day}")
def one(known: Reader, channel_id: NameInPath, day: Day) -> WatchDayOut:
    """How one channel's day stands and why, who said what of it, and what you can say."""
    with known.db.snapshot() as session:
        channel = channel_for(session, known.who, channel_id, Permission.READ_WATCH)
        return _day(session, known, channel, day)


@router.post("/watch/{channel_id}/{day}/attestation", response_model=WatchDayOut, responses=CONFLICT)
def gone_through(known: Attester, channel_id: NameInPath, day: Day, sent: AttestationIn, asked: Once) -> Response:
    """ "I have gone through the channel", on that day. 409 with the reason where it would not count."""

    def say(session: Session, channel: Channel) -> None:
        with refusing(CannotAttest, status=409):
            attest(session, channel, day, known.who.person_id, asked.now, sent.note, sent.count)

    return _said(known, channel_id, day, asked, Permission.ATTEST, say)


@router.post("/channels/{channel_id}/review", response_model=WatchDayOut, responses=CONFLICT)
def look_through(known: Attester, channel_id: NameInPath, sent: ReviewIn, asked: Once) -> Response:
    """ "I have gone through what was fetched." 409 where more has come since. Answers with the day as it stands."""

    def say(session: Session, channel: Channel) -> None:
        with refusing(CannotReview, status=409):
            check_newest(session, channel, sent.newest, asked.now)
            review(session, channel, known.who.person_id, asked.now)

    return _said(known, channel_id, None, asked, Permission.ATTEST, say)


@router.post("/watch/{channel_id}/{day}/correction", response_model=WatchDayOut, responses=CONFLICT)
def put_right(known: Corrector, channel_id: NameInPath, day: Day, sent: CorrectionIn, asked: Once) -> Response:
    """What a day that is over came to after all. The first verdict stays visible."""

    def say(session: Session, channel: Channel) -> None:
        with refusing(CannotCorrect, status=409):
            correct(session, channel, day, sent.verdict, sent.reason, known.who.person_id, asked.now)

    return _said(known, channel_id, day, asked, Permission.CORRECT_WATCH, say)


def _said(
    known: Caller,
    channel_id: str,
    day: date | None,
    asked: Asked,
    permission: Permission,
    say: Callable[[Session, Channel], None],
) -> Response:
    """day: None for today."""

    def act(session: Session) -> WatchDayOut:
        channel = channel_for(session, known.who, channel_id, permission)
        say(session, channel)
        session.flush()
        local = calendar_of(organisation(session)).local_date
        return _day(session, known, channel, day or local(asked.now))

    return once(known, asked, act)


def _day(session: Session, known: Caller, channel: Channel, day: date) -> WatchDayOut:
    """404 where the channel was not to be watched that day."""
    shown = next(iter(shown_days(session, day, day, [channel.id])), None)
    if shown is None:
        raise HTTPException(404)
    return day_told(session, known.who, channel, shown)
