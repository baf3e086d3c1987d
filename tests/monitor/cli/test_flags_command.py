"""`kanalvakt flags`: the list, what changes it, what a text would be, and what residents report."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.inbox.models import Flag
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town


@pytest.fixture
def town() -> Town:
    upgrade(database())
    return Town(database())


def acts() -> list[tuple[str, str]]:
    with database().snapshot() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act.like("flag%")).order_by(AuditEntry.id))
        return [(row.actor, row.act) for row in rows]


def test_the_list_is_there_before_anybody_judges_and_can_be_narrowed(town: Town, kanalvakt: Command) -> None:
    rules = json.loads(kanalvakt("flags", "list", "--json").out)
    assert len(rules) > 250
    danger = json.loads(kanalvakt("flags", "list", "--json", "--kind", "danger", "--language", "en").out)
    assert {(rule["kind"], rule["language"]) for rule in danger} == {("danger", "en")}
    (rush,) = json.loads(kanalvakt("flags", "list", "--json", "--kind", "rush").out)
    assert (rush["comments"], rush["minutes"]) == (25, 30)
    table = kanalvakt("flags", "list", "--kind", "danger").out
    assert "Fråga om fara – bedöm" in table
    assert "vattenläck*" in table


def test_a_word_is_added_tried_and_taken_away_and_the_log_tells(town: Town, kanalvakt: Command) -> None:
    added = kanalvakt("flags", "add", "kanelbull*", "--kind", "breach", "--by", "redaktor", "--json")
    rule = json.loads(added.out)
    assert (rule["word"], rule["kind"], rule["language"]) == ("kanelbull*", "breach", "sv")
    (tried,) = json.loads(kanalvakt("flags", "test", "Kanelbullarna är slut", "--json").out)
    assert (tried["rule"], tried["words"], tried["label"]) == (
        rule["id"],
        ["Kanelbullarna"],
        "Möjlig överträdelse – bedöm",
    )
    assert kanalvakt("flags", "remove", str(rule["id"]), "--by", "ersattare").code == 0
    assert kanalvakt("flags", "test", "Kanelbullarna är slut").out == "Ingen regel flaggar den texten.\n"
    assert acts() == [
        ("system", "flag_rule.seeded"),
        ("redaktor", "flag_rule.added"),
        ("ersattare", "flag_rule.removed"),
    ]


def test_what_a_text_would_be_is_explained_and_nothing_is_kept(town: Town, kanalvakt: Command) -> None:
    answer = kanalvakt("flags", "test", "Är vattnet farligt? Vi VET var du bor")
    for part in ("Fråga om fara – bedöm", "farlig*?", "farligt", "Möjlig överträdelse – bedöm", "VET var du bor"):
        assert part in answer.out
    with database().snapshot() as session:
        assert session.scalars(select(Flag)).all() == []


def test_a_rush_is_set_for_one_channel(town: Town, kanalvakt: Command) -> None:
    words = ("flags", "rush", "--comments", "5", "--minutes", "10", "--channel", "fb", "--by", "redaktor")
    assert "5 kommentarer inom 10 minuter" in kanalvakt(*words).out
    rules = json.loads(kanalvakt("flags", "list", "--kind", "rush", "--json").out)
    assert [(rule.get("channel"), rule["comments"]) for rule in rules] == [(None, 25), ("fb", 5)]


def test_a_residents_report_is_a_flag_at_once(town: Town, kanalvakt: Command) -> None:
    number = town.comment("1_2", datetime.now(UTC) - timedelta(hours=1), "Helt vanligt")
    answer = kanalvakt("flags", "report", "1_2", "--by", "redaktor", "--note", "Ringde växeln", "--json")
    assert json.loads(answer.out)["comment_id"] == number
    assert "Anmäld av kommuninvånare – bedöm" in kanalvakt("flags", "report", "1_2", "--by", "ersattare").out
    with database().snapshot() as session:
        flags = session.scalars(select(Flag).order_by(Flag.id)).all()
    assert [(flag.kind, flag.by_id, flag.note) for flag in flags] == [
        ("report", "redaktor", "Ringde växeln"),
        ("report", "ersattare", ""),
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "*", "--kind", "breach", "--by", "redaktor"), "minst ett ord"),
        (("add", "l*cka", "--kind", "breach", "--by", "redaktor"), "En stjärna står bara"),
        (("add", "ab*", "--kind", "breach", "--by", "redaktor"), "minst 3 bokstäver"),
        (("add", "vattenläck*", "--kind", "danger", "--by", "redaktor"), "redan regel"),
        (("add", "bulle", "--kind", "rush", "--by", "redaktor"), "rush"),
        (("add", "bulle", "--kind", "breach", "--by", "nobody"), "nobody"),
        (("add", "bulle", "--kind", "breach", "--by", "redaktor", "--channel", "fbb"), "Menade du fb?"),
        (("add", "bulle", "--kind", "breach"), "--by"),
        (("rush", "--comments", "1", "--minutes", "10", "--by", "redaktor"), "minst 2 kommentarer"),
        (("rush", "--comments", "5", "--minutes", "0", "--by", "redaktor"), "minst 1 minut"),
        (("remove", "99999", "--by", "redaktor"), "ingen regel 99999"),
        (("report", "nothing", "--by", "redaktor"), "nothing"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(town: Town, kanalvakt: Command, words: tuple[str, ...], says: str) -> None:
    answer = kanalvakt("flags", *words)
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_a_rule_can_be_taken_away_once(town: Town, kanalvakt: Command) -> None:
    kanalvakt("flags", "list")
    assert kanalvakt("flags", "remove", "1", "--by", "redaktor").code == 0
    answer = kanalvakt("flags", "remove", "1", "--by", "redaktor")
    assert (answer.code, answer.err) == (2, "Regel 1 används inte längre.\n")


def test_without_a_register_it_says_what_to_do(kanalvakt: Command) -> None:
    assert kanalvakt("flags", "list").code == 3
