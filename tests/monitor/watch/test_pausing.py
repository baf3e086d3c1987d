"""Pausing stops the reading, never the duty; retiring ends the duty; the audit log tells each, before and after."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.audit.models import AuditEntry
from monitor.audit.verifying import verify
from monitor.db import Database
from monitor.register.faults import Refused
from monitor.register.models import Channel
from monitor.watch import pausing
from monitor.watch.claiming import claim_due
from tests.monitor.town import Town

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def town(db: Database) -> Town:
    made = Town(db)
    made.change(Channel, "fb", watched_since=SINCE)
    return made


def due(town: Town, now: datetime) -> list[str]:
    with town.db.transaction() as session:
        return [claimed.channel_id for claimed in claim_due(session, now, 10)]


def do(town: Town, what: str, *words: str, now: datetime = NOW, channel: str = "fb") -> Channel:
    with town.db.transaction() as session:
        found = session.get_one(Channel, channel)
        getattr(pausing, what)(session, found, *words, "redaktor", now)
        return found


def logged(town: Town) -> list[AuditEntry]:
    with town.db.snapshot() as session:
        assert verify(session).broken is None
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_paused_channel_is_not_read_but_the_duty_to_watch_it_stays(town: Town) -> None:
    channel = do(town, "pause", "Bytet av token pågår")
    assert (channel.state, channel.state_reason) == ("paused", "Bytet av token pågår")
    assert (channel.watched_since, channel.watched_until) == (SINCE, None)
    assert due(town, NOW + timedelta(days=3)) == []


def test_a_resumed_channel_is_read_at_once(town: Town) -> None:
    town.schedule(next_poll_at=NOW + timedelta(hours=8))
    do(town, "pause", "Sommarstängt")
    do(town, "resume")
    assert due(town, NOW) == ["fb"]


def test_retiring_ends_the_duty_now(town: Town) -> None:
    channel = do(town, "retire", "Sidan är nedlagd")
    assert (channel.state, channel.watched_until) == ("retired", NOW)
    assert due(town, NOW + timedelta(days=3)) == []


def test_a_paused_channel_can_be_retired(town: Town) -> None:
    do(town, "pause", "Paus")
    assert do(town, "retire", "Nedlagd").state == "retired"


def test_each_act_is_in_the_log_with_what_was_before_and_after(town: Town) -> None:
    do(town, "pause", "Paus")
    do(town, "resume")
    do(town, "retire", "Nedlagd")
    entries = logged(town)
    assert [entry.act for entry in entries] == ["channel.paused", "channel.resumed", "channel.retired"]
    assert {(entry.actor, entry.subject_kind, entry.subject) for entry in entries} == {("redaktor", "channel", "fb")}
    assert entries[0].before == {"state": "active", "state_reason": None}
    assert entries[0].after == {"state": "paused", "state_reason": "Paus"}
    assert entries[2].after == {"state": "retired", "state_reason": "Nedlagd"}


def test_another_reason_for_the_same_pause_is_logged_as_well(town: Town) -> None:
    do(town, "pause", "Paus")
    do(town, "pause", "Längre paus")
    assert [entry.after for entry in logged(town)][1] == {"state_reason": "Längre paus"}


@pytest.mark.parametrize(
    "values",
    [{"watch_mode": "manual"}, {"platform": "facebook_group", "watch_mode": "manual"}, {"has_comments": False}],
)
def test_what_no_machine_reads_cannot_be_paused(town: Town, values: dict[str, object]) -> None:
    town.channel("annan", **values)
    with pytest.raises(Refused):
        do(town, "pause", "Paus", channel="annan")
    assert logged(town) == []


@pytest.mark.parametrize(
    ("state", "what", "words"),
    [
        ("active", "resume", ()),
        ("retired", "pause", ("Paus",)),
        ("retired", "resume", ()),
        ("retired", "retire", ("Nedlagd",)),
        ("active", "pause", (" ",)),
        ("active", "retire", ("",)),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    town: Town, state: str, what: str, words: tuple[str, ...]
) -> None:
    town.change(Channel, "fb", state=state)
    with pytest.raises(Refused):
        do(town, what, *words)
    assert logged(town) == []
