"""`kanalvakt register`: validate, import and export as people and scripts use them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.cli.setup import opened_database
from monitor.register.deciding import add_version
from monitor.register.file import load
from monitor.register.models import Person
from monitor.register.organisation import NotSetUp
from tests.monitor.cli.conftest import SAMPLE, Command
from tests.monitor.records.test_auditing import DRAFT

TEN_FAULTS = {
    'website = "': 'websit = "',
    'timezone = "Europe/Stockholm"': 'timezone = "Europe/Tibro"',
    'manager = "rektor"': 'manager = "rekor"',
    'email = "redaktor@example.org"': "",
    'id = "instagram"': 'id = "facebook"',
    'platform = "youtube"': 'platform = "youtub"',
    "has_comments = true": 'has_comments = "ja"',
    "valid_until = 2027-12-31": "valid_until = 2025-12-31",
    'decided_by = "enhetschef"': 'decided_by = "redaktor"',
    'watch_mode = "manual"': 'watch_mode = "automatic"',
}
TOLD = [
    "websit",
    "Europe/Stockholm",
    "rektor?",
    "redaktor cannot be reached",
    "facebook is used twice",
    "youtube?",
    "has_comments must be true or false",
    "ends before it was made",
    "not the manager",
    "Groups API",
]


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """The sample register with ten different faults."""
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in TEN_FAULTS.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@time_machine.travel("2026-11-23T08:00:00Z")
def test_the_sample_register_is_sound(kanalvakt: Command, home: Path) -> None:
    answer = kanalvakt("register", "validate", str(SAMPLE), "--lang", "en")
    assert (answer.code, answer.err) == (0, "")
    assert "is sound: 6 channels, 5 people" in answer.out
    assert not home.exists()


def test_ten_faults_are_all_told_at_once(kanalvakt: Command, faulty: str) -> None:
    answer = kanalvakt("register", "validate", faulty, "--lang", "en")
    assert (answer.code, answer.out) == (2, "")
    lines = answer.err.splitlines()
    assert lines[0] == f"{faulty}: 10 faults, nothing imported."
    assert len(lines) == 11
    assert [says for says in TOLD if says not in answer.err] == []
    assert all("line " in line for line in lines[1:])


def test_nothing_is_imported_from_a_file_with_faults(kanalvakt: Command, faulty: str) -> None:
    assert kanalvakt("register", "import", faulty).code == 2
    with pytest.raises(NotSetUp):
        opened_database()


def test_an_import_with_somebody_who_cannot_be_told_is_refused(kanalvakt: Command, tmp_path: Path) -> None:
    path = tmp_path / "register.toml"
    text = SAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace('email = "larare@example.org"', 'email = "larare@example.org"\nroutes = ["sms"]'))
    answer = kanalvakt("register", "import", str(path))
    assert answer.code != 0
    assert "larare går inte att nå: phone saknas. Lägg till" in answer.err
    assert "inget har importerats" in answer.err
    with pytest.raises(NotSetUp):
        opened_database()


def test_a_faulty_file_leaves_the_register_as_it_was(kanalvakt: Command, faulty: str, imported: None) -> None:
    before = kanalvakt("register", "export").out
    assert kanalvakt("register", "import", faulty).code == 2
    assert kanalvakt("register", "export").out == before


def test_importing_says_what_it_did(kanalvakt: Command) -> None:
    assert kanalvakt("register", "import", str(SAMPLE), "--lang", "en").out == "6 channels: 6 new, 0 changed.\n"
    assert kanalvakt("register", "import", str(SAMPLE), "--lang", "en").out == "6 channels: 0 new, 0 changed.\n"


def test_a_channel_that_leaves_the_file_is_named(kanalvakt: Command, imported: None, tmp_path: Path) -> None:
    shorter = tmp_path / "shorter.toml"
    text = SAMPLE.read_text(encoding="utf-8")
    shorter.write_text(text[: text.index('[[channel]]\nid = "foraldragrupp"')], encoding="utf-8")
    assert "history kept: foraldragrupp" in kanalvakt("register", "import", str(shorter), "--lang", "en").out
    states = {row["id"]: row["state"] for row in json.loads(kanalvakt("channel", "list", "--json").out)}
    assert states["foraldragrupp"] == "retired"


def test_what_is_exported_can_be_imported(kanalvakt: Command, imported: None, tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(kanalvakt("register", "export").out, encoding="utf-8")
    assert load(copy).organisation == load(SAMPLE).organisation
    assert kanalvakt("register", "import", str(copy), "--lang", "en").out == "6 channels: 0 new, 0 changed.\n"


@pytest.mark.parametrize("form", ["toml", "csv"])
def test_a_decision_that_names_somebody_who_has_left_is_told_of(kanalvakt: Command, imported: None, form: str) -> None:
    with opened_database().transaction() as session:
        session.add(Person(id="slutat", name="Siv Slutat"))
        session.flush()
        draft = replace(DRAFT, authorised=("redaktor", "slutat"))
        made = add_version(session, "youtube", draft, "enhetschef", datetime.now(UTC), actor="enhetschef")
        session.get_one(Person, "slutat").retired = True
    answer = kanalvakt("register", "export", "--format", form, "--lang", "en")
    told = f"Decision {made.version} about youtube is not in the file: it names people who have left (Siv Slutat)."
    assert (answer.code, answer.err) == (0, f"{told} It stays in the database.\n")
    assert "slutat" not in answer.out
    assert kanalvakt("register", "export", "--format", "json").err == ""


def test_the_public_list_as_json_is_one_document(kanalvakt: Command, imported: None) -> None:
    rows = json.loads(kanalvakt("register", "export", "--format", "json").out)
    assert {row["platform"] for row in rows} == {
        "facebook",
        "instagram",
        "youtube",
        "facebook_group",
        "website",
        "other",
    }


def test_a_file_that_is_not_there_is_named(kanalvakt: Command) -> None:
    answer = kanalvakt("register", "validate", "nowhere.toml", "--lang", "en")
    assert answer.code == 2
    assert "nowhere.toml" in answer.err


def test_the_whole_register_goes_out_as_csv_and_comes_back(kanalvakt: Command, imported: None, tmp_path: Path) -> None:
    copy = tmp_path / "register.csv"
    copy.write_text(kanalvakt("register", "export", "--format", "csv").out, encoding="utf-8", newline="")
    assert "is sound: 6 channels, 5 people" in kanalvakt("register", "validate", str(copy), "--lang", "en").out
    assert kanalvakt("register", "import", str(copy), "--lang", "en").out == "6 channels: 0 new, 0 changed.\n"
    copy.write_text(copy.read_text(encoding="utf-8").replace("rektor@example.org", "rektor@"), encoding="utf-8")
    answer = kanalvakt("register", "import", str(copy), "--lang", "en")
    assert (answer.code, answer.out) == (2, "")
    assert ": email is no e-mail address." in answer.err
    assert ", column email: " in answer.err


@pytest.mark.parametrize(("form", "begins"), [("html", "<!doctype html>"), ("csv", "name,platform,"), ("json", "[")])
def test_the_public_list_has_a_command_of_its_own(kanalvakt: Command, imported: None, form: str, begins: str) -> None:
    answer = kanalvakt("register", "public-list", "--format", form)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(begins)
    if form == "html":
        assert answer.out == kanalvakt("register", "public-list").out
    if form != "csv":
        assert answer.out == kanalvakt("register", "export", "--format", form).out


@time_machine.travel("2026-11-23T08:00:00Z")
def test_what_is_worth_mending_is_said_and_does_no_harm(kanalvakt: Command, tmp_path: Path) -> None:
    path = tmp_path / "register.toml"
    text = SAMPLE.read_text(encoding="utf-8")
    path.write_text(text.replace('administrators = ["larare", "rektor"]', 'administrators = ["larare"]'), "utf-8")
    for command in ("validate", "import"):
        answer = kanalvakt("register", command, str(path), "--lang", "en")
        assert answer.code == 0
        assert answer.err.startswith("foraldragrupp: Only one person administers the account")
        assert answer.err.count("\n") == 1
    assert answer.err in kanalvakt("channel", "list", "--lang", "en").err
    rows = {row["id"]: row["warnings"] for row in json.loads(kanalvakt("channel", "list", "--json").out)}
    assert [id_ for id_, found in rows.items() if found] == ["foraldragrupp"]


def test_who_imports_stands_in_the_audit_log(kanalvakt: Command) -> None:
    assert kanalvakt("register", "import", str(SAMPLE), "--by", "kommunikator").code == 0
    with opened_database().snapshot() as session:
        actors = {entry.actor for entry in session.scalars(select(AuditEntry)) if entry.subject_kind == "channel"}
    assert actors == {"kommunikator"}


def test_nobody_imports_in_a_strangers_name(kanalvakt: Command, home: Path) -> None:
    answer = kanalvakt("register", "import", str(SAMPLE), "--by", "komunikator", "--lang", "en")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "There is no person komunikator. Did you mean kommunikator?\n"
    assert not home.exists()


def test_the_text_for_an_account_is_in_the_organisations_language(
    kanalvakt: Command, imported: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    answer = kanalvakt("register", "account-text", "facebook")
    assert (answer.code, answer.err) == (0, "")
    assert "helgfria vardagar (mån–fre) 07.30–16.00" in answer.out
    assert "working days (Mon–Fri)" in kanalvakt("register", "account-text", "facebook", "--lang", "en").out
    assert "[saknas: purpose]" in kanalvakt("register", "account-text", "instagram").out
    assert "Syftet saknas" in kanalvakt("register", "account-text", "instagram").err
    assert kanalvakt("register", "account-text", "facebok").code == 2
