"""`kanalvakt close`, `acknowledge` and the others, as a person or a program runs them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor.db import database
from monitor.db.migrating import upgrade
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

LONG_AGO = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def town() -> Town:
    """A town in the embedded database of the settings, and a comment in it."""
    upgrade(database())
    town = Town(database())
    town.comment("fb_1", LONG_AGO)
    return town


def test_a_comment_is_closed_with_a_reason_and_no_longer_waits(town: Town, kanalvakt: Command) -> None:
    closed = kanalvakt("close", "fb_1", "--reason", "registered", "--note", "Dnr 2026-114", "--by", "redaktor")
    assert (closed.code, closed.err) == (0, "")
    assert closed.out.startswith("Kräver inget svar. Kräver inget svar enligt Rut Redaktör")
    assert json.loads(kanalvakt("unanswered", "--json").out) == []
    [item] = json.loads(kanalvakt("unanswered", "--all-states", "--json").out)
    assert (item["state"], item["suggested"], item["quiet_until"]) == ("closed_no_reply", None, None)
    again = kanalvakt("reopen", "1", "--by", "redaktor", "--json")
    assert (again.code, json.loads(again.out)["state"]) == (0, "open")


def test_what_is_seen_and_put_off_is_told_to_a_program(town: Town, kanalvakt: Command) -> None:
    seen = json.loads(kanalvakt("acknowledge", "fb_1", "--by", "redaktor", "--json").out)
    assert (seen["state"], seen["since"], seen["cycle"]) == (
        "acknowledged",
        "2026-06-01T08:00:00+00:00",
        "2026-06-01T10:00:00+02:00",
    )
    assert json.loads(kanalvakt("wake", "fb_1", "--by", "redaktor", "--json").out)["quiet_until"] is None
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="minutes")
    late = kanalvakt("snooze", "fb_1", "--until", soon, "--reason", "Väntar på kollega", "--by", "redaktor")
    assert late.code == 2
    assert "bara enhetschefen" in late.err
    town.person("chef", roles=["administrator"])
    late = kanalvakt("snooze", "fb_1", "--until", soon, "--reason", "Väntar på kollega", "--by", "chef", "--json")
    assert json.loads(late.out)["state"] == "snoozed"


def test_our_reply_is_confirmed_disowned_or_only_a_promise(town: Town, kanalvakt: Command) -> None:
    town.comment("fb_2", LONG_AGO, parent_external_id="fb_1", author_id="erik")
    town.answer("fb_3", LONG_AGO + timedelta(hours=1), to="fb_1")
    assert json.loads(kanalvakt("disown", "fb_1", "--by", "redaktor", "--json").out)["state"] == "open"
    confirmed = json.loads(kanalvakt("confirm", "fb_2", "--by", "redaktor", "--json").out)
    assert (confirmed["state"], confirmed["reply"]) == ("answered", "fb_3")
    promised = json.loads(kanalvakt("interim", "fb_2", "--by", "redaktor", "--json").out)
    assert (promised["state"], promised["since"]) == ("interim_answered", "2026-06-01T09:00:00+00:00")
    told = json.loads(kanalvakt("private", "fb_1", "--note", "DM", "--by", "redaktor", "--json").out)
    assert told["state"] == "answered_privately"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("close", "fb_1", "--reason", "bored", "--by", "redaktor"), "bored"),
        (("close", "fb_9", "--reason", "spam", "--by", "redaktor"), "fb_9"),
        (("close", "fb_1", "--reason", "spam", "--by", "redaktr"), "redaktor"),
        (("acknowledge", "fb_1", "--until", "i morgon", "--by", "redaktor"), "2026-06-18T12:00"),
        (("acknowledge", "fb_1", "--until", "2020-01-01", "--by", "redaktor"), "har passerat"),
        (("confirm", "fb_1", "--by", "redaktor"), "Inget av våra svar"),
    ],
)
def test_wrong_words_are_told_with_what_to_do(
    town: Town, kanalvakt: Command, words: tuple[str, ...], told: str
) -> None:
    answer = kanalvakt(*words)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
