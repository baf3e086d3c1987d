"""What a channel's day comes to: read completely and gone through, or a person's word where no machine has read."""

from datetime import date, timedelta

import pytest

from monitor.watch.models import PollRun, Schedule
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at


def test_a_quiet_channel_that_was_read_completely_is_watched_with_nothing_new(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45")
    almanac.keep(FRIDAY, "06.50")
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")
    almanac.keep_over(FRIDAY)
    shown = almanac.shown(FRIDAY)
    assert (shown.verdict, shown.fetch, shown.first_complete_at is not None) == ("watched", "complete", True)


@pytest.mark.parametrize(
    ("outcome", "why"),
    [("failed", "reading_failed"), ("partial", "read_in_part"), ("lost", "reading_failed"), ("thread", "not_read")],
)
def test_what_is_not_a_complete_reading_never_counts(almanac: Almanac, outcome: str, why: str) -> None:
    almanac.read(FRIDAY, "06.45", outcome)
    almanac.keep(FRIDAY, "07.00")
    assert almanac.shown(FRIDAY).verdict is None
    almanac.keep(FRIDAY, "16.00")
    assert almanac.told(FRIDAY) == ("not_watched", "none", why)
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("not_watched", "none", why)


def test_the_latest_failure_is_told_and_a_complete_reading_makes_it_good(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45", "failed", error_kind="unavailable")
    almanac.read(FRIDAY, "07.00", "failed", error_kind="auth_expired")
    almanac.keep(FRIDAY, "07.05")
    assert (almanac.shown(FRIDAY).fetch, almanac.shown(FRIDAY).failure_kind) == ("failed", "auth_expired")
    almanac.read(FRIDAY, "21.00")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_a_new_comment_that_nobody_has_gone_through_leaves_the_day_partly_watched(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.keep(FRIDAY, "10.02")
    assert (almanac.shown(FRIDAY).verdict, almanac.shown(FRIDAY).unseen) == (None, 1)
    almanac.keep(FRIDAY, "16.00")
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


def test_a_person_who_goes_through_what_is_new_makes_the_day_watched_though_nobody_answers(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.reviews(FRIDAY, "11.00")
    almanac.keep_over(FRIDAY)
    shown = almanac.shown(FRIDAY)
    assert (shown.verdict, shown.why, shown.reviewed_by_id) == ("watched", "reviewed", "redaktor")


def test_what_comes_after_the_review_has_to_be_gone_through_too(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.reviews(FRIDAY, "11.00")
    almanac.comes("c2", FRIDAY, "13.00")
    almanac.keep(FRIDAY, "13.01")
    assert almanac.shown(FRIDAY).verdict is None
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("partly", "automatic", "not_reviewed")


def test_a_review_before_the_days_first_complete_reading_is_no_proof_of_a_look(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45", "failed")
    almanac.reviews(FRIDAY, "08.00")
    almanac.read(FRIDAY, "09.00")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_answering_everything_that_came_makes_the_day_watched(almanac: Almanac) -> None:
    almanac.comes("c1", FRIDAY, "10.00")
    almanac.keep(FRIDAY, "10.02")
    almanac.is_answered("c1", FRIDAY, "15.30")
    almanac.keep(FRIDAY, "15.32")
    assert almanac.told(FRIDAY) == ("watched", "automatic", "handled")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("watched", "automatic", "handled")


def test_what_is_fetched_in_the_last_hour_belongs_to_the_next_working_day(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "06.45")
    almanac.comes("c1", FRIDAY, "15.01")
    almanac.keep(FRIDAY, "15.02")
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")
    almanac.read(MONDAY, "06.45")
    almanac.keep(MONDAY, "06.50")
    assert (almanac.shown(MONDAY).verdict, almanac.shown(MONDAY).unseen) == (None, 1)


def test_what_was_written_before_the_watch_began_has_not_come(almanac: Almanac) -> None:
    almanac.town.change(Schedule, "fb", historic_before=at(THURSDAY, "00.00"))
    old = at(date(2020, 1, 1), "12.00")
    almanac.comes("c1", FRIDAY, "10.00", posted_at=old)
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_a_reading_that_began_before_midnight_and_ends_after_it_counts_for_the_day_it_began(almanac: Almanac) -> None:
    run = almanac.read(FRIDAY, "23.59", "running")
    almanac.keep(FRIDAY, "23.59")
    after = FRIDAY + timedelta(days=1)
    assert almanac.keep(after, "00.01").concluded == 1  # the manual channel's; the other may still be read
    almanac.town.change(PollRun, run, outcome="complete", finished_at=at(after, "00.02"))
    assert almanac.keep(after, "00.03").concluded == 1
    assert almanac.told(FRIDAY) == ("watched", "automatic", "nothing_new")


def test_a_reading_that_never_came_back_does_not_keep_a_day_open(almanac: Almanac) -> None:
    almanac.read(FRIDAY, "23.59", "running")
    almanac.keep(FRIDAY, "23.59")
    almanac.keep(FRIDAY + timedelta(days=1), "00.45")
    assert almanac.told(FRIDAY) == ("not_watched", "none", "reading_failed")


def test_a_paused_channel_is_due_and_nobody_has_read_it(almanac: Almanac) -> None:
    almanac.changes(state="paused")
    almanac.keep(FRIDAY, "09.00")
    almanac.keep(FRIDAY, "16.00")
    assert almanac.told(FRIDAY) == ("not_watched", "none", "paused")
    almanac.changes(state="active")  # too late: it was paused when the day was last looked at
    almanac.keep_over(FRIDAY)
    assert almanac.told(FRIDAY) == ("not_watched", "none", "paused")
