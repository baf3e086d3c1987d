"""The clock is set back while notices wait: what is urgent waits no longer than ever, and nothing is told twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from monitor.alerts.cap_rules import GATHERED_WITHIN, MOST_AN_HOUR, gathered_at
from monitor.alerts.claiming import claim, kept, ways_due
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.rules import BACKOFF, LEASE, LONGEST_WAIT, is_due, outlasts
from monitor.alerts.sending import SendOutcome, send_due
from monitor.db import Database
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.gossip import FLAG, PLAIN, Gossip
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_bundling import DAY, MINUTE, gossip
from tests.monitor.alerts.test_sending import ledger
from tests.monitor.town import Town
from tests.waiting import eventually

__all__ = ["gossip"]
BACK = MORNING + timedelta(hours=2)
"""What the clock showed before it was set back to MORNING."""
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(), timedelta(days=1))
WAITS = st.one_of(st.sampled_from([*BACKOFF, GATHERED_WITHIN]), st.timedeltas(timedelta(), max(BACKOFF)))


@given(MOMENTS, WAITS, SPANS)
def test_nothing_urgent_is_sent_before_its_time_as_long_as_the_clock_goes(
    written: datetime, wait: timedelta, passed: timedelta
) -> None:
    assert is_due(written + wait, written + passed, urgent=True) == (passed >= wait)


@given(MOMENTS, WAITS, SPANS, SPANS)
def test_whatever_the_clock_is_set_back_by_what_is_urgent_waits_no_longer_than_ever(
    written: datetime, wait: timedelta, back: timedelta, passed: timedelta
) -> None:
    due_at, now = written + wait, written - back
    moments = [now + passed, now + passed + LONGEST_WAIT]
    assert any(is_due(due_at, moment, urgent=True) for moment in moments)
    assert is_due(due_at, moments[0], urgent=False) == (due_at <= moments[0])


@given(MOMENTS, SPANS, SPANS)
def test_a_lease_lasts_for_its_own_time_by_whatever_clock(
    written: datetime, back: timedelta, passed: timedelta
) -> None:
    leased, now = written + LEASE, written - back + passed
    if passed >= back:
        assert not outlasts(leased, now), "it was written by the clock that goes"
    assert outlasts(leased, now) or leased - now <= LEASE + timedelta(seconds=10)


@given(MOMENTS, st.lists(SPANS, min_size=MOST_AN_HOUR), SPANS, SPANS)
def test_nothing_is_gathered_for_longer_than_four_minutes(
    now: datetime, sent: list[timedelta], since: timedelta, ahead: timedelta
) -> None:
    moments = [now + ahead - each for each in sent]
    assert now <= gathered_at(moments, now - since + ahead, now) <= now + GATHERED_WITHIN


def test_what_is_urgent_and_waits_is_told_at_once_when_the_clock_was_set_back(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for kind in (FLAG, PLAIN):
        gossip.learn(kind, kind, DAY, "redaktor")
    judge(db, BACK, mail)
    post_office.answers += ["451 4.3.0 Try again later"] * 2
    assert send_due(db, BACK, mail) == SendOutcome(retried=2)
    assert ways_due(db, MORNING) == ["mail"]
    assert send_due(db, MORNING, mail) == SendOutcome(sent=1)
    assert {each.subject: each.state for each in ledger(db)} == {FLAG: "sent", PLAIN: "due"}


def test_what_is_urgent_and_gathered_is_told_in_one_message_when_the_clock_was_set_back(
    gossip: Gossip, db: Database, mail: Settings, post_office: PostOffice
) -> None:
    for number in range(MOST_AN_HOUR + 3):
        gossip.learn(FLAG, f"s{number}", DAY, "redaktor")
        judge(db, BACK, mail)
        send_due(db, BACK, mail)
    assert len(post_office.mails) == MOST_AN_HOUR
    assert send_due(db, MORNING, mail) == SendOutcome(sent=3)
    assert len(post_office.mails) == MOST_AN_HOUR + 1


@pytest.mark.parametrize("kind", [FLAG, PLAIN])
def test_what_a_sender_left_behind_is_anothers_after_a_minute_though_the_clock_was_set_back(
    gossip: Gossip, db: Database, mail: Settings, kind: str
) -> None:
    gossip.learn(kind, "a", DAY, "redaktor")
    judge(db, BACK, mail)
    assert claim(db, BACK)
    assert ways_due(db, MORNING) == ["mail"]
    assert send_due(db, MORNING, mail) == SendOutcome(), "who has it may live"
    assert send_due(db, MORNING + LEASE + MINUTE, mail) == SendOutcome(sent=1)


def test_who_lives_keeps_what_it_sends_though_the_clock_was_set_back(
    gossip: Gossip, town: Town, db: Database, mail: Settings
) -> None:
    gossip.learn(FLAG, "a", DAY, "redaktor")
    judge(db, BACK, mail)
    taken, lease = claim(db, BACK), timedelta(seconds=0.2)
    with kept(db, taken, lambda: MORNING, lease):
        for _again in range(3):
            town.change(Notice, taken[0].id, due_at=BACK)
            assert claim(db, MORNING) == []
            eventually(lambda: ledger(db)[0].due_at == MORNING + lease)
