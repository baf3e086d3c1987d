"""What has to be in order: what is not known is not in order, and everything wrong says what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.emergency.readiness_rules import (
    CHECKS,
    ChannelFacts,
    Facts,
    Seen,
    all_well,
    exercise_is_due,
    is_due,
    judge,
)

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
PAGE = ChannelFacts("fb", "Kommunen på Facebook", True, NOW, cost=2)
TUBE = ChannelFacts("yt", "Kommunen på YouTube", True, NOW, cost=152, left=1000)
INSTA = ChannelFacts("ig", "Kommunen på Instagram", True, NOW, cost=8, posts_left=100)
TEST = ChannelFacts("fb", "Kommunen på Facebook", True, NOW, cost=0, test=True)
HERE = (Seen.OURS, Seen.OURS, True, NOW - timedelta(days=20))
WELL = Facts(
    (PAGE, TUBE, INSTA, TEST), ("Åsa", "Bo"), *HERE, needs_images=True, feeds={"SMHI": NOW - timedelta(hours=5)}
)


NOT_OURS = (None, *(set(Seen) - {Seen.OURS}))


def wrong(facts: Facts) -> set[tuple[str, str]]:
    return {(one.check, one.about) for one in judge(facts, NOW) if not one.ok}


def test_nothing_is_wrong_where_everything_is_in_order() -> None:
    assert wrong(WELL) == set()
    assert all_well(judge(WELL, NOW))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"approvers": ("Åsa",)}, "approvers"),
        ({"worker_alive": None}, "worker"),
        ({"worker_alive": False}, "worker"),
        *(({"hub": seen}, "hub") for seen in NOT_OURS),
        *(({"pictures": seen}, "images") for seen in NOT_OURS),
        ({"feeds": {"SMHI": NOW - timedelta(hours=6), "VMA": NOW}}, "feeds"),
        ({"feeds": {"SMHI": None}}, "feeds"),
        ({"last_exercise": None}, "exercise"),
        ({"last_exercise": NOW - timedelta(days=200)}, "exercise"),
        ({"channels": ()}, "channels"),
        ({"channels": (TEST,)}, "channels"),
    ],
)
def test_each_thing_that_is_missing_is_found(change: dict[str, object], found: str) -> None:
    assert wrong(replace(WELL, **change)) == {(found, "")}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("channel", "found"),
    [
        (replace(PAGE, can_publish=False), ("token", "fb")),
        (replace(PAGE, checked_at=None), ("token", "fb")),
        (replace(PAGE, checked_at=NOW - timedelta(days=4)), ("token", "fb")),
        (replace(PAGE, expires=NOW + timedelta(days=13)), ("token", "fb")),
        (replace(TUBE, left=455), ("quota", "yt")),
        (replace(INSTA, posts_left=2), ("posts", "ig")),
        (replace(INSTA, posts_left=-1), ("posts", "ig")),
        (replace(TEST, can_publish=False), ("test_account", "fb")),
        (replace(TEST, expires=NOW + timedelta(days=13)), ("test_account", "fb")),
    ],
)
def test_each_fault_of_a_channel_is_found(channel: ChannelFacts, found: tuple[str, str]) -> None:
    assert wrong(replace(WELL, channels=(PAGE if channel.test else TEST, channel))) == {found}


def test_pictures_matter_only_where_a_channel_needs_them() -> None:
    assert wrong(replace(WELL, needs_images=False, pictures=None)) == set()


FACTS = st.builds(
    Facts,
    st.tuples(st.sampled_from([PAGE, replace(TUBE, left=0), replace(INSTA, posts_left=-1)])) | st.just(()),
    st.sampled_from([(), ("Åsa",), ("Åsa", "Bo")]),
    *[st.sampled_from([None, *Seen])] * 2,
    st.sampled_from([None, True, False]),
    st.none() | st.just(NOW),
    st.booleans(),
    st.sampled_from([{}, {"SMHI": None}, {"SMHI": NOW}]),
)


@given(FACTS)
def test_whatever_is_wrong_says_what_to_do_and_every_sentence_can_be_filled_in(facts: Facts) -> None:
    for one in judge(facts, NOW):
        assert one.check in CHECKS
        assert one.ok or one.remedy
        assert one.detail.format(**one.values)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, NOW.replace(hour=12), True),
        (NOW - timedelta(hours=1), NOW, False),
        (NOW - timedelta(hours=24), NOW, True),
        (NOW - timedelta(hours=24), NOW.replace(hour=12), True),
        (NOW, NOW.replace(hour=12), False),
    ],
)
def test_it_is_looked_at_once_a_night_and_a_missed_night_is_made_good(
    last: datetime | None, now: datetime, due: bool
) -> None:
    assert is_due(last, now) is due


def test_the_reminder_to_exercise_spares_whoever_just_has() -> None:
    assert exercise_is_due(None, NOW)
    assert not exercise_is_due(NOW - timedelta(days=29), NOW)
    assert exercise_is_due(NOW - timedelta(days=30), NOW)
