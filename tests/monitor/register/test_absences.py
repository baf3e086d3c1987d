"""Who is away when, and which channels nobody is left to watch."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.absences import add_absence, remove_absence, unattended
from monitor.register.calendar import calendar_of
from monitor.register.faults import Refused
from monitor.register.models import Absence, Channel, Organisation, Person
from monitor.register.people import away
from tests.monitor.town import Town

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
CALENDAR = calendar_of(Organisation(name="Tibro kommun"))
days = st.dates(date(2026, 6, 1), date(2026, 7, 31))


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def add(town: Town, person: str, first: date, last: date) -> Absence:
    with town.db.transaction() as session:
        return add_absence(session, session.get_one(Person, person), first, last, "redaktor", NOW)


def left_alone(town: Town, person: str, first: date, last: date) -> list[tuple[str, date, date]]:
    with town.db.snapshot() as session:
        found = unattended(session, session.get_one(Person, person), first, last, CALENDAR)
    return [(each.channel.id, each.first, each.last) for each in found]


@pytest.fixture
def town(db: Database) -> Town:
    return Town(db)


def test_somebody_is_away_from_the_first_day_to_the_last_and_the_log_tells_it(town: Town) -> None:
    made = add(town, "redaktor", day("07-06"), day("07-31"))
    with town.db.snapshot() as session:
        assert [len(away(session, day(each))) for each in ("07-05", "07-06", "07-31", "08-01")] == [0, 1, 1, 0]
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.actor) == ("absence.added", "redaktor")
    assert (entry.subject_kind, entry.subject) == ("person", "redaktor")
    assert entry.after == {"id": made.id, "first_day": "2026-07-06", "last_day": "2026-07-31"}


def test_one_day_is_an_absence_too(town: Town) -> None:
    assert add(town, "redaktor", day("07-06"), day("07-06")).id


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-07-10", "2026-07-06", "2026-07-06"),
        ("2026-07-01", "2029-07-01", "two years"),
        ("2026-07-17", "2026-07-20", "number 1"),
        ("2026-07-01", "2026-07-13", "number 1"),
        ("2026-07-14", "2026-07-15", "number 1"),
        ("2026-07-01", "2026-07-31", "number 1"),
    ],
)
def test_days_the_wrong_way_round_and_days_noted_twice_are_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch, first: str, last: str, told: str
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    add(town, "redaktor", day("07-13"), day("07-17"))
    with pytest.raises(Refused, match=told):
        add(town, "redaktor", date.fromisoformat(first), date.fromisoformat(last))
    assert add(town, "redaktor", day("07-18"), day("07-20")).id  # right after is fine
    assert add(town, "ersattare", day("07-13"), day("07-17")).id  # and so is somebody else


def test_an_absence_is_taken_away_again_and_the_log_keeps_it(town: Town) -> None:
    made = add(town, "redaktor", day("07-06"), day("07-31"))
    with town.db.transaction() as session:
        with pytest.raises(Refused):
            remove_absence(session, session.get_one(Person, "ersattare"), made.id, "redaktor", NOW)
        remove_absence(session, session.get_one(Person, "redaktor"), made.id, "redaktor", NOW)
    with town.db.snapshot() as session:
        assert session.scalars(select(Absence)).all() == []
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == ["absence.added", "absence.removed"]
    assert entries[1].before == entries[0].after


def test_a_channel_whose_two_people_are_away_at_once_is_named(town: Town) -> None:
    add(town, "ersattare", day("07-06"), day("07-17"))
    assert left_alone(town, "redaktor", day("07-15"), day("07-31")) == [("fb", day("07-15"), day("07-17"))]
    assert left_alone(town, "redaktor", day("07-20"), day("07-31")) == []


def test_a_weekend_away_leaves_nobody_alone(town: Town) -> None:
    add(town, "ersattare", day("07-11"), day("07-12"))
    assert left_alone(town, "redaktor", day("07-10"), day("07-13")) == []


@pytest.mark.parametrize("values", [{"state": "retired"}, {"has_comments": False}])
def test_a_channel_that_need_not_be_watched_needs_nobody(town: Town, values: dict[str, object]) -> None:
    town.change(Channel, "fb", **values)
    add(town, "ersattare", day("07-06"), day("07-17"))
    assert left_alone(town, "redaktor", day("07-06"), day("07-17")) == []


def test_a_paused_channel_still_has_to_be_watched(town: Town) -> None:
    town.change(Channel, "fb", state="paused")
    add(town, "ersattare", day("07-06"), day("07-17"))
    assert len(left_alone(town, "redaktor", day("07-06"), day("07-17"))) == 1


def test_a_channel_without_deputy_is_alone_all_the_time(town: Town) -> None:
    town.change(Channel, "fb", deputy_id=None)
    assert left_alone(town, "redaktor", day("07-04"), day("07-12")) == [("fb", day("07-06"), day("07-10"))]


@settings(max_examples=40)
@given(spans=st.lists(st.tuples(days, days).map(sorted), max_size=4), first=days, length=st.integers(0, 40))
def test_exactly_the_working_days_on_which_both_are_away_leave_it_alone(
    town: Town, spans: list[list[date]], first: date, length: int
) -> None:
    last = first + timedelta(length)
    with town.db.transaction() as session:
        session.execute(delete(Absence))
        session.add_all(Absence(person_id="ersattare", first_day=begin, last_day=end) for begin, end in spans)
    span = [first + timedelta(number) for number in range(length + 1)]
    alone = [day for day in span if CALENDAR.is_working_day(day) and any(a <= day <= b for a, b in spans)]
    assert left_alone(town, "redaktor", first, last) == ([("fb", alone[0], alone[-1])] if alone else [])
