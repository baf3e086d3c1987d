"""Two ways to give a command: inside this process, and as the real program."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli.main import run

SAMPLE = Path(__file__).parents[3] / "config" / "sample-register.toml"


@dataclass(frozen=True)
class Answer:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def kanalvakt(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs a command in this process, in a context of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def command(*words: str) -> Answer:
        code = copy_context().run(run, list(words))
        return Answer(code, *capsys.readouterr())

    yield command
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def program() -> Command:
    """Runs the real program in a process of its own."""

    def command(
        *words: str, environment: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
    ) -> Answer:
        result = subprocess.run(
            [sys.executable, "-m", "monitor.cli.main", *words],
            env=os.environ | (environment or {}),
            preexec_fn=before,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(result.returncode, result.stdout, result.stderr)

    return command


@pytest.fixture
def home() -> Path:
    return Path(os.environ["KANALVAKT_HOME"])


@pytest.fixture
def imported(kanalvakt: Command) -> None:
    """The sample register is imported."""
    assert kanalvakt("register", "import", str(SAMPLE)).code == 0
