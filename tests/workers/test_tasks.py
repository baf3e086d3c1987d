"""What the tasks add to the rows they work on: queues, and never the same task twice at a time."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis

from config.settings import settings
from connectors import EXCLUSIVE, PLATFORMS
from monitor.cli.setup import opened_database
from monitor.inbox.acting import request
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment
from workers import app as workers_app
from workers.queues import CLOCK, POLLS, queue_of
from workers.tasks import AHEAD, act, alone, check, judge, tick


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator["redis.Redis[str]"]:
    """A real Redis, in a database of its own, that Celery publishes to."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8  # tests run side by side
    url = f"{os.environ['TEST_REDIS_URL']}/{number}"
    monkeypatch.setenv("KANALVAKT_REDIS_URL", url)
    settings.cache_clear()
    client: redis.Redis[str] = redis.Redis.from_url(url, decode_responses=True)
    client.flushdb()
    workers_app.app.conf.broker_url = url
    yield client
    client.flushdb()
    client.close()


def channels(platform: str, count: int) -> None:
    with opened_database(create=True).transaction() as session:
        session.add_all([Organisation(name="Tibro kommun"), Person(id="r", name="R")])
        session.flush()
        session.add(Unit(id="k", name="K"))
        session.flush()
        for number in range(count):
            session.add(
                Channel(
                    id=f"{platform}-{number}",
                    platform=platform,
                    name="N",
                    address="https://example.org",
                    unit_id="k",
                    responsible_id="r",
                    credential={"session_env": f"SESSION_{number}"},
                )
            )


def test_every_platform_has_a_queue_that_a_worker_empties() -> None:
    assert {queue_of(platform) for platform in PLATFORMS} <= set(POLLS)
    assert {queue_of(platform) for platform in EXCLUSIVE}.isdisjoint({"polls", CLOCK})
    assert set(workers_app.app.amqp.queues) == {CLOCK, *POLLS}


@pytest.mark.redis
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_tick_sends_each_due_channel_once_to_the_queue_of_its_platform(
    broker: "redis.Redis[str]", platform: str
) -> None:
    channels(platform, 3)
    tick()
    tick()
    assert broker.llen(queue_of(platform)) == 3
    assert sum(int(broker.llen(queue)) for queue in POLLS) == 3


@pytest.mark.redis
def test_a_tick_claims_no_more_than_the_queues_have_room_for(
    broker: "redis.Redis[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANALVAKT_POLLING__CONCURRENCY", "1")
    settings.cache_clear()
    channels("facebook", AHEAD + 5)
    tick()
    tick()
    assert broker.llen("polls") == AHEAD


@pytest.mark.redis
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_new_channels_credential_is_looked_at_once_in_the_queue_of_its_platform(
    broker: "redis.Redis[str]", platform: str
) -> None:
    channels(platform, 2)
    for _time in range(4):
        check()
    assert broker.llen(queue_of(platform)) == 2
    assert sum(int(broker.llen(queue)) for queue in POLLS) == 2


def test_looking_at_credentials_without_a_register_is_no_error() -> None:
    opened_database(create=True)
    check()


def test_judging_without_a_register_is_no_error() -> None:
    opened_database(create=True)
    judge()


def test_a_task_does_not_run_twice_at_a_time() -> None:
    began, go_on, runs = threading.Event(), threading.Event(), []

    @alone
    def slow() -> None:
        runs.append(1)
        began.set()
        go_on.wait(10)

    first = threading.Thread(target=slow)
    first.start()
    began.wait(10)
    slow()
    go_on.set()
    first.join()
    assert len(runs) == 1
    slow()
    assert len(runs) == 2


def test_an_error_that_lasts_is_raised_once_and_again_after_it_was_gone() -> None:
    well = False

    @alone
    def failing() -> None:
        if not well:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        failing()
    failing()
    well = True
    failing()
    well = False
    with pytest.raises(ConnectionError):
        failing()


@pytest.mark.redis
def test_actions_that_are_due_are_sent_once_to_the_queue_of_their_platform(broker: "redis.Redis[str]") -> None:
    channels("facebook", 1)
    now = datetime.now(UTC)
    with opened_database().transaction() as session:
        known = {"post_external_id": "p", "thread_external_id": "c", "text": "Hej", "content_hash": b""}
        times = {"posted_at": now, "fetched_at": now, "text_seen_at": now}
        comment = Comment(channel_id="facebook-0", external_id="c", **known, **times)
        session.add(comment)
        session.flush()
        request(session, "key", comment, "hide", "r", "", now)
    act()
    act()
    assert broker.llen("polls") == 1
