"""What is backed up is what comes back, on either database and from one to the other; and nothing else does."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from monitor.db import Database
from monitor.db.archive import MANIFEST, Archive, Belongings, NotABackup, write
from monitor.db.migrating import alone, upgrade, upgrade_in
from monitor.db.rows_in import OtherTables, is_empty, take_in
from monitor.db.rows_out import counters, go_on_counting, shapes
from monitor.emergency.models import Incident
from monitor.register.models import Person
from tests.monitor.conftest import Anew
from tests.monitor.db.filled import Rows, contents, fill

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
NOTHING = Belongings({}, {})


def filled(db: Database, rows: int = 3) -> Rows:
    with alone(db) as connection:
        for number in range(1, rows + 1):
            fill(connection, number)
        return contents(connection, shapes(connection))


def migrated(bare: Anew) -> Database:
    upgrade(db := bare())
    return db


def backed_up(db: Database, folder: Path, name: str = "backup.zip") -> Path:
    write(db, folder / name, NOTHING, "0.1.0", NOW)
    return folder / name


def taken_in(db: Database, file: Path) -> Rows:
    with Archive.open(file) as archive, alone(db) as connection:
        upgrade_in(connection, archive.manifest.revision or "")
        take_in(connection, archive.parts())
        go_on_counting(connection, archive.manifest.counters)
        return contents(connection, shapes(connection))


def test_every_row_comes_back_as_it_was(db: Database, bare: Anew, tmp_path: Path) -> None:
    before = filled(db)
    assert taken_in(bare(), backed_up(db, tmp_path)) == before
    assert len(before) > 60
    assert {len(rows) for name, rows in before.items() if name not in {"tally", "stirred"}} == {3}


def test_what_guards_and_finds_rows_does_so_again(bare: Anew, tmp_path: Path) -> None:
    db = migrated(bare)
    filled(db)
    taken_in(there := bare(), backed_up(db, tmp_path))
    with pytest.raises(DBAPIError), there.transaction() as session:
        session.execute(text("DELETE FROM audit_entry"))
    with pytest.raises(DBAPIError), there.transaction() as session:
        session.execute(text("UPDATE incident SET mode = 'exercise'"))
    with pytest.raises(IntegrityError), there.transaction() as session:
        session.execute(text("DELETE FROM person"))
    found = "SELECT count(*) FROM comment_trigrams WHERE comment_trigrams MATCH 'åäö'"
    if not there.is_sqlite:
        found = "SELECT count(*) FROM comment WHERE folded_text LIKE '%åäö%'"
    with there.snapshot() as session:
        assert session.scalar(text(found)) == 3


def test_numbers_go_on_where_they_were(bare: Anew, tmp_path: Path) -> None:
    db = migrated(bare)
    filled(db)
    with db.transaction() as session:  # a number that was given, and whose row is gone
        session.execute(text("DELETE FROM dispatch"))
        session.execute(text("DELETE FROM subscription WHERE id > 1"))
    last = {"subscription": 3}
    with alone(db) as connection:
        go_on_counting(connection, last)
    taken_in(there := bare(), backed_up(db, tmp_path))
    with there.transaction() as session:
        assert counters(session)["subscription"] == 3
        session.add(Person(id="new", name="N"))
        session.flush()
        made = Incident(mode="exercise", level="low", title="T", started_at=NOW, started_by_id="new", decided_by="")
        session.add(made)
        session.flush()
        assert made.id == 4


def test_a_backup_shows_one_moment_while_others_write(bare: Anew, tmp_path: Path) -> None:
    """Each writer's two rows go together: a backup has both or neither."""
    db = migrated(bare)
    over = threading.Event()

    def go_on_writing() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with db.transaction(repeatable=True) as session:
                session.execute(text("INSERT INTO hint (digest, received_at) VALUES (:d, :t)"), _hint(number))
                session.add(Person(id=str(number), name="P"))

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        files = [backed_up(db, tmp_path, f"{number}.zip") for number in range(3)]
    finally:
        over.set()
        writer.join()
    for file in files:
        with Archive.open(file) as archive:
            rows = {table.name: table.rows for table in archive.manifest.tables}
        assert rows["hint"] == rows["person"]
    assert taken_in(bare(), files[-1])["person"] != []


def _hint(number: int) -> dict[str, object]:
    return {"d": str(number).encode(), "t": "2026-11-28 12:00:00.000000"}


def test_a_backup_is_for_our_eyes_and_lies_there_whole(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("crisis page")
    belongings = Belongings({"hub/page.html": tmp_path / "page.html"}, {"secrets.key": b"k\n"}, keys=True)
    made = write(sqlite, tmp_path / "b.zip", belongings, "0.1.0", NOW)
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    with Archive.open(tmp_path / "b.zip") as archive:
        archive.check()
        assert archive.manifest == made
        assert [archive.content(each) for each in archive.manifest.files] == [b"crisis page", b"k\n"]
        assert archive.manifest.keys
    assert [each for each in tmp_path.iterdir() if "unfinished" in each.name] == []


def test_nothing_is_overwritten(sqlite: Database, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("something dear")
    with pytest.raises(FileExistsError):
        write(sqlite, tmp_path / "b.zip", NOTHING, "0.1.0", NOW)
    assert (tmp_path / "b.zip").read_text() == "something dear"


def test_a_backup_that_breaks_off_leaves_nothing(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(sqlite, tmp_path / "b.zip", Belongings({"hub/x": tmp_path / "not there"}, {}), "0.1.0", NOW)
    assert [each for each in tmp_path.iterdir() if "b.zip" in each.name] == []


@pytest.mark.parametrize("how", ["cut", "flipped", "row taken", "row changed", "no manifest", "other file"])
def test_what_is_not_whole_is_seen(sqlite: Database, tmp_path: Path, how: str) -> None:
    filled(sqlite)
    file = backed_up(sqlite, tmp_path)
    _spoil(file, how)
    with pytest.raises(NotABackup), Archive.open(file) as archive:
        archive.check()


def _spoil(file: Path, how: str) -> None:
    content = file.read_bytes()
    if how == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        place = content.index(b"tables/person.jsonl") + 40
        file.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])
    elif how == "other file":
        file.write_bytes(b"PDF")
    else:
        with ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if how == "no manifest":
            del parts[MANIFEST]
        else:
            lines = parts["tables/person.jsonl"].splitlines(keepends=True)
            changed = [lines[0].replace(b"person", b"Person"), *lines[1:]] if how == "row changed" else lines[1:]
            parts["tables/person.jsonl"] = b"".join(changed)
        with ZipFile(file, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)


def test_what_is_not_whole_leaves_the_database_empty(bare: Anew, sqlite: Database, tmp_path: Path) -> None:
    filled(sqlite)
    file = backed_up(sqlite, tmp_path)
    _spoil(file, "row changed")
    there = bare()
    with pytest.raises(NotABackup):
        taken_in(there, file)
    with there.engine.connect() as connection:
        assert is_empty(connection)
        assert shapes(connection) == []


def test_a_table_that_the_schema_has_otherwise_is_refused(sqlite: Database, bare_sqlite: Anew, tmp_path: Path) -> None:
    file = backed_up(sqlite, tmp_path)
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts[MANIFEST])
    manifest["tables"] = [each for each in manifest["tables"] if each["name"] != "person"]
    parts[MANIFEST] = json.dumps(manifest).encode()
    with ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(OtherTables, match="person"):
        taken_in(bare_sqlite(), file)


def test_a_json_null_and_no_value_stay_apart(bare: Anew, tmp_path: Path) -> None:
    db = migrated(bare)
    with db.transaction() as session:
        for number, value in enumerate(("null", None), 1):
            entry = {"n": number, "v": value, "t": "2026-11-28 12:00:00.000000"}
            columns = "(id, at, actor, act, subject_kind, subject, before, hash)"
            values = f"(:n, '{entry['t']}', 'a', 'b', 'c', 'd', :v, 'h')"
            session.execute(text(f"INSERT INTO audit_entry {columns} VALUES {values}"), {"n": number, "v": value})  # noqa: S608
    taken_in(there := bare(), backed_up(db, tmp_path))
    with there.snapshot() as session:
        kept = session.execute(text("SELECT CAST(before AS VARCHAR) FROM audit_entry ORDER BY id")).scalars().all()
    assert kept == ["null", None]
