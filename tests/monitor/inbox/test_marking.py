"""What people say of obligations, written down: who may, when it is refused and why, and what the log keeps of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.language import use_language
from monitor import State
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.inbox.handled import handled_between
from monitor.inbox.mark_rules import Kind, Reason, Said
from monitor.inbox.marking import CannotMark, mark
from monitor.inbox.models import Action, Mark
from monitor.inbox.unanswered import Obligation, obligation, unanswered, waiting_between
from monitor.register.calendar import calendar_of
from monitor.register.models import Channel, Person, Unit
from monitor.register.organisation import organisation
from tests.monitor.town import Town

MONDAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=2)
CLOSE = Said(Kind.CLOSE, reason=Reason.OPINION)


def say(town: Town, comment: int, said: Said, by: str = "redaktor", now: datetime = NOON) -> Obligation:
    with town.db.transaction() as session, use_language("sv"):
        return mark(session, comment, said, by, now)


def now_stands(town: Town, comment: int, now: datetime = NOON) -> Obligation:
    with town.db.snapshot() as session:
        found = obligation(session, comment, now)
    assert found is not None
    return found


def waiting(town: Town, now: datetime = NOON) -> list[Obligation]:
    with town.db.snapshot() as session:
        return unanswered(session, now)


def test_what_needs_no_reply_does_not_wait_and_says_who_said_so(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)
    found = say(town, comment, CLOSE)
    with use_language("sv"):
        assert (found.state, found.overdue) == (State.CLOSED_NO_REPLY, False)
        assert found.reason == "Kräver inget svar enligt Rut Redaktör den 15 juni 2026: en åsikt, ingen fråga."
    assert waiting(town) == []


def test_the_log_tells_of_the_act_and_nothing_of_the_words(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)
    say(town, comment, Said(Kind.PRIVATE, note="Fick svar i DM om dottern"))
    with db.snapshot() as session:
        entry = session.scalars(select(AuditEntry)).one()
        kept = session.scalars(select(Mark)).one()
    assert (entry.actor, entry.act, entry.subject_kind, entry.subject) == (
        "redaktor",
        "obligation.answered_privately",
        "comment",
        str(comment),
    )
    assert (entry.before, entry.after) == ({"state": "open"}, {"note": "set"})
    assert (kept.note, "dottern" in repr(kept)) == ("Fick svar i DM om dottern", False)


def test_what_is_seen_waits_quietly_until_the_next_working_day_has_ended(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)
    until = datetime(2026, 6, 16, 14, 0, tzinfo=UTC)
    found = say(town, comment, Said(Kind.ACKNOWLEDGE))
    assert (found.state, found.quiet_until, found.due_at) == (State.ACKNOWLEDGED, until, until)
    assert [each.state for each in waiting(town)] == [State.ACKNOWLEDGED]
    assert [(each.state, each.quiet_until) for each in waiting(town, until)] == [(State.OPEN, None)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(Kind.SNOOZE, note="Väntar"), "Ange till när"),
        (Said(Kind.SNOOZE, NOON - timedelta(seconds=1), note="Väntar"), "har passerat"),
        (Said(Kind.SNOOZE, NOON + timedelta(days=30), note="Väntar"), "senast 23 juni 2026 kl. 16.00"),
        (Said(Kind.SNOOZE, NOON + timedelta(days=3), note="Väntar"), "bara enhetschefen"),
        (Said(Kind.SNOOZE, NOON + timedelta(hours=1)), "Skriv några ord"),
        (Said(Kind.ACKNOWLEDGE, NOON + timedelta(days=3)), "senast 16 juni 2026 kl. 16.00"),
        (Said(Kind.CLOSE), "Ange varför"),
        (Said(Kind.CLOSE, reason=Reason.REGISTERED, note="snart"), "Ange diarienumret"),
        (Said(Kind.PRIVATE, note=" "), "var den besvarades"),
        (Said(Kind.WAKE), "varken kvitterad eller uppskjuten"),
        (Said(Kind.REOPEN), "går inte att öppna igen (obesvarad)"),
        (Said(Kind.CONFIRM), "Inget av våra svar"),
        (Said(Kind.INTERIM, reply="9"), "Inget av våra svar"),
    ],
)
def test_what_cannot_be_said_is_refused_with_what_to_do(sqlite: Database, said: Said, words: str) -> None:
    town = Town(sqlite)
    comment = town.comment("1", MONDAY)
    with pytest.raises(CannotMark, match=words.replace("(", r"\(").replace(")", r"\)")):
        say(town, comment, said)
    with sqlite.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Mark)) == 0


@pytest.mark.parametrize("kind", [Kind.ACKNOWLEDGE, Kind.SNOOZE, Kind.CLOSE, Kind.PRIVATE, Kind.CONFIRM, Kind.REJECT])
def test_a_late_word_never_changes_what_is_finished(sqlite: Database, kind: Kind) -> None:
    town = Town(sqlite)
    comment = town.comment("1", MONDAY)
    town.answer("2", MONDAY + timedelta(hours=1), to="1")
    with pytest.raises(CannotMark, match="redan hanterad"):
        say(town, comment, Said(kind, NOON + timedelta(hours=1), Reason.THANKS, "2", "Ärende 1"))
    assert now_stands(town, comment).state is State.ANSWERED


def test_whoever_leads_the_unit_may_put_off_an_answer_past_its_deadline(db: Database) -> None:
    town = Town(db)
    town.person("chef")
    town.change(Unit, "kommunikation", manager_id="chef")
    comment = town.comment("1", MONDAY)
    until = NOON + timedelta(days=3)
    found = say(town, comment, Said(Kind.SNOOZE, until, note="Väntar på provsvar"), by="chef")
    assert (found.state, found.quiet_until, found.due_at < until) == (State.SNOOZED, until, True)
    assert say(town, comment, Said(Kind.WAKE)).state is State.OPEN


def test_only_who_has_to_do_with_the_channel_may_say_anything(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)
    town.person("ny")
    for by, words in (("ny", "sköter inte"), ("okänd", "ingen sådan person")):
        with pytest.raises(CannotMark, match=words):
            say(town, comment, CLOSE, by=by)
    town.change(Person, "redaktor", retired=True)
    with pytest.raises(CannotMark, match="ingen sådan person"):
        say(town, comment, CLOSE)
    town.decision(authorised=["ny"])
    assert say(town, comment, CLOSE, by="ny").state is State.CLOSED_NO_REPLY


@pytest.mark.parametrize("role", ["communicator", "administrator", "moderator"])
def test_some_roles_may_speak_of_every_channel(sqlite: Database, role: str) -> None:
    town = Town(sqlite)
    town.person("roll", roles=[role])
    assert say(town, town.comment("1", MONDAY), CLOSE, by="roll").state is State.CLOSED_NO_REPLY


def test_one_of_two_who_waited_is_confirmed_and_the_other_is_not(db: Database) -> None:
    town = Town(db)
    anna = town.comment("1", MONDAY)
    erik = town.comment("2", MONDAY, parent_external_id="1", author_id="erik")
    town.answer("3", MONDAY + timedelta(hours=1), to="1")
    assert now_stands(town, anna).reply == "3"
    assert say(town, anna, Said(Kind.CONFIRM)).state is State.ANSWERED
    assert say(town, erik, Said(Kind.REJECT)).state is State.OPEN
    assert [each.comment_id for each in waiting(town)] == [erik]


def test_a_reply_that_promises_an_answer_gives_the_second_longer_clock(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)
    town.answer("2", NOON, to="1")
    with db.transaction() as session:
        action = Action(
            key="k",
            channel_id="fb",
            comment_id=comment,
            kind="reply",
            by_id="redaktor",
            created_at=NOON,
            next_at=NOON,
            state="done",
            done_at=NOON,
            remote_id="2",
            interim=True,
        )
        session.add(action)
    [found] = waiting(town)
    due = datetime(2026, 6, 23, 14, 0, tzinfo=UTC)
    assert (found.state, found.since, found.due_at, found.reply) == (State.INTERIM_ANSWERED, NOON, due, "2")


def test_a_cycle_begins_with_the_day_on_which_the_waiting_began(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", datetime(2026, 6, 15, 22, 30, 5, tzinfo=UTC))
    assert now_stands(town, comment).cycle == "2026-06-16T00:30:05+02:00"


def test_what_somebody_has_looked_at_does_not_keep_the_day_from_being_gone_through(db: Database) -> None:
    town = Town(db)
    comment = town.comment("1", MONDAY)

    def left() -> int:
        with db.snapshot() as session:
            return waiting_between(session, session.get_one(Channel, "fb"), None, NOON, frozenset({"page-1"}))

    assert left() == 1
    say(town, comment, Said(Kind.ACKNOWLEDGE))
    assert left() == 0
    town.edit(comment, "Något helt annat", NOON + timedelta(minutes=1))
    assert left() == 1


def test_what_people_dealt_with_is_counted_and_neither_waits_nor_is_late(db: Database) -> None:
    town = Town(db)
    closed, private, _open = (town.comment(id_, MONDAY, author_id=id_) for id_ in ("1", "2", "3"))
    say(town, closed, CLOSE)
    say(town, private, Said(Kind.PRIVATE, note="DM"))
    with db.snapshot() as session:
        calendar = calendar_of(organisation(session))
        later = MONDAY + timedelta(days=30)
        told = handled_between(session, calendar, MONDAY, later, ["fb"], later).answers
    assert (told.came, told.waiting, told.overdue, told.answered) == (3, 1, 1, 0)
    assert (told.answered_privately, told.closed_no_reply) == (1, 1)


def test_our_own_comment_is_nobodys_obligation(db: Database) -> None:
    town = Town(db)
    town.comment("1", MONDAY)
    ours = town.answer("2", NOON, to="1")
    with pytest.raises(CannotMark, match="ingen kommentar"):
        say(town, ours, CLOSE)
    with pytest.raises(CannotMark, match="ingen kommentar"):
        say(town, 999, CLOSE)
