"""Since when a channel has to be watched, and until when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.db import Database
from monitor.register.duty import note_duty
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel
from tests.monitor.register.test_importing import with_channel, without_channel

DAY = timedelta(days=1)
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def duty(db: Database, id_: str) -> tuple[datetime | None, datetime | None]:
    with db.snapshot() as session:
        channel = session.get_one(Channel, id_)
        return channel.watched_since, channel.watched_until


def bring_in(db: Database, register: RegisterFile, now: datetime) -> None:
    with db.transaction() as session:
        import_register(session, register, now)


def test_the_duty_follows_the_register_file(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample, START)
    assert duty(db, "facebook") == (START, None)
    assert duty(db, "webbplats") == (None, None)
    bring_in(db, sample, START + DAY)
    assert duty(db, "facebook") == (START, None)
    bring_in(db, without_channel(sample, "facebook"), START + 2 * DAY)
    bring_in(db, without_channel(sample, "facebook"), START + 3 * DAY)
    assert duty(db, "facebook") == (START, START + 2 * DAY)
    bring_in(db, with_channel(sample, "webbplats", has_comments=True, deputy="redaktor"), START + 4 * DAY)
    assert duty(db, "facebook") == (START + 4 * DAY, None)
    assert duty(db, "webbplats") == (START + 4 * DAY, None)
    bring_in(db, sample, START + 5 * DAY)
    assert duty(db, "webbplats") == (START + 4 * DAY, START + 5 * DAY)


@given(st.lists(st.tuples(st.sampled_from(["active", "paused", "retired"]), st.booleans()), min_size=1, max_size=8))
def test_a_channel_is_watched_while_it_has_comments_and_is_not_retired(changes: list[tuple[str, bool]]) -> None:
    known = {"platform": "facebook", "name": "C", "address": "https://facebook.com/c"}
    channel = Channel(id="c", unit_id="unit", responsible_id="person", **known)
    since: datetime | None = None  # what a slow clerk writes down
    for days, (state, has_comments) in enumerate(changes):
        now = START + days * DAY
        channel.state, channel.has_comments = state, has_comments
        note_duty(channel, now)
        due = has_comments and state != "retired"
        since = (since or now) if due else None
        if due:
            assert (channel.watched_since, channel.watched_until) == (since, None)
        else:
            assert (channel.watched_since is None) == (channel.watched_until is None)
