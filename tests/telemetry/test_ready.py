"""/readyz: each part is frozen, ended or left behind for real, and the answer comes in time and says which it is."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from config.settings import Settings, settings
from monitor.cli import embedded
from monitor.cli.processes import Children, wait_until
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.telemetry import broker
from monitor.telemetry.ready import PATIENCE
from monitor.web.app import create_app
from tests.services import Cluster, postgresql_programs, without

DOWN = "does not answer"


@pytest.fixture
def server() -> Iterator[int]:
    """The embedded broker's process id."""
    children = Children()
    children.start(embedded.server(settings()))
    assert wait_until(lambda: broker.answers(settings()), 30)
    yield broker.connect(settings()).info("server")["process_id"]
    children.stop()


@contextmanager
def asking(db: Database) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), db), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        yield client


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_it_is_ready_when_all_answer_and_says_which_does_not(sqlite: Database, server: int) -> None:
    with asking(sqlite) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "broker": "ok"})
        began = time.monotonic()
        with frozen(server):
            answers = [client.get("/readyz") for _time in range(3)]
            without = client.get("/readyz?exclude=broker")
        assert time.monotonic() - began < 3 * PATIENCE + 10  # a busy machine; the client itself would wait for 5 s each
        assert [each.status_code for each in answers] == [503] * 3
        assert answers[0].json() == {"ready": False, "database": "ok", "broker": DOWN}
        assert (without.status_code, without.json()) == (200, {"ready": True, "database": "ok"})
        os.kill(server, signal.SIGKILL)
        assert client.get("/readyz").json()["broker"] == DOWN


def test_a_database_without_tables_is_not_ready_and_says_so(sqlite: Database) -> None:
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    with asking(sqlite) as client:
        answer = client.get("/readyz?exclude=broker")
    assert (answer.status_code, answer.json()["database"]) == (503, "has no tables yet")


def test_a_database_of_an_older_version_is_not_ready_and_of_a_newer_one_while_all_is_there(sqlite: Database) -> None:
    def asked_at(version: str, *statements: str) -> tuple[int, str]:
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (version,))
            for each in statements:
                connection.exec_driver_sql(each)
        with asking(sqlite) as client:
            answer = client.get("/readyz?exclude=broker")
        return answer.status_code, answer.json()["database"]

    another = (503, "has the tables of another version")
    assert asked_at("0016") == another
    assert asked_at("9999") == (200, "ok")
    assert asked_at("9999", "DROP TABLE reply_template") == another


@pytest.mark.postgresql
def test_a_frozen_postgresql_keeps_neither_readyz_nor_healthz_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    programs = postgresql_programs()
    if programs is None:
        without("PostgreSQL's own programs are not on this machine")
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(programs, folder)
        db = Database(cluster.url)
        try:
            upgrade(db)
            _held_while_frozen(db, cluster, folder)
        finally:
            db.close()
            cluster.crash()  # a look may still hold a connection, and a polite end would wait for it


def _held_while_frozen(db: Database, cluster: Cluster, folder: str) -> None:
    with asking(db) as client:
        assert client.get("/readyz?exclude=broker").status_code == 200
        server = int(Path(folder, "data", "postmaster.pid").read_text().splitlines()[0])
        below = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False).stdout
        with frozen(*map(int, below.split()), server, cluster._server.pid):  # who lends it out stops with it
            began = time.monotonic()
            answers = [client.get("/readyz?exclude=broker") for _time in range(2)]
            assert client.get("/healthz").text == "ok"
            assert time.monotonic() - began < 2 * PATIENCE + 5
        assert [each.json()["database"] for each in answers] == [DOWN] * 2
        assert wait_until(lambda: client.get("/readyz?exclude=broker").status_code == 200, 20)


def test_nothing_of_addresses_or_errors_is_said(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_REDIS_URL", "redis://:a-secret@127.0.0.1:1/0")
    settings.cache_clear()
    with TestClient(create_app(Settings(), sqlite), base_url="http://any.name") as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()) == {"ready", "database", "broker"}
    assert "a-secret" not in answer.text
