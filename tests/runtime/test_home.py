"""The home folder: whoever makes it makes it for its owner alone, and `doctor` says where it is not."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import settings
from monitor.cli import embedded, running
from monitor.cli.at_home import at_home
from monitor.cli.setup import opened_database
from monitor.emergency import hub, hub_turn, seen_from_outside
from monitor.register import keys

Maker = Callable[[Path], object]


@pytest.fixture(autouse=True)
def _a_careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def take_a_turn(_home: Path) -> None:
    place = hub.folder(settings())
    with hub_turn.turn(place, place):
        pass


def run_alone(home: Path) -> None:
    with running.alone(home):
        pass


MAKERS: dict[str, Maker] = {
    "database": lambda _home: opened_database(create=True),
    "keys": lambda _home: keys.make_key_file(),
    "up": run_alone,
    "broker": lambda _home: embedded.server(settings()),
    "crisis page": take_a_turn,
    "readiness": lambda _home: seen_from_outside.page_seen(settings()),
}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_whoever_makes_the_home_folder_makes_it_for_its_owner_alone(
    maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANALVAKT_WEB__PUBLIC_URL", "http://127.0.0.1:1")
    home = settings().home.absolute()
    maker(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.chmod(0o711)
    maker(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o711, "what an administrator or systemd has given it stays"


def test_the_doctor_says_that_others_can_read_the_home_folder_and_what_to_do() -> None:
    home = settings().home.absolute()
    home.mkdir(0o755)
    fault = dict(at_home(home))["home"]
    assert fault is not None
    assert str(home) in fault.problem
    assert f"chmod 700 {home}" in fault.remedy
    home.chmod(0o700)
    assert dict(at_home(home))["home"] is None


def test_a_home_folder_that_the_web_server_passes_through_is_well_as_long_as_the_database_is_closed_to_it() -> None:
    home = settings().home.absolute()
    home.mkdir(0o711)
    assert dict(at_home(home))["home"] is None
    (home / "kanalvakt.sqlite3").touch(0o644)
    fault = dict(at_home(home))["home"]
    assert fault is not None
    assert "chmod 640" in fault.remedy
    (home / "kanalvakt.sqlite3").chmod(0o640)
    assert dict(at_home(home))["home"] is None
