"""Child processes that never outlive us: started, watched, started again when they die, stopped together.

The kernel kills a child whose parent has gone (Linux), so that not even a SIGKILL of ours leaves an orphan behind.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import structlog

log = structlog.get_logger(__name__)

PATIENCE = 6.0  # seconds between asking children to stop and killing them
LONGEST_PAUSE = 30.0  # seconds before a child that keeps dying is started again, unless it says itself
STEADY = 60.0  # a child that lived so long is no longer one that keeps dying
LARGEST_LOG = 10_000_000  # bytes; one older log of that size is kept
_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. log: the file for its output, ours where None. fds: open files it is given by number. longest_pause:
    seconds, at most, before it is started again, however often it has died."""

    name: str
    command: tuple[str, ...]
    log: Path | None = None
    fds: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    longest_pause: float = LONGEST_PAUSE


class Child:
    """One running program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deaths = 0
        self._pause_until = 0.0
        self._start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def watch(self) -> int | None:
        """Starts it again once its pause is over. Gives its exit code when it has just been found dead, else None."""
        if self._pause_until:
            if time.monotonic() >= self._pause_until:
                self._start()
            return None
        if self.process.poll() is None:
            _keep_small(self.program.log)
            return None
        self.deaths = 1 if time.monotonic() - self._started > STEADY else self.deaths + 1
        self._pause_until = time.monotonic() + min(0.25 * 2**self.deaths, self.program.longest_pause)
        return self.process.returncode

    def _start(self) -> None:
        output = _append(self.program.log)
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.program.command,
            stdin=subprocess.DEVNULL,
            stdout=output or sys.stderr,
            stderr=output,
            pass_fds=self.program.fds,
            env={**os.environ, **self.program.environment},
            start_new_session=True,  # Ctrl-C on the terminal reaches us alone; we stop them in order
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )
        if output:
            output.close()
        self._started, self._pause_until = time.monotonic(), 0.0


class Children:
    """All children of this process. `told` hears of each death: the program and its exit code (-9: SIGKILL)."""

    def __init__(self, told: Callable[[Program, int], None] = lambda _program, _code: None) -> None:
        self._children: list[Child] = []
        self._told = told

    def start(self, program: Program) -> Child:
        child = Child(program)
        self._children.append(child)
        log.debug("started", program=program.name, pid=child.pid)
        return child

    def watch(self) -> None:
        """To be called a few times a second."""
        for child in self._children:
            code = child.watch()
            if code is not None:
                self._told(child.program, code)

    def stop(self) -> None:
        """Asks all but the first to stop, kills those that do not, then the first, which the others lean on."""
        _stop([child.process for child in self._children[1:]])
        _stop([child.process for child in self._children[:1]])
        self._children.clear()


class Ending:
    """Knows whether somebody asked us to stop (SIGTERM, Ctrl-C, a terminal that closed)."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> "Ending":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # what is left to do is short

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def wait_until(true: Callable[[], bool], seconds: float, meanwhile: Callable[[], None] = lambda: None) -> bool:
    """Looks ten times a second; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        meanwhile()
        time.sleep(0.1)
    return True


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with(parent: int) -> Callable[[], None]:
    def ask_the_kernel() -> None:
        if sys.platform == "linux":
            _libc.prctl(_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return ask_the_kernel


def _append(path: Path | None) -> IO[bytes] | None:
    if path is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def _keep_small(path: Path | None) -> None:
    """The child goes on writing into the same file, so the file is copied and emptied, not renamed."""
    if path is not None and path.stat().st_size > LARGEST_LOG:
        shutil.copyfile(path, path.with_suffix(".old.log"))
        os.truncate(path, 0)
