"""A live incident on a weekend's night: every channel of the emulated platforms is read each minute, within budgets."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.settings import Polling, Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import incidents
from monitor.emergency.models import Incident
from monitor.watch.claiming import claim_due
from monitor.watch.models import Comment, PollRun, Schedule, Spending
from monitor.watch.polling import poll
from tests.monitor.conftest import emulator
from tests.monitor.inbox.desk import CHANNEL, Desk

__all__ = ["emulator"]
MINUTE = timedelta(minutes=1)


def at_night(desk: Desk) -> datetime:
    """Saturday, 2 in the morning, after the week's readings."""
    while not (desk.clock().weekday() == 5 and desk.clock().hour == 1):
        desk.world.advance(3600)
    with desk.db.transaction() as session:
        session.get_one(Schedule, CHANNEL).next_poll_at = desk.clock() + timedelta(days=2)
    return desk.clock()


def minutes(desk: Desk, count: int, settings: Settings) -> int:
    """So many minutes pass, and workers read what is due; gives how many readings of the channel that made."""
    read = 0
    for _minute in range(count):
        with desk.db.transaction() as session:
            due = [each for each in claim_due(session, desk.clock(), 10) if each.channel_id == CHANNEL]
        for claimed in due:
            poll(desk.db, claimed, settings=settings, clock=desk.clock)
            read += 1
        desk.world.advance(60)
    return read


def test_what_is_written_at_night_is_read_within_the_minute_and_as_usual_afterwards(
    sqlite: Database, emulator: Emulator
) -> None:
    desk, settings = Desk(sqlite, emulator, "facebook"), Settings()
    written = desk.asked()
    at_night(desk)
    assert minutes(desk, 3, settings) == 0
    with sqlite.transaction() as session:
        incident = incidents.start(session, "redaktor", "actual", "elevated", "Ström", "", desk.clock()).id
    asked = len(emulator.ledger.entries)
    assert minutes(desk, 5, settings) == 5
    assert len(emulator.ledger.entries) > asked
    desk.world.comment(desk.world.posts_of(desk.stage.account)[0], desk.world.person("facebook", "Bo"), "Vad händer?")
    desk.world.advance(1)
    minutes(desk, 2, settings)
    with sqlite.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Comment).where(Comment.text == "Vad händer?")) == 1
        assert session.scalars(select(Comment).where(Comment.external_id == written.id)).one()
    with sqlite.transaction() as session:
        incidents.close(session, session.get_one(Incident, incident), "redaktor", desk.clock(), "klart")
    assert minutes(desk, 5, settings) <= 1


@pytest.mark.parametrize("quota", [400])
def test_a_day_of_crisis_never_spends_what_is_kept_for_the_message_itself(
    sqlite: Database, emulator: Emulator, quota: int
) -> None:
    desk = Desk(sqlite, emulator, "youtube")
    settings = Settings(polling=Polling(daily_quota=quota, reserve_for_replies=50, reserve_for_crisis=100))
    desk.asked()
    with sqlite.transaction() as session:
        session.query(Spending).delete()
        incidents.start(session, "redaktor", "actual", "elevated", "Ström", "", desk.clock())
    read = 0
    for _stretch in range(24 * 6):
        read += minutes(desk, 1, settings)
        desk.world.advance(540)
    with sqlite.snapshot() as session:
        days = session.execute(select(Spending.day, func.sum(Spending.cost)).group_by(Spending.day)).all()
        failed = session.scalar(select(func.count()).select_from(PollRun).where(PollRun.outcome == "failed"))
    assert all(cost <= quota - 50 - 100 for _day, cost in days), days
    assert failed == 0, "the day's calls ran out, and nothing was read until midnight"
    assert read > 24
