"""What waits, read from the database: states, deadlines, order, and what is left unread."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.language import use_language
from monitor import State, Term
from monitor.cli.output import show_json
from monitor.db import Database
from monitor.inbox import gathering
from monitor.inbox.deadline_rules import due_at
from monitor.inbox.rules import Verdict, Written, judge
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.register.organisation import NotSetUp
from tests.monitor.town import Town

NEXT_DAY = Term(days=1)

MONDAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
KEYS = {
    *("comment_id", "external_id", "thread_external_id", "channel", "platform", "author", "text", "posted_at"),
    *("fetched_at", "due_at", "overdue", "state", "reason", "responsible", "permalink"),
}


def stockholm(text: str) -> datetime:
    return datetime.fromisoformat(text)


def waiting(
    town: Town, now: datetime = MONDAY, channel_id: str | None = None, all_states: bool = False
) -> list[Obligation]:
    with town.db.snapshot() as session:
        return unanswered(session, now, channel_id=channel_id, all_states=all_states)


@pytest.mark.parametrize(
    ("wrote", "due"),
    [
        ("2026-06-18T15:00+02:00", "2026-06-22T16:00+02:00"),  # Midsummer's Eve and the weekend between
        ("2025-12-23T17:00+01:00", "2025-12-29T16:00+01:00"),
        ("2026-05-13T12:00+02:00", "2026-05-15T16:00+02:00"),  # the bridge day is a working day
        ("2026-03-28T23:30+01:00", "2026-03-30T16:00+02:00"),  # summer time begins in between
        ("2026-10-24T23:30+02:00", "2026-10-26T16:00+01:00"),  # and ends
        ("2026-06-15T23:59+02:00", "2026-06-16T16:00+02:00"),
        ("2026-06-16T00:01+02:00", "2026-06-17T16:00+02:00"),  # still Monday in UTC
    ],
)
def test_an_answer_is_due_by_closing_time_of_the_next_working_day(wrote: str, due: str) -> None:
    calendar = calendar_of(Organisation(name="Tibro kommun"))
    assert due_at(stockholm(wrote).astimezone(UTC), NEXT_DAY, calendar) == stockholm(due)


def test_what_waits_says_everything_a_person_needs(db: Database) -> None:
    town = Town(db)
    row = town.comment("1", MONDAY)
    [found] = waiting(town)
    with use_language("sv"):
        shown = found.as_json()
    assert shown.keys() >= KEYS
    assert (shown["comment_id"], shown["channel"], shown["responsible"], shown["state"]) == (
        row,
        "fb",
        "redaktor",
        "open",
    )
    assert shown["reason"] == "Ingen har svarat ännu."
    assert (shown["author"], shown["fetched_at"]) == ("Anna Andersson", MONDAY + timedelta(minutes=5))
    assert (shown["due_at"], shown["overdue"]) == (stockholm("2026-06-16T16:00+02:00"), False)


def test_the_shown_document_is_json(sqlite: Database, capsys: pytest.CaptureFixture[str]) -> None:
    town = Town(sqlite)
    town.comment("1", MONDAY)
    show_json([item.as_json() for item in waiting(town)])
    [item] = json.loads(capsys.readouterr().out)
    assert (item["posted_at"], item["state"]) == ("2026-06-15T08:00:00+00:00", "open")


def test_what_is_answered_does_not_wait_but_can_be_asked_for(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY)
    town.answer("2", MONDAY + timedelta(hours=1), to="1")
    assert waiting(town) == []
    [found] = waiting(town, all_states=True)
    with use_language("sv"):
        assert (found.state, found.reason) == (State.ANSWERED, "Besvarad av organisationen den 15 juni 2026.")
    with use_language("en"):
        assert found.reason == "Answered by the organisation on 15 June 2026."


def test_several_who_waited_are_told_apart_by_a_person(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY)
    town.comment("2", MONDAY + timedelta(minutes=1), author_id="erik", parent_external_id="1")
    town.answer("3", MONDAY + timedelta(minutes=9), to="1")
    found = waiting(town)
    assert {item.state for item in found} == {State.PROBABLY_ANSWERED}
    with use_language("sv"):
        assert found[0].reason.startswith("2 kommuninvånare väntade när vi svarade den 15 juni 2026")


def test_the_most_overdue_comes_first(db: Database) -> None:
    town = Town(db)
    for id_, days in (("1", 3), ("2", 10), ("3", 0)):
        town.comment(id_, MONDAY - timedelta(days=days))
    found = waiting(town)
    assert [(item.external_id, item.overdue) for item in found] == [("2", True), ("1", False), ("3", False)]


def test_a_deadline_is_overdue_only_after_it(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY)
    due = waiting(town)[0].due_at
    assert not waiting(town, due)[0].overdue
    assert waiting(town, due + timedelta(seconds=1))[0].overdue


def test_a_held_comment_waits_and_one_that_was_published_waits_since_it_was_seen(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY, held=True)
    town.comment("2", MONDAY, public_seen_at=MONDAY + timedelta(days=2))
    held, published = waiting(town)
    assert (held.state, held.due_at) == (State.HELD, stockholm("2026-06-16T16:00+02:00"))
    assert (published.state, published.due_at) == (State.OPEN, stockholm("2026-06-18T16:00+02:00"))


def test_an_edit_seen_after_our_answer_waits_again(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY, "Är badet öppet?")
    town.answer("2", MONDAY + timedelta(hours=1), to="1")
    town.edit(comment, "Är badet öppet!", MONDAY + timedelta(hours=2))
    assert waiting(town) == []
    town.edit(comment, "Är gymmet öppet?", MONDAY + timedelta(days=1))
    [found] = waiting(town)
    with use_language("sv"):
        assert found.reason == "Texten ändrades den 16 juni 2026, efter svaret."
    assert found.due_at == stockholm("2026-06-17T16:00+02:00")


def test_an_edit_counts_from_when_the_platform_says_it_was_made(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY, "Är badet öppet?")
    town.answer("2", MONDAY + timedelta(hours=2), to="1")
    town.edit(comment, "Är gymmet öppet?", MONDAY + timedelta(hours=3), platform_at=MONDAY + timedelta(hours=1))
    assert waiting(town) == []


def test_an_edit_between_our_answer_and_the_first_reading_leaves_it_open(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY, edited_at=MONDAY + timedelta(minutes=4))
    town.answer("2", MONDAY + timedelta(minutes=2), to="1")
    assert [item.state for item in waiting(town)] == [State.OPEN]


def test_an_answer_by_another_of_our_channels_on_the_same_network_counts(db: Database) -> None:
    town = Town(db)
    town.channel("skolan", external_id="page-2", address="https://www.facebook.com/tibroskola")
    town.comment("1", MONDAY)
    town.comment("2", MONDAY + timedelta(hours=1), parent_external_id="1", author_id=None, author_handle="TibroSkola")
    assert waiting(town) == []


def test_the_same_id_on_another_network_is_somebody_else(db: Database) -> None:
    town = Town(db)
    town.channel("yt", platform="youtube", external_id="UC1", address="https://www.youtube.com/@tibro")
    town.comment("1", MONDAY, channel_id="yt", author_id="page-1")
    assert [item.external_id for item in waiting(town)] == ["1"]


def test_one_channel_can_be_asked_about_and_a_retired_one_only_by_name(db: Database) -> None:
    town = Town(db)
    town.channel("gammal", state="retired")
    town.comment("1", MONDAY)
    town.comment("2", MONDAY, channel_id="gammal")
    assert [item.external_id for item in waiting(town)] == ["1"]
    assert [item.external_id for item in waiting(town, channel_id="gammal")] == ["2"]


def test_what_was_written_before_the_watch_began_does_not_wait(db: Database) -> None:
    town = Town(db)
    town.schedule(historic_before=MONDAY)
    town.comment("1", MONDAY - timedelta(days=400))
    town.comment("2", MONDAY, author_id="erik")
    assert [item.external_id for item in waiting(town)] == ["2"]
    assert {item.external_id: item.state for item in waiting(town, all_states=True)}["1"] is State.HISTORIC


def test_what_the_platform_still_holds_waits_however_old(db: Database) -> None:
    town = Town(db)
    town.schedule(historic_before=MONDAY)
    town.comment("1", MONDAY - timedelta(days=400), held=True)
    assert [item.state for item in waiting(town)] == [State.HELD]


def test_a_new_question_below_an_old_comment_waits(db: Database) -> None:
    town = Town(db)
    town.schedule(historic_before=MONDAY)
    town.comment("1", MONDAY - timedelta(days=400))
    town.comment("2", MONDAY + timedelta(minutes=1), "Gäller det ännu?", author_id="erik", parent_external_id="1")
    assert [item.external_id for item in waiting(town)] == ["2"]


def test_posts_where_nothing_can_wait_are_not_read(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(sqlite)
    town.schedule(historic_before=MONDAY)
    for number in range(50):
        town.comment(f"old-{number}", MONDAY - timedelta(days=400), post_external_id=f"old-post-{number}")
    town.comment("1", MONDAY)
    read: list[str] = []

    def judging(written: Iterable[Written], *known: Any) -> dict[str, Verdict]:
        comments = list(written)
        read.extend(each.id for each in comments)
        return judge(comments, *known)

    monkeypatch.setattr(gathering, "judge", judging)
    waiting(town)
    assert read == ["1"]


def test_without_a_register_the_sentence_says_what_to_do(sqlite: Database) -> None:
    with sqlite.snapshot() as session, pytest.raises(NotSetUp, match="register import"):
        unanswered(session, MONDAY)


def test_the_residents_words_are_not_in_what_a_log_would_show(sqlite: Database) -> None:
    town = Town(sqlite)
    town.comment("1", MONDAY)
    assert "badet" not in repr(waiting(town)[0])
    assert "Andersson" not in repr(waiting(town)[0])


def test_an_old_comment_that_was_held_waits_when_it_is_published(db: Database) -> None:
    town = Town(db)
    town.schedule(historic_before=MONDAY)
    seen = MONDAY + timedelta(hours=1)
    town.comment("1", MONDAY - timedelta(days=400), public_seen_at=seen)
    town.comment("2", MONDAY - timedelta(days=400), public_seen_at=MONDAY - timedelta(days=300), post_external_id="p2")
    [item] = waiting(town)
    assert (item.external_id, item.state, item.since) == ("1", State.OPEN, seen)
