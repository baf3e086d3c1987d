"""Who reads a channel: one at a time, again after a death, and one at a time for each login."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.bulkhead_rules import LONG
from monitor.watch.claiming import LEASE, Claimed, Line, claim_due, claim_now, due_by_line, holds, kept
from monitor.watch.models import PollRun, Schedule
from tests.conftest import Logged
from tests.monitor.town import Town
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY
from tests.waiting import eventually

SECOND = timedelta(seconds=1)


def due(watch: Watch, limit: int = 10, after: timedelta = timedelta()) -> list[Claimed]:
    with watch.db.transaction() as session:
        return claim_due(session, MONDAY + after, limit)


def at_once(watch: Watch, *channels: str, after: timedelta = timedelta()) -> list[str]:
    with watch.db.transaction() as session:
        return sorted(each.channel_id for each in claim_now(session, MONDAY + after, channels or None))


def names(claimed: list[Claimed]) -> list[str]:
    return sorted(each.channel_id for each in claimed)


def test_a_new_channel_is_due_at_once(watch: Watch) -> None:
    [claimed] = due(watch)
    assert (claimed.channel_id, claimed.platform) == ("fb", "facebook")
    assert watch.schedule().claim == claimed.claim
    assert watch.schedule().next_poll_at == MONDAY + LEASE


def test_a_channel_is_claimed_by_one(watch: Watch) -> None:
    assert len(due(watch)) == 1
    assert due(watch) == []
    assert due(watch, after=LEASE - SECOND) == []


def test_the_channel_of_a_dead_worker_is_claimable_again_within_a_minute(watch: Watch) -> None:
    [first] = due(watch)
    [second] = due(watch, after=timedelta(seconds=60) - SECOND)
    assert second.claim != first.claim
    with watch.db.transaction() as session:
        assert not holds(session, first, MONDAY)
        assert holds(session, second, MONDAY)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "paused"},
        {"state": "retired"},
        {"watch_mode": "manual"},
        {"platform": "facebook_group"},
        {"has_comments": False},
    ],
    ids=str,
)
def test_only_what_a_machine_is_to_read_is_claimed(quick: Watch, values: dict[str, object]) -> None:
    due(quick)
    quick.town.change(Channel, "fb", **values)
    assert due(quick, after=timedelta(days=1)) == []
    assert at_once(quick, after=timedelta(days=1)) == []


def test_the_longest_overdue_come_first(quick: Watch) -> None:
    for number, id_ in enumerate(["a", "b", "c"]):
        quick.town.channel(id_)
        quick.town.schedule(id_, next_poll_at=MONDAY - number * SECOND)
    quick.town.schedule("fb", next_poll_at=MONDAY + SECOND)
    assert names(due(quick, limit=2)) == ["b", "c"]
    assert due(quick, limit=0) == []
    assert names(due(quick)) == ["a"]


def test_asking_by_name_does_not_wait_until_a_channel_is_due(quick: Watch) -> None:
    quick.town.channel("ig")
    quick.town.schedule("fb", next_poll_at=MONDAY + timedelta(days=3))
    assert at_once(quick, "fb") == ["fb"]
    assert at_once(quick, "fb", after=SECOND) == [], "it is being read"
    assert at_once(quick) == ["ig"]
    assert at_once(quick, after=LEASE) == ["fb", "ig"]


@pytest.fixture
def shared(watch: Watch) -> Watch:
    """Three channels read through instaloader, two of them with the same login."""
    watch.town.change(Channel, "fb", state="paused")
    for id_, login in (("one", "A"), ("same", "A"), ("other", "B")):
        watch.town.channel(id_, platform="instagram_public", credential={"username": login, "session_env": login})
    return watch


def test_a_login_serves_one_reading_at_a_time(shared: Watch) -> None:
    assert names(due(shared)) == ["one", "other"]
    assert due(shared, after=SECOND) == []
    assert at_once(shared, "same", after=SECOND) == []
    shared.town.change(Schedule, "one", claim=None, next_poll_at=MONDAY + timedelta(days=1))
    assert names(due(shared, after=2 * SECOND)) == ["same"]
    assert at_once(shared, "one", after=3 * SECOND) == []


def test_the_login_of_a_dead_worker_is_free_again(shared: Watch) -> None:
    assert names(due(shared)) == ["one", "other"]
    assert names(due(shared, after=LEASE)) == ["other", "same"], "who waited longest comes first"
    assert names(due(shared, after=2 * LEASE)) == ["one", "other"]


def test_a_busy_login_does_not_keep_the_others_waiting(shared: Watch) -> None:
    assert names(due(shared, limit=1)) == ["one"]
    assert names(due(shared, limit=1)) == ["other"]


def test_many_at_once_claim_each_channel_once(watch: Watch) -> None:
    for number in range(12):
        watch.town.channel(f"c{number:02}")
        login = {"username": str(number % 3), "session_env": "S"}
        watch.town.channel(f"login{number:02}", platform="instagram_public", credential=login)
    claimed: list[Claimed] = []
    start = threading.Barrier(6)

    def claim() -> None:
        start.wait()
        for _again in range(4):
            claimed.extend(due(watch, limit=3))

    threads = [threading.Thread(target=claim) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(claimed) == sorted(["fb", *(f"c{n:02}" for n in range(12)), "login00", "login01", "login02"])


@pytest.mark.postgresql
def test_a_channel_that_is_being_recorded_is_left_alone(postgresql: Database) -> None:
    """The locked row is passed over, so that nobody waits; SQLite's writers queue anyway."""
    watch = Watch(postgresql, Town(postgresql))
    watch.town.schedule("fb", next_poll_at=MONDAY)
    with postgresql.transaction() as session:
        session.execute(update(Schedule).values(claim="recording"))
        assert due(watch) == []


def test_a_claim_is_kept_as_long_as_the_network_is_slow(watch: Watch) -> None:
    [claimed] = due(watch)
    lease = timedelta(seconds=0.2)
    now = MONDAY + timedelta(hours=1)
    with kept(watch.db, claimed, lambda: now, lease):
        eventually(lambda: watch.schedule().next_poll_at == now + lease)
        now += timedelta(hours=1)
        eventually(lambda: watch.schedule().next_poll_at == now + lease)
    now += timedelta(hours=1)
    assert watch.schedule().next_poll_at < now, "nobody keeps it any more"


def test_a_claim_that_was_lost_is_not_taken_back(watch: Watch) -> None:
    [claimed] = due(watch)
    watch.town.change(Schedule, "fb", claim="somebody else")
    before = watch.schedule().next_poll_at
    with kept(watch.db, claimed, lambda: MONDAY + timedelta(days=1), timedelta(seconds=0.1)):
        eventually(lambda: not any(each.name == "claim on fb" for each in threading.enumerate()))
    assert (watch.schedule().claim, watch.schedule().next_poll_at) == ("somebody else", before)


def test_a_reading_that_hangs_does_not_keep_its_claim_for_ever(watch: Watch) -> None:
    [claimed] = due(watch)
    lease = timedelta(seconds=0.1)
    with kept(watch.db, claimed, lambda: MONDAY, lease, longest=timedelta(seconds=0.3)):
        eventually(lambda: watch.schedule().next_poll_at == MONDAY + lease)
        eventually(lambda: not any(each.name == "claim on fb" for each in threading.enumerate()))
    assert watch.schedule().claim == claimed.claim, "nobody else wants it"


def test_a_claim_outlives_a_database_that_is_away_for_a_moment(quick: Watch, logged: Logged) -> None:
    """SQLite's table is gone for a while: each renewal fails until it is back."""
    [claimed] = due(quick)
    rename(quick, "schedule", "away")
    lease, now = timedelta(seconds=0.1), MONDAY + timedelta(hours=1)
    failed = "a claim could not be renewed"
    with kept(quick.db, claimed, lambda: now, lease):
        eventually(lambda: [line["event"] for line in logged()].count(failed) > 2)
        rename(quick, "away", "schedule")
        eventually(lambda: quick.schedule().next_poll_at == now + lease)
    assert {line["event"] for line in logged()} == {failed}


def lines(watch: Watch) -> dict[Line, int]:
    with watch.db.transaction() as session:
        return due_by_line(session, MONDAY)


def test_channels_wait_in_the_line_of_their_provider_and_those_that_take_long_in_one_of_their_own(watch: Watch) -> None:
    watch.town.channel("yt", platform="youtube")
    for id_, seconds, outcome in (("quick", 1.0, "complete"), ("slow", LONG, "partial"), ("lost", LONG, "lost")):
        watch.town.channel(id_, platform="instagram")
        watch.town.schedule(id_, next_poll_at=MONDAY, last_complete_at=MONDAY)
        with watch.db.transaction() as session:
            run = PollRun(channel_id=id_, claim="c", started_at=MONDAY, full=False, outcome=outcome, seconds=seconds)
            session.add(run)
    meta, google = Line("meta", long=False), Line("google", long=True)
    assert lines(watch) == {meta: 2, Line("meta", long=True): 2, google: 1}
    with watch.db.transaction() as session:
        assert claim_due(session, MONDAY, 9, line=Line("google", long=False)) == []
        assert names(claim_due(session, MONDAY, 9, line=google)) == ["yt"]
        assert names(claim_due(session, MONDAY, 9, line=meta)) == ["lost", "quick"]
        assert names(claim_due(session, MONDAY, 9, line=Line("meta", long=True))) == ["fb", "slow"]
    assert lines(watch) == {}


def rename(watch: Watch, old: str, new: str) -> None:
    with watch.db.transaction() as session:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
