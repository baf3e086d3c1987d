"""Requests that count against one budget keep a pace, whoever sends them; what people write is never kept waiting."""

import multiprocessing
import socket
import time
from multiprocessing.synchronize import Barrier

import pytest
from limits.storage import RedisStorage
from redis import Redis

from config.settings import Settings
from connectors.base import Budget
from monitor.watch.pacing import Pace, pace
from tests.services import own_redis

TEN = Budget("graph/app/7", per_second=10)


def sent(pace: Pace, times: int, *budgets: Budget) -> list[float]:
    """When each of so many requests was sent."""
    moments = []
    for _time in range(times):
        pace.wait(budgets)
        moments.append(time.time())
    return moments


@pytest.mark.redis
def test_the_processes_of_all_workers_together_keep_the_pace() -> None:
    """Thirty requests of three processes at once take two seconds; each by itself would send its ten at once."""
    url = own_redis()
    Redis.from_url(url).flushdb()
    spawn = multiprocessing.get_context("spawn")
    told, start = spawn.Queue(), spawn.Barrier(3)
    workers = [spawn.Process(target=_send, args=(url, told, start)) for _each in range(3)]
    for worker in workers:
        worker.start()
    moments = [moment for _each in workers for moment in told.get(timeout=120)]
    for worker in workers:
        worker.join(10)
    assert len(moments) == 30
    assert max(moments) - min(moments) > 1.5


def _send(url: str, told: "multiprocessing.Queue[list[float]]", start: Barrier) -> None:
    keeper = pace(Settings(redis_url=url))
    start.wait(120)
    told.put(sent(keeper, 10, TEN))


def test_without_a_broker_a_process_keeps_the_pace_by_itself_and_waits_for_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    alone = Pace(RedisStorage(f"redis://127.0.0.1:{port}", wrap_exceptions=True))
    began = time.monotonic()
    sent(alone, 21, TEN)
    assert 1.9 < time.monotonic() - began < 5


def test_budgets_that_name_no_pace_are_asked_at_once() -> None:
    alone = Pace(RedisStorage("redis://127.0.0.1:1", wrap_exceptions=True))
    began = time.monotonic()
    sent(alone, 1000, Budget("graph/pages/8"))
    assert time.monotonic() - began < 5, "ten a second would take a hundred"
