"""Which version each process runs: told by their signs of life, asked for by `upgrade`."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest

from config.settings import Settings, settings
from monitor.cli import embedded
from monitor.cli.processes import Children, wait_until
from monitor.cli.upgrade import upgrade
from monitor.db import database
from monitor.db.migrating import upgrade as migrate
from monitor.telemetry import broker
from monitor.telemetry.broker import Sign

OURS = version("kanalvakt")


@pytest.fixture
def server() -> Iterator[Settings]:
    """The embedded broker alone."""
    children = Children()
    children.start(embedded.server(settings()))
    assert wait_until(lambda: broker.answers(settings()), 20)
    yield settings()
    children.stop()


def another(number: str, seen: datetime) -> None:
    broker.connect(settings()).hset(broker.VERSIONS, "polls@elsewhere/7", f"{number} {seen.isoformat()}")


def test_an_upgrade_names_who_still_runs_the_version_before(
    server: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(database())
    now = datetime.now(UTC)
    broker.show_sign(server, Sign.CLOCK)
    clock = f"clock@{socket.gethostname()}/{os.getpid()}"
    assert broker.versions(server, now) == {clock: OURS}
    assert upgrade() == 0
    another("0.0.9", now)
    assert broker.versions(server, now) == {clock: OURS, "polls@elsewhere/7": "0.0.9"}
    assert upgrade() == 1
    assert "polls@elsewhere/7" in capsys.readouterr().err
    another("0.0.9", now - timedelta(minutes=1))  # it has been stopped
    assert upgrade() == 0


def test_a_web_shows_its_version_too(server: Settings) -> None:
    command = [sys.executable, "-m", "uvicorn", "monitor.web.served:served", "--factory", "--port", "0"]
    web = subprocess.Popen(command)
    try:
        wanted = f"{broker.WEB}@{socket.gethostname()}/{web.pid}"
        assert wait_until(lambda: broker.versions(server, datetime.now(UTC)) == {wanted: OURS}, 60)
        assert broker.signs(server) == {}
    finally:
        web.terminate()
        web.wait()


def test_where_an_own_broker_is_away_an_upgrade_cannot_tell_which_versions_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(database())
    assert upgrade() == 0  # with the embedded one away nothing else of this house runs
    monkeypatch.setenv("KANALVAKT_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    capsys.readouterr()
    assert upgrade() == 1
    assert "upgrade` igen" in capsys.readouterr().err


def test_a_version_before_still_understands_the_signs(server: Settings) -> None:
    broker.show_sign(server, Sign.POLLS)
    [(who, seen)] = broker.connect(server).hgetall(broker.SIGNS).items()  # type: ignore[union-attr]
    assert who == "polls"
    assert datetime.now(UTC) - datetime.fromisoformat(seen) < timedelta(minutes=2)


def test_processes_that_are_long_gone_are_forgotten(server: Settings) -> None:
    another("0.0.9", datetime.now(UTC) - timedelta(hours=2))
    assert broker.versions(server, datetime.now(UTC)) == {}
    assert broker.connect(server).hgetall(broker.VERSIONS) == {}
