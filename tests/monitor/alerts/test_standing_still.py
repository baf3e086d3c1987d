"""What the outside watcher hears when workers, the beat, platforms, the register and people do what they do.

Channels are claimed and read as the workers do it; only the platform, the clock and the heartbeat's far end are ours.
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.settings import Polling, Settings
from connectors.errors import AuthExpired, RateLimited, Unavailable
from monitor.alerts import standing_still
from monitor.alerts.auditing import audit
from monitor.alerts.guard import GUARD
from monitor.alerts.judging import judge, unwritten
from monitor.alerts.models import Notice
from monitor.alerts.standing_still import JUDGES_PATIENCE, PATIENCE, WHILE_READ, Still
from monitor.alerts.telling import Scene
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.flagging import flag_new
from monitor.register.models import Channel
from monitor.register.organisation import organisation
from monitor.watch import pausing
from monitor.watch.claiming import LEASE, LONGEST, claim_due, claim_now
from monitor.watch.day_models import WatchDay
from monitor.watch.models import PollRun, Schedule
from monitor.watch.planning import plan
from monitor.watch.polling import poll
from tests.monitor.alerts.heartbeat import Watcher
from tests.monitor.town import Town
from tests.monitor.watch.platform import Platform
from tests.waiting import eventually

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PROCESSES = multiprocessing.get_context("fork")


@dataclass
class House:
    """A Kanalvakt with one channel `fb`, due on Monday at 10.00 in Stockholm, and somebody outside who listens."""

    db: Database
    town: Town
    watcher: Watcher
    platform: Platform
    settings: Settings = field(default_factory=lambda: Settings(smtp_url="smtp://127.0.0.1:1?from=a@example.org"))

    def claims(self, now: datetime) -> list[Any]:
        with self.db.transaction() as session:
            return claim_due(session, now, 10)

    def tick(self, now: datetime) -> int:
        """What beat and workers do at one moment: claim what is due, and read it. How many were read?"""
        self.platform.now = now
        found = self.claims(now)
        for claimed in found:
            poll(self.db, claimed, settings=self.settings, connect=self.platform.connect, clock=lambda: now)
        return len(found)

    def is_claimed_in_vain(self, now: datetime, *, begun: bool = False) -> None:
        """The broker swallows the message; or, `begun`, the worker dies in the middle of the reading."""
        for claimed in self.claims(now):
            if begun:
                assert plan(self.db, claimed, False, now, LEASE, self.settings, self.platform.connect)

    def is_heard(self, now: datetime) -> bool:
        """Does the outside watcher hear from the auditor at that time?"""
        self.others_are_told(now)
        before = len(self.watcher.heard)
        told = audit(self.db, now, self.watcher.settings()).told
        assert told == (len(self.watcher.heard) == before + 1)
        return told

    def others_are_told(self, now: datetime) -> None:
        """Whatever there is to tell but by the guard has been told: it is not what these tests are about."""
        with self.db.transaction() as session:
            scene = Scene(session, organisation(session), now - JUDGES_PATIENCE, self.settings)
            for each in unwritten(scene):
                if each.subject_kind != GUARD:
                    session.add(Notice(**asdict(each), due_at=now, created_at=now, state="sent"))

    def still(self, now: datetime) -> Still:
        found = self._still(now)
        if found == Still():
            return found
        self.others_are_told(now)
        return self._still(now)

    def _still(self, now: datetime) -> Still:
        with self.db.snapshot() as session:
            return standing_still.standing_still(session, now, self.settings)

    def do(self, act: Callable[..., Any], *words: str, now: datetime) -> None:
        with self.db.transaction() as session:
            act(session, session.get_one(Channel, "fb"), *words, "redaktor", now)


@pytest.fixture
def house(town: Town, db: Database, watcher: Watcher) -> House:
    platform = Platform()
    platform.post()
    town.schedule(next_poll_at=MONDAY)
    return House(db, town, watcher, platform)


# -- workers and the beat


def test_a_day_of_readings_is_heard_all_the_time(house: House) -> None:
    read = 0
    for minutes in range(0, 8 * 60, 4):
        read += house.tick(MONDAY + minutes * MINUTE)
        assert house.still(MONDAY + minutes * MINUTE) == Still()
    assert read > 20
    assert house.is_heard(MONDAY + 8 * HOUR)


def test_a_dead_beat_is_not_heard(house: House) -> None:
    assert house.is_heard(MONDAY + PATIENCE)
    assert not house.is_heard(MONDAY + PATIENCE + SECOND)
    house.tick(MONDAY + HOUR)
    assert house.is_heard(MONDAY + HOUR)


@pytest.mark.parametrize("begun", [False, True], ids=["never begun", "never finished"])
def test_a_channel_that_is_claimed_again_and_again_and_never_read_is_not_heard(house: House, begun: bool) -> None:
    heard = []
    for seconds in range(0, 900, 30):
        now = MONDAY + timedelta(seconds=seconds)
        house.is_claimed_in_vain(now, begun=begun)
        heard.append(house.is_heard(now))
    assert heard == [True] * 11 + [False] * 19  # five minutes, then never again
    assert house.still(now) == Still(channels=("fb",))
    house.tick(now + LEASE)
    assert house.is_heard(now + LEASE)


def test_a_channel_whose_readers_are_killed_is_not_heard_until_one_survives(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_still, "PATIENCE", SECOND)
    house.town.change(Schedule, "fb", next_poll_at=datetime.now(UTC))
    url = house.db.url.render_as_string(hide_password=False)
    killed = 0
    while killed < 4:
        before = runs(house.db)
        worker = PROCESSES.Process(target=read_for_ever, args=(url, 30.0), daemon=True)
        worker.start()
        eventually(lambda before=before: runs(house.db) > before)
        if killed > standing_still.ACCIDENTS:
            assert not house.is_heard(datetime.now(UTC)), "a reading that has begun is no reading"
        worker.kill()  # SIGKILL
        worker.join()
        killed += 1
    time.sleep(1)
    assert not house.is_heard(datetime.now(UTC))
    assert outcomes(house.db) == {"lost", "running"}
    worker = PROCESSES.Process(target=read_for_ever, args=(url, 0.0), daemon=True)
    worker.start()
    eventually(lambda: "complete" in outcomes(house.db))
    assert house.is_heard(datetime.now(UTC))
    worker.kill()
    worker.join()


def read_for_ever(url: str, seconds: float) -> None:
    """A worker with a short lease, on a platform that takes so long to answer."""
    db, platform = Database(url), Platform()
    platform.post()
    platform.during = lambda: time.sleep(seconds)
    lease, settings = timedelta(seconds=0.5), Settings(polling=Polling(interval_seconds=60, around_the_clock=True))
    while True:
        with db.transaction() as session:
            claims = claim_due(session, datetime.now(UTC), 1, lease)
        for claimed in claims:
            poll(db, claimed, settings=settings, connect=platform.connect, lease=lease)
        time.sleep(0.02)


def runs(db: Database) -> int:
    with db.snapshot() as session:
        return session.query(PollRun).count()


def outcomes(db: Database) -> set[str]:
    with db.snapshot() as session:
        return {run.outcome for run in session.query(PollRun)}


def test_a_reading_may_take_as_long_as_readings_may_and_no_longer(house: House) -> None:
    house.is_claimed_in_vain(MONDAY, begun=True)
    house.town.change(Schedule, "fb", next_poll_at=MONDAY + LONGEST + LEASE)  # as the reader's thread does
    assert house.is_heard(MONDAY + LONGEST)
    house.town.change(Schedule, "fb", next_poll_at=MONDAY + 2 * WHILE_READ)
    assert house.is_heard(MONDAY + WHILE_READ)
    assert not house.is_heard(MONDAY + WHILE_READ + SECOND)


def test_a_worker_that_dies_once_leaves_the_next_reading_its_time(house: House) -> None:
    house.is_claimed_in_vain(MONDAY, begun=True)
    house.is_claimed_in_vain(MONDAY + LEASE, begun=True)
    house.town.change(Schedule, "fb", next_poll_at=MONDAY + HOUR)
    assert house.is_heard(MONDAY + LONGEST)


def test_a_channel_that_waits_for_another_one_with_its_login_has_the_time_of_a_reading(house: House) -> None:
    house.town.change(Channel, "fb", platform="instagram_public")
    assert house.is_heard(MONDAY + WHILE_READ)
    assert not house.is_heard(MONDAY + WHILE_READ + SECOND)


def test_one_that_was_to_be_read_at_once_by_hand_and_was_not_is_not_heard(house: House) -> None:
    with house.db.transaction() as session:
        claim_now(session, MONDAY - HOUR, ["fb"])
    assert house.is_heard(MONDAY - HOUR + PATIENCE)
    assert not house.is_heard(MONDAY - HOUR + PATIENCE + SECOND)


def test_a_new_channel_that_nobody_schedules_is_not_heard(house: House) -> None:
    house.tick(MONDAY)
    house.town.channel("ny", watched_since=MONDAY - PATIENCE)
    keep_days(house.db, MONDAY)
    assert house.is_heard(MONDAY)
    assert house.still(MONDAY + SECOND) == Still(channels=("ny",))


# -- channels that fail move; those that nobody has to read do not count


@pytest.mark.parametrize("error", [Unavailable("down"), AuthExpired("no token"), ValueError("a bug of ours")])
def test_a_channel_that_fails_goes_on_being_heard_for_people_are_told_of_that_otherwise(
    house: House, error: Exception
) -> None:
    house.platform.error = error
    house.platform.posts.clear()
    for minutes in range(0, 180, 4):
        house.tick(MONDAY + minutes * MINUTE)
        assert house.still(MONDAY + minutes * MINUTE) == Still()
    assert outcomes(house.db) == {"failed"}
    assert house.is_heard(MONDAY + 3 * HOUR)


def test_a_parked_channel_is_heard_until_it_may_be_read_again_and_is_not(house: House) -> None:
    house.platform.error = RateLimited("wait", retry_at=MONDAY + 3 * HOUR)
    house.tick(MONDAY)
    assert house.is_heard(MONDAY + 3 * HOUR)
    assert house.is_heard(MONDAY + 3 * HOUR + PATIENCE)
    assert not house.is_heard(MONDAY + 3 * HOUR + PATIENCE + SECOND)


@pytest.mark.parametrize(
    "values", [{"watch_mode": "manual"}, {"state": "paused"}, {"state": "retired"}, {"has_comments": False}]
)
def test_a_channel_that_no_machine_has_to_read_does_not_count(house: House, values: dict[str, Any]) -> None:
    house.is_claimed_in_vain(MONDAY, begun=True)
    assert not house.is_heard(MONDAY + HOUR)
    house.town.change(Channel, "fb", **values)
    assert house.is_heard(MONDAY + HOUR)


@pytest.mark.parametrize("begun", [False, True])
def test_after_a_pause_a_channel_is_due_anew_whatever_became_of_the_reading_before(house: House, begun: bool) -> None:
    house.is_claimed_in_vain(MONDAY, begun=begun)
    house.do(pausing.pause, "Sommarstängt", now=MONDAY + MINUTE)
    resumed = MONDAY + timedelta(days=2)
    house.do(pausing.resume, now=resumed)
    assert house.is_heard(resumed + PATIENCE)
    house.is_claimed_in_vain(resumed + PATIENCE)
    assert not house.is_heard(resumed + PATIENCE + SECOND)
    house.tick(resumed + HOUR)
    assert house.is_heard(resumed + HOUR)


def test_a_channel_that_is_watched_again_is_due_from_then_on(house: House) -> None:
    house.is_claimed_in_vain(MONDAY)
    house.do(pausing.retire, "Nedlagd", now=MONDAY + MINUTE)
    again = MONDAY + timedelta(days=2)
    house.town.change(Channel, "fb", state="active", watched_since=again, watched_until=None)
    keep_days(house.db, again)
    assert house.is_heard(again + PATIENCE)
    assert house.still(again + PATIENCE + SECOND).channels == ("fb",)


# -- the register of days


@pytest.fixture
def days(house: House) -> House:
    """With the duty to watch the channel since Monday at 08.00, and a reading every quarter of an hour."""
    house.town.change(Channel, "fb", watched_since=MONDAY - 2 * HOUR)
    house.tick(MONDAY)
    return house


def test_a_day_that_nobody_plans_is_not_heard(days: House) -> None:
    assert not days.is_heard(MONDAY)
    assert days.still(MONDAY) == Still(days=("fb/2026-11-23",))
    keep_days(days.db, MONDAY)
    assert days.is_heard(MONDAY)


def test_a_new_channels_day_and_a_new_day_have_a_moment_to_be_planned(days: House) -> None:
    days.town.change(Channel, "fb", watched_since=MONDAY)
    assert days.is_heard(MONDAY + PATIENCE)
    assert not days.is_heard(MONDAY + PATIENCE + SECOND)
    keep_days(days.db, MONDAY + PATIENCE)
    midnight = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    days.town.change(Schedule, "fb", next_poll_at=midnight + HOUR)
    keep_days(days.db, midnight - SECOND)
    assert days.is_heard(midnight + PATIENCE)
    assert days.still(midnight + PATIENCE + SECOND) == Still(days=("fb/2026-11-24",))


def test_readings_that_do_not_reach_the_register_are_not_heard(days: House) -> None:
    keep_days(days.db, MONDAY)
    days.tick(MONDAY + 15 * MINUTE)
    assert days.is_heard(MONDAY + 15 * MINUTE + PATIENCE)
    assert not days.is_heard(MONDAY + 15 * MINUTE + PATIENCE + SECOND)
    keep_days(days.db, MONDAY + 20 * MINUTE)
    assert days.is_heard(MONDAY + 20 * MINUTE + SECOND)


def test_a_day_that_has_closed_without_a_word_is_not_heard(days: House) -> None:
    keep_days(days.db, MONDAY)
    days.town.change(WatchDay, ("fb", date(2026, 11, 23)), verdict=None)
    closing = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    days.town.change(Schedule, "fb", next_poll_at=closing + HOUR)
    assert days.still(closing + PATIENCE).days == ()
    assert days.still(closing + PATIENCE + SECOND).days == ("fb/2026-11-23",)
    assert not days.is_heard(closing + PATIENCE + SECOND)
    keep_days(days.db, closing + PATIENCE)
    assert days.is_heard(closing + PATIENCE + SECOND)


def test_a_day_that_is_over_and_not_concluded_is_not_heard(days: House) -> None:
    """The first is planned and then left alone; the second is there, so that only the conclusion is missing."""
    keep_days(days.db, MONDAY)
    midnight = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    days.town.change(Schedule, "fb", next_poll_at=midnight + 2 * HOUR)
    with days.db.transaction() as session:
        tomorrow = WatchDay(channel_id="fb", day=date(2026, 11, 24), mode="automatic", planned_at=midnight)
        tomorrow.kept_at = midnight
        session.add(tomorrow)
    assert days.is_heard(midnight + WHILE_READ - SECOND)
    assert not days.is_heard(midnight + WHILE_READ)
    keep_days(days.db, midnight + WHILE_READ)
    assert days.is_heard(midnight + WHILE_READ)


def test_a_day_that_people_watch_must_be_kept_as_well(house: House) -> None:
    house.tick(MONDAY)
    house.town.channel("grupp", platform="facebook_group", watch_mode="manual", watched_since=MONDAY - HOUR)
    assert house.still(MONDAY) == Still(days=("grupp/2026-11-23",))
    keep_days(house.db, MONDAY)
    assert house.is_heard(MONDAY)


def test_without_a_register_nothing_stands_still(sqlite: Database, watcher: Watcher) -> None:
    assert audit(sqlite, MONDAY, watcher.settings()).told


def test_a_guard_that_says_nothing_is_not_heard(days: House) -> None:
    """Fifteen past three: the first rung was due at three, and nobody has gone through what came."""
    days.town.comment("c1", MONDAY - HOUR)
    keep_days(days.db, MONDAY)
    flag_new(days.db, MONDAY)
    rung = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    days.town.change(Schedule, "fb", next_poll_at=rung + HOUR)
    assert days.is_heard(rung + 9 * MINUTE)
    assert not days.is_heard(rung + 10 * MINUTE)
    assert days.still(rung + 10 * MINUTE) == Still(notices=("guard redaktor",))
    judge(days.db, rung + 10 * MINUTE)
    assert days.is_heard(rung + 10 * MINUTE + SECOND)
