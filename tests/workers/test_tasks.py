"""What the tasks add to the rows they work on: queues, and never the same task twice at a time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import redis
import time_machine
from celery import Celery
from celery.utils.collections import LimitedSet
from celery.worker import state
from sqlalchemy import select

from config.settings import settings
from connectors import PLATFORMS, provider_of
from monitor.alerts.models import Notice
from monitor.cli.setup import opened_database
from monitor.inbox.acting import request
from monitor.inbox.models import Action
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.bulkhead_rules import Work
from monitor.watch.bulkheads import queue_of
from monitor.watch.models import Comment, PollRun
from tests.monitor.alerts.receiver import Hooked
from tests.monitor.town import Town
from tests.services import own_redis
from workers import app as workers_app
from workers.bells import alone, ring
from workers.queues import CLOCK, POLLS
from workers.tasks import (
    BULKHEADS,
    STOPPING,
    act,
    check,
    check_one,
    go_on,
    hook_to,
    hooks,
    judge,
    read,
    send,
    tick,
)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator["redis.Redis[str]"]:
    """A real Redis, in a database of its own, that Celery publishes to."""
    url = own_redis()
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


def test_every_provider_has_a_queue_that_a_worker_empties() -> None:
    assert {queue_of(platform) for platform in PLATFORMS} == set(POLLS)
    assert queue_of("facebook") == queue_of("instagram") != queue_of("youtube")
    assert set(workers_app.app.amqp.queues) == {CLOCK, *POLLS}


@pytest.mark.redis
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_tick_rings_for_as_many_readers_as_have_something_to_do(broker: "redis.Redis[str]", platform: str) -> None:
    channels(platform, 3)
    tick()
    assert broker.llen(queue_of(platform)) == 3
    assert sum(int(broker.llen(queue)) for queue in POLLS) == 3


@pytest.mark.redis
def test_rings_that_nobody_hears_do_not_pile_up(broker: "redis.Redis[str]", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_POLLING__CONCURRENCY", "2")
    settings.cache_clear()
    channels("facebook", 5)
    for _time in range(3):
        tick()
    assert broker.llen(queue_of("facebook")) == 2


@pytest.mark.redis
@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_ring_reads_all_that_is_due_of_a_provider(broker: "redis.Redis[str]", platform: str) -> None:
    channels(platform, 3)
    tick()
    for long in (False, True):
        read(provider_of(platform), long)
    with opened_database().snapshot() as session:
        runs = session.scalars(select(PollRun)).all()
    assert sorted(run.channel_id for run in runs) == [f"{platform}-{number}" for number in range(3)]
    assert {run.outcome for run in runs} == {"failed"}, "they lack their secrets"


@pytest.mark.redis
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_new_channels_credential_is_looked_at_once(broker: "redis.Redis[str]", platform: str) -> None:
    channels(platform, 2)
    check()
    assert broker.llen(queue_of(platform)) == 1
    check_one(provider_of(platform))
    broker.flushdb()
    check()
    assert sum(int(broker.llen(queue)) for queue in POLLS) == 0


def test_a_ring_for_a_provider_whose_threads_are_all_at_work_goes_unheard() -> None:
    channels("facebook", 1)
    opened_database()
    with ExitStack() as others:
        for _each in range(settings().polling.concurrency):
            others.enter_context(BULKHEADS.room("meta", Work.LONG, settings().polling.concurrency))
        read("meta", long=True)
        with opened_database().snapshot() as session:
            assert session.scalars(select(PollRun)).all() == []


def test_a_worker_that_is_to_stop_takes_nothing_more() -> None:
    channels("facebook", 1)
    STOPPING.set()
    try:
        read("meta", long=True)
    finally:
        STOPPING.clear()
    with opened_database().snapshot() as session:
        assert session.scalars(select(PollRun)).all() == []


def test_looking_at_credentials_without_a_register_is_no_error() -> None:
    opened_database(create=True)
    check()


def test_judging_without_a_register_is_no_error() -> None:
    opened_database(create=True)
    judge()


def test_a_task_does_not_run_twice_at_a_time_and_looks_once_more_for_all_that_was_rung_meanwhile() -> None:
    began, go_on, runs, inside = threading.Event(), threading.Event(), list[int](), list[int]()

    @alone
    def slow() -> None:
        inside.append(1)
        runs.append(len(inside))
        began.set()
        go_on.wait(10)
        inside.pop()

    first = threading.Thread(target=slow)
    first.start()
    began.wait(10)
    for _ring in range(3):
        slow()
    assert runs == [1]
    go_on.set()
    first.join()
    assert runs == [1, 1]
    slow()
    assert runs == [1, 1, 1]


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
def test_actions_that_are_due_are_gone_on_with_in_the_queue_of_their_provider(broker: "redis.Redis[str]") -> None:
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
    assert broker.llen(queue_of("facebook")) == 1
    go_on("meta")
    with opened_database().snapshot() as session:
        assert session.scalars(select(Action)).one().reason, "its channel lacks a secret"


@pytest.mark.redis
def test_each_way_that_something_is_due_to_go_has_a_sender_of_its_own(broker: "redis.Redis[str]") -> None:
    due(("mail", "sms", "mail"))
    send()
    assert broker.llen(CLOCK) == 2


@pytest.mark.redis
def test_each_system_that_something_is_due_to_go_to_has_a_sender_of_its_own(
    broker: "redis.Redis[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_database(create=True)
    hooks()
    assert broker.llen(CLOCK) == 0, "without a register nobody subscribes, and that is no error"
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    settings.cache_clear()
    hooked = Hooked.of(opened_database(create=True))
    receivers = [hooked.subscribe()[1] for _each in range(2)]
    hooked.comes("c1")
    hooks()
    assert broker.llen(CLOCK) == 2
    hook_to("1")
    assert [len(each.done) for each in receivers] == [1, 0]
    for each in receivers:
        each.close()


def test_a_ring_that_nobody_hears_does_no_harm() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    app = Celery("alone", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.task_publish_retry = False

    @app.task(name="bell")
    def bell() -> None:
        pass

    ring(bell.apply_async)


@pytest.mark.redis
@time_machine.travel(datetime(2026, 6, 15, 8, 0, tzinfo=UTC), tick=False)
def test_a_judge_that_wrote_something_rings_for_the_senders_and_one_that_did_not_is_silent(
    broker: "redis.Redis[str]",
) -> None:
    Town(opened_database(create=True))
    judge()
    assert broker.llen(CLOCK) == 1
    judge()
    assert broker.llen(CLOCK) == 1


def test_tasks_with_different_ids_do_not_wait_for_each_other() -> None:
    go_on, ran = threading.Event(), list[str]()

    @alone
    def slow(way: str) -> None:
        ran.append(way)
        if way == "mail":
            go_on.wait(10)

    first = threading.Thread(target=slow, args=("mail",))
    first.start()
    slow("sms")
    slow("mail")
    go_on.set()
    first.join()
    assert ran == ["mail", "sms", "mail"]


def due(ways: tuple[str, ...]) -> None:
    now = datetime.now(UTC)
    with opened_database(create=True).transaction() as session:
        session.add(Person(id="r", name="R"))
        session.flush()
        for number, way in enumerate(ways):
            known = {"subject_kind": "digest", "rung": "digest", "cycle": "2026-06-15", "recipient_id": "r"}
            session.add(Notice(subject=str(number), route=way, due_at=now, created_at=now, **known))


def test_a_worker_keeps_no_list_of_all_that_came_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    thrown_away = LimitedSet(maxlen=50_000, expires=10_800)
    monkeypatch.setattr(state, "revoked", thrown_away)
    workers_app._forget_what_came_too_late()
    for number in range(5 * workers_app.TOO_LATE):
        thrown_away.add(str(number))
    assert len(thrown_away) == len(thrown_away._heap) == workers_app.TOO_LATE
