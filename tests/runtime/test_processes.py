"""Children that never outlive us: started, started again, stopped."""

import os
import signal
import sys
from pathlib import Path

import pytest

from monitor.cli import processes
from monitor.cli.processes import Children, Program
from tests.waiting import NotYet, eventually

SLEEPER = (sys.executable, "-c", "import signal; signal.pause()")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, sys; signal.signal(15, signal.SIG_IGN); print('on', flush=True); signal.pause()",
)


def test_a_dead_child_is_told_and_started_again() -> None:
    deaths: list[tuple[str, int]] = []
    children = Children(lambda program, code: deaths.append((program.name, code)))
    child = children.start(Program("sleeper", SLEEPER))
    first = child.pid
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: children.watch() is None and child.pid != first)
    assert deaths == [("sleeper", -signal.SIGKILL)]
    children.stop()


def test_a_child_may_say_how_long_it_is_waited_with_at_most() -> None:
    deaths: list[int] = []
    children = Children(lambda _program, code: deaths.append(code))
    children.start(Program("failing", (sys.executable, "-c", "raise SystemExit(7)"), longest_pause=0.1))
    assert eventually(lambda: children.watch() or len(deaths) > 6)  # without it the pauses alone are 31 s
    children.stop()


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    deaths: list[int] = []
    children = Children(lambda _program, code: deaths.append(code))
    children.start(Program("failing", (sys.executable, "-c", "raise SystemExit(7)")))
    with pytest.raises(NotYet):
        eventually(lambda: children.watch() or len(deaths) > 6, seconds=4)
    assert set(deaths) == {7}
    children.stop()


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    children = Children()
    child = children.start(Program("stubborn", STUBBORN, log))
    assert eventually(lambda: "on" in log.read_text())
    children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_log_that_grows_is_begun_anew_with_one_older_one_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 1000)
    log, older = tmp_path / "talker.log", tmp_path / "talker.old.log"
    says_more = "signal.signal(signal.SIGUSR1, lambda *_: print('more', flush=True))"
    talker = f"import signal; {says_more}; print('word ' * 300, flush=True); signal.pause(); signal.pause()"
    children = Children()
    child = children.start(Program("talker", (sys.executable, "-c", talker), log))
    assert eventually(lambda: log.stat().st_size > 1000)
    children.watch()
    assert (log.stat().st_size, older.read_text().split().count("word")) == (0, 300)
    os.kill(child.pid, signal.SIGUSR1)
    assert eventually(lambda: "more" in log.read_text())
    children.stop()


def test_a_child_does_not_show_its_environment() -> None:
    assert "secret" not in repr(Program("one", ("true",), environment={"TOKEN": "secret"}))
