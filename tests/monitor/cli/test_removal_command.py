"""`kanalvakt removal`, and `hide` with what it saves, as a person or a program runs them."""

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from connectors.emulator.server import Emulator
from monitor.db import database
from monitor.db.migrating import upgrade
from tests.monitor.cli.conftest import Command
from tests.monitor.inbox.desk import Desk

BY = ("--by", "redaktor")


@pytest.fixture
def desk(emulator: Emulator) -> Desk:
    upgrade(database())
    return Desk(database(), emulator, "facebook")


def test_a_whole_case_from_the_command_line(desk: Desk, kanalvakt: Command, tmp_path: Path) -> None:
    assert kanalvakt("removal", "list").out == "Ingen kommentar har dolts eller tagits bort.\n"
    asked = desk.asked()
    assert kanalvakt("hide", asked.id, *BY, "--rule", "threat", "--note", "Hotar en person").code == 0
    [listed] = json.loads(kanalvakt("removal", "list", "--open", "--json").out)
    assert (listed["act"], listed["rule"], listed["missing"]) == ("hide", "threat", ["told", "police", "registered"])
    assert "Är det polisanmält?" in kanalvakt("removal", "list").out
    early = kanalvakt("removal", "note", "1", "registered", "--yes", "--number", "KS 2026/114", *BY)
    assert (early.code, "först om den som skrev" in early.err) == (2, True)
    assert kanalvakt("removal", "note", "1", "told", "--no", "--note", "Kontot är borta", *BY).code == 0
    assert kanalvakt("removal", "note", "1", "police", "--yes", "--number", "5000-K1-26", *BY).code == 0
    last = kanalvakt("removal", "note", "1", "registered", "--yes", "--number", "KS 2026/114", *BY)
    assert last.out == "Saknas: inget\n"
    shown = json.loads(kanalvakt("removal", "show", "1", "--json").out)
    assert shown["copies"] == [{"id": 1, "content": True, "picture": True, "logged": True}]
    assert [each["kind"] for each in shown["steps"]] == ["rule", "hide", "told", "police", "registered"]
    assert shown["steps"][0]["statute"] == "1998:112 5 §"
    file = tmp_path / "case.pdf"
    assert kanalvakt("records", "removal", "1", "--output", str(file)).code == 0
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read_bytes())).pages)
    said = "".join(paper.replace("\u200b", "").split())  # where lines end is not what this is about
    words = ("Hur länge är badet stängt?", "Olaga hot", "5000-K1-26", "KS 2026/114", "Rut Redaktör", asked.id)
    for word in (*words, shown["sha256"]):
        assert word.replace(" ", "") in said


def test_a_comment_is_removed_for_good_only_with_a_rule(desk: Desk, kanalvakt: Command) -> None:
    asked = desk.asked()
    refused = kanalvakt("removal", "remove", asked.id, *BY)
    assert (refused.code, desk.effects) == (2, [])
    assert kanalvakt("removal", "remove", asked.id, *BY, "--rule", "advertising").code == 0
    assert [each.kind for each in desk.effects] == ["delete"]
    assert "Borttagen" in kanalvakt("removal", "show", "1").out


def test_a_changed_copy_is_told_of(desk: Desk, kanalvakt: Command) -> None:
    assert kanalvakt("hide", desk.asked().id, *BY).code == 0
    with desk.db.transaction() as session:
        session.execute(text("DROP TRIGGER saved_copy_no_update"))
        session.execute(text("UPDATE saved_copy SET content = replace(content, 'länge', 'kort')"))
    answer = kanalvakt("removal", "show", "1")
    assert answer.code == 1
    assert "INTE DET SOM SÄKRADES" in answer.err
    proof = kanalvakt("records", "audit-verify")
    assert (proof.code, "Den säkrade kopian 1" in proof.err) == (1, True)


def test_a_copy_that_is_gone_is_told_of(desk: Desk, kanalvakt: Command) -> None:
    assert kanalvakt("hide", desk.asked().id, *BY).code == 0
    whole = kanalvakt("records", "audit-verify")
    assert (whole.code, "Kopior av kommentarer som är det som säkrades: 1." in whole.out) == (0, True)
    with desk.db.transaction() as session:
        session.execute(text("DROP TRIGGER saved_copy_no_delete"))
        session.execute(text("DROP TRIGGER removal_step_no_delete"))
        session.execute(text("DELETE FROM removal_step"))
        session.execute(text("DELETE FROM saved_copy"))
    proof = json.loads(kanalvakt("records", "audit-verify", "--json").out)
    assert (proof["whole"], proof["copies"]) == (False, {"whole": 0, "changed": [1]})


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "9"), "Det finns inget ärende 9"),
        (("note", "9", "told", "--yes", *BY), "Det finns inget ärende 9"),
        (("note", "1", "hide", *BY), "kanalvakt hide"),
    ],
)
def test_wrong_words_are_answered_with_what_would_be_right(
    desk: Desk, kanalvakt: Command, words: tuple[str, ...], sentence: str
) -> None:
    answer = kanalvakt("removal", *words)
    assert answer.code == 2
    assert sentence in answer.err
