"""While a channel is watched closely the crisis staff hear at once, also at night; afterwards all is as before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from config.settings import Settings
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.inbox.unanswered import obligation
from monitor.watch.models import CloseWatch
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_flagged import GAS, MINUTE, NIGHT, THREAT, TUESDAY, Lane, every, plain
from tests.monitor.alerts.waiting import FRI, MON, QUESTION, THU, TUE, WED, Waiting
from tests.monitor.days.almanac import at
from tests.monitor.town import Town

SUBJECT = "Kris: 1 kommentarer väntar på svar"


@pytest.fixture
def waiting(sqlite: Database, mail: Settings, post_office: PostOffice) -> Waiting:
    made = Waiting(sqlite, mail, post_office)
    made.town.person("kris", name="Kim Kris", roles=["crisis_staff"])
    return made


def close(db: Database, day: date, clock: str, *people: str) -> None:
    with db.transaction() as session:
        session.add(CloseWatch(channel_id="fb", since=at(day, clock), hours=1, people=list(people)))


def over(db: Database) -> None:
    with db.transaction() as session:
        session.execute(delete(CloseWatch))


def due(waiting: Waiting, day: date, clock: str) -> str:
    with waiting.db.snapshot() as session:
        found = obligation(session, waiting.comment, at(day, clock))
        assert found is not None
        return f"{found.due_at:%d %H.%M}"


def closely_told(waiting: Waiting, day: date, *clocks: str) -> list[str]:
    return [person for person, subject in waiting.run(day, *clocks) if subject == SUBJECT]


def test_an_hour_at_night_is_enough_and_the_ladder_goes_on_where_it_was_when_it_is_over(waiting: Waiting) -> None:
    ordinary = due(waiting, MON, "18.00")
    close(waiting.db, MON, "18.00", "kris")
    assert due(waiting, MON, "18.00") == "08 17.00"  # 19.00 in Stockholm
    assert closely_told(waiting, MON, "18.59", "19.01", "19.02", "23.00") == ["kris"]
    assert closely_told(waiting, TUE, "03.00", "07.30", "16.01") == []
    assert waiting.told(WED, "07.30", "12.00") == []
    over(waiting.db)
    assert due(waiting, WED, "12.01") == ordinary
    assert waiting.told(WED, "12.01", "12.02") == ["redaktor"]
    assert waiting.told(THU, "07.30", "12.02") == ["ersattare"]
    assert closely_told(waiting, FRI, "07.30") == []


def test_who_is_responsible_and_has_heard_as_crisis_staff_is_not_told_once_more(waiting: Waiting) -> None:
    close(waiting.db, MON, "18.00", "redaktor", "kris")
    assert sorted(closely_told(waiting, MON, "19.01", "19.02")) == ["kris", "redaktor"]
    over(waiting.db)
    assert waiting.told(WED, "07.30", "12.00") == []
    assert waiting.told(THU, "07.30") == ["ersattare"]
    waiting.run(FRI, "07.30", "12.00")
    with waiting.db.snapshot() as session:
        twice = select(func.count()).group_by(Notice.recipient_id, Notice.subject)
        told = (Notice.subject_kind.in_(["overdue", "close_overdue"]), Notice.state == "sent")
        assert set(session.scalars(twice.where(*told))) == {1}


def test_where_nobody_of_the_staff_can_be_told_everything_goes_on_as_usual(waiting: Waiting) -> None:
    close(waiting.db, MON, "18.00", "nobody")
    assert waiting.told(TUE, "07.30") == ["redaktor"]


def test_the_digest_leaves_out_what_stands_on_the_board_and_has_it_again_afterwards(waiting: Waiting) -> None:
    close(waiting.db, MON, "18.00", "kris")
    waiting.run(TUE, "07.30")
    digest = waiting.text()
    assert "Bevakas nära i en kris" in digest
    assert "Inget nytt" not in digest
    assert QUESTION not in digest
    over(waiting.db)
    waiting.run(WED, "07.30")
    assert QUESTION in waiting.text()
    assert "Bevakas nära" not in waiting.text()


def test_a_flag_at_night_goes_to_the_staff_at_once_and_nobody_hears_of_it_twice(
    town: Town, post_office: PostOffice, mail: Settings
) -> None:
    lane = Lane(town, post_office, mail)
    lane.on_call()
    town.person("kris", name="Kim Kris", roles=["crisis_staff"])
    with town.db.transaction() as session:
        session.add(CloseWatch(channel_id="fb", since=NIGHT, people=["kris", "redaktor"]))
    lane.writes("1", GAS, NIGHT)
    told = lane.run(*every(15, NIGHT + MINUTE, NIGHT + timedelta(hours=1)))
    assert sorted(person for person, _subject in told) == ["kris", "redaktor"]
    assert "bevakas nära i en kris" in plain(lane.mails()[0])
    over(town.db)
    lane.writes("2", THREAT, NIGHT + timedelta(hours=2))
    assert {person for person, _subject in lane.run(NIGHT + timedelta(hours=2, minutes=1))} == {"jour"}
    lane.run(TUESDAY, TUESDAY + MINUTE)
    of_first = [(person, rung) for person, rung, _state in lane.notices() if (person, rung) != ("jour", "on_call")]
    assert len(of_first) == len(set(of_first))
    with town.db.snapshot() as session:
        first = session.execute(select(Notice.recipient_id, Notice.rung).where(Notice.subject == "1")).all()
    assert sorted(tuple(row) for row in first) == [
        ("jour", "on_call"),
        ("kom", "now"),
        ("kris", "close"),
        ("redaktor", "close"),
    ]
