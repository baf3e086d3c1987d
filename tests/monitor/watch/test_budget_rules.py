"""What a day's quota may be spent on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.watch.budget_rules import (
    A_ROUND,
    Quota,
    Sharing,
    day_of,
    left,
    next_day,
    poll_allowance,
    quota,
    sharing,
)

PACIFIC = "America/Los_Angeles"
QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)  # there

amounts = st.integers(0, 20_000)
quotas = st.builds(quota, st.integers(0, 20_000), amounts, amounts)
spendings = st.dictionaries(st.sampled_from(["poll", "check", "reply", "crisis"]), amounts)


@given(quota=quotas)
def test_reserves_never_take_more_than_half(quota: Quota) -> None:
    assert min(quota.for_polls, quota.for_replies, quota.for_crisis) >= 0
    assert quota.for_polls >= quota.per_day // 2


def test_a_usual_quota_is_divided_as_the_settings_say() -> None:
    assert quota(10_000, 1000, 1500) == Quota(10_000, 1000, 1500)
    assert quota(10_000, 1000, 1500).for_polls == 7500


@given(quota=quotas, spent=spendings)
def test_what_is_left_is_never_negative_and_less_for_who_has_to_stand_back(quota: Quota, spent: dict[str, int]) -> None:
    now = left(quota, spent)
    assert 0 <= now.polls <= now.replies <= now.crisis <= quota.per_day


@given(quota=quotas, spent=spendings)
def test_polls_leave_what_replies_and_the_crisis_have_not_used_of_their_reserves(
    quota: Quota, spent: dict[str, int]
) -> None:
    before = left(quota, spent)
    after = left(quota, spent | {"poll": spent.get("poll", 0) + before.polls})
    assert after.polls == 0
    if before.polls:
        assert after.replies >= quota.for_replies - spent.get("reply", 0)
        assert after.crisis - after.replies >= quota.for_crisis - spent.get("crisis", 0)


@given(quota=quotas, spent=spendings)
def test_replies_leave_the_crisis_its_reserve(quota: Quota, spent: dict[str, int]) -> None:
    before = left(quota, spent)
    after = left(quota, spent | {"reply": spent.get("reply", 0) + before.replies})
    if before.replies:
        assert after.crisis >= quota.for_crisis - spent.get("crisis", 0)


@given(rest=amounts, channels=st.integers(1, 60), rounds=st.integers(1, 96))
def test_an_allowance_is_never_negative_nor_more_than_there_is(rest: int, channels: int, rounds: int) -> None:
    allowance = poll_allowance(rest, 7500, Sharing(channels, rounds, 96))
    assert 0 <= allowance <= rest
    assert allowance >= min(rest, A_ROUND)


@given(wishes=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9000)), max_size=300))
def test_in_whatever_order_channels_spend_polls_never_come_to_more_than_their_part(
    wishes: list[tuple[int, int]],
) -> None:
    whole, spent = quota(10_000, 1000, 1500), 0
    for number, (_channel, wish) in enumerate(wishes):
        rest = left(whole, {"poll": spent}).polls
        spent += min(wish, poll_allowance(rest, whole.for_polls, Sharing(8, max(1, 96 - number // 8), 96)))
    assert spent <= whole.for_polls


@given(channels=st.integers(1, 15), greedy=st.data(), first=st.integers(0, 95))
def test_however_much_some_take_every_channel_has_its_idle_rounds_until_the_day_is_over(
    channels: int, greedy: st.DataObject, first: int
) -> None:
    """As long as the quota has room for everybody's rounds: here, for fifteen channels."""
    whole, spent = quota(10_000, 1000, 1500), 0
    takers = greedy.draw(st.sets(st.integers(0, channels - 1)))
    for round_ in range(first, 96):
        for channel in range(channels):
            rest = left(whole, {"poll": spent}).polls
            allowance = poll_allowance(rest, whole.for_polls, Sharing(channels, 96 - round_, 96))
            assert allowance >= A_ROUND
            spent += allowance if channel in takers else A_ROUND


def test_a_first_walk_may_have_what_nobody_else_will_need() -> None:
    whole = quota(10_000, 1000, 1500)
    kept = 2 * 96 * A_ROUND  # two others
    assert poll_allowance(whole.for_polls, whole.for_polls, Sharing(3, 96, 96)) == 7500 - kept - 95 * A_ROUND


@given(rest=amounts, channels=st.integers(1, 30), readers=st.integers(1, 8))
def test_readings_that_begin_together_come_to_no_more_than_there_is(rest: int, channels: int, readers: int) -> None:
    """Where there is enough for everybody's rounds."""
    sharing = Sharing(max(channels, readers), 10, 96, readers)
    allowance = poll_allowance(rest, 7500, sharing)
    assert readers * allowance <= max(rest, readers * A_ROUND)


def test_towards_the_end_of_the_day_more_is_free() -> None:
    early, late = (poll_allowance(3000, 7500, Sharing(4, rounds, 96)) for rounds in (96, 4))
    assert (early, late) == (3000 - 4 * 96 * A_ROUND + A_ROUND, 3000 - 4 * 4 * A_ROUND + A_ROUND)


@pytest.mark.parametrize(
    ("now", "day", "ends"),
    [
        (datetime(2026, 1, 10, 7, 59, tzinfo=UTC), date(2026, 1, 9), datetime(2026, 1, 10, 8, tzinfo=UTC)),  # PST
        (datetime(2026, 1, 10, 8, 0, tzinfo=UTC), date(2026, 1, 10), datetime(2026, 1, 11, 8, tzinfo=UTC)),
        (datetime(2026, 7, 10, 6, 59, tzinfo=UTC), date(2026, 7, 9), datetime(2026, 7, 10, 7, tzinfo=UTC)),  # PDT
        (datetime(2026, 3, 8, 9, 0, tzinfo=UTC), date(2026, 3, 8), datetime(2026, 3, 9, 7, tzinfo=UTC)),  # 23 hours
        (datetime(2026, 11, 1, 8, 0, tzinfo=UTC), date(2026, 11, 1), datetime(2026, 11, 2, 8, tzinfo=UTC)),  # 25 hours
    ],
)
def test_the_day_changes_at_midnight_there(now: datetime, day: date, ends: datetime) -> None:
    assert (day_of(now, PACIFIC), next_day(now, PACIFIC)) == (day, ends)


@given(moment=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_day_always_lies_ahead_and_is_the_next_one(moment: datetime) -> None:
    ends = next_day(moment, PACIFIC)
    assert timedelta() < ends - moment <= timedelta(hours=25)
    assert day_of(ends, PACIFIC) == day_of(moment, PACIFIC) + timedelta(days=1)
    assert day_of(ends - timedelta(microseconds=1), PACIFIC) == day_of(moment, PACIFIC)


def test_rounds_are_counted_until_midnight_there() -> None:
    assert sharing(3, 2, NOON, PACIFIC, QUARTER) == Sharing(3, 48, 96, 2)
    assert sharing(0, 0, NOON + timedelta(hours=11, minutes=59), PACIFIC, QUARTER) == Sharing(1, 1, 96)
    assert sharing(1, 1, NOON, PACIFIC, timedelta(days=9)) == Sharing(1, 1, 1)
