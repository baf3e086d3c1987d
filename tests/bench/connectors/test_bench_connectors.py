"""The harness of `make bench-connectors`, kept alive by a small run of it; it must see what it is there to see."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors import PLATFORMS
from connectors.emulator.ledger import Entry
from tests.bench import page
from tests.bench.connectors.costs import measure as measure_costs
from tests.bench.connectors.figures import Figures
from tests.bench.connectors.parked import Diary, Throttle
from tests.bench.connectors.rounds import measure
from tests.bench.connectors.stages import STAGES

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ROUNDS, SEED = 60, 3


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(ROUNDS, SEED)


@pytest.mark.timeout(300)
def test_after_a_run_with_faults_every_promise_holds(figures: Figures) -> None:
    assert figures.wrong == {}
    assert figures.holds


def test_a_run_has_met_faults_and_people(figures: Figures) -> None:
    assert figures.rounds == ROUNDS
    assert sum(figures.faults.values()) >= 3
    assert figures.comments > 60
    assert 0 < figures.outcomes["complete"] < ROUNDS


@pytest.mark.parametrize("platform", [platform for platform in STAGES if platform in PLATFORMS])
def test_a_platform_costs_less_than_a_naive_walk_and_nothing_is_lost(platform: str) -> None:
    costs = measure_costs(platform, posts=12)
    assert costs.lost == 0
    assert costs.idle <= costs.first <= costs.naive
    assert costs.idle <= costs.changed[1] <= costs.changed[5] < costs.naive


def test_a_call_before_the_end_of_a_wait_is_seen_whoever_makes_it() -> None:
    diary, entries = Diary(), [_entry(minute) for minute in (0, 1, 2, 9, 10)]
    diary.throttled(Throttle("80001", 0, frozenset({"a", "b"}), NOW + timedelta(minutes=10)))
    for index, channel in enumerate("abcab"):
        diary.asked(channel, index + 1)
    assert diary.calls_while_parked(entries) == [("b", "80001"), ("a", "80001")]
    assert diary.waits("b", NOW) is True
    assert diary.waits("c", NOW) is False


def test_where_the_platform_names_no_time_the_readings_own_decision_counts() -> None:
    diary, entries = Diary(), [_entry(0), _entry(1)]
    diary.throttled(Throttle("wait", 0, frozenset({"a"}), None))
    diary.asked("a", 2)
    assert diary.calls_while_parked(entries) == []
    diary.decided(0, NOW + timedelta(minutes=5))
    assert diary.calls_while_parked(entries) == [("a", "wait")]


def test_each_command_writes_its_own_part_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "benchmarks.md"
    file.write_text("# Benchmarks\n\nold\n")
    monkeypatch.setattr(page, "PAGE", file)
    page.write_connectors("figures")
    page.write_house("# Benchmarks\n\nnew\n")
    page.write_days("seconds")
    page.write_connectors("other figures")
    parts = ["# Benchmarks\n\nnew\n", "## Keeping the watch days\n\nseconds\n", "## Connectors\n\nother figures\n"]
    assert file.read_text() == "\n".join(parts)


def _entry(minute: int) -> Entry:
    return Entry("graph", "GET", "/", {}, 200, 1, None, NOW + timedelta(minutes=minute))
