"""A decision that has ended, or was never made, stops nobody from watching: it is told, and the reading goes on."""

from datetime import date, datetime, timedelta

import pytest

from config.settings import Settings
from monitor.alerts.morning import DIGEST
from monitor.db import Database
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.unanswered import unanswered
from monitor.register.models import Channel
from monitor.watch.claiming import claim_due
from monitor.watch.day_view import ShownDay, shown_days
from monitor.watch.polling import poll
from tests.monitor.alerts.deciders import DAY, KOM, NOW, TODAY, mails, run, text, told, with_deciders
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.watch.conftest import Watch


@pytest.fixture
def watch(db: Database) -> Watch:
    """Nobody has decided about `fb`, whose duty to be watched began on Friday."""
    town = with_deciders(db)
    town.change(Channel, "fb", watched_since=NOW - 3 * DAY)
    return Watch(db, town)


def read_when_due(watch: Watch, now: datetime) -> list[str]:
    """What a worker does when the clock has ticked: the outcomes."""
    watch.platform.now = now
    with watch.db.transaction() as session:
        claimed = claim_due(session, now, 10)
    known = {"settings": Settings(), "connect": watch.platform.connect, "clock": lambda: now}
    return [poll(watch.db, each, **known).outcome for each in claimed]  # type: ignore[arg-type]


def day(watch: Watch, which: date) -> ShownDay:
    with watch.db.snapshot() as session:
        return shown_days(session, which, which, ["fb"])[0]


@pytest.mark.parametrize("made", [True, False], ids=["ended", "missing"])
def test_the_clock_passes_the_end_and_the_channel_is_read_and_counted_as_before(watch: Watch, made: bool) -> None:
    if made:
        watch.town.decision(valid_until=TODAY)
    watch.platform.post()
    for number in range(5):  # Monday to Friday; the last day is the Monday
        now = NOW + number * DAY
        watch.platform.comment(f"c{number}")
        assert read_when_due(watch, now) == ["complete"]
        keep_days(watch.db, now + timedelta(minutes=1))
        if number < 4:  # Midsummer's Eve is no working day, but a reading then does no harm
            assert day(watch, now.date()).first_complete_at == now
    with watch.db.snapshot() as session:
        assert len(unanswered(session, now)) == 5


def test_two_people_are_told_when_it_has_ended_and_both_hear_that_the_watch_goes_on(
    watch: Watch, mail: Settings, post_office: PostOffice
) -> None:
    watch.town.decision(valid_until=TODAY)
    for number in range(3):
        assert read_when_due(watch, NOW + number * DAY) == ["complete"]
        run(watch.town, mail, NOW + number * DAY)
    assert told(watch.db, "decision_ends")[1:] == [
        ("fb/1", "7", "kommunikator"),
        ("fb/1", "ended", "chef"),
        ("fb/1", "ended", "kommunikator"),
    ]
    assert "The channel is still watched." in text(mails(post_office, KOM, "has ended")[0])
    assert [to for _subject, _rung, to in told(watch.db, DIGEST)].count("redaktor") == 3, "as before"
