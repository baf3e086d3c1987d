"""Which version each process runs: told by their signs of life, asked for by `upgrade`."""

import os
import socket
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


def test_a_version_before_still_understands_the_signs(server: Settings) -> None:
    broker.show_sign(server, Sign.POLLS)
    [(who, seen)] = broker.connect(server).hgetall(broker.SIGNS).items()  # type: ignore[union-attr]
    assert who == "polls"
    assert datetime.now(UTC) - datetime.fromisoformat(seen) < timedelta(minutes=2)


def test_processes_that_are_long_gone_are_forgotten(server: Settings) -> None:
    another("0.0.9", datetime.now(UTC) - timedelta(hours=2))
    assert broker.versions(server, datetime.now(UTC)) == {}
    assert broker.connect(server).hgetall(broker.VERSIONS) == {}
