"""Whom an event is told to, when it is tried again, and that every event there is can be told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.language import use_language
from monitor.access.permission_rules import Permission
from monitor.alerts.hook_rules import (
    ATTEMPTS,
    LEASE,
    NEEDS,
    SPREAD,
    WAITS,
    Fate,
    fate,
    is_chosen,
    is_due,
    wait_after,
)
from monitor.alerts.hook_words import event_in_words
from monitor.audit.outgoing_rules import OF_ACTS, OF_OBSERVATIONS, Event, Happened, of_act
from monitor.records.acts import ACTS

NAMES = st.sampled_from(["fb", "ig", "yt"])
EVENTS = st.sampled_from(sorted(Event))
OTHERWISE = {
    *(Event.COMMENT_RECEIVED, Event.COMMENT_ANSWERED, Event.COMMENT_FLAGGED, Event.COMMENT_OVERDUE),
    *(Event.CHANNEL_FAILING, Event.CHANNEL_RECOVERED),
}
"""Told by readings, flags and the ladder themselves."""


@given(st.integers(1, ATTEMPTS - 1), st.floats(0, 1))
def test_each_wait_is_the_scheduled_one_and_at_most_a_fifth_longer(attempts: int, chance: float) -> None:
    wait = wait_after(attempts, chance)
    assert WAITS[attempts - 1] <= wait <= WAITS[attempts - 1] * (1 + SPREAD)


def test_all_waits_together_are_three_days_and_none_is_shorter_than_the_one_before() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert timedelta(days=3) < sum(WAITS, timedelta()) < timedelta(days=4)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(), timedelta(days=2))


@given(MOMENTS, st.integers(1, ATTEMPTS), st.one_of(st.none(), st.floats(0, 1)), SPANS)
def test_nothing_is_sent_again_before_its_time_as_long_as_the_clock_goes(
    written: datetime, attempts: int, chance: float | None, passed: timedelta
) -> None:
    wait = LEASE if chance is None else wait_after(attempts, chance)
    assert is_due(written + wait, attempts, written + passed) == (passed >= wait)


@given(MOMENTS, st.integers(0, ATTEMPTS), st.floats(0, 1), SPANS)
def test_whatever_the_clock_is_set_back_by_no_wait_is_much_longer_than_the_longest_one(
    written: datetime, attempts: int, chance: float, back: timedelta
) -> None:
    wait = wait_after(attempts, chance) if attempts else timedelta(0)
    longest = max(LEASE, wait_after(attempts, 1)) if attempts else timedelta(0)
    now = written - back
    assert is_due(written + wait, attempts, now) or written + wait - now <= longest + timedelta(seconds=10)


@given(st.one_of(st.none(), st.integers(100, 599)), st.integers(1, ATTEMPTS + 2))
def test_only_2xx_is_success_only_410_ends_it_at_once_and_every_message_ends(status: int | None, attempts: int) -> None:
    found = fate(status, attempts)
    assert (found is Fate.DELIVERED) == (status is not None and 200 <= status < 300)
    assert (found is Fate.GONE) == (status == 410)
    if found is Fate.AGAIN:
        assert attempts < ATTEMPTS
    if attempts >= ATTEMPTS:
        assert found is not Fate.AGAIN


@given(EVENTS, NAMES, st.sets(EVENTS), st.sets(NAMES))
def test_what_is_chosen_is_told_and_nothing_else(
    event: str, channel: str, events: set[str], channels: set[str]
) -> None:
    assert is_chosen(event, channel, events, channels) == (event in events and channel in (channels or {channel}))


@given(st.text(), st.dictionaries(st.text(), st.text()), st.sampled_from(sorted(OF_ACTS)))
def test_of_an_act_only_what_is_named_is_told(act: str, after: dict[str, str], known: str) -> None:
    assert of_act(act, ("comment", "1"), after) is None or act in OF_ACTS
    told = of_act(known, ("comment", "1"), after | {"note": "hemligt", "by": "rut"})
    assert isinstance(told, Happened)
    allowed = {*OF_ACTS[known].fields, *(OF_ACTS[known].word or ())[:1]}
    assert set(told.data) <= allowed
    assert "note" not in allowed


def test_every_event_is_told_by_something_needs_a_permission_to_read_and_has_words() -> None:
    assert {each.event for each in OF_ACTS.values()} | set(OF_OBSERVATIONS.values()) | OTHERWISE == set(Event)
    assert set(OF_ACTS) <= set(ACTS), "an act that nobody writes would never be told"
    assert all(NEEDS[event] in Permission and NEEDS[event].startswith("read_") for event in Event)
    for language in ("sv", "en"):
        with use_language(language):
            assert len({event_in_words(event) for event in Event}) == len(Event)
