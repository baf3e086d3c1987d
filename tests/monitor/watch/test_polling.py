"""A whole reading: claim, plan, fetch, record; what it leaves behind, and when the next one is."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from config.settings import Polling, Settings
from connectors.base import Author
from connectors.errors import (
    AuthExpired,
    ChannelGone,
    ConnectorError,
    PermissionLost,
    RateLimited,
    Unavailable,
    UnexpectedAnswer,
)
from monitor.db import Database
from monitor.inbox.unanswered import unanswered
from monitor.register.models import Channel, Organisation
from monitor.watch.claiming import LEASE, claim_now
from monitor.watch.models import PollRun, Schedule
from monitor.watch.polling import poll
from tests.conftest import Logged
from tests.monitor.town import Town
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import ANNA, MONDAY, OWN
from tests.queries import rows_visited

EARLIER = """INSERT INTO poll_run (channel_id, claim, started_at, "full", finished_at, outcome, posts,
comments_seen, new, edited, gone, requests, counted_cost, seconds, daily, degraded, quiet)
SELECT 'fb', '', at, false, at, 'complete', 0, 0, 0, 0, 0, 1, 1, 1.0, false, '[]', true
FROM (SELECT :now - make_interval(days => n) AS at FROM generate_series(2, :n) AS n) AS runs"""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_complete_reading_leaves_its_proof(watch: Watch) -> None:
    watch.platform.post()
    watch.platform.comment("c1")
    outcome = watch.poll()
    assert outcome.as_json() == {
        "channel": "fb",
        "outcome": "complete",
        "error": None,
        "posts": 1,
        "comments_seen": 1,
        "new": 1,
        "edited": 0,
        "gone": 0,
        "requests": 2,
        "counted_cost": 3,
        "seconds": 0.0,
    }
    [run] = watch.runs()
    assert (run.outcome, run.started_at, run.finished_at, run.full) == ("complete", MONDAY, MONDAY, True)
    assert (run.posts, run.comments_seen, run.new, run.requests, run.counted_cost) == (1, 1, 1, 2, 3)
    schedule = watch.schedule()
    assert (schedule.last_complete_at, schedule.last_full_at, schedule.needs_full) == (MONDAY, MONDAY, False)
    assert (schedule.claim, schedule.next_poll_at) == (None, MONDAY + timedelta(minutes=15))
    assert schedule.connector_state == {"looks": 1}
    assert set(watch.comments()) == {"c1"}


def test_the_connectors_memory_travels_and_each_reading_is_full_daily_or_neither(quick: Watch) -> None:
    for wait in (timedelta(), HOUR, DAY, HOUR, 3 * DAY, 3 * DAY, HOUR):
        quick.platform.now += wait
        quick.poll()
    asked = [(plan.full, plan.daily) for plan in quick.platform.plans]
    full, daily, recent = (True, False), (False, True), (False, False)
    assert asked == [full, recent, daily, recent, daily, full, recent]  # Monday twice, Tuesday twice, Friday, Monday
    assert [(run.full, run.daily) for run in quick.runs()] == asked
    assert [plan.state for plan in quick.platform.plans[:3]] == [{}, {"looks": 1}, {"looks": 2}]
    assert [plan.now for plan in quick.platform.plans] == [run.started_at for run in quick.runs()]
    schedule = quick.schedule()
    assert (schedule.last_full_at, schedule.last_daily_at) == (quick.platform.now - HOUR,) * 2


def test_a_full_reading_can_be_asked_for(quick: Watch) -> None:
    quick.poll()
    quick.platform.now += HOUR
    quick.poll(full=True)
    assert quick.platform.plans[-1].full
    assert quick.schedule().last_full_at == quick.platform.now


def test_a_full_reading_that_was_asked_for_and_failed_is_still_owed(quick: Watch) -> None:
    quick.poll()
    quick.platform.error = Unavailable("HTTP 502")
    quick.poll(full=True)
    quick.platform.error = None
    quick.poll()
    quick.poll()
    assert [plan.full for plan in quick.platform.plans] == [True, True, True, False]


@pytest.mark.parametrize(
    ("error", "next_after"),
    [
        (Unavailable("an answer cut short", code="HTTP 502"), timedelta(minutes=1)),
        (UnexpectedAnswer("no data"), timedelta(minutes=1)),
        (RateLimited("calls used up", retry_at=MONDAY + 47 * HOUR), 47 * HOUR),
        (AuthExpired("session expired", code="190/463"), HOUR),
        (PermissionLost("scope missing"), HOUR),
        (ChannelGone("no such page"), HOUR),
    ],
    ids=lambda value: value.kind if isinstance(value, ConnectorError) else "",
)
def test_each_error_has_its_reaction(watch: Watch, error: ConnectorError, next_after: timedelta) -> None:
    watch.platform.comment("c1")
    watch.platform.error = error
    outcome = watch.poll()
    assert outcome.outcome == "partial"
    assert outcome.error
    assert (outcome.error.kind, outcome.error.message, outcome.error.retry_at) == (
        error.kind,
        str(error),
        error.retry_at,
    )
    schedule, [run] = watch.schedule(), watch.runs()
    assert schedule.next_poll_at == MONDAY + next_after
    assert (schedule.failing_since, schedule.failure_kind, schedule.failures) == (MONDAY, error.kind, 1)
    assert schedule.failure_detail == str(error)
    assert (schedule.failure_code, schedule.failure_remedy) == (error.code or None, error.remedy)
    assert run.error_code == (error.code or None)
    assert (schedule.last_complete_at, schedule.needs_full) == (None, True)
    assert (run.error_kind, run.error_detail, run.retry_at) == (error.kind, str(error), error.retry_at)
    assert set(watch.comments()) == {"c1"}, "what came before the error is kept"


def test_a_reading_that_brought_nothing_has_failed(quick: Watch) -> None:
    quick.platform.error = Unavailable("HTTP 502")
    assert quick.poll().outcome == "failed"


def test_after_trouble_as_much_is_read_as_was_wanted_and_goes_on_where_it_came_to(quick: Watch) -> None:
    quick.poll()
    quick.platform.error = Unavailable("HTTP 502")
    quick.platform.now += HOUR
    quick.poll()
    failing = quick.platform.now
    quick.platform.now += DAY
    quick.poll()
    assert (quick.schedule().failing_since, quick.schedule().failures) == (failing, 2)
    assert quick.schedule().next_poll_at == quick.platform.now + timedelta(minutes=2)
    quick.platform.error = None
    quick.poll()
    quick.poll()
    assert [(plan.full, plan.daily) for plan in quick.platform.plans[1:]] == [
        (False, False),
        (False, True),
        (False, True),
        (False, False),
    ]
    assert [plan.state for plan in quick.platform.plans[1:4]] == [{"looks": 1}, {"looks": 2}, {"looks": 3}]
    schedule = quick.schedule()
    assert (schedule.failures, schedule.failing_since, schedule.failure_kind) == (0, None, None)
    assert (schedule.failure_detail, schedule.failure_code, schedule.failure_remedy) == (None, None, None)
    assert schedule.needs_full is False
    assert schedule.last_complete_at == quick.platform.now


def test_a_day_that_no_reading_completed_is_caught_up_on_the_weekend(quick: Watch) -> None:
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    quick.town.schedule("fb", next_poll_at=friday, last_complete_at=friday - DAY, failures=2)
    quick.platform.now, quick.platform.error = friday + timedelta(minutes=5), Unavailable("HTTP 502")
    quick.poll()
    assert quick.schedule().next_poll_at == quick.platform.now + timedelta(minutes=4)


def test_a_day_that_was_read_before_trouble_is_not(quick: Watch) -> None:
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    quick.town.schedule("fb", next_poll_at=friday, last_complete_at=friday - HOUR)
    quick.platform.now, quick.platform.error = friday, Unavailable("HTTP 502")
    quick.poll()
    assert quick.schedule().next_poll_at == datetime(2026, 11, 30, 5, 45, tzinfo=UTC)


def test_the_settings_say_how_often(quick: Watch) -> None:
    quick.poll(settings=Settings(polling=Polling(interval_seconds=5, around_the_clock=True)))
    assert quick.schedule().next_poll_at == MONDAY + timedelta(seconds=5)


def test_the_first_complete_reading_says_what_is_historic(quick: Watch) -> None:
    quick.platform.error = Unavailable("HTTP 502")
    quick.poll()
    assert quick.schedule().historic_before is None
    quick.platform.error = None
    quick.poll()
    cutoff = datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert quick.schedule().historic_before == cutoff
    quick.platform.now += 30 * DAY
    quick.poll()
    assert quick.schedule().historic_before == cutoff


def test_the_first_part_of_a_long_import_does_not_make_years_of_comments_wait(quick: Watch) -> None:
    quick.platform.comment("old", posted_at=MONDAY - 400 * DAY)
    quick.platform.comment("new")
    quick.platform.error = RateLimited("so much and no more", code="allowance", retry_at=MONDAY + DAY)
    quick.poll()
    with quick.db.snapshot() as session:
        waiting = [item.external_id for item in unanswered(session, quick.platform.now)]
    assert (quick.schedule().last_complete_at, waiting) == (None, ["new"])
    cutoff, quick.platform.error = quick.schedule().historic_before, None
    quick.platform.now += 2 * DAY
    quick.poll()
    assert quick.schedule().historic_before == cutoff, "the watch began with the first part"


def test_a_register_that_wants_all_makes_nothing_historic(quick: Watch) -> None:
    quick.town.change(Organisation, 1, first_import="all")
    quick.poll()
    assert quick.schedule().historic_before is None


def test_threads_that_wait_are_told_to_the_connector(watch: Watch) -> None:
    platform = watch.platform
    platform.comment("answered", posted_at=MONDAY - 3 * DAY)
    platform.reply("a1", to="answered", posted_at=MONDAY - 2 * DAY)
    platform.comment("by-handle", posted_at=MONDAY - 3 * DAY)
    platform.reply("a2", to="by-handle", posted_at=MONDAY - 2 * DAY, author=Author("178414", "TibroKommun"))
    platform.comment("asked-again", posted_at=MONDAY - 3 * DAY)
    platform.reply("a3", to="asked-again", posted_at=MONDAY - 2 * DAY)
    platform.reply("again", to="asked-again", posted_at=MONDAY - 1 * DAY, author=ANNA)
    platform.comment("older", posted_at=MONDAY - 5 * DAY)
    platform.comment("too-old", posted_at=MONDAY - 91 * DAY)
    platform.comment("ours", posted_at=MONDAY - DAY, author=OWN)
    platform.comment("gone", posted_at=MONDAY - DAY)
    watch.poll()
    platform.delete("gone")
    watch.poll()
    watch.poll()
    assert platform.plans[-1].watch_threads == ("older", "asked-again")


def test_of_very_many_comments_the_newest_are_looked_at(quick: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.watch.planning.MOST_COMMENTS", 3)
    for number in range(5):
        quick.platform.comment(f"c{number}", posted_at=MONDAY - timedelta(minutes=number))
    quick.poll()
    quick.poll()
    assert quick.platform.plans[-1].watch_threads == ("c2", "c1", "c0")


def test_a_reading_visits_as_many_earlier_readings_however_many_there_were(postgresql: Database) -> None:
    watch, found = Watch(postgresql, Town(postgresql)), []
    watch.poll()
    for _size in range(2):
        with postgresql.transaction() as session:
            session.execute(text(EARLIER), {"now": MONDAY, "n": 2000})
        with postgresql.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        with rows_visited(postgresql, "poll_run") as visited:
            watch.poll()
        found.append(sum(visited))
    assert found[1] <= found[0] + 10, found


def test_at_most_fifty_threads_are_told(quick: Watch) -> None:
    for number in range(60):
        quick.platform.comment(f"c{number:02}", posted_at=MONDAY - timedelta(minutes=number))
    quick.poll()
    quick.poll()
    assert quick.platform.plans[-1].watch_threads == tuple(f"c{number:02}" for number in range(59, 9, -1))


def test_a_bug_in_a_connector_is_an_error_like_others_and_tells_no_secrets(watch: Watch, logged: Logged) -> None:
    watch.platform.error = KeyError("hemlig token EAAB och en kommentar")
    outcome = watch.poll()
    assert (outcome.outcome, outcome.error and outcome.error.kind) == ("failed", "unexpected_answer")
    assert watch.runs()[-1].error_kind == "unexpected_answer"
    [told] = [line for line in logged() if line["event"] == "a connector failed"]
    assert told["error"] == "KeyError"
    assert any("platform.py:" in frame and frame.endswith(" read") for frame in told["frames"])
    assert "hemlig" not in json.dumps(logged(), default=str)
    assert "hemlig" not in str(outcome)


@pytest.mark.parametrize(
    "nonsense",
    [{"posted_at": datetime(2026, 11, 23, 9, 0)}, {"text": None}, {"thread_external_id": None}],  # noqa: DTZ001
    ids=["a time without a zone", "no text", "no thread"],
)
def test_what_no_database_takes_still_leaves_a_proof(watch: Watch, nonsense: dict[str, object]) -> None:
    watch.platform.comment("sound")
    watch.platform.comment("c1", **nonsense)
    outcome = watch.poll()
    assert (outcome.outcome, outcome.error and outcome.error.kind) == ("failed", "unexpected_answer")
    [run] = watch.runs()
    assert (run.outcome, run.requests, run.counted_cost) == ("failed", 2, 3)
    assert watch.schedule().connector_state == {}, "what was not stored is not remembered"
    assert watch.schedule().next_poll_at == MONDAY + timedelta(minutes=1)
    assert watch.comments() == {}


def test_a_missing_secret_is_named_and_tried_again_slowly(quick: Watch) -> None:
    quick.town.change(Channel, "fb", credential={"token_env": "TIBRO_FB_TOKEN"})
    outcome = quick.poll()
    assert outcome.error
    assert outcome.error.kind == "credential_missing"
    assert "TIBRO_FB_TOKEN" in outcome.error.message
    assert quick.platform.plans == []
    assert quick.schedule().next_poll_at == MONDAY + HOUR


def test_a_claim_that_is_lost_before_the_reading_asks_nothing(watch: Watch) -> None:
    with watch.db.transaction() as session:
        [claimed] = claim_now(session, MONDAY)
    watch.town.change(Schedule, "fb", claim="somebody else")
    outcome = poll(watch.db, claimed, settings=Settings(), connect=watch.platform.connect, clock=lambda: MONDAY)
    assert outcome.outcome == "lost"
    assert watch.platform.plans == []
    assert watch.runs() == []


def test_a_claim_that_is_lost_during_the_reading_stores_nothing(watch: Watch) -> None:
    watch.platform.comment("c1")
    watch.platform.during = lambda: watch.town.change(Schedule, "fb", claim="somebody else")
    assert watch.poll().outcome == "lost"
    assert watch.comments() == {}
    assert [run.outcome for run in watch.runs()] == ["lost"]
    assert watch.schedule().claim == "somebody else"
    assert watch.schedule().last_complete_at is None


def test_the_run_of_a_worker_that_died_is_lost(watch: Watch) -> None:
    watch.town.read(MONDAY - HOUR, outcome="running")
    watch.town.read(MONDAY - 2 * HOUR, outcome="complete")
    watch.poll()
    assert sorted(run.outcome for run in watch.runs()) == ["complete", "complete", "lost"]
    assert all(run.finished_at for run in watch.runs())


def test_a_database_that_fails_while_recording_gives_the_channel_back(quick: Watch) -> None:
    """Its disk is full, say. The claim runs out by itself, and the next one reads again."""

    def fill() -> None:
        for number in range(3000):
            quick.platform.comment(f"c{number}", "å" * 1000)
        event.listen(quick.db.engine, "checkout", lambda driver, *_: driver.execute("PRAGMA max_page_count = 60"))

    quick.platform.during = fill
    with pytest.raises(OperationalError):
        quick.poll()
    assert quick.schedule().next_poll_at == MONDAY + LEASE
    assert [run.outcome for run in quick.runs()] == ["running"]


def test_a_run_is_there_before_the_platform_is_asked(watch: Watch) -> None:
    seen: list[PollRun] = []
    watch.platform.during = lambda: seen.extend(watch.runs())
    watch.poll()
    assert [run.outcome for run in seen] == ["running"]


def test_what_needs_a_person_does_not_make_us_walk_all_the_rest_again_each_time(quick: Watch) -> None:
    quick.platform.error, quick.platform.degraded = PermissionLost("the held queue is refused"), ("held",)
    for _ in range(3):
        quick.poll()
        quick.platform.now += HOUR
    assert [(plan.full, plan.daily) for plan in quick.platform.plans] == [(True, False), (False, False), (False, False)]
    assert quick.schedule().degraded == ["held"]
    assert quick.schedule().last_complete_at is None


def test_a_reading_that_its_allowance_ended_goes_on_where_it_came_to(quick: Watch) -> None:
    quick.poll()
    later = quick.platform.now + HOUR
    quick.platform.error = RateLimited("it may not cost more", code="allowance", retry_at=later)
    quick.poll()
    quick.platform.now, quick.platform.error = later, None
    quick.poll()
    assert [plan.state for plan in quick.platform.plans] == [{}, {"looks": 1}, {"looks": 2}]
