"""A look that hangs keeps nobody waiting, and is not begun again and again."""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from monitor.telemetry.in_time import InTime

SOON = 0.05
Found = TypeVar("Found")


def run(asked: Coroutine[None, None, Found]) -> Found:
    """In a thread of its own: a browser that another test has open holds a loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, asked).result()


def test_who_asks_gets_what_is_found() -> None:
    assert run(InTime(lambda: 4711, 30).ask()) == 4711


def test_an_error_of_the_look_is_raised_and_the_next_one_looks_anew() -> None:
    found = iter([ValueError("no"), "yes"])

    def look() -> str:
        each = next(found)
        if isinstance(each, Exception):
            raise each
        return each

    asked = InTime(look, 30)
    with pytest.raises(ValueError, match="no"):
        run(asked.ask())
    assert run(asked.ask()) == "yes"


def test_a_look_that_hangs_is_one_however_many_ask_and_its_end_is_noticed() -> None:
    let_go, begun = threading.Event(), list[int]()

    def look() -> int:
        begun.append(1)
        let_go.wait(60)
        return len(begun)

    asked = InTime(look, SOON)

    async def several() -> list[int | None]:
        return await asyncio.gather(*(asked.ask() for _one in range(5)))

    for _round in range(3):
        assert run(several()) == [None] * 5
    assert len(begun) == 1
    let_go.set()
    deadline = time.monotonic() + 30
    while (found := run(asked.ask())) is None or found == 1:
        assert time.monotonic() < deadline
    assert found >= 2
