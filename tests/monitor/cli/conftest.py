"""Two ways to give a command: inside this process, and as the real program."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.cli.main import run
from monitor.db import database

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


IMPORTED: dict[tuple[date, str], Path] = {}
"""Homes into which it has been imported, by day and language: importing takes longer than most tests."""


@pytest.fixture
def imported(kanalvakt: Command, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The sample register is imported."""
    home = Path(os.environ["KANALVAKT_HOME"])
    like = (datetime.now(UTC).date(), os.environ["LANG"])
    if like not in IMPORTED:
        assert kanalvakt("register", "import", str(SAMPLE)).code == 0
        database().close()
        IMPORTED[like] = shutil.copytree(home, tmp_path_factory.mktemp("imported") / "home")
    elif not home.exists():
        shutil.copytree(IMPORTED[like], home)
    else:
        assert kanalvakt("register", "import", str(SAMPLE)).code == 0
