"""`make bench-scale`: what grows with what is stored, and how two workers compare with one; writes its part of
docs/benchmarks.md, and ends with 1 where a goal is missed. To make a million comments takes minutes, and is done for
each number of channels; with SCALE_BENCH_KEEP set the databases stay, and are used again."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

import structlog

from tests.bench.page import filled as wrapped
from tests.bench.page import machine, write_scale
from tests.bench.scale import workers
from tests.bench.scale.measuring import CHANGE, GROWTH, Size, Spent, measure, percentile
from tests.bench.scale.workers import GOAL, LATENCY, READERS, Grown, Raced
from tests.services import Services

SEED = 1
TEMPLATE = """Measured by `make bench-scale{arguments}` on {day}: {machine}; load before: {load}; PostgreSQL, seed
{seed}.
One process without threads does everything, so that its processor time can be told; platforms that answer at once in a
process of their own. Half of the channels are Facebook pages, half Instagram accounts; the comments are spread over two
years, and as many readings are stored. A change is {change} new comments, 1 % of the smallest store, spread over the
channels: the same in each. Each n is a day: an idle round, judging, a round with the change, keeping the days, judging,
all digests, the audit. Seconds; processor: of our process and the database's together, which other work on the machine
changes least. Growth: processor time ÷ that of the fewest comments with as many channels. Goal: at most {growth} ×.

{rows}

{raced}

{grown}
"""
HEAD = (
    "| channels | comments | what | n | p50 | p95 | processor, p50 | growth | queries | calls | counted cost |\n"
    "|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)
RACED = """### Two workers

{channels} channels, nothing new on them, each call {latency:g} s; real Celery workers with {threads} threads on Redis
and PostgreSQL; from the beginning of the first reading to the end of the last, the best of {n} rounds. Workers,
database and platforms share the cores, so the calls take so long that it is the waiting that bounds. Goal: {goal} ×.

| workers | seconds | ÷ ideal | |
|---:|---:|---:|---:|
| 1 | {one:.2f} | {one_ideal:.2f} | |
| 2 | {two:.2f} | {two_ideal:.2f} | {ratio:.2f} × |"""
GROWN = """### Memory of a worker

Resident memory of a worker process that reads {channels} channels again and again, ten new comments each time; the
slope is that of the second half of the rounds.

| comments | rounds | after the first | in the middle | after the last | MB per 1,000 readings |
|---:|---:|---:|---:|---:|---:|
{rows}"""


def main() -> int:
    asked = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    load = os.getloadavg()[0]
    with Services() as services:
        server = services.environment.get("TEST_POSTGRESQL_URL", "")
        redis = services.environment.get("TEST_REDIS_URL", "")
        if not (server and redis):
            sys.exit("PostgreSQL and Redis are needed: " + ", ".join(services.missing))
        sizes = [_measured(server, each, asked.times) for each in product(asked.channels, asked.comments)]
        if asked.alone:
            print(HEAD, *_rows(sizes), sep="\n")
            return _ended(_grew(sizes))
        race = workers.race(server, redis, asked.latency, asked.readers, workers.ROUNDS, SEED)
        ends = (min(asked.comments), max(asked.comments))
        few = min(asked.channels)
        grown = [workers.grow(server, redis, few, each, workers.MEMORY_ROUNDS, SEED) for each in dict.fromkeys(ends)]
    told = _page(sizes, race, grown, load)
    print(told)
    if asked.write:
        write_scale(told)
    slow = [] if race.ratio >= GOAL else [f"two workers: {race.ratio:.2f} ×, goal {GOAL} ×"]
    return _ended([*_grew(sizes), *slow])


def _grew(sizes: Sequence[Size]) -> list[str]:
    """What grows with what is stored, by more than the goal allows."""
    return [
        f"{size.channels:,} channels, {size.comments:,} comments, {what}: {grown:.2f} ×, goal {GROWTH} ×"
        for size, what, _days, grown in _growths(sizes)
        if grown > GROWTH
    ]


def _ended(missed: Sequence[str]) -> int:
    for each in missed:
        print(f"Goal missed: {each}", file=sys.stderr)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-scale ARGS=")
    parser.add_argument("--channels", type=_numbers, default=(10, 100, 1000))
    parser.add_argument("--comments", type=_numbers, default=(10_000, 100_000, 1_000_000))
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds, of the race between workers")
    parser.add_argument("--readers", type=int, default=workers.CHANNELS, help="channels, of that race")
    parser.add_argument("--alone", action="store_true", help="the sizes alone; printed, not written")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


def _measured(server: str, size: tuple[int, int], times: int) -> Size:
    began = time.monotonic()
    found = measure(server, *size, times, SEED)
    print(f"{size[0]:,} channels, {size[1]:,} comments: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def _page(sizes: Sequence[Size], race: Raced, grown: Sequence[Grown], load: float) -> str:
    text = TEMPLATE.format(
        arguments=f' ARGS="{" ".join(sys.argv[1:])}"' if sys.argv[1:] else "",
        day=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        load=f"{load:.1f}",
        seed=SEED,
        change=CHANGE,
        growth=GROWTH,
        rows="\n".join([HEAD, *_rows(sizes)]),
        raced=_raced(race),
        grown=_grown(grown),
    )
    return wrapped(text)


def _rows(sizes: Sequence[Size]) -> Iterator[str]:
    return (_row(*each) for each in _growths(sizes))


def _growths(sizes: Sequence[Size]) -> Iterator[tuple[Size, str, Sequence[Spent], float]]:
    for size in sizes:
        least = min((each for each in sizes if each.channels == size.channels), key=lambda each: each.comments)
        for what, days in size.done.items():
            yield size, what, days, _worked(days) / (_worked(least.done[what]) or 1)


def _row(size: Size, what: str, days: Sequence[Spent], growth: float) -> str:
    seconds, last = [each.seconds for each in days], days[-1]
    cells = (
        f"{size.channels:,}",
        f"{size.comments:,}",
        what,
        len(days),
        f"{percentile(seconds, 50):.3f}",
        f"{percentile(seconds, 95):.3f}",
        f"{_worked(days):.3f}",
        f"{growth:.2f}",
        last.queries,
        last.calls,
        last.cost,
    )
    return f"| {' | '.join(map(str, cells))} |"


def _worked(days: Sequence[Spent]) -> float:
    return percentile([each.worked for each in days], 50)


def _raced(race: Raced) -> str:
    one, two = min(race.one), min(race.two)
    ideal = race.channels * race.latency / READERS
    return RACED.format(
        channels=race.channels,
        latency=race.latency,
        threads=READERS,
        n=len(race.one),
        goal=GOAL,
        one=one,
        two=two,
        one_ideal=one / ideal,
        two_ideal=2 * two / ideal,
        ratio=race.ratio,
    )


def _grown(grown: Sequence[Grown]) -> str:
    rows = [
        f"| {each.comments:,} | {len(each.megabytes)} | {each.megabytes[0]:.1f} | "
        f"{each.megabytes[len(each.megabytes) // 2]:.1f} | {each.megabytes[-1]:.1f} | {each.per_thousand:.2f} |"
        for each in grown
    ]
    return GROWN.format(channels=grown[0].channels, rows="\n".join(rows))


if __name__ == "__main__":
    sys.exit(main())
