"""`kanalvakt emergency`: what the pages do in a crisis beside the way of one message, on the command line too."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import settings
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.emergency.models import Hold, Incident, Intake, LogLine, Message
from monitor.register.models import Channel
from monitor.watch.models import Comment
from tests.monitor.cli.conftest import Command
from tests.monitor.emergency.broadcast import commit
from tests.monitor.town import Town

BY = ("--by", "kris")
OTHER = ("--by", "godkanner")
PROMISE = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
SAID = ("--headline", "Strömavbrott", "--happened", "Mörkt.", "--next-update", PROMISE)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(home: Path, kanalvakt: Command) -> Run:
    """A town in which an exercise goes on; runs a command and gives its code and what it says."""
    home.mkdir(parents=True, exist_ok=True)
    upgrade(database())
    town = Town(database())
    town.person("kris", roles=["crisis_staff"])
    town.person("godkanner", roles=["unit_manager"])

    def said(*words: str) -> tuple[int, str]:
        answer = kanalvakt("emergency", *words)
        return answer.code, answer.out + answer.err

    assert said("start", "Ström", "--mode", "exercise", "--sure", "övning", *BY)[0] == 0
    return said


def made(run: Run, *words: str) -> int:
    code, out = run(*words, "--json")
    assert code == 0, out
    return int(json.loads(out)["id"])


def lines() -> list[str]:
    with database().snapshot() as session:
        return [each.text for each in session.query(LogLine).order_by(LogLine.id)]


def test_one_person_sends_alone_with_a_reason_after_a_while_and_somebody_else_reviews(run: Run) -> None:
    number = str(made(run, "draft", *SAID, *BY))
    alone = ("send", number, "--alone", "--reason", "ingen svarar", *BY)
    assert run(*alone)[0] == 2, "sent alone before anybody could approve"
    with database().transaction() as session:
        session.get_one(Message, int(number)).submitted_at = datetime.now(UTC) - timedelta(minutes=5)
    assert run("send", number, *BY)[0] == 2, "sent without approval"
    assert run("send", number, "--alone", *BY)[0] == 2, "sent alone without a reason"
    assert run(*alone)[0] in (0, 1)
    assert run("review", number, "--words", "bra", *BY)[0] == 2, "who sent it reviewed it"
    assert run("review", number, "--words", "bra", *OTHER)[0] == 0
    with database().snapshot() as session:
        assert session.get_one(Message, int(number)).reviewed_at is not None


def test_a_draft_is_changed_and_asked_for_and_a_second_message_becomes_an_update(run: Run) -> None:
    number = str(made(run, "draft", *SAID, "--keep", *BY))
    assert run("approve", number, *OTHER)[0] == 2, "approved before it was asked for"
    assert run("change", number, "--happened", "Mörkt i hela Tibro.", "--keep", *BY)[0] == 0
    assert run("ask", number, *BY)[0] == 0
    assert run("approve", number, *OTHER)[0] == 0
    run("send", number, *BY)
    code, told = run("draft", *SAID, "--headline", "Även vattnet", *BY)
    assert (code, "gäller redan" in told) == (0, True)
    assert run("follow", "2", *BY)[0] == 0
    with database().snapshot() as session:
        second = session.get_one(Message, 2)
        assert (second.kind, second.earlier_id, second.state) == ("update", 1, "draft")
        assert session.get_one(Message, 1).happened == "Mörkt i hela Tibro."


def test_a_correction_in_own_words_goes_out_once_with_one_command(run: Run) -> None:
    number = str(made(run, "draft", *SAID, *BY))
    run("approve", number, *OTHER)
    run("send", number, *BY)
    own = ("correct", number, "--headline", "Strömmen är tillbaka", "--happened", "Den kom kl. 3.", *BY)
    assert run(*own)[0] == 0
    assert run(*own)[0] == 2, "called twice, it was said twice"
    with database().snapshot() as session:
        assert [each.headline for each in session.query(Message).order_by(Message.id)] == [
            "Strömavbrott",
            "Strömmen är tillbaka",
        ]


def test_what_is_published_by_hand_is_said_and_an_unknown_place_is_told(run: Run) -> None:
    with database().transaction() as session:
        session.get_one(Incident, 1).state = "closed"
    assert run("start", "Skarp", "--mode", "actual", "--sure", "skarpt", *BY)[0] == 0
    with database().transaction() as session:
        session.query(Channel).one().watch_mode = "manual"
        place = session.query(Channel).one().id
    number = str(made(run, "draft", *SAID, *BY))
    run("approve", number, *OTHER)
    with database().transaction() as session:  # sent from here it would wait for the crisis page to be seen
        commit(session, int(number), "kris", datetime.now(UTC), settings())
    assert run("answer", number, "ingenstans", "seen", *BY)[0] == 2
    assert run("answer", number, place, "seen", "--url", "inte en adress", *BY)[0] == 2
    code, out = run("answer", number, place, "seen", "--url", "https://example.org/1", *BY, "--json")
    assert (code, json.loads(out)) == (0, {"place": place, "state": "verified", "url": "https://example.org/1"})
    assert run("answer", number, place, "skip", *BY)[0] == 2, "answered twice"


def test_stops_lines_and_papers_stand_in_the_log(run: Run, tmp_path: Path) -> None:
    assert run("hold", "--exercise", "--reason", "fel bild", *BY)[0] == 0
    assert run("release", "--exercise", *BY)[0] == 0
    assert run("stable", *BY)[0] == 0
    assert run("case", "KS 2026-1", *BY)[0] == 0
    assert run("note", "Reservkraft på väg", "--kind", "decision", *BY)[0] == 0
    assert run("note", " ", *BY)[0] == 2
    assert run("figures", *BY)[0] == 0
    assert run("handover", *BY)[0] == 2, "nothing was handed over"
    assert run("handover", "--going-on", "Allt lugnt", *BY)[0] == 0
    said = " ".join(lines())
    for each in ("fel bild", "KS 2026-1", "Reservkraft på väg", "Allt lugnt"):
        assert each in said
    assert [each["text"] for each in json.loads(run("log", "--json")[1])] == lines()
    assert run("report", str(tmp_path / "lage.pdf"))[0] == 0
    assert (tmp_path / "lage.pdf").read_bytes().startswith(b"%PDF")
    assert run("evaluate", "--went-well", "Snabbt", *BY)[0] == 2, "evaluated while it goes on"
    assert run("close", "--why", "övning", *BY)[0] == 0
    assert run("evaluate", "--went-well", "Snabbt", *BY)[0] == 0
    assert run("evaluate", "--change", "Öva mer", *BY)[0] == 0
    with database().snapshot() as session:
        assert session.get_one(Incident, 1).evaluation == {"went_well": "Snabbt", "change": "Öva mer"}
        assert all(each.released_at is not None for each in session.query(Hold))


def test_comments_are_sorted_gathered_answered_and_shown(run: Run) -> None:
    now = datetime.now(UTC)
    with database().transaction() as session:
        channel = session.query(Channel).one().id
        for number in range(2):
            seen = {"fetched_at": now, "content_hash": b"x", "posted_at": now, "text_seen_at": now, "permalink": None}
            said = {"text": f"När kommer vattnet tillbaka? {number}", "author_id": "r", "author_name": "Kim"}
            ids = {"external_id": f"c{number}", "post_external_id": "p", "thread_external_id": f"c{number}"}
            session.add(Comment(channel_id=channel, **seen, **said, **ids))  # type: ignore[arg-type]
    shown = json.loads(run("board", "--json")[1])
    items = [str(each["id"]) for each in shown["items"]]
    assert len(items) == 2
    assert "vattnet" in run("board")[1]
    assert run("sort", items[0], "--as", "rumour", *BY)[0] == 0
    assert run("sort", "999", "--as", "rumour", *BY)[0] == 2
    assert run("topic", *items, "--title", "Vattnet", *BY)[0] == 0
    assert run("topic-answer", "1", "--show", *BY)[0] == 2, "shown without an answer"
    assert run("topic-answer", "1", "--answer", "VMA om vatten", *BY)[0] == 2
    assert run("topic-answer", "1", "--answer", "Kl. 18.", *BY)[0] == 0
    assert run("topic-answer", "1", "--answer-all", *BY)[0] == 2, "real residents were answered in an exercise"
    assert run("settle", items[0], *BY)[0] == 0
    with database().snapshot() as session:
        first = session.get_one(Intake, int(items[0]))
        assert (first.kind, first.topic_id, first.done_at is not None) == ("rumour", 1, True)
    assert run("settle", items[0], "--again", *BY)[0] == 0


def test_a_template_of_ones_own_is_added_changed_used_and_retired(run: Run) -> None:
    copied = ("template-add", "--copy", "power.sv", "--name", "Mörkt i Tibro", *BY)
    assert run("template-add", "--name", "VMA", *BY)[0] == 2
    code, out = run(*copied, "--json")
    assert (code, json.loads(out)["key"], json.loads(out)["own"]) == (0, "own-1.sv", True)
    code, told = run("template-change", "1", "--headline", "Faran över", *BY)
    assert (code, "--headline" in told) == (2, True)
    assert run("template-change", "1", "--headline", "Mörkt i [område]", *BY)[0] == 0
    assert json.loads(run("templates", "--json")[1])[0]["headline"] == "Mörkt i [område]"
    assert run("template-change", "1", "--headline", "X", *OTHER)[0] == 2, "a role that permits nothing here did it"
    assert run("draft", "--template", "own-1.sv", *BY)[0] == 1, "a template was asked approval for with its gaps"
    assert run("template-retire", "1", *BY)[0] == 0
    assert run("draft", "--template", "own-1.sv", *BY)[0] == 2
    assert run("template-retire", "1", "--again", *BY)[0] == 0
