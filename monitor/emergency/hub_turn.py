"""Whose turn it is to write the crisis page's files: one process at a time; a frozen one keeps nobody waiting.

Turns are numbered, and each number has a file that whoever writes holds locked and shows by its time that he lives.
Where it has not changed for a while the next one takes the next number. From then on nothing that was begun under an
earlier number reaches a reader, however late its writer wakes: before each file is put in its place the number is
looked at, and what somebody had done so for has been cleared away.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO

from config.home import make_home

LIVES_EVERY = 0.5
"""Seconds between two signs of life of whoever writes."""
PATIENCE = 2.5
"""Seconds without one after which he is passed over. Less than channels wait for the page."""
GLANCE = 0.05
TURNS = ".turns"
"""Beside what readers get, on the same disk."""


class Overtaken(OSError):
    """Somebody else writes the page by now, as of a later moment."""


@dataclass(frozen=True, slots=True)
class Turn:
    """place: the folder it is about. number: turns of a folder only grow."""

    place: Path
    number: int

    @property
    def begun(self) -> str:
        """How names of files begin that are not in their place yet."""
        return f"{_begun(self.place)}{self.number}."

    def check(self) -> None:
        """Right before a file is put in its place. Raises Overtaken."""
        if _newest(self.place) != self.number:
            raise Overtaken("somebody else writes the crisis page")


@contextmanager
def turn(place: Path, other: Path) -> Iterator[Turn]:
    """Waits for whoever writes now as long as he lives. other: a folder where files of this place are put as well. What
    is begun lies in TURNS of the one or the other. Raises OSError."""
    for folder in (place, other):
        make_home(folder.parent)
        (folder / TURNS).mkdir(parents=True, exist_ok=True)
    held, lock = _taken(place)
    with lock:
        for folder in {place, other}:
            _clear(folder / TURNS, place)
        over = Event()
        life = Thread(target=_live, args=(over, lock), name="writes the crisis page", daemon=True)
        life.start()
        try:
            yield held
        finally:
            over.set()
            life.join()


def _taken(place: Path) -> tuple[Turn, IO[bytes]]:
    number = max(_newest(place), 1)
    while True:
        lock = (place / TURNS / str(number)).open("ab")
        try:
            if not _waited(lock):
                number = max(_newest(place), number + 1)
            elif (newest := _newest(place)) == number:
                return Turn(place, number), lock
            else:
                number = newest
        except BaseException:
            lock.close()
            raise
        lock.close()


def _waited(lock: IO[bytes]) -> bool:
    """Is it ours? False: whoever has it gives no sign of life."""
    seen, since = _sign(lock), time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if (now := _sign(lock)) != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                return False
            time.sleep(GLANCE)
        else:
            return True


def _live(over: Event, lock: IO[bytes]) -> None:
    while not over.wait(LIVES_EVERY):
        os.utime(lock.fileno())


def _sign(lock: IO[bytes]) -> int:
    return os.fstat(lock.fileno()).st_mtime_ns


def _newest(place: Path) -> int:
    return max((int(each) for each in os.listdir(place / TURNS) if each.isdecimal()), default=0)  # noqa: PTH208


def _begun(place: Path) -> str:
    return f".{place.name}."


def _clear(folder: Path, place: Path) -> None:
    """What the dead and the frozen have begun gets into its place no more."""
    for each in folder.glob(f"{_begun(place)}*"):
        each.unlink(missing_ok=True)
