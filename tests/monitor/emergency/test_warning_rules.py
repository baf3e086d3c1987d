"""Which warning is ours, and what it is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.emergency.warning_rules import Kept, Worth, is_ours, standing
from tests.monitor.emergency.crises import NOW

ALERT = Kept(
    1, "vma", "t", "Actual", "Alert", NOW, "Severe", ours=True, expires=NOW + timedelta(hours=6), settled=False
)


@pytest.mark.parametrize(
    ("codes", "ours"), [(["1472"], True), (["14"], True), (["00"], True), (["1480", "0180"], False), ([], False)]
)
def test_it_is_ours_by_municipality_county_or_country(codes: list[str], ours: bool) -> None:
    assert is_ours(codes, "1472") is ours
    assert is_ours(codes, None) is (codes == ["00"])


@pytest.mark.parametrize(
    ("kept", "worth"),
    [
        (ALERT, Worth.SUGGESTION),
        (replace(ALERT, status="Exercise"), Worth.BANNER),
        (replace(ALERT, status="Something new"), Worth.SUGGESTION),
        (replace(ALERT, kind="Update"), Worth.SUGGESTION),
        (replace(ALERT, source="smhi", level="RED"), Worth.SUGGESTION),
        (replace(ALERT, source="smhi", level="ORANGE"), Worth.BANNER),
        (replace(ALERT, source="smhi", level="YELLOW"), None),
        (replace(ALERT, source="smhi", level="PURPLE"), None),
        (replace(ALERT, source="krisinformation", level="push"), Worth.BANNER),
        (replace(ALERT, source="krisinformation", level="push", status="Test"), None),
        (replace(ALERT, source="krisinformation/vmas"), Worth.SUGGESTION),
        (replace(ALERT, source="krisinformation/vmas", status="Test"), Worth.BANNER),
        (replace(ALERT, kind="Cancel"), None),
        (replace(ALERT, ours=False), None),
        (replace(ALERT, settled=True), None),
        (replace(ALERT, expires=NOW), None),
        (replace(ALERT, expires=None), Worth.SUGGESTION),
        (replace(ALERT, expires=None, sent=NOW - timedelta(hours=25)), None),
    ],
)
def test_what_one_warning_is_worth(kept: Kept, worth: Worth | None) -> None:
    assert [much for _each, much in standing([kept], NOW)] == ([] if worth is None else [worth])


def test_the_latest_word_of_a_thread_counts_and_a_new_one_is_shown_though_the_last_was_let_be() -> None:
    later = replace(ALERT, id=2, sent=NOW + timedelta(minutes=5))
    assert standing([replace(later, kind="Cancel"), ALERT], NOW) == []
    assert [each.id for each, _much in standing([replace(ALERT, settled=True), later], NOW)] == [2]


@pytest.mark.parametrize(
    ("minutes", "kind", "shown"), [(90, "Alert", [1]), (-119, "Cancel", []), (121, "Alert", [1, 2])]
)
def test_what_is_told_a_second_time_within_two_hours_is_the_same(minutes: int, kind: str, shown: list[int]) -> None:
    again = replace(ALERT, id=2, source="krisinformation/vmas", thread="x", sent=NOW - timedelta(minutes=minutes))
    found = standing([replace(ALERT, kind=kind), again], NOW)
    assert sorted(each.id for each, _much in found) == shown
    theirs = standing([replace(ALERT, ours=False), again], NOW)
    assert [each.id for each, _much in theirs] == [2], "that one concerns others"


kept = st.builds(
    Kept,
    st.integers(1, 99),
    st.sampled_from(["vma", "smhi", "krisinformation", "krisinformation/vmas", "?"]),
    st.sampled_from("abc"),
    st.sampled_from(["Actual", "Exercise", "Test", "", "?"]),
    st.sampled_from(["Alert", "Update", "Cancel", ""]),
    st.integers(-50, 50).map(lambda hours: NOW + timedelta(hours=hours)),
    st.sampled_from(["RED", "ORANGE", "YELLOW", "push", ""]),
    ours=st.booleans(),
    expires=st.none() | st.integers(-50, 50).map(lambda hours: NOW + timedelta(hours=hours)),
    settled=st.booleans(),
)


@given(st.lists(kept, max_size=12, unique_by=lambda each: each.id), st.randoms())
def test_at_most_one_for_each_thread_the_gravest_first_in_whatever_order_they_come(many: list[Kept], mix) -> None:  # type: ignore[no-untyped-def]
    shown = standing(many, NOW)
    assert len({(each.source, each.thread) for each, _much in shown}) == len(shown)
    assert [much for _each, much in shown] == sorted((much for _each, much in shown), reverse=True)
    assert all(each.ours and not each.settled and each.kind != "Cancel" for each, _much in shown)
    assert all(much < Worth.SUGGESTION for each, much in shown if each.status in {"Exercise", "Test"})
    mix.shuffle(many)
    assert standing(many, NOW) == shown
