"""The page on capacity says what the rules in the code come to."""

from pathlib import Path

import pytest

from connectors.youtube import ABOUT
from tests.bench.scale import capacity

TABLES = [
    capacity.table,
    capacity.youtube_table,
    capacity.crisis_table,
    capacity.connections_table,
    capacity.processor_table,
]
PAGE = (Path(__file__).parents[1] / "docs" / "capacity.md").read_text()


@pytest.mark.parametrize("table", TABLES)
def test_each_table_of_the_page_is_what_the_rules_come_to(table: object) -> None:
    assert callable(table)
    assert table() in PAGE


def test_what_the_page_says_between_its_tables_is_what_the_rules_come_to() -> None:
    found, times = capacity.youtube_quota(), capacity.readings()
    asked = 100 * capacity.cost_a_day("youtube", times) + found.for_replies + found.for_crisis
    for said in (
        f"from {capacity.fitting(times) + 1} YouTube channels in one Google project on",
        f"Of the {ABOUT.per_day:,} units that a project has, {found.for_replies:,} are kept for answers",
        f"and {found.for_crisis:,} for crises",
        f"{found.for_polls:,} are left for reading",
        f"for 100 channels read in service hours {asked:,} units a day",
        f"Each process opens {capacity.connections()} connections at most",
        f"{capacity.BYTES_A_COMMENT} bytes a comment and {capacity.BYTES_A_READING} a reading",
    ):
        assert said in PAGE


def test_a_thousand_channels_read_every_minute_want_about_a_core_and_hardly_any_of_it_on_ordinary_days() -> None:
    quiet, busy = capacity.processor(1000)
    assert 0.5 < quiet / 60 < 1 < busy / 60 < 1.5, "about a core"
    assert busy / capacity.Polling().interval_seconds < 0.1
    meta = (capacity.SHARES["facebook"] + capacity.SHARES["instagram"]) * 1000 * capacity.LATENCY / 60
    assert f"{round(1000 * capacity.LATENCY / 60)} threads waiting, {round(meta)} of them Meta's" in PAGE
    assert f"a worker has {capacity.Polling().concurrency} for each provider" in PAGE


def test_so_many_channels_as_the_page_says_fit_and_not_one_more() -> None:
    for times in (capacity.readings(), capacity.readings(around_the_clock=True)):
        cost, polls = capacity.cost_a_day("youtube", times), capacity.youtube_quota().for_polls
        assert capacity.fitting(times) * cost <= polls < (capacity.fitting(times) + 1) * cost
