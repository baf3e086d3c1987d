"""A row for every channel and working day, whoever looks, and however long nobody did; concluded once, and for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from monitor.audit.verifying import verify
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.unanswered import waiting_between
from monitor.register.calendar import calendar_of
from monitor.register.duty import note_duty
from monitor.register.models import Channel, Organisation
from monitor.watch.day_models import WatchDay
from monitor.watch.day_register import settle
from monitor.watch.day_view import reason_in_words
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at

NEW_YEAR = date(2026, 1, 1)
YEAR = [NEW_YEAR + timedelta(passed) for passed in range(365)]


def test_a_year_has_a_row_for_every_working_day_and_none_for_a_day_off(almanac: Almanac) -> None:
    almanac.changes(watched_since=at(NEW_YEAR, "00.00"))
    almanac.keep(date(2026, 12, 31), "23.59")
    days = almanac.days()
    assert days == [day for day in YEAR if calendar_of(Organisation(name="Tibro kommun")).is_working_day(day)]
    assert len(days) == 251
    assert date(2026, 6, 19) not in days  # midsommarafton
    assert date(2026, 5, 15) in days  # a bridge day
    with almanac.db.snapshot() as session:
        rows = session.query(WatchDay).filter_by(channel_id="fb").all()
    assert all(row.concluded_at and row.verdict for row in rows)


def test_kept_day_by_day_every_working_day_is_planned_on_itself_and_concluded_at_midnight(quick: Almanac) -> None:
    for day in (FRIDAY + timedelta(passed) for passed in range(14)):
        quick.keep(day, "00.00")
        quick.keep(day, "12.00")
    with quick.db.snapshot() as session:
        rows = session.query(WatchDay).filter_by(channel_id="fb").order_by(WatchDay.day).all()
    assert [row.day.day for row in rows] == [11, 12, 15, 16, 17, 18, 22, 23, 24, 25]
    for row in rows[1:-1]:
        assert row.planned_at == at(row.day, "00.00")
        assert row.concluded_at == at(row.day + timedelta(days=1), "00.00")


def test_after_days_of_downtime_the_missing_days_are_filled_in_as_not_watched_and_tell_that_it_was_later(
    almanac: Almanac,
) -> None:
    almanac.keep(THURSDAY, "12.00")
    almanac.read(MONDAY, "09.00")  # by hand, while nothing kept the register
    kept = almanac.keep(date(2026, 6, 17), "09.00")
    assert (kept.planned, kept.filled_in, kept.concluded) == (2, 6, 8)
    assert almanac.told(FRIDAY) == ("not_watched", "none", "not_read")
    assert almanac.told(MONDAY) == ("watched", "automatic", "nothing_new")
    assert almanac.told(FRIDAY, "grupp") == ("not_watched", "none", "not_attested")
    assert almanac.shown(FRIDAY).planned_at == at(date(2026, 6, 17), "09.00")


def test_only_of_a_day_that_was_filled_in_is_it_said_that_kanalvakt_was_not_running(almanac: Almanac) -> None:
    almanac.keep(THURSDAY, "12.00")
    assert reason_in_words(almanac.shown(THURSDAY)) == "Kanalvakt hämtade inte kanalen den dagen."
    almanac.keep(MONDAY, "09.00")
    assert reason_in_words(almanac.shown(THURSDAY)) == "Kanalvakt hämtade inte kanalen den dagen."
    assert reason_in_words(almanac.shown(FRIDAY)) == "Kanalvakt var inte igång, så kanalen hämtades inte."


def test_a_day_that_nobody_looked_at_while_it_lasted_never_counts_as_dealt_with(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.is_answered("c1", FRIDAY, "11.00")
    almanac.keep(MONDAY, "09.00")
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


def test_a_review_counts_for_its_day_also_when_the_register_was_not_kept(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.reviews(FRIDAY, "11.00")
    almanac.keep(MONDAY, "09.00")
    assert almanac.told(FRIDAY) == ("watched", "automatic", "reviewed")


def test_what_came_after_the_last_look_at_a_day_has_not_been_gone_through(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.is_answered("c1", FRIDAY, "11.00")
    almanac.keep(FRIDAY, "11.05")
    almanac.comes("c2", FRIDAY, "13.00")
    almanac.keep(MONDAY, "09.00")
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


def test_two_keepers_at_once_plan_and_conclude_each_day_once(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45")
    now = at(MONDAY, "09.00")
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _each: keep_days(almanac.db, now), range(4)))
    assert sum(each.concluded for each in kept) == 4
    assert len(almanac.audit("watch_day.concluded")) == 4
    with almanac.db.snapshot() as session:
        assert verify(session).broken is None


def test_keeping_again_changes_nothing(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.keep(MONDAY, "09.00")
    first = [almanac.shown(day) for day in almanac.days()]
    kept = almanac.keep(MONDAY, "09.00")
    assert (kept.planned, kept.filled_in, kept.concluded) == (0, 0, 0)
    assert [almanac.shown(day) for day in almanac.days()] == first


def test_a_keeper_that_dies_half_way_leaves_nothing_half_done(
    almanac: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    almanac.comes("c1", FRIDAY, "10.00")
    with monkeypatch.context() as patch:
        patch.setattr("monitor.watch.day_register.audited_all", dies)
        with pytest.raises(KeyboardInterrupt):
            almanac.keep(MONDAY, "09.00")
    assert almanac.days() == []
    almanac.keep(MONDAY, "09.01")
    assert almanac.days() == [THURSDAY, FRIDAY, MONDAY]


@pytest.mark.parametrize("act", ["UPDATE watch_day SET verdict = 'watched'", "DELETE FROM watch_day"])
def test_the_database_itself_refuses_to_change_a_concluded_day(almanac: Almanac, act: str) -> None:
    almanac.keep(FRIDAY, "00.00")
    with pytest.raises(DBAPIError, match="never changed"), almanac.db.transaction() as session:
        session.execute(text(f"{act} WHERE day = '2026-06-11'"))
    with almanac.db.transaction() as session:
        session.execute(text("UPDATE watch_day SET unseen = 0 WHERE day = '2026-06-12'"))


def test_conclusions_are_in_the_audit_log_with_what_they_rest_on(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.reviews(FRIDAY, "11.00")
    almanac.keep_over(FRIDAY)
    [entry] = [each for each in almanac.audit("watch_day.concluded") if each.subject == "fb/2026-06-12"]
    assert (entry.actor, entry.subject_kind) == ("system", "watch_day")
    first = at(FRIDAY, "10.00").isoformat()
    told = {
        "verdict": "watched",
        "how": "automatic",
        "reason": "reviewed",
        "first_complete_at": first,
        "by": "redaktor",
    }
    assert entry.after == told


def test_on_its_first_day_a_read_channel_is_due_at_any_hour_and_a_manual_one_only_before_closing(
    quick: Almanac,
) -> None:
    quick.changes(watched_since=at(FRIDAY, "16.30"))
    quick.changes("grupp", watched_since=at(FRIDAY, "16.30"))
    quick.town.channel("tidig", watch_mode="manual", watched_since=at(FRIDAY, "15.59"))
    quick.keep(FRIDAY, "17.00")
    assert (quick.days(), quick.days("grupp"), quick.days("tidig")) == ([FRIDAY], [], [FRIDAY])


def test_the_duty_ends_with_the_channel_and_a_day_that_had_closed_by_then_is_still_due(quick: Almanac) -> None:
    quick.keep(FRIDAY, "09.00")
    quick.changes(has_comments=False, watched_until=at(FRIDAY, "12.00"))
    quick.changes("grupp", state="retired", watched_until=at(FRIDAY, "16.01"))
    quick.keep(MONDAY, "09.00")
    assert (quick.days(), quick.days("grupp")) == ([THURSDAY], [THURSDAY, FRIDAY])


def test_comments_that_are_switched_off_and_on_again_begin_a_new_duty(quick: Almanac) -> None:
    quick.keep(FRIDAY, "09.00")
    quick.changes(has_comments=False, watched_until=at(FRIDAY, "12.00"))
    quick.keep(FRIDAY, "12.01")
    quick.keep(MONDAY, "09.00")
    quick.changes(has_comments=True, watched_since=at(date(2026, 6, 16), "09.00"), watched_until=None)
    quick.keep(date(2026, 6, 17), "09.00")
    assert [day.day for day in quick.days()] == [11, 16, 17]


def begins_again(almanac: Almanac, now: datetime) -> None:
    """As an import does it that switches comments on."""
    with almanac.db.transaction() as session:
        settle(session, now)
        channel = session.get_one(Channel, "fb")
        channel.has_comments = True
        note_duty(channel, now)


def test_a_duty_that_ended_and_begins_again_while_nothing_ran_leaves_its_days(almanac: Almanac) -> None:
    almanac.keep(THURSDAY, "12.00")
    tuesday, wednesday = date(2026, 6, 16), date(2026, 6, 17)
    almanac.changes(has_comments=False, watched_until=at(MONDAY, "12.00"))
    begins_again(almanac, at(wednesday, "09.00"))
    almanac.keep(wednesday, "09.01")
    assert almanac.days() == [THURSDAY, FRIDAY, wednesday]
    assert almanac.told(FRIDAY) == ("not_watched", "none", "not_read")
    assert tuesday not in almanac.days()


def test_a_day_that_was_planned_and_on_which_the_duty_ended_is_none_though_it_begins_again(almanac: Almanac) -> None:
    almanac.keep(FRIDAY, "09.00")
    almanac.changes(has_comments=False, watched_until=at(FRIDAY, "12.00"))
    begins_again(almanac, at(MONDAY, "09.00"))
    almanac.keep(MONDAY, "09.01")
    assert almanac.days() == [THURSDAY, MONDAY]


def test_at_closing_time_nothing_is_counted_that_was_counted_before(
    quick: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def counts(session: Session, channel: Channel, *words: datetime | None) -> int:
        counted.append(channel.id)
        return waiting_between(session, channel, *words)  # type: ignore[arg-type]

    monkeypatch.setattr("monitor.inbox.day_keeping.waiting_between", counts)
    quick.comes("c1", FRIDAY, "10.00")
    quick.keep(FRIDAY, "10.05")
    assert counted == ["fb"]
    quick.keep(FRIDAY, "16.00")
    assert counted == ["fb"]
    assert quick.told(FRIDAY) == ("partly", "automatic", "not_reviewed")
    quick.is_answered("c1", FRIDAY, "16.05")
    quick.keep(FRIDAY, "16.06")
    assert counted == ["fb", "fb"]
    assert quick.told(FRIDAY) == ("watched", "automatic", "handled")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels of which comments were counted, in order."""
    channels: list[str] = []

    def counts(session: Session, channel: Channel, *words: Any) -> int:
        channels.append(channel.id)
        return waiting_between(session, channel, *words)

    monkeypatch.setattr("monitor.inbox.day_keeping.waiting_between", counts)
    return channels


def test_a_reading_that_brought_nothing_has_nothing_counted_but_the_days_first_one(
    quick: Almanac, counted: list[str]
) -> None:
    quick.comes("c1", FRIDAY, "10.00")
    quick.keep(FRIDAY, "10.05")
    quick.read(FRIDAY, "11.00", quiet=True)
    quick.keep(FRIDAY, "11.05")
    assert counted == ["fb"]
    assert quick.shown(FRIDAY).unseen == 1
    quick.read(FRIDAY, "12.00")
    quick.keep(FRIDAY, "12.05")
    assert counted == ["fb", "fb"]
    quick.keep_over(FRIDAY)
    quick.read(MONDAY, "08.00", quiet=True)
    quick.keep(MONDAY, "08.05")
    assert counted == ["fb", "fb", "fb"]
    assert quick.shown(MONDAY).unseen == 1


def test_a_new_day_begins_with_what_was_counted_the_day_before_unless_something_came(
    quick: Almanac, counted: list[str]
) -> None:
    quick.comes("c1", THURSDAY, "10.00")
    quick.keep(THURSDAY, "10.05")
    quick.keep_over(THURSDAY)
    assert (counted, quick.shown(FRIDAY).unseen) == (["fb"], 1)
    quick.comes("c2", FRIDAY, "15.30")
    quick.keep(FRIDAY, "15.35")
    quick.keep(MONDAY, "00.00")
    assert counted == ["fb", "fb", "fb"]
    assert (quick.shown(FRIDAY).unseen, quick.shown(MONDAY).unseen) == (1, 2)


def test_a_day_that_becomes_a_day_off_after_it_was_planned_stays(quick: Almanac) -> None:
    quick.keep(FRIDAY, "09.00")
    quick.organisation(closed_days=["2026-06-12"])
    quick.keep(MONDAY, "09.00")
    assert quick.days() == [THURSDAY, FRIDAY, MONDAY]
    assert quick.shown(FRIDAY).verdict == "not_watched"


def test_a_closed_day_that_was_known_before_has_no_row(quick: Almanac) -> None:
    quick.organisation(closed_days=["2026-06-12"])
    quick.keep(MONDAY, "09.00")
    assert quick.days() == [THURSDAY, MONDAY]


@pytest.mark.parametrize(
    ("monday", "read_at", "is_that_day"),
    [
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, 0, tzinfo=UTC), True),  # summer time: two hours ahead
        (date(2026, 3, 30), datetime(2026, 3, 29, 21, 59, tzinfo=UTC), False),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, 0, tzinfo=UTC), True),  # normal time: one hour
        (date(2026, 10, 26), datetime(2026, 10, 25, 22, 59, tzinfo=UTC), False),
    ],
)
def test_after_the_clocks_have_changed_a_day_begins_at_local_midnight(
    quick: Almanac, monday: date, read_at: datetime, is_that_day: bool
) -> None:
    quick.changes(watched_since=at(monday - timedelta(days=4), "09.00"))
    quick.read(monday, "06.45", started_at=read_at, finished_at=read_at)
    quick.keep_over(monday)
    assert (quick.shown(monday).verdict == "watched") is is_that_day


def test_an_organisation_in_another_zone_has_its_own_days(quick: Almanac) -> None:
    quick.organisation(timezone="America/New_York")
    late = datetime(2026, 6, 13, 3, 30, tzinfo=UTC)  # Friday, half past eleven at night, over there
    quick.read(FRIDAY, "06.45", started_at=late, finished_at=late)
    assert keep_days(quick.db, datetime(2026, 6, 13, 3, 59, tzinfo=UTC)).concluded == 2  # Thursday's
    keep_days(quick.db, datetime(2026, 6, 13, 4, 0, tzinfo=UTC))
    assert quick.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_other_hours_of_a_day_move_its_closing_and_what_belongs_to_it(quick: Almanac) -> None:
    quick.organisation(other_hours={"2026-06-12": "07:30-12:00"})
    quick.read(FRIDAY, "06.45")
    quick.comes("c1", FRIDAY, "11.01")
    quick.keep(FRIDAY, "12.00")
    assert quick.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_without_a_duty_to_watch_there_are_no_days(quick: Almanac) -> None:
    quick.changes(watched_since=None)
    quick.keep(MONDAY, "09.00")
    assert quick.days() == []
    assert quick.days("grupp") == [THURSDAY, FRIDAY, MONDAY]


def test_a_channel_that_people_take_over_during_the_day_has_to_be_attested(quick: Almanac) -> None:
    quick.read(FRIDAY, "06.45")
    quick.keep(FRIDAY, "06.50")
    quick.town.change(Channel, "fb", watch_mode="manual")
    quick.keep(FRIDAY, "09.00")
    assert (quick.shown(FRIDAY).mode, quick.shown(FRIDAY).verdict) == ("manual", None)


def test_days_that_went_by_before_a_channel_became_manual_are_filled_in_as_they_were(almanac: Almanac) -> None:
    almanac.keep(THURSDAY, "12.00")
    with almanac.db.transaction() as session:
        settle(session, at(MONDAY, "09.00"))
        session.get_one(Channel, "fb").watch_mode = "manual"
    almanac.keep(MONDAY, "09.01")
    assert (almanac.shown(FRIDAY).mode, almanac.shown(MONDAY).mode) == ("automatic", "manual")
