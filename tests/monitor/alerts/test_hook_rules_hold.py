"""Whom an event is told to, when it is tried again, and that every event there is can be told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.language import use_language
from monitor.access.permission_rules import Permission
from monitor.alerts.hook_rules import ATTEMPTS, NEEDS, SPREAD, WAITS, Fate, fate, is_chosen, wait_after
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
