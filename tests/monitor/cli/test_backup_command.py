"""`kanalvakt backup`, `restore`, `upgrade`, `version`, `database move`, `keys rotate`: as an operator has them."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from config.settings import settings
from monitor.alerts.claiming import claim, ways_due
from monitor.alerts.models import Notice
from monitor.audit.models import AuditEntry
from monitor.db import Database, database
from monitor.db.migrating import alone, head, upgrade_in
from monitor.register import keys, secrets
from monitor.register.models import Channel, Person
from tests.monitor.cli.conftest import Command
from tests.monitor.conftest import Anew
from tests.small_disk import Disk, small_disk

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def elsewhere(monkeypatch: pytest.MonkeyPatch, home: Path, url: str | None = None) -> None:
    """Another machine: nothing is there."""
    database().close()
    monkeypatch.setenv("KANALVAKT_HOME", str(home))
    if url:
        monkeypatch.setenv("KANALVAKT_DATABASE_URL", url)
    settings.cache_clear()
    database.cache_clear()


def address(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


def a_notice_is_due() -> None:
    with database().transaction() as session:
        person = session.scalars(select(Person.id)).first()
        about = {"subject_kind": "digest", "subject": "s", "rung": "r", "cycle": "c"}
        session.add(Notice(**about, recipient_id=person or "", due_at=NOW, created_at=NOW))


@pytest.mark.usefixtures("imported")
def test_a_backup_goes_onto_an_empty_machine_and_the_audit_log_is_whole(
    kanalvakt: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare: Anew
) -> None:
    with database().transaction() as session:
        channel = session.scalars(select(Channel.id)).first() or ""
        secrets.store(session, channel, {"token": "a secret"}, NOW)
    made = kanalvakt("backup", str(tmp_path), "--with-keys", "--json")
    told = json.loads(made.out)
    file = told["file"]
    assert (told["keys"], told["revision"], told["tables"]["stored_secret"]) == (True, head(), 1)
    assert kanalvakt("backup", "--check", file).code == 0
    channels = kanalvakt("channel", "list", "--json").out
    elsewhere(monkeypatch, tmp_path / "new", address(bare()))
    back = kanalvakt("restore", file, "--lang", "en")
    assert back.code == 0, back.err
    assert (back.code, "The audit log is whole" in back.out) == (0, True)
    assert "Nobody is told anything yet" in back.err
    assert kanalvakt("channel", "list", "--json").out == channels
    with database().transaction() as session:
        assert secrets.stored(session, channel).secrets == {"token": "a secret"}
    assert keys.key_file().stat().st_mode & 0o777 == 0o600
    twice = kanalvakt("restore", file, "--lang", "en")
    assert (twice.code, "not empty" in twice.err) == (3, True)


@pytest.mark.usefixtures("imported")
def test_after_a_restoration_nobody_is_told_until_a_person_lets_go(
    kanalvakt: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_notice_is_due()
    assert ways_due(database(), NOW) == ["mail"]
    file = str(tmp_path / "b.zip")
    assert kanalvakt("backup", file).code == 0
    elsewhere(monkeypatch, tmp_path / "new")
    assert kanalvakt("restore", file).code == 0
    db = database()
    assert (ways_due(db, NOW), claim(db, NOW)) == ([], [])
    assert ways_due(db, NOW, kinds=["digest"]) == ["mail"]
    found = json.loads(kanalvakt("doctor", "restored", "keys", "--json").out)
    assert [each["ok"] for each in found] == [False, True]
    assert kanalvakt("notices", "release").code == 0
    assert kanalvakt("notices", "release").code == 1
    assert ways_due(db, NOW) == ["mail"]
    assert json.loads(kanalvakt("doctor", "restored", "--json").out)[0]["ok"]


@pytest.mark.usefixtures("imported")
def test_a_key_that_was_not_restored_is_said(
    kanalvakt: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database().transaction() as session:
        secrets.store(session, session.scalars(select(Channel.id)).first() or "", {"token": "a secret"}, NOW)
    made = kanalvakt("backup", str(tmp_path / "b.zip"), "--lang", "en")
    assert "not in it" in made.err
    elsewhere(monkeypatch, tmp_path / "new")
    assert kanalvakt("restore", str(tmp_path / "b.zip")).code == 0
    [found] = json.loads(kanalvakt("doctor", "keys", "--json", "--lang", "en").out)
    assert not found["ok"]
    assert "secrets.key" in found["remedy"]


@pytest.mark.usefixtures("imported")
def test_words_that_cannot_be_done_are_said(kanalvakt: Command, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_text("dear")
    told = [
        kanalvakt("backup", str(there), "--lang", "en"),
        kanalvakt("backup", str(tmp_path / "no" / "b.zip"), "--lang", "en"),
        kanalvakt("backup", "--check", str(there), "--lang", "en"),
        kanalvakt("restore", str(there), "--lang", "en"),
        kanalvakt("restore", str(tmp_path / "nothing.zip"), "--lang", "en"),
    ]
    assert [each.code for each in told] == [2] * 5
    assert [" ".join(each.err.split())[-30:] for each in told] != []
    assert "nothing is overwritten" in told[0].err
    assert there.read_text() == "dear"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as found:
        yield found


@pytest.mark.usefixtures("imported")
def test_a_full_disk_leaves_no_half_backup(kanalvakt: Command, disk: Disk) -> None:
    disk.fill()
    told = kanalvakt("backup", str(disk.path / "b.zip"), "--lang", "en")
    assert (told.code, "no room for the backup" in " ".join(told.err.split())) == (3, True)
    assert [each.name for each in disk.path.iterdir()] == ["ballast"]


def test_an_upgrade_backs_up_migrates_and_tells_how_to_go_back(
    kanalvakt: Command, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home.mkdir()
    with alone(database()) as connection:
        upgrade_in(connection, "0016")
        connection.execute(text("INSERT INTO person (id, name, roles, retired) VALUES ('p', 'P', '[]', false)"))
    told = json.loads(kanalvakt("upgrade", "--json").out)
    assert (told["before"], told["schema"], told["old"]) == ("0016", head(), [])
    [kept] = (home / "backups").iterdir()
    assert told["backup"] == str(kept)
    assert json.loads(kanalvakt("version", "--json").out)["database"] == head()
    assert json.loads(kanalvakt("upgrade", "--json").out)["backup"] is None
    elsewhere(monkeypatch, tmp_path / "back")
    assert kanalvakt("restore", str(kept)).code == 3, "nothing was set up in it"
    with database().snapshot() as session:
        assert session.get_one(Person, "p").name == "P"


def test_the_version_is_told_with_and_without_a_database(kanalvakt: Command) -> None:
    assert kanalvakt("version").out.strip() == json.loads(kanalvakt("version", "--json").out)["version"]
    assert json.loads(kanalvakt("version", "--json").out)["database"] is None


@pytest.mark.postgresql
@pytest.mark.usefixtures("imported")
def test_everything_moves_to_postgresql_by_one_command(
    kanalvakt: Command, home: Path, postgresql_anew: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = kanalvakt("channel", "list", "--json").out
    file = home / "kanalvakt.sqlite3"
    told = kanalvakt("database", "move", postgresql_anew, "--lang", "en")
    assert told.code == 0, told.err
    assert (told.code, "The audit log is whole" in told.out) == (0, True)
    database.cache_clear()
    stopped = kanalvakt("channel", "list", "--lang", "en")
    assert (stopped.code, "was moved to postgresql://" in stopped.err) == (3, True)
    looked = kanalvakt("doctor", "database", "--lang", "en")
    assert (looked.code, "The database was moved to postgresql://" in looked.out) == (1, True)
    monkeypatch.setenv("KANALVAKT_DATABASE_URL", postgresql_anew)
    settings.cache_clear()
    database.cache_clear()
    assert kanalvakt("channel", "list", "--json").out == channels
    with database().snapshot() as session:
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).all()
    assert acts[0] == "database.moved"
    assert file.exists()
    database().close()


@pytest.fixture
def postgresql_anew(request: pytest.FixtureRequest) -> Iterator[str]:
    import uuid

    import psycopg

    server, name = os.environ["TEST_POSTGRESQL_URL"], f"kanalvakt_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.usefixtures("imported")
def test_only_an_empty_postgresql_is_moved_to(kanalvakt: Command) -> None:
    assert kanalvakt("database", "move", "sqlite:///x").code == 2
    assert kanalvakt("database", "move", "nonsense").code == 2


@pytest.mark.usefixtures("imported")
def test_keys_are_rotated_and_it_is_logged(kanalvakt: Command) -> None:
    with database().transaction() as session:
        channel = session.scalars(select(Channel.id)).first() or ""
        secrets.store(session, channel, {"token": "a secret"}, NOW)
    before = keys.keys()
    assert kanalvakt("keys", "rotate").code == 0
    assert set(keys.keys()) & set(before) == set()
    with database().transaction() as session:
        assert secrets.stored(session, channel).secrets == {"token": "a secret"}
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.act, last.after) == ("keys.rotated", {"count": 1})
