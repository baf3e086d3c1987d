"""`kanalvakt reply` and its sisters, as a person or a program runs them: no broker, no worker."""

import io
import json
import sys

import pytest
from sqlalchemy import select

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.audit.models import AuditEntry
from monitor.db import database
from monitor.db.migrating import upgrade
from tests.monitor.cli.conftest import Command
from tests.monitor.inbox.desk import TEXT, Desk

BY = ("--by", "redaktor")


@pytest.fixture
def desk(request: pytest.FixtureRequest, emulator: Emulator) -> Desk:
    upgrade(database())
    return Desk(database(), emulator, getattr(request, "param", "facebook"))


def test_a_comment_is_answered_by_its_number_or_the_platforms_id(desk: Desk, kanalvakt: Command) -> None:
    asked = desk.asked()
    answer = kanalvakt("reply", str(desk.row(asked).id), "--text", TEXT, *BY)
    assert answer.code == 0
    assert answer.out.endswith("Klart.\n")
    again = kanalvakt("reply", asked.id, "--text", "Och på söndagar stängt.", *BY, "--even-if-answered", "--json")
    assert json.loads(again.out)["state"] == "done"
    assert [desk.world.comments[effect.made or ""].text for effect in desk.effects] == [TEXT, "Och på söndagar stängt."]
    with desk.db.snapshot() as session:
        asking = select(AuditEntry).where(AuditEntry.act == "action.requested").order_by(AuditEntry.id)
        logged = [(row.actor, row.subject, (row.after or {})["kind"]) for row in session.scalars(asking)]
    assert logged == [("redaktor", str(desk.row(asked).id), "reply")] * 2


def test_the_text_may_come_from_standard_input(desk: Desk, kanalvakt: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Rad ett\nRad två\n"))
    assert kanalvakt("reply", desk.asked().id, "--text", "-", *BY).code == 0
    assert desk.world.comments[desk.effects[0].made or ""].text == "Rad ett\nRad två"


def test_asked_for_twice_it_is_done_once(desk: Desk, kanalvakt: Command) -> None:
    words = ("reply", desk.asked().id, "--text", TEXT, *BY)
    assert kanalvakt(*words).code == 0
    second = kanalvakt(*words)
    assert (second.code, len(desk.effects)) == (2, 1)
    assert "åtgärd 1, av redaktor" in second.err


def test_an_answer_that_was_lost_is_found_by_the_command_itself(desk: Desk, kanalvakt: Command) -> None:
    asked = desk.asked()
    desk.emulator.faults.add(Fault("lose", method="POST"))
    answer = kanalvakt("reply", asked.id, "--text", TEXT, *BY)
    assert (answer.code, answer.out) == (0, "Klart: plattformens svar gick förlorat, men det står där.\n")
    assert "gör inget förrän det är känt" in answer.err
    assert len(desk.effects) == 1


def test_who_comes_after_a_native_answer_is_asked_first(desk: Desk, kanalvakt: Command) -> None:
    asked = desk.asked()
    desk.world.answer(asked, "Redan besvarat.")
    words = ("reply", asked.id, "--text", TEXT, *BY)
    answer = kanalvakt(*words)
    assert (answer.code, desk.effects) == (1, [])
    assert "--even-if-answered" in answer.err
    assert kanalvakt(*words, "--even-if-answered").code == 0
    assert len(desk.effects) == 1


@pytest.mark.parametrize(
    ("desk", "command", "kind"),
    [
        ("facebook", "hide", "hide"),
        ("instagram", "unhide", "unhide"),
        ("facebook", "remove", "delete"),
        ("youtube", "release", "release"),
        ("youtube", "reject", "reject"),
    ],
    indirect=["desk"],
)
def test_everything_else_can_be_done_too(desk: Desk, kanalvakt: Command, command: str, kind: str) -> None:
    target = desk.asked(kind)
    assert kanalvakt(command, target.id, *BY).code == 0
    assert [(effect.kind, effect.target) for effect in desk.effects] == [(kind, target.id)]


def test_what_was_done_is_listed_with_who_and_why(desk: Desk, kanalvakt: Command) -> None:
    assert kanalvakt("actions").out == "Inget har gjorts härifrån.\n"
    desk.emulator.graph.writing.blocked = (368, None)
    refused = kanalvakt("reply", desk.asked().id, "--text", TEXT, *BY)
    assert refused.code == 1
    assert "Inte gjort: Facebook eller Instagram spärrar" in refused.err
    listed = kanalvakt("actions")
    assert listed.code == 0
    assert "redaktor\tinte gjort" in listed.out
    [item] = json.loads(kanalvakt("actions", "--json", "--lang", "en").out)
    assert (item["by"], item["kind"], item["state"], item["attempts"]) == ("redaktor", "reply", "refused", 0)
    assert item["remedy"].startswith("Facebook or Instagram blocks writing")


def test_what_waits_can_be_finished_without_workers(desk: Desk, kanalvakt: Command) -> None:
    action = desk.wants(desk.asked())
    assert kanalvakt("actions", "--finish").code == 0
    assert (desk.carry_out(action).state, len(desk.effects)) == ("done", 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("reply", "999", "--text", "x", *BY), "Det finns ingen kommentar 999"),
        (("reply", "{asked}", "--text", "x", "--by", "redaktör"), "Menade du redaktor?"),
        (("reply", "{asked}", "--text", " ", *BY), "Ett svar behöver en text."),
        (("remove", "{asked}", *BY), "dölj den i stället"),
    ],
)
def test_wrong_words_are_answered_with_what_would_be_right(
    desk: Desk, kanalvakt: Command, words: tuple[str, ...], sentence: str
) -> None:
    asked = desk.asked()
    answer = kanalvakt(*(word.format(asked=asked.id) for word in words))
    assert answer.code == 2
    assert sentence in answer.err
    assert desk.effects == []
