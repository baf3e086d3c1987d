"""Whom a notice did not reach has not been told; and nothing goes out at a time that it is not for."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from config.settings import Settings
from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.alerts.overdue import KIND
from monitor.alerts.sending import SendOutcome, send_due
from monitor.alerts.standing_still import standing_still
from monitor.alerts.telling import Scene
from monitor.db import Database
from monitor.inbox.flagging import report
from monitor.register.models import Absence, Organisation, Person
from monitor.register.organisation import organisation
from monitor.register.routes import disable
from monitor.watch.models import Comment, Schedule
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_flagged import HOUR, MINUTE, NIGHT, TEN, THREAT, TUESDAY, Lane
from tests.monitor.alerts.test_staffing import MON, TUE, Staff
from tests.monitor.alerts.waiting import MON as MONDAY
from tests.monitor.alerts.waiting import WED, Waiting
from tests.monitor.days.almanac import at
from tests.monitor.town import Town

CLOSED_AT = datetime.fromisoformat("2026-06-15T20:00+00:00")


@pytest.fixture
def lane(sqlite: Database, post_office: PostOffice, mail: Settings) -> Lane:
    return Lane(Town(sqlite), post_office, mail)


def people(told: list[tuple[str, str]]) -> list[str]:
    return [person for person, _subject in told]


def fail(lane: Lane, person: str, now: datetime) -> None:
    """A mail that was sent comes back: the person has no other way."""
    with lane.town.db.transaction() as session:
        disable(session, person, "mail", "5.1.1", now)
        for notice in session.scalars(select(Notice).where(Notice.recipient_id == person)):
            notice.state, notice.sent_at = "failed", None


def test_whose_flag_came_back_is_passed_over_at_once(lane: Lane) -> None:
    lane.writes("1", THREAT, TEN)
    assert people(lane.run(TEN)) == ["redaktor"]
    fail(lane, "redaktor", TEN)
    assert people(lane.run(TEN + MINUTE, TEN + 2 * MINUTE)) == ["ersattare"]


def test_a_flag_that_was_settled_and_is_reopened_is_told_after_all(lane: Lane) -> None:
    comment = lane.writes("1", THREAT, TEN)
    judge(lane.town.db, TEN, lane.mail)
    lane.marks(comment, "acknowledge", TEN)
    assert lane.run(TEN + MINUTE) == []
    assert ("redaktor", "now", "cancelled") in lane.notices()
    lane.marks(comment, "wake", TEN + 2 * MINUTE)
    assert people(lane.run(TEN + 3 * MINUTE, TEN + 4 * MINUTE)) == ["redaktor"]


def test_what_was_flagged_before_a_fortnight_off_is_told_when_the_office_opens(lane: Lane) -> None:
    days = [(TEN.date() + timedelta(each)).isoformat() for each in range(1, 15)]
    lane.town.change(Organisation, 1, closed_days=days)
    lane.writes("1", THREAT, NIGHT)
    assert lane.run(NIGHT, NIGHT + timedelta(days=8)) == []
    assert people(lane.run(datetime.fromisoformat("2026-06-30T05:30+00:00"))) == ["redaktor"]


def test_who_is_on_call_and_away_hears_nothing_and_the_others_do_in_the_morning(lane: Lane) -> None:
    lane.on_call()
    with lane.town.db.transaction() as session:
        session.add(Absence(person_id="jour", first_day=NIGHT.date(), last_day=NIGHT.date()))
    lane.writes("1", THREAT, NIGHT)
    assert lane.run(NIGHT, NIGHT + MINUTE) == []
    assert people(lane.run(TUESDAY)) == ["redaktor"]


def test_who_is_on_call_and_cannot_be_reached_is_told_of_to_who_keeps_the_register(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    staff = Staff(sqlite, mail, post_office)
    staff.town.person("jour", name="Jonna Jour", email=None)
    staff.town.change(Organisation, 1, on_call="jour")
    assert staff.told(MON, "07.30", "12.00") == [("admin", "Jonna Jour går inte att nå")]
    assert "har jour utanför servicetid" in staff.mail_text()


def test_what_was_given_up_about_people_is_told_the_next_day(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    staff = Staff(sqlite, mail, post_office)
    staff.town.change(Person, "ersattare", email=None)
    judge(staff.db, at(MON, "07.30"), mail)
    with staff.db.transaction() as session:
        session.scalars(select(Notice).where(Notice.subject_kind == "staffing")).one().state = "failed"
    assert staff.told(TUE, "07.30", "07.31") == [("admin", "Erik Ersättare går inte att nå")]


def test_of_whom_it_was_given_up_to_tell_them_is_passed_over_though_their_address_may_work(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    waiting = Waiting(sqlite, mail, post_office)
    waiting.judged(WED, "07.30")
    with sqlite.transaction() as session:
        notice = session.scalars(select(Notice).where(Notice.subject_kind == "overdue")).one()
        notice.state, notice.reason = "failed", "The mail server refuses: 451"
    assert waiting.told(WED, "11.40", "11.41") == ["ersattare"]
    assert waiting.ledger() == [("redaktor", "responsible", "failed"), ("ersattare", "responsible", "sent")]
    text = waiting.letter("ersattare", WED, "11.41").text
    assert "ingen före dig går att nå: Rut Redaktör har ingen adress som fungerar." in text


def test_a_digest_that_could_not_go_in_service_hours_does_not_go_in_the_evening(
    town: Town, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    judge(db, MORNING)
    assert send_due(db, CLOSED_AT, mail) == SendOutcome(retried=1)
    assert send_due(db, MORNING + timedelta(days=1), mail) == SendOutcome(cancelled=1)
    digest_now(db, CLOSED_AT)
    assert send_due(db, CLOSED_AT, mail) == SendOutcome(sent=1)
    assert len(post_office.mails) == 1


def test_what_was_put_off_says_so_to_who_gets_no_digest(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    waiting = Waiting(sqlite, mail, post_office)
    waiting.town.change(Person, "redaktor", email=None)
    waiting.town.change(Person, "ersattare", email=None)
    waiting.judged(WED, "07.30")
    with sqlite.transaction() as session:
        session.scalars(select(Notice).where(Notice.subject_kind == "overdue")).one().folded = True
    letter = waiting.letter("chef", WED, "07.30")
    for text in (letter.text, letter.html):
        assert "Här är också det som sköts upp" in " ".join(text.split())


def test_the_auditor_sees_that_nothing_is_flagged_any_more(lane: Lane) -> None:
    lane.town.change(Schedule, "fb", last_complete_at=MORNING)
    lane.writes("1", THREAT, TEN)
    lane.run(TEN)

    def found(now: datetime) -> list[str]:
        with lane.town.db.snapshot() as session:
            return [name for name in standing_still(session, now, lane.mail).notices if "flagging" in name]

    assert found(TEN + HOUR) == []
    lane.writes("2", THREAT, TEN + MINUTE)
    assert found(TEN + 9 * MINUTE) == []
    assert found(TEN + 12 * MINUTE) == ["flagging fb"]
    lane.run(TEN + 12 * MINUTE)
    assert found(TEN + 13 * MINUTE) == []


def test_a_hundred_comments_past_their_deadlines_ask_the_database_no_more_than_one_does(
    sqlite: Database, mail: Settings, post_office: PostOffice
) -> None:
    waiting = Waiting(sqlite, mail, post_office)
    waiting.judged(WED, "07.30")
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def questions() -> int:
        asked.clear()
        with sqlite.snapshot() as session:
            scene = Scene(session, organisation(session), at(WED, "12.00"), mail)
            assert list(KIND.tellings(scene)) == []
            assert KIND.untold is not None
            assert list(KIND.untold(scene)) == []
        return len(asked)

    event.listen(sqlite.engine, "before_cursor_execute", hear)
    questions()
    one = questions()
    for number in range(99):
        waiting.comes(f"more-{number}", MONDAY, "09.00")
    waiting.judged(WED, "12.00")
    questions()
    assert questions() <= one
    event.remove(sqlite.engine, "before_cursor_execute", hear)


def test_an_acknowledgement_from_before_a_report_settles_nothing(lane: Lane) -> None:
    number = lane.writes("1", "Hur länge är badet stängt?", TEN - HOUR)
    lane.marks(number, "acknowledge", TEN - MINUTE)
    with lane.town.db.transaction() as session:
        report(session, session.get_one(Comment, number), "redaktor", "", TEN)
    assert people(lane.run(TEN)) == ["redaktor"]
