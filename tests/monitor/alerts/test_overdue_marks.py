"""What people say of a comment past its deadline stops or delays what is told of it, and never brings it back."""

from collections.abc import Callable
from datetime import date

import pytest

from config.settings import Settings
from monitor.db import Database
from monitor.inbox.mark_rules import Kind, Reason
from monitor.inbox.marking import CannotMark
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.waiting import FRI, MON, THU, TUE, WED, Waiting
from tests.monitor.days.almanac import at

MONDAY, TUESDAY = date(2026, 6, 15), date(2026, 6, 16)
SEEN = "Någon har kvitterat det eller skjutit upp det sedan dess."
SETTLED = "Det har ordnats sedan dess."


@pytest.fixture
def waiting(sqlite: Database, mail: Settings, post_office: PostOffice) -> Waiting:
    return Waiting(sqlite, mail, post_office)


def acknowledged(waiting: Waiting) -> None:
    waiting.says(Kind.ACKNOWLEDGE, WED, "07.30")


def put_off(waiting: Waiting) -> None:
    waiting.says(Kind.SNOOZE, WED, "07.30", by="chef", until=at(FRI, "10.00"), note="Väntar på beslut")


def closed(waiting: Waiting) -> None:
    waiting.says(Kind.CLOSE, WED, "07.30", reason=Reason.OPINION)


def answered_privately(waiting: Waiting) -> None:
    waiting.says(Kind.PRIVATE, WED, "07.30", note="Ringde upp")


@pytest.mark.parametrize(
    ("said", "reason"),
    [(acknowledged, SEEN), (put_off, SEEN), (closed, SETTLED), (answered_privately, SETTLED)],
)
def test_what_somebody_says_before_it_is_sent_takes_it_back(
    waiting: Waiting, said: Callable[[Waiting], None], reason: str
) -> None:
    waiting.judged(WED, "07.30")
    said(waiting)
    assert waiting.told(WED, "07.31", "12.00") == []
    assert waiting.ledger() == [("redaktor", "responsible", "cancelled")]
    assert waiting.reason("redaktor", "responsible") == reason


def test_an_acknowledgement_lapses_and_the_ladder_goes_on_where_it_was(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.30") == ["redaktor"]
    waiting.says(Kind.ACKNOWLEDGE, WED, "08.00")  # holds until Thursday at 16.00
    assert waiting.told(THU, "07.30", "15.59") == []
    assert sorted(waiting.told(FRI, "07.30", "07.31", "12.00")) == ["chef", "ersattare"]
    assert waiting.told(MONDAY, "07.30") == []


def test_who_had_it_taken_back_by_an_acknowledgement_is_told_when_that_lapses(waiting: Waiting) -> None:
    waiting.judged(WED, "07.30")
    acknowledged(waiting)
    waiting.sends(WED, "07.31")
    assert sorted(waiting.told(FRI, "07.30", "12.00")) == ["chef", "ersattare", "redaktor"]


def test_what_was_put_off_is_quiet_until_then_and_told_in_the_middle_of_that_day(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.29") == []
    put_off(waiting)
    assert waiting.told(WED, "07.30") + waiting.told(THU, "07.30") + waiting.told(FRI, "07.30", "09.59") == []
    assert sorted(waiting.told(FRI, "10.00", "10.01")) == ["chef", "ersattare", "redaktor"]


def test_a_word_too_late_changes_nothing_that_is_finished(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.30") == ["redaktor"]
    waiting.is_answered("c1", WED, "10.00")
    with pytest.raises(CannotMark):
        waiting.says(Kind.ACKNOWLEDGE, WED, "11.00")
    for day in (THU, FRI, MONDAY, TUESDAY):
        assert waiting.told(day, "07.30", "12.00") == []


def test_an_interim_answer_brings_one_reminder_at_a_deadline_of_its_own(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.30") == ["redaktor"]
    waiting.is_answered("c1", WED, "10.00")
    waiting.says(Kind.INTERIM, WED, "10.05")
    days = [date(2026, 6, day) for day in range(11, 31)]
    heard = [(who, day.day) for day in days for who in waiting.told(day, "07.30", "12.00", "16.30")]
    assert [who for who, _day in heard] == ["redaktor"]
    assert heard[0][1] > FRI.day
    assert (
        "hittills finns det bara ett första besked"
        in waiting.letter("redaktor", date(2026, 6, heard[0][1]), "07.30").text
    )
    assert [rung for _who, rung, _state in waiting.ledger()] == ["responsible", "interim"]


def test_what_has_probably_been_answered_is_the_digests_until_somebody_says_no(waiting: Waiting) -> None:
    values = {"post_external_id": "post of c1", "parent_external_id": "c1", "thread_external_id": "c1"}
    waiting.comes("c2", MON, "09.30", author_id="bo", author_name="Bo", **values)
    waiting.comes("r1", MON, "10.00", author_id="page-1", **values)
    for day in (WED, THU, FRI):
        assert waiting.told(day, "07.30", "12.00") == []
    waiting.says(Kind.REJECT, FRI, "13.00")
    after = [who for day, clock in ((FRI, "13.01"), (MONDAY, "07.30")) for who in waiting.told(day, clock)]
    assert after
    assert len(waiting.ledger()) == len({(who, rung) for who, rung, _state in waiting.ledger()})


def test_reopened_by_a_person_it_has_a_term_of_its_own(waiting: Waiting) -> None:
    assert waiting.told(WED, "07.30") == ["redaktor"]
    waiting.says(Kind.CLOSE, WED, "08.00", reason=Reason.OPINION)
    assert waiting.told(THU, "07.30") == []
    waiting.says(Kind.REOPEN, THU, "09.00", by="ersattare")
    assert waiting.told(THU, "09.01", "12.00") + waiting.told(FRI, "07.30", "15.59") == []
    assert waiting.told(MONDAY, "07.30") == ["redaktor"]
    assert waiting.told(TUESDAY, "07.30") == ["ersattare"]


def test_what_is_awaited_since_tuesday_is_due_a_day_later(waiting: Waiting) -> None:
    waiting.is_answered("c1", TUE, "08.00")
    waiting.comment = waiting.comes("c7", TUE, "09.00")
    assert waiting.told(WED, "07.30", "16.00") == []
    assert waiting.told(THU, "07.30") == ["redaktor"]
