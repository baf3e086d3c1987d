"""Keeps a claim while something slow goes on: a thread renews it, and dies with its process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

RENEWALS = 4
"""During one lease."""

log = structlog.get_logger(__name__)


@contextmanager
def renewed(renew: Callable[[], bool], lease: timedelta, longest: timedelta, name: str) -> Iterator[None]:
    """Calls `renew` several times in each lease, for `longest` at most, until it says that the claim is somebody
    else's. name: of the thread, and in the log where the database is away."""
    done = threading.Event()
    words = (renew, lease, longest, name, done)
    thread = threading.Thread(target=_renew, args=words, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(renew: Callable[[], bool], lease: timedelta, longest: timedelta, name: str, done: threading.Event) -> None:
    pause = lease.total_seconds() / RENEWALS
    for _renewal in range(int(longest / lease) * RENEWALS):
        if done.wait(pause):
            return
        try:
            if not renew():
                return
        except SQLAlchemyError as error:  # the database is away or busy; it may come back before the lease ends
            log.warning("a claim could not be renewed", claim=name, error=type(error).__name__)
