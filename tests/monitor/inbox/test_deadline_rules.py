"""When something is due: the next working day, a time of day, hours of service; over eves, half days and DST nights."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor import Term
from monitor.inbox.deadline_rules import due_as_it_held, due_at, due_closely
from monitor.register.calendar import OfficeCalendar, calendar_of
from monitor.register.models import Organisation
from tests.monitor.register.minute_walk import NIGHTS, Walk, walks
from tests.monitor.register.slow_calendar import DAY, MINUTE, wall

NEXT_DAY = Term(days=1)
clocks = st.times().map(lambda each: each.replace(second=0, microsecond=0)).filter(lambda each: each.hour != 2)
days = st.builds(lambda count, at: Term(days=count, at=at), st.integers(0, 8), st.none() | clocks)
whole_days = st.builds(lambda count: Term(days=count), st.integers(0, 8))
hours = st.builds(lambda count: Term(hours=count), st.integers(0, 40) | st.sampled_from([0.5, 1.25]))


def tibro(**values: object) -> OfficeCalendar:
    return calendar_of(Organisation(name="Tibro kommun", **values))  # type: ignore[arg-type]


def due(since: str, term: Term = NEXT_DAY, **values: object) -> str:
    """In the organisation's time, as its clocks show it."""
    calendar = tibro(**values)
    moment = datetime.fromisoformat(since).replace(tzinfo=calendar.zone)
    return f"{wall(due_at(moment.astimezone(UTC), term, calendar)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-06-18 15:00", "2026-06-22 16:00"),  # before Midsummer's Eve
        ("2025-12-23 17:00", "2025-12-29 16:00"),  # after closing, before Christmas
        ("2026-05-13 09:00", "2026-05-15 16:00"),  # Ascension Day between; the bridge day counts
        ("2026-06-19 10:00", "2026-06-22 16:00"),  # on the Eve itself
        ("2026-06-20 03:00", "2026-06-22 16:00"),
        ("2026-03-27 12:00", "2026-03-30 16:00"),  # over the night of summer time
        ("2026-10-23 12:00", "2026-10-26 16:00"),
    ],
)
def test_by_the_next_working_day(since: str, until: str) -> None:
    assert due(since) == until


@pytest.mark.parametrize(
    ("since", "term", "until"),
    [
        ("2026-06-17 09:00", Term(days=1, at=time(12)), "2026-06-18 12:00"),
        ("2026-06-17 09:00", Term(days=0), "2026-06-17 16:00"),
        ("2026-06-17 16:00", Term(days=0), "2026-06-18 16:00"),
        ("2026-06-17 12:30", Term(days=0, at=time(12)), "2026-06-18 12:00"),
        ("2026-06-17 09:00", Term(days=5), "2026-06-25 16:00"),
        ("2026-06-17 14:00", Term(hours=4), "2026-06-18 09:30"),
        ("2026-06-18 15:00", Term(hours=4), "2026-06-22 10:30"),
        ("2026-06-17 09:00", Term(hours=0), "2026-06-17 09:00"),
        ("2026-06-20 09:00", Term(hours=0), "2026-06-22 07:30"),
        ("2026-06-17 14:00", Term(hours=0.5), "2026-06-17 14:30"),
    ],
)
def test_terms_of_every_kind(since: str, term: Term, until: str) -> None:
    assert due(since, term) == until


def test_a_half_day_shortens_the_term() -> None:
    valborg = {"other_hours": {"2026-04-30": "07:30-12:00"}}
    assert due("2026-04-29 10:00", **valborg) == "2026-04-30 12:00"
    assert due("2026-04-29 10:00", Term(days=1, at=time(15)), **valborg) == "2026-04-30 12:00"
    assert due("2026-04-30 11:00", Term(hours=2), **valborg) == "2026-05-04 08:30"


def test_an_opened_saturday_is_the_next_working_day() -> None:
    assert due("2026-06-12 10:00", other_hours={"2026-06-13": "10:00-12:00"}) == "2026-06-13 12:00"


def test_a_lunch_break_stops_the_hours_and_not_the_days() -> None:
    lunch = {"service_hours": {"mon-fri": "07:30-12:00 13:00-16:00"}}
    assert due("2026-06-17 11:00", Term(hours=2), **lunch) == "2026-06-17 14:00"
    assert due("2026-06-17 12:30", Term(hours=0), **lunch) == "2026-06-17 13:00"
    assert due("2026-06-17 11:00", **lunch) == "2026-06-18 16:00"


def test_closing_later_moves_the_deadline_at_once() -> None:
    owner = Organisation(name="Tibro kommun")
    since = datetime(2026, 6, 17, 8, tzinfo=UTC)
    assert wall(due_at(since, NEXT_DAY, calendar_of(owner))) == datetime(2026, 6, 18, 16)  # noqa: DTZ001 - a wall's
    owner.service_hours = {"mon-fri": "07:30-16:30"}
    assert wall(due_at(since, NEXT_DAY, calendar_of(owner))) == datetime(2026, 6, 18, 16, 30)  # noqa: DTZ001


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_on_a_night_when_the_clocks_change_every_hour_has_its_deadline(night: date, hour: int) -> None:
    calendar = tibro()
    since = calendar.midnight(night - DAY) + timedelta(hours=hour + 6)
    expected = calendar.next_working_day(calendar.local_date(since))
    assert wall(due_at(since, NEXT_DAY, calendar)) == datetime.combine(expected, time(16))


@settings(deadline=None)
@given(walks(), days)
def test_days_end_on_a_working_day_when_it_closes_or_at_the_time_said(walk: Walk, term: Term) -> None:
    calendar = walk.calendar
    until = due_at(walk.begin, term, calendar)
    day = calendar.local_date(until)
    assert calendar.is_working_day(day)
    assert until == calendar.closing(day) or (until == calendar.wall(day, term.at or time.min) < calendar.closing(day))
    assert until > walk.begin
    assert _working_days(calendar, walk.begin, day) - (term.days or 0) in ({0} if term.days else {0, 1})


def _working_days(calendar: OfficeCalendar, since: datetime, last: date) -> int:
    first = calendar.local_date(since)
    return sum(calendar.is_working_day(first + number * DAY) for number in range(1, (last - first).days + 1))


@settings(deadline=None)
@given(walks(), hours)
def test_hours_end_in_service_hours_when_so_many_have_passed(walk: Walk, term: Term) -> None:
    calendar, length = walk.calendar, timedelta(hours=term.hours or 0)
    until = due_at(walk.begin, term, calendar)
    assert until >= walk.begin
    assert calendar.open_between(walk.begin, until) == length
    assert walk.open_at(until - MINUTE if term.hours else until)


@settings(deadline=None)
@given(walks(), days | hours, st.timedeltas(timedelta(0), 9 * DAY))
def test_what_comes_later_is_never_due_sooner(walk: Walk, term: Term, later: timedelta) -> None:
    calendar = walk.calendar
    assert due_at(walk.begin, term, calendar) <= due_at(walk.begin + later, term, calendar)


@settings(deadline=None)
@given(walks(), whole_days, st.integers(1, 5))
def test_more_days_are_never_due_sooner(walk: Walk, term: Term, more: int) -> None:
    calendar, longer = walk.calendar, Term(days=(term.days or 0) + more)
    assert due_at(walk.begin, term, calendar) <= due_at(walk.begin, longer, calendar)


@settings(deadline=None)
@given(walks(), st.data())
def test_a_half_day_never_gives_more_time(walk: Walk, data: st.DataObject) -> None:
    calendar = walk.calendar
    day = calendar.local_date(due_at(walk.begin, NEXT_DAY, calendar))
    minutes = (calendar.closing(day) - calendar.opening(day)) // MINUTE
    assume(minutes > 1)
    begin = wall(calendar.opening(day))
    closes = begin + data.draw(st.integers(1, minutes - 1)) * MINUTE
    assume(closes.date() == day and closes.hour != 2)
    short = {**walk.other, day: [(begin.time(), closes.time())]}
    half = Walk(walk.week, walk.closed, short, walk.begin).calendar
    assert due_at(walk.begin, NEXT_DAY, half) == half.closing(day) < due_at(walk.begin, NEXT_DAY, calendar)


@dataclass(frozen=True)
class Watch:
    since: datetime
    until: datetime | None
    hours: int = 1


START = datetime(2026, 6, 17, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
USUAL = START + 30 * HOUR


@pytest.mark.parametrize(
    ("begun", "ended", "held"),
    [
        (-5, None, 1),  # it lasts
        (-5, 10, 1),  # the hour passed while it lasted
        (3, 10, 4),  # it began when the comment had waited for three hours
        (-5, 0.5, 30),  # it was over before the hour was
        (-5, 1, 30),
        (-5, -1, 30),
        (29.5, 40, 30),  # never later than usual
        (40, 50, 30),
    ],
)
def test_the_deadline_that_held_when_it_came_is_the_one_that_counts(
    begun: float, ended: float | None, held: float
) -> None:
    watch = Watch(START + begun * HOUR, None if ended is None else START + ended * HOUR)
    assert due_as_it_held(USUAL, START, [watch]) == START + held * HOUR


offsets = st.integers(-50, 100)
watches = st.lists(
    st.builds(
        lambda begun, length, hours: Watch(
            START + begun * HOUR, None if length is None else START + (begun + length) * HOUR, hours
        ),
        offsets,
        st.none() | st.integers(0, 60),
        st.integers(1, 5),
    ),
    max_size=4,
)


@given(watches)
def test_it_is_the_usual_one_or_that_of_a_watch_that_lasted_then_and_never_later(some: list[Watch]) -> None:
    held = due_as_it_held(USUAL, START, some)
    assert held <= USUAL
    lasted = [each for each in some if due_closely(USUAL, START, each.since, each.hours) == held]
    assert held == USUAL or any(each.until is None or held < each.until for each in lasted)
    assert due_as_it_held(USUAL, START, []) == USUAL
