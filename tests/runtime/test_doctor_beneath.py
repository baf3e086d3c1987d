"""What `kanalvakt doctor` finds beneath: each problem is caused, and told with what to do."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from config.settings import Settings, settings
from monitor.alerts.looks import Fault
from monitor.cli import embedded
from monitor.cli.beneath import APART, CHECKS, beneath_broker, beneath_database, extras
from monitor.cli.processes import Children, wait_until
from monitor.db import Database
from monitor.db.database import CONNECTIONS
from monitor.register.models import Organisation
from monitor.telemetry import broker
from monitor.telemetry.broker import Sign
from tests.monitor.town import Town


@pytest.fixture
def server() -> Iterator[Settings]:
    """The embedded broker alone."""
    children = Children()
    children.start(embedded.server(settings()))
    assert wait_until(lambda: broker.answers(settings()), 30)
    yield settings()
    children.stop()


def found(db: Database) -> dict[str, Fault | None]:
    return dict(beneath_database(db, settings()))


def test_a_well_kept_house_has_no_problems(db: Database) -> None:
    Town(db)
    looked = found(db)
    assert set(looked.values()) == {None}
    assert looked.keys() == {"zones"} | (set() if db.is_sqlite else {"clock", "server", "connections"})
    assert looked.keys() <= CHECKS.keys()


@pytest.mark.postgresql
@pytest.mark.parametrize("minutes", [-5, 5])
def test_clocks_that_differ_are_told(postgresql: Database, minutes: int) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        fault = found(postgresql)["clock"]
    assert fault is not None
    assert "NTP" in fault.remedy


@pytest.mark.postgresql
def test_a_server_that_would_refuse_some_of_the_processes_is_told(postgresql: Database, server: Settings) -> None:
    """Of what runs as many as fit, and one more. Neither beats count nor what has ended, nor a process twice."""
    with postgresql.snapshot() as session:
        most = int(session.scalar(text("SHOW max_connections")) or 0)
    fit = (most - APART) // CONNECTIONS
    readers = [f"polls@{number}/1" for number in range(fit - 1)]
    for process in ("clock@a/1", "canary@a/1", "beat@a/3", "beat@b/3", *readers):
        lives(server, process)
    lives(server, "web@ended/1", ago=10.0)
    assert found(postgresql)["connections"] is None
    lives(server, "web@a/2")
    fault = found(postgresql)["connections"]
    assert fault is not None
    need = (fit + 1) * CONNECTIONS + APART
    assert [word in fault.problem for word in (f" {most} ", f" {fit + 1} ", f" {need}.")] == [True] * 3
    assert "max_connections" in fault.remedy
    assert f" {need} " in fault.remedy


def lives(settings: Settings, process: str, ago: float = 0.0) -> None:
    shown = datetime.now(UTC) - timedelta(seconds=ago)
    broker.connect(settings).hset(broker.VERSIONS, process, f"0.1.0 {shown.isoformat()}")


def test_a_time_zone_that_the_machine_does_not_know_is_told(sqlite: Database) -> None:
    Town(sqlite)
    with sqlite.transaction() as session:
        session.get_one(Organisation, 1).timezone = "Mars/Olympus"
    fault = found(sqlite)["zones"]
    assert fault is not None
    assert "Mars/Olympus" in fault.problem


def test_a_broker_that_throws_away_or_is_nearly_full_is_told(server: Settings) -> None:
    asked = broker.connect(server)
    assert dict(beneath_broker(server)) == {"memory": None, "versions": None}
    asked.config_set("maxmemory", "100mb")
    asked.config_set("maxmemory-policy", "allkeys-lru")
    thrown = dict(beneath_broker(server))["memory"]
    assert thrown is not None
    assert "allkeys-lru" in thrown.problem
    asked.config_set("maxmemory-policy", "noeviction")
    assert dict(beneath_broker(server))["memory"] is None
    asked.config_set("maxmemory", "1mb")
    full = dict(beneath_broker(server))["memory"]
    assert full is not None
    assert "%" in full.problem


def test_a_part_of_another_version_is_told_while_it_lives(server: Settings) -> None:
    broker.show_sign(server, Sign.BEAT)
    assert dict(beneath_broker(server))["versions"] is None
    now = datetime.now(UTC)
    for process, seen in (("beat@here/1", now), ("clock@here/2", now - timedelta(minutes=1))):  # the latter is dead
        broker.connect(server).hset(broker.VERSIONS, process, f"0.0.1 {seen.isoformat()}")
    fault = dict(beneath_broker(server))["versions"]
    assert fault is not None
    assert "beat@here/1 0.0.1." in fault.problem
    assert "clock" not in fault.problem


def test_a_broker_that_is_away_is_told_elsewhere() -> None:
    assert list(beneath_broker(settings())) == []


def test_what_is_set_and_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert extras(Settings()) == ("extras", None)
    dsn = Settings(sentry_dsn="https://hemlig@tracker.example/1")
    assert extras(dsn) == ("extras", None)
    for library in ("sentry_sdk", "opentelemetry.sdk"):
        monkeypatch.setitem(sys.modules, library, None)
    fault = extras(dsn)[1]
    assert fault is not None
    assert "kanalvakt[sentry]" in fault.remedy
    assert "hemlig" not in str(fault)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    assert "kanalvakt[otel]" in str(extras(Settings())[1])
