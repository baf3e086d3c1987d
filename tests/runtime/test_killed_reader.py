"""A worker that is killed in the middle of a reading loses nothing, and gives its channel back within a minute."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connectors.emulator.server import Emulator
from connectors.emulator.story import Story, story
from connectors.emulator.truth import shown
from connectors.emulator.world import World
from tests.runtime.house import house, processes, run
from tests.waiting import eventually

REGISTER = """
[organisation]
name = "Tibro kommun"
[[unit]]
id = "kommunikation"
name = "Kommunikation"
[[person]]
id = "redaktor"
name = "Rut Redaktör"
email = "redaktor@example.org"
[[person]]
id = "ersattare"
name = "Erik Ersättare"
email = "ersattare@example.org"
[[channel]]
id = "fb-tibro"
platform = "facebook"
name = "Tibro kommun på Facebook"
address = "https://www.facebook.com/tibrokommun"
external_id = "1122334455"
unit = "kommunikation"
responsible = "redaktor"
deputy = "ersattare"
credential = { token_env = "PAGE_TOKEN", app_secret_env = "APP_SECRET" }
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(World()) as running:
        running.story = story(running.world)
        yield running


def environment(emulator: Emulator, told: Story, home: Path) -> dict[str, str]:
    return {
        **emulator.settings(),
        "KANALVAKT_HOME": str(home),
        "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
        "PAGE_TOKEN": told.secrets["facebook_token"],
        "APP_SECRET": told.secrets["meta_app_secret"],
    }


def rows(home: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(home / "kanalvakt.sqlite3")) as connection:
        return [row[0] for row in connection.execute(query)]


def test_a_reader_killed_in_the_middle_loses_nothing(emulator: Emulator, tmp_path: Path) -> None:
    assert emulator.story
    home, register = tmp_path / "home", tmp_path / "register.toml"
    register.write_text(REGISTER)
    settings = environment(emulator, emulator.story, home)
    assert run("register", "import", str(register), **settings).returncode == 0
    emulator.latency = 3.0
    with house("up", home=home, **settings) as up:
        assert eventually(lambda: rows(home, "SELECT outcome FROM poll_run") == ["running"], seconds=45)
        os.kill(up.pid("--queues polls"), signal.SIGKILL)
        killed, emulator.latency = time.monotonic(), 0.0
        assert eventually(lambda: "complete" in rows(home, "SELECT outcome FROM poll_run"), seconds=90)
        assert time.monotonic() - killed < 75  # 60 until it can be claimed, and the reading itself
        assert up.stop() == 0
    assert rows(home, "SELECT outcome FROM poll_run ORDER BY id") == ["lost", "complete"]
    truth = shown(emulator.world, emulator.story.accounts["facebook"])
    stored = rows(home, "SELECT external_id FROM comment")
    assert sorted(stored) == sorted(truth)
    assert processes(home) == {}
