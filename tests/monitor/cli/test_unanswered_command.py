"""`kanalvakt unanswered`, as a person or a program runs it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.inbox import removal_rules
from monitor.inbox.models import Flag
from monitor.inbox.removal_rules import Rule, Step
from monitor.inbox.removal_steps import write
from tests.monitor.cli.conftest import Command
from tests.monitor.copies import keep_copy
from tests.monitor.town import Town

LONG_AGO = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def town() -> Town:
    """A town in the embedded database of the settings."""
    upgrade(database())
    return Town(database())


def test_it_shows_what_waits_to_a_person(town: Town, kanalvakt: Command) -> None:
    town.comment("1", LONG_AGO, "Hur länge är\n\x1b[31mbadet stängt?")
    answer = kanalvakt("unanswered")
    assert answer.code == 0
    assert "\t2026-06-02 16.00\tObesvarad, försenad. fb, " in answer.out
    assert "badet stängt? Inkommen 2026-06-01 10.00, hämtad 2026-06-01 10.05." in answer.out
    assert "Ingen har svarat ännu." in answer.out
    assert "\x1b" not in answer.out


def test_it_shows_what_waits_to_a_program(town: Town, kanalvakt: Command) -> None:
    town.channel("ig", platform="instagram")
    town.comment("1", LONG_AGO)
    town.comment("2", LONG_AGO, channel_id="ig")
    town.answer("3", LONG_AGO + timedelta(hours=1), to="1")
    answer = kanalvakt("unanswered", "--json")
    assert (answer.code, answer.err) == (0, "")
    [item] = json.loads(answer.out)
    assert (item["external_id"], item["state"], item["due_at"]) == ("2", "open", "2026-06-02T14:00:00+00:00")


def test_all_states_of_one_channel_can_be_asked_for_in_english(town: Town, kanalvakt: Command) -> None:
    town.channel("ig", platform="instagram")
    town.comment("1", LONG_AGO)
    town.comment("2", LONG_AGO, channel_id="ig")
    town.answer("3", LONG_AGO + timedelta(hours=1), to="1")
    [item] = json.loads(kanalvakt("unanswered", "--all-states", "--channel", "fb", "--json", "--lang", "en").out)
    assert (item["state"], item["overdue"]) == ("answered", False)
    assert item["reason"] == "Answered by the organisation on 1 June 2026."


def test_what_is_secret_and_personal_identity_numbers_are_left_out(town: Town, kanalvakt: Command) -> None:
    hidden = town.comment("1", LONG_AGO, "Grannens diagnos")
    town.comment("2", LONG_AGO, "Jag heter Bo, 811228-9874", author_id="bo")
    with town.db.transaction() as session:
        copy = keep_copy(session, hidden)
        write(session, copy.id, Step(removal_rules.Kind.RULE, rule=Rule.SECRECY), "redaktor", LONG_AGO)
    shown = [(item["text"], item["secret"]) for item in json.loads(kanalvakt("unanswered", "--json").out)]
    assert shown == [("", True), ("Jag heter Bo, [personnummer]", False)]
    told = kanalvakt("unanswered").out
    assert ("Den innehåller sekretess." in told, "diagnos" in told, "9874" in told) == (True, False, False)


def test_it_says_what_is_flagged_and_by_which_number_a_comment_goes(town: Town, kanalvakt: Command) -> None:
    comment = town.comment("1", LONG_AGO)
    with town.db.transaction() as session:
        for number, kind in enumerate(("danger", "report", "danger")):
            session.add(Flag(key=str(number), kind=kind, channel_id="fb", at=LONG_AGO, comment_id=comment))
    [_heads, line] = kanalvakt("unanswered").out.splitlines()
    assert line.startswith(f"{comment}\t")
    assert "Fråga om fara – bedöm. Anmäld av kommuninvånare – bedöm." in line
    [item] = json.loads(kanalvakt("unanswered", "--json").out)
    assert item["flags"] == ["danger", "report"]


def test_it_says_that_nothing_waits(town: Town, kanalvakt: Command) -> None:
    assert kanalvakt("unanswered").out == "Inget väntar på svar.\n"
    assert json.loads(kanalvakt("unanswered", "--json").out) == []


def test_a_misspelt_channel_is_answered_with_its_nearest(town: Town, kanalvakt: Command) -> None:
    town.channel("ig-tibro", platform="instagram")
    answer = kanalvakt("unanswered", "--channel", "ig-tbro")
    assert (answer.code, answer.err) == (2, "Det finns ingen kanal ig-tbro. Menade du ig-tibro?\n")


def test_before_a_register_is_there_it_says_what_to_do(kanalvakt: Command) -> None:
    answer = kanalvakt("unanswered")
    assert answer.code == 3
    assert "kanalvakt register import" in answer.err
