"""Children that never outlive us: started, started again, stopped."""

import os
import signal
import sys
from pathlib import Path

from monitor.cli.processes import Children, Program
from tests.runtime.house import eventually

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


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    deaths: list[int] = []
    children = Children(lambda _program, code: deaths.append(code))
    children.start(Program("failing", (sys.executable, "-c", "raise SystemExit(7)")))
    assert not eventually(lambda: children.watch() or len(deaths) > 6, seconds=4)
    assert set(deaths) == {7}
    children.stop()


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    children = Children()
    child = children.start(Program("stubborn", STUBBORN, log))
    assert eventually(lambda: "on" in log.read_text())
    children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_does_not_show_its_environment() -> None:
    assert "secret" not in repr(Program("one", ("true",), environment={"TOKEN": "secret"}))
