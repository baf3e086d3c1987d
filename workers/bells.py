"""How tasks are rung for, and kept from running twice at a time."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import Lock
from typing import ParamSpec

from celery.exceptions import OperationalError

P = ParamSpec("P")
RING_SECONDS = 5


def alone(task: Callable[P, None]) -> Callable[P, None]:
    """Lets a task not run twice at a time in this process with the same ids: a slow mail server must not take every
    thread. What is rung meanwhile is not lost: whoever runs looks once more, as the news may have come behind its back.
    """
    locks: defaultdict[tuple[object, ...], Lock] = defaultdict(Lock)
    rung: set[tuple[object, ...]] = set()
    look = raised_once(task)

    @wraps(task)
    def once(*args: P.args, **kwargs: P.kwargs) -> None:
        rung.add(args)
        while args in rung and locks[args].acquire(blocking=False):
            try:
                rung.discard(args)
                look(*args, **kwargs)
            finally:
                locks[args].release()

    return once


def raised_once(task: Callable[P, None]) -> Callable[P, None]:
    """An error that lasts is raised, and logged, once, not every second; and again after it was gone."""
    trouble: set[tuple[object, ...]] = set()

    @wraps(task)
    def look(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
            trouble.difference_update([each for each in trouble if each[1:] == args])
        except Exception as error:
            if (type(error), *args) in trouble:
                return
            trouble.add((type(error), *args))
            raise

    return look


def ring(bell: Callable[..., object], *ids: str | bool, **options: str) -> None:
    """Lets a task run at once rather than at its next beat. A ring that is lost does no harm."""
    with suppress(OperationalError):
        bell(ids, expires=RING_SECONDS, **options)
