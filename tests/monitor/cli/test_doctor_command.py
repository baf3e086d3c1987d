"""`kanalvakt doctor` of what lies still: a database that is empty, and how old the last backup is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from config.settings import settings
from monitor.cli.backup import NOTE
from monitor.cli.doctor import Finding, examine
from monitor.cli.setup import opened_database
from tests.monitor.cli.conftest import Command
from tests.monitor.conftest import Anew


def found() -> dict[str, Finding]:
    return {one.check: one for one in examine(settings())}


def test_a_database_without_a_table_is_told_from_one_of_another_version(
    bare: Anew, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = bare()
    with db.engine.connect():  # SQLite makes the file
        pass
    monkeypatch.setenv("KANALVAKT_DATABASE_URL", db.url.render_as_string(hide_password=False))
    told = found()["database"]
    assert not told.ok
    assert "inga av Kanalvakts tabeller" in str(told.problem)
    assert "kanalvakt up" in str(told.remedy)
    opened_database(create=True)
    assert found()["database"].ok


@pytest.mark.usefixtures("imported")
def test_the_last_backup_is_looked_at_where_one_is_known_of(kanalvakt: Command, home: Path, tmp_path: Path) -> None:
    assert "backup" not in found(), "others make them otherwise"
    never = kanalvakt("doctor", "backup")
    assert never.code == 1
    assert "kanalvakt backup" in never.out
    for number in range(2):
        assert kanalvakt("backup", str(tmp_path / f"{number}.zip")).code == 0
    assert kanalvakt("doctor", "backup").code == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3, hours=1)):
        old = found()["backup"]
    assert "3 dygn" in str(old.problem)
    assert str(home / NOTE) in str(old.remedy)
    (home / NOTE).write_text("not what we wrote")
    assert "backup" not in found()


@pytest.mark.usefixtures("imported")
def test_what_is_only_checked_is_no_new_backup(kanalvakt: Command, home: Path, tmp_path: Path) -> None:
    assert kanalvakt("backup", str(tmp_path / "b.zip")).code == 0
    (home / NOTE).unlink()
    assert kanalvakt("backup", "--check", str(tmp_path / "b.zip")).code == 0
    assert "backup" not in found()


@pytest.mark.usefixtures("imported")
def test_a_backup_that_cannot_be_noted_is_one_all_the_same(kanalvakt: Command, home: Path, tmp_path: Path) -> None:
    (home / NOTE).mkdir()
    made = kanalvakt("backup", str(tmp_path / "b.zip"))
    assert made.code == 0
    assert "kanalvakt doctor" in made.err
    assert kanalvakt("backup", "--check", str(tmp_path / "b.zip")).code == 0
