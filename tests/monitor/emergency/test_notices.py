"""Who is told what of a crisis, at any hour, and when it is no longer true."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.telling import NoLongerTrue, Scene
from monitor.db import Database
from monitor.emergency import incidents
from monitor.emergency.approving import approve, do_alone
from monitor.emergency.drafting import Written, begin, discard, edit, submit
from monitor.emergency.models import Incident, Message
from monitor.emergency.notices import ALONE, BEGUN, MATTERS, PROMISED, WANTED
from monitor.register.organisation import organisation
from monitor.watch.models import CloseWatch
from tests.monitor.town import Town

NIGHT = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
"""A Saturday."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(sqlite: Database) -> Town:
    made = Town(sqlite)
    made.person("kris", roles=["crisis_staff"])
    made.person("chef", roles=["unit_manager"])
    made.person("admin", roles=["administrator"])
    with sqlite.transaction() as session:
        incident = incidents.start(session, "kris", "actual", "elevated", "Ström", "", NIGHT)
        message = begin(session, incident, "kris", NIGHT)
        said = Written("Strömavbrott", {"happened": "Mörkt."}, next_update_at=NIGHT + timedelta(hours=1))
        edit(session, message, "kris", 0, said, NIGHT)
        submit(session, message, "kris", 1, NIGHT, Settings())
    return made


def told(town: Town, kind: str, now: datetime) -> set[str]:
    judge(town.db, now)
    with town.db.snapshot() as session:
        return set(session.scalars(select(Notice.recipient_id).where(Notice.subject_kind == kind)))


def test_at_night_the_others_hear_that_it_has_begun_and_that_a_message_waits(town: Town) -> None:
    assert told(town, BEGUN, NIGHT) == {"chef", "admin"}
    assert told(town, WANTED, NIGHT) == {"chef"}
    with town.db.transaction() as session:
        approve(session, session.get_one(Message, 1), "chef", 1, NIGHT)
        notice = session.scalars(select(Notice).where(Notice.subject_kind == WANTED)).one()
        scene = Scene(session, organisation(session), NIGHT, Settings())
        [kind] = [each.kind for each in MATTERS if each.name == WANTED]
        with pytest.raises(NoLongerTrue):
            kind.check(scene, notice)


def test_that_somebody_sends_alone_and_that_an_update_is_late_everybody_hears_and_reads(town: Town) -> None:
    with town.db.transaction() as session:
        message = session.get_one(Message, 1)
        do_alone(session, message, "kris", "ingen svarar", NIGHT + 4 * MINUTE, Settings())
        message.state, message.committed_at = "committed", NIGHT + 4 * MINUTE
    everybody = {"kris", "chef", "admin"}
    assert told(town, ALONE, NIGHT + 5 * MINUTE) == everybody
    assert told(town, PROMISED, NIGHT + 59 * MINUTE) == set()
    assert told(town, PROMISED, NIGHT + 60 * MINUTE) == everybody
    with town.db.snapshot() as session:
        scene = Scene(session, organisation(session), NIGHT + 60 * MINUTE, Settings())
        for each in MATTERS:
            headline, paragraphs, page = each.said(scene, "1")
            assert headline.startswith("SKARPT")
            assert paragraphs
            assert page.startswith("/crisis/1")
            if each.name == ALONE:
                assert "ingen svarar" in " ".join(paragraphs)


def test_the_close_watch_ends_with_the_last_live_incident_and_an_exercise_begins_none(town: Town) -> None:
    def closely() -> int:
        with town.db.snapshot() as session:
            return len(session.scalars(select(CloseWatch)).all())

    with town.db.transaction() as session:
        second = incidents.start(session, "kris", "actual", "elevated", "Vatten", "", NIGHT).id
        exercise = incidents.start(session, "kris", "exercise", "elevated", "Övning", "", NIGHT).id
    assert closely() == 1
    with town.db.transaction() as session:
        discard(session, session.get_one(Message, 1), "kris", NIGHT)
    for number, left in ((exercise, 1), (1, 1), (second, 0)):
        with town.db.transaction() as session:
            incidents.close(session, session.get_one(Incident, number), "kris", NIGHT, "klart")
        assert closely() == left
    with town.db.transaction() as session:
        incidents.start(session, "kris", "exercise", "elevated", "Övning", "", NIGHT)
    assert closely() == 0
