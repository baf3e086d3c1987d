"""Workers let others go first, where they may."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Logged
from workers import yielding
from workers.app import _let_others_go_first

BUSY = """
import os, time, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
if sys.argv[1] == "yields":
    from workers.yielding import let_others_go_first
    let_others_go_first()
sys.stdin.readline()
until = time.monotonic() + 3
while time.monotonic() < until: pass
print(time.process_time())
"""


@pytest.fixture
def level(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """This process' niceness, as far as it is told: it stays as it is, and so does its session's."""
    levels = [0]
    monkeypatch.setattr(os, "getpriority", lambda _which, _who: levels[-1])
    monkeypatch.setattr(os, "setpriority", lambda _which, _who, number: levels.append(number))
    monkeypatch.setattr(yielding, "AUTOGROUP", tmp_path / "autogroup")
    return levels


@pytest.mark.parametrize(("before", "after"), [(0, 10), (5, 10), (10, 10), (15, 15)])
def test_a_worker_is_nice_to_a_level_whoever_has_made_it_so_already(level: list[int], before: int, after: int) -> None:
    level.append(before)
    _let_others_go_first()
    assert level[-1] == after


def test_a_worker_that_may_not_yield_says_so_in_one_line_and_starts(
    level: list[int], monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    def forbidden(_which: int, _who: int, _number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", forbidden)
    _let_others_go_first()
    [line] = logged()
    assert line["event"] == "a worker may not yield the processor to pages and crises"
    assert "exception" not in line


@pytest.mark.parametrize("alone", [True, False])
def test_a_session_that_is_a_worker_s_own_yields_as_a_whole(
    level: list[int], monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    monkeypatch.setattr(os, "getsid", lambda _pid: os.getpid() if alone else os.getppid())
    _let_others_go_first()
    assert yielding.AUTOGROUP.exists() is alone


@pytest.mark.skipif(not yielding.AUTOGROUP.exists(), reason="this kernel shares nothing out by sessions")
def test_a_worker_in_a_session_of_its_own_really_gets_less_of_the_processor() -> None:
    """As `up` starts its parts. Niceness alone does nothing there."""
    command = [sys.executable, "-c", BUSY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    both = [subprocess.Popen([*command, how], **pipes) for how in ("yields", "does not")]  # type: ignore[call-overload]
    time.sleep(1.5)
    for each in both:
        each.stdin.write("go\n")
        each.stdin.flush()
    less, more = (float(each.communicate(timeout=60)[0]) for each in both)
    assert less < more / 2
