"""The frame around every command: languages, help, exit codes, and errors as one sentence with its remedy."""

import ctypes
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from monitor.cli.words import Words
from monitor.db import database
from tests.monitor.cli.conftest import SAMPLE, Answer, Command

DROP_FROM_BOUNDING_SET, MAY_OVERRIDE_PERMISSIONS = 24, 1  # prctl(2), capabilities(7)
IMPORT = ("register", "import", str(SAMPLE))


def one_sentence(answer: Answer, code: int) -> str:
    """The only line of an error, after looking at its exit code."""
    assert (answer.code, answer.out) == (code, ""), answer
    assert "Traceback" not in answer.err
    said = [line for line in answer.err.splitlines() if not line.startswith("{")]
    assert len(said) == 1, answer.err
    return said[0]


def obey_permissions() -> None:
    """Root, too, is refused what the permissions refuse (nothing happens for others)."""
    ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, MAY_OVERRIDE_PERMISSIONS)


def small_disk(size: int) -> Callable[[], None]:
    """No file may grow beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_help_is_swedish_or_english(kanalvakt: Command) -> None:
    swedish = kanalvakt("channel", "--help", "--lang", "sv")
    english = kanalvakt("channel", "--help", "--lang=en")
    assert (swedish.code, english.code) == (0, 0)
    assert all(
        word in swedish.out for word in ("Kommandon", "Flaggor", "De bevakade kanalerna.", "Visa den här texten.")
    )
    assert "The watched channels." in english.out


@pytest.mark.parametrize(("lang", "says"), [("en_GB.UTF-8", "The watched"), ("sv_SE.UTF-8", "De bev"), ("C", "De bev")])
def test_help_follows_lang(kanalvakt: Command, monkeypatch: pytest.MonkeyPatch, lang: str, says: str) -> None:
    monkeypatch.setenv("LANG", lang)
    assert says in kanalvakt("channel", "--help").out


def test_a_call_without_a_command_shows_the_help(kanalvakt: Command) -> None:
    answer = kanalvakt()
    assert answer.code == 2
    assert "register" in answer.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["chanel"], "There is no command chanel. Did you mean 'channel'?"),
        (["channel", "lst"], "There is no command lst."),
        (["channel", "list", "--jsn"], "There is no option --jsn. Did you mean --json?"),
        (["channel", "show"], "CHANNEL is missing."),
        (["version", "1", "2"], "One word too many: 1 2."),
        (["register", "export", "--format"], "The option --format needs a value."),
        (
            ["register", "export", "--format", "xml"],
            "The value of --format cannot be used: xml is none of 'toml', 'csv', 'json', 'html'.",
        ),
        (
            ["attest", "fb", "--count", "x", "--by", "a"],
            "The value of --count cannot be used: it must be a whole number.",
        ),
        (["attest", "fb", "--count", "-1", "--by", "a"], "The value of --count cannot be used: it must be at least 0."),
        (["--lang"], "The option --lang needs a value."),
    ],
)
def test_wrong_words_are_told_in_one_sentence(kanalvakt: Command, words: list[str], says: str) -> None:
    assert one_sentence(kanalvakt("--lang=en", *words), 2).startswith(says)


def test_wrong_words_are_told_in_swedish(kanalvakt: Command) -> None:
    assert one_sentence(kanalvakt("chanel"), 2) == "Det finns inget kommando chanel. Menade du 'channel'?"


@pytest.mark.parametrize("value", ["x", "-1", "99999"])
def test_why_a_value_cannot_be_used_is_told_in_swedish(kanalvakt: Command, value: str) -> None:
    said = one_sentence(kanalvakt("channel", "connect", "youtube", "--port", value), 2)
    assert said.startswith("Värdet på --port kan inte användas: det ska vara ")


def test_an_unknown_language_is_refused(kanalvakt: Command) -> None:
    assert "--lang" in one_sentence(kanalvakt("version", "--lang", "fi"), 2)


def test_global_options_are_welcome_anywhere_before_a_lone_dash() -> None:
    words = Words.of(["poll", "--lang", "en", "fb", "--debug", "--", "--lang", "sv"])
    assert words == Words(["--lang", "en", "--debug", "poll", "fb", "--", "--lang", "sv"], "poll", "en", True)


@pytest.mark.parametrize("words", [["channel", "list"], ["channel", "check"], ["register", "export"]])
def test_without_a_register_a_sentence_says_what_to_do(kanalvakt: Command, words: list[str], home: Path) -> None:
    assert "kanalvakt register import" in one_sentence(kanalvakt(*words), 3)
    assert not home.exists()


def test_a_misspelt_variable_is_named(program: Command) -> None:
    said = one_sentence(program("channel", "list", "--lang=en", environment={"KANALVAKT_HOM": "x"}), 2)
    assert said == "Unknown setting KANALVAKT_HOM (environment). Did you mean KANALVAKT_HOME?"


def test_a_misspelt_key_in_the_settings_file_is_named(program: Command, home: Path) -> None:
    home.mkdir()
    (home / "kanalvakt.toml").write_text("[polling]\nintervall_seconds = 60\n")
    said = one_sentence(program("channel", "list", "--lang=en"), 2)
    assert "polling.intervall_seconds" in said
    assert "Did you mean polling.interval_seconds?" in said


def test_standard_output_holds_the_document_alone(program: Command, imported: None) -> None:
    answer = program("channel", "list", "--json", "--debug")
    assert answer.code == 0
    assert len(json.loads(answer.out)) == 6


def test_an_unreachable_database_is_told_without_its_password(program: Command) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://kanalvakt:hemligt@127.0.0.1:{closed.getsockname()[1]}/kanalvakt"
        answer = program("channel", "list", "--lang=en", environment={"KANALVAKT_DATABASE_URL": url})
    assert "KANALVAKT_DATABASE_URL" in one_sentence(answer, 3)
    assert "hemligt" not in answer.err


@pytest.mark.postgresql
def test_a_server_that_lets_nobody_in_is_told_in_its_own_words_without_the_password(program: Command) -> None:
    server = make_url(os.environ["TEST_POSTGRESQL_URL"])
    url = server.set(database="there_is_none", password="hemligt").render_as_string(hide_password=False)
    answer = program("channel", "list", "--lang=en", environment={"KANALVAKT_DATABASE_URL": url})
    said = one_sentence(answer, 3)
    assert said.startswith("The database's server lets nobody in: ")
    assert "there_is_none" in said
    assert "hemligt" not in answer.err


def test_an_address_that_is_no_database_is_told_without_its_password(program: Command) -> None:
    url = "postgrsql://kanalvakt:hemligt@db/kanalvakt"
    answer = program("channel", "list", environment={"KANALVAKT_DATABASE_URL": url})
    assert "KANALVAKT_DATABASE_URL" in one_sentence(answer, 2)
    assert "hemligt" not in answer.err


def test_a_home_that_cannot_be_made_is_told(program: Command, home: Path) -> None:
    home.parent.chmod(0o555)
    said = one_sentence(program(*IMPORT, "--lang=en", before=obey_permissions), 3)
    home.parent.chmod(0o755)
    assert said.startswith(f"Kanalvakt may not write to {home}")


def test_a_place_outside_of_home_that_may_not_be_written_to_is_told_without_talk_of_home(
    program: Command, home: Path, imported: None, tmp_path: Path
) -> None:
    folder = tmp_path / "another's"
    folder.mkdir(mode=0o555)
    said = one_sentence(program("backup", str(folder), "--lang=en", before=obey_permissions), 3)
    assert said.startswith(f"Kanalvakt may not use {folder}")
    assert "KANALVAKT_HOME" not in said


def test_a_read_only_home_is_told_and_nothing_is_lost(
    program: Command, kanalvakt: Command, home: Path, imported: None
) -> None:
    before = kanalvakt("register", "export").out
    database().close()
    for path in [*home.iterdir(), home]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    said = one_sentence(program(*IMPORT, "--lang=en", before=obey_permissions), 3)
    home.chmod(0o755)
    for path in home.iterdir():
        path.chmod(0o644)
    assert "make it writable" in said
    assert kanalvakt("register", "export").out == before


@pytest.mark.parametrize("size", [0, 20_000, 90_000], ids=["at once", "while opening", "while making the tables"])
def test_a_full_disk_is_told_and_the_command_works_once_there_is_room(
    program: Command, kanalvakt: Command, size: int
) -> None:
    said = one_sentence(program(*IMPORT, "--lang=en", before=small_disk(size)), 3)
    assert said.startswith("The disk is full")
    assert kanalvakt(*IMPORT).code == 0


def test_a_disk_that_fills_up_leaves_the_register_as_it_was(
    program: Command, kanalvakt: Command, home: Path, tmp_path: Path, imported: None
) -> None:
    before = kanalvakt("register", "export").out
    database().close()
    bigger = tmp_path / "bigger.toml"
    people = "".join(f'[[person]]\nid = "p{number}"\nname = "{"x" * 500}"\n' for number in range(2000))
    bigger.write_text(SAMPLE.read_text(encoding="utf-8") + people, encoding="utf-8")
    size = (home / "kanalvakt.sqlite3").stat().st_size + 100_000
    answer = program("register", "import", str(bigger), "--lang=en", before=small_disk(size))
    assert one_sentence(answer, 3).startswith("The disk is full")
    assert kanalvakt("register", "export").out == before


def test_a_file_that_is_no_database_is_told(kanalvakt: Command, home: Path) -> None:
    home.mkdir()
    (home / "kanalvakt.sqlite3").write_bytes(b"no database" * 1000)
    assert "backup" in one_sentence(kanalvakt("channel", "list", "--lang=en"), 3)


def test_a_database_that_a_newer_version_has_taken_something_from_is_told(kanalvakt: Command, imported: None) -> None:
    with database().transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert kanalvakt("channel", "list").code == 0
    with database().transaction() as session:
        session.execute(text("DROP TABLE reply_template"))
    assert "newer version" in one_sentence(kanalvakt("channel", "list", "--lang=en"), 3)


def test_a_fault_of_our_own_shows_its_traceback_only_when_asked(program: Command, imported: None) -> None:
    with database().transaction() as session:
        session.execute(text("ALTER TABLE schedule RENAME COLUMN failures TO troubles"))
    assert "--debug" in one_sentence(program("channel", "list"), 1)
    assert "Traceback" in program("channel", "list", "--debug").err


def test_a_reader_who_has_seen_enough_is_no_error(imported: None) -> None:
    reader = subprocess.Popen([shutil.which("true") or "true"], stdin=subprocess.PIPE)
    reader.wait()
    command = [sys.executable, "-m", "monitor.cli.main", "register", "export"]
    assert reader.stdin is not None
    with reader.stdin:
        environment = os.environ | {"PYTHONUNBUFFERED": ""}
        writer = subprocess.run(
            command, stdout=reader.stdin, stderr=subprocess.PIPE, env=environment, check=False, text=True
        )
    assert (writer.returncode, writer.stderr) == (0, "")
