"""What must hold of each rule about a channel's day, whatever goes into it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from monitor import Calendar
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.watch.day_rules import (
    Facts,
    Fetch,
    How,
    Looked,
    Verdict,
    Why,
    as_shown,
    cutoff,
    end_of_service,
    has_ended,
    how_corrected,
    is_due,
    looked,
    may_attest,
    may_attest_today,
    unseen_afterwards,
    verdict,
)
from monitor.watch.day_view import SENTENCES

CALENDAR: Calendar = calendar_of(
    Organisation(name="Tibro kommun", closed_days=["2026-05-15"], other_hours={"2026-04-30": "07:30-12:00"})
)
RANK = {Verdict.NOT_WATCHED: 0, Verdict.PARTLY: 1, Verdict.WATCHED: 2}
FETCHES = (Fetch.NONE, Fetch.FAILED, Fetch.PARTIAL, Fetch.COMPLETE)  # the more the better
FACTS = st.builds(
    Facts, st.booleans(), st.sampled_from(Fetch), st.sampled_from(Looked), attested=st.booleans(), paused=st.booleans()
)
EXHAUSTED = settings(max_examples=1000)  # there are 128 combinations of facts: every one is tried
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 12, 1), datetime(2029, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001
SOON = st.timedeltas(timedelta(days=-2), timedelta(days=2))
COUNTS = st.integers(0, 3)
MONDAY = date(2026, 6, 15)
A_SECOND = timedelta(seconds=1)


def rank(facts: Facts) -> int:
    return RANK[verdict(facts)[0]]


@EXHAUSTED
@given(FACTS)
def test_every_combination_of_facts_has_one_verdict_with_a_reason_in_words(facts: Facts) -> None:
    reached, how, why = verdict(facts)
    assert SENTENCES[why]
    assert why is not Why.CORRECTED  # only people correct
    assert (how is How.NONE) == (reached is Verdict.NOT_WATCHED)
    assert (how is How.ATTESTED) == (why is Why.ATTESTED)
    assert (reached is Verdict.PARTLY) == (why is Why.NOT_REVIEWED)


@EXHAUSTED
@given(FACTS)
def test_a_day_is_watched_by_a_complete_reading_that_somebody_went_through_or_by_a_persons_word(facts: Facts) -> None:
    """The definition, written down a second time."""
    read = facts.automatic and facts.fetch is Fetch.COMPLETE
    watched = (read and facts.looked is not Looked.NONE) or (not read and facts.attested)
    assert (verdict(facts)[0] is Verdict.WATCHED) == watched
    assert (verdict(facts)[0] is Verdict.PARTLY) == (read and facts.looked is Looked.NONE)


@EXHAUSTED
@given(FACTS)
def test_more_facts_never_make_a_day_worse(facts: Facts) -> None:
    """But for one: what was attested because no machine could read it has to be gone through once it is read."""
    assert rank(replace(facts, attested=True)) >= rank(facts)
    for better in (Looked.NOTHING_NEW, Looked.HANDLED, Looked.PERSON):
        assert rank(replace(facts, looked=better)) >= rank(replace(facts, looked=Looked.NONE))
    for worse, better in pairwise(FETCHES):
        after, before = replace(facts, fetch=better), replace(facts, fetch=worse)
        unseen_after_all = facts.automatic and facts.attested and facts.looked is Looked.NONE
        if not (better is Fetch.COMPLETE and unseen_after_all):
            assert rank(after) >= rank(before)


def test_the_one_fact_that_makes_a_day_worse_is_a_reading_after_the_attestation() -> None:
    attested = Facts(automatic=True, fetch=Fetch.FAILED, attested=True)
    assert verdict(attested) == (Verdict.WATCHED, How.ATTESTED, Why.ATTESTED)
    assert verdict(replace(attested, fetch=Fetch.COMPLETE)) == (Verdict.PARTLY, How.AUTOMATIC, Why.NOT_REVIEWED)


@EXHAUSTED
@given(FACTS)
def test_a_pause_never_changes_what_a_day_comes_to_only_why(facts: Facts) -> None:
    paused, going_on = verdict(replace(facts, paused=True)), verdict(replace(facts, paused=False))
    assert paused[:2] == going_on[:2]
    unread = facts.automatic and facts.fetch is Fetch.NONE and not facts.attested
    assert (paused[2] is Why.PAUSED) == unread
    assert going_on[2] is not Why.PAUSED


@EXHAUSTED
@given(FACTS.filter(lambda facts: not facts.automatic))
def test_no_reading_counts_where_people_watch(facts: Facts) -> None:
    expected = Why.ATTESTED if facts.attested else Why.NOT_ATTESTED
    assert verdict(facts)[2] is expected


@EXHAUSTED
@given(FACTS)
def test_a_reading_in_part_or_in_vain_counts_for_nothing_and_is_the_reason(facts: Facts) -> None:
    reasons = {Fetch.FAILED: Why.READING_FAILED, Fetch.PARTIAL: Why.READ_IN_PART}
    for fetch, why in reasons.items():
        unread = replace(facts, automatic=True, attested=False, fetch=fetch)
        assert verdict(unread) == (Verdict.NOT_WATCHED, How.NONE, why)


@pytest.mark.parametrize("reached", Verdict)
def test_before_closing_time_only_a_watched_day_is_called_anything(reached: Verdict) -> None:
    assert as_shown(reached, closed=True) is reached
    assert as_shown(reached, closed=False) is (reached if reached is Verdict.WATCHED else None)


@given(DAYS, MOMENTS, st.none() | MOMENTS, st.booleans())
def test_only_working_days_within_the_duty_are_due(
    day: date, since: datetime, until: datetime | None, automatic: bool
) -> None:
    if is_due(CALENDAR, day, since, until, automatic=automatic):
        assert CALENDAR.is_working_day(day)
        assert CALENDAR.local_date(since) <= day
        assert until is None or until > CALENDAR.closing(day)


@given(DAYS, SOON, st.none() | SOON, st.booleans())
@example(day=MONDAY, begun=timedelta(0), ended=None, automatic=False)
@example(day=MONDAY, begun=-timedelta(hours=4), ended=timedelta(0), automatic=True)
def test_a_working_day_is_due_exactly_while_the_duty_lasts(
    day: date, begun: timedelta, ended: timedelta | None, automatic: bool
) -> None:
    assume(CALENDAR.is_working_day(day))
    closing = CALENDAR.closing(day)
    since, until = closing + begun, None if ended is None else closing + ended
    on_the_first_day = CALENDAR.local_date(since) == day
    in_time = since < closing if on_the_first_day and not automatic else CALENDAR.local_date(since) <= day
    lasts = until is None or until > closing
    assert is_due(CALENDAR, day, since, until, automatic=automatic) == (in_time and lasts)


@given(DAYS, MOMENTS, st.none() | MOMENTS, MOMENTS, st.booleans())
def test_a_longer_duty_is_due_on_at_least_the_same_days(
    day: date, since: datetime, until: datetime | None, other: datetime, automatic: bool
) -> None:
    if is_due(CALENDAR, day, since, until, automatic=automatic):
        assert is_due(CALENDAR, day, min(since, other), until, automatic=automatic)
        assert is_due(CALENDAR, day, since, None, automatic=automatic)
        assert is_due(CALENDAR, day, since, until, automatic=True)
        assert until is None or is_due(CALENDAR, day, since, max(until, other), automatic=automatic)


@given(DAYS)
def test_the_duty_has_ended_from_the_end_of_service_on(day: date) -> None:
    end = end_of_service(CALENDAR, day)
    assert not has_ended(CALENDAR, day, None)
    assert not has_ended(CALENDAR, day, end + A_SECOND)
    assert has_ended(CALENDAR, day, end)
    assert has_ended(CALENDAR, day, end - A_SECOND)


@given(DAYS)
def test_service_ends_on_that_day_at_closing_time_or_with_a_day_off(day: date) -> None:
    end = end_of_service(CALENDAR, day)
    if CALENDAR.is_working_day(day):
        assert end == CALENDAR.closing(day)
        assert CALENDAR.local_date(end) == day
    else:
        assert end == CALENDAR.midnight(day + timedelta(days=1))


@given(DAYS, st.lists(st.integers(0, 480), max_size=4))
def test_the_cutoff_is_the_first_reminder_and_never_after_closing(day: date, minutes: list[int]) -> None:
    before = end_of_service(CALENDAR, day) - cutoff(CALENDAR, day, minutes)
    assert before == timedelta(minutes=minutes[0] if minutes else 0)
    assert cutoff(CALENDAR, day, minutes) == cutoff(CALENDAR, day, minutes[:1])


@given(st.none() | MOMENTS, st.none() | MOMENTS, COUNTS, COUNTS)
def test_nobody_has_looked_at_what_was_not_read_or_is_still_unseen(
    read: datetime | None, reviewed: datetime | None, came: int, unseen: int
) -> None:
    found = looked(read, reviewed, came, unseen)
    assert (found is Looked.NONE) == (read is None or unseen > 0)


@given(MOMENTS, st.none() | SOON, COUNTS)
def test_a_look_counts_as_a_persons_from_the_first_complete_reading_on(
    read: datetime, later: timedelta | None, came: int
) -> None:
    found = looked(read, None if later is None else read + later, came, 0)
    if later is not None and later >= timedelta(0):
        assert found is Looked.PERSON
    else:
        assert found is (Looked.HANDLED if came else Looked.NOTHING_NEW)


@given(MOMENTS)
def test_a_look_in_the_second_of_the_reading_counts_and_one_before_it_does_not(read: datetime) -> None:
    assert looked(read, read, 1, 0) is Looked.PERSON
    assert looked(read, read - A_SECOND, 1, 0) is Looked.HANDLED
    assert looked(read, read - A_SECOND, 0, 0) is Looked.NOTHING_NEW


@given(COUNTS, st.none() | MOMENTS, st.none() | SOON, COUNTS)
def test_what_we_saw_ourselves_is_believed_and_all_else_is_unseen(
    came: int, latest: datetime | None, kept: timedelta | None, unseen: int
) -> None:
    kept_at = latest + kept if latest is not None and kept is not None else None
    found = unseen_afterwards(came, latest, kept_at, unseen)
    if not came:
        assert found == 0
    elif kept_at is not None and latest is not None and latest <= kept_at:
        assert found == unseen
    else:
        assert found == came


@given(st.integers(1, 9), MOMENTS)
def test_a_comment_in_the_second_of_the_last_look_was_seen_and_one_after_it_was_not(came: int, kept: datetime) -> None:
    assert unseen_afterwards(came, kept, kept, 0) == 0
    assert unseen_afterwards(came, kept + A_SECOND, kept, 0) == came
    assert unseen_afterwards(came, kept, None, 0) == came


@EXHAUSTED
@given(FACTS)
def test_a_persons_word_counts_exactly_where_it_would_make_the_day_watched(facts: Facts) -> None:
    counts = verdict(replace(facts, attested=True))[1] is How.ATTESTED
    assert may_attest(facts) == counts


@EXHAUSTED
@given(FACTS, st.booleans())
def test_today_a_persons_word_counts_only_once_the_machine_has_failed(facts: Facts, overdue: bool) -> None:
    today = may_attest_today(facts, overdue=overdue)
    if not facts.automatic:
        assert today
    elif facts.fetch is Fetch.COMPLETE:
        assert not today
    else:
        assert today == (facts.fetch in {Fetch.FAILED, Fetch.PARTIAL} or facts.paused or overdue)
    assert not today or may_attest(facts)  # never more than afterwards


@pytest.mark.parametrize(("put_right", "how"), list(product(Verdict, How)))
def test_a_corrected_day_was_watched_by_something_unless_it_was_not(put_right: Verdict, how: How) -> None:
    corrected = how_corrected(put_right, how)
    assert (corrected is How.NONE) == (put_right is Verdict.NOT_WATCHED)
    if put_right is not Verdict.NOT_WATCHED:
        assert corrected is (How.ATTESTED if how is How.NONE else how)
    assert how_corrected(put_right, corrected) is corrected  # once is enough
