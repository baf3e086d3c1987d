"""`make bench-connectors`: measures, writes the connectors' part of docs/benchmarks.md, and fails where a zero is none.

`ARGS="--rounds 200 --seed 7"` makes a shorter run, or another one; then the page stays as it is.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

from config.logging import configure_logging
from connectors import PLATFORMS
from connectors.base import YOUNG
from tests.bench.connectors.costs import CHANGED, EVERY, Costs
from tests.bench.connectors.costs import measure as measure_costs
from tests.bench.connectors.mix import HOLLOW, HOLLOWED, MIX, OUTAGE, OUTAGE_MINUTES
from tests.bench.connectors.rounds import CHANNELS, PER_ROUND, Figures
from tests.bench.connectors.rounds import measure as measure_rounds
from tests.bench.connectors.stages import STAGES
from tests.bench.page import machine, write_connectors

ROUNDS, SEED = 2000, 1
UNITS = {"youtube": "units", "instagram_public": "requests", "facebook": "calls", "instagram": "calls"}
TEMPLATE = """Measured by `make bench-connectors` on {day}: {machine}. Everything on the
emulated platforms, counted at the emulator's ledger; seed {seed}. The command took {seconds:.0f} s.

### What a reading costs, beside a naive walk

A channel with {posts} posts, one every {every} days. Ours: the product's connector with the state of its last complete
reading. Naive: page → posts → comments → replies in plain loops with the same unmodified clients (facebook-sdk,
Google's client, instaloader), which costs the same whether or not anything happened. In what the platform counts.

{costs}

{lost}

### The fault run: {rounds:,} rounds

{channels} channels ({platforms}; two pages and an Instagram account share a Meta
app, two YouTube channels a project) read through the real pipeline, claim → plan → fetch → record, on SQLite and a
virtual clock: {days} days. Meanwhile people ask, reply, answer natively, edit, delete, hide and hold, {per_round}
things a round on average: {comments:,} comments. {struck} faults in {requests:,} requests; the chance of each, for each
request that it fits, and how often it came:

| fault | chance | came |
|---|---:|---:|
{mix}

How the rounds ended: {outcomes}.
Kinds of error: {kinds}.
Comments below posts younger than {young} days that were there and not in the database right after a complete round,
where no emptied answer had misled it: {late}.

Afterwards nothing fails any more, a working day begins, and each channel is read whole once:

| promised | n |
|---|---:|
{zeros}
"""
COLUMNS = (
    *("platform", "comments", "idle round", "1 changed post", "5 changed posts", "per changed post"),
    *("daily", "full", "first sync", "naive walk", "naive ÷ idle"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-connectors", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    configure_logging("ERROR")  # the faults are counted, not told one by one
    began = time.monotonic()
    costs = [measure_costs(platform, chosen.seed) for platform in STAGES if platform in PLATFORMS]
    figures = measure_rounds(chosen.rounds, chosen.seed)
    text = _text(costs, figures, time.monotonic() - began)
    print(text)
    _tell_what_is_wrong(figures)
    if (chosen.rounds, chosen.seed) == (ROUNDS, SEED):
        write_connectors(text)
    return 0 if figures.holds and not any(each.lost for each in costs) else 1


def _text(costs: Sequence[Costs], figures: Figures, seconds: float) -> str:
    return TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        seed=figures.seed,
        seconds=seconds,
        posts=costs[0].posts,
        every=EVERY // 86_400,
        costs=_table(costs),
        lost="\n".join(map(_lost, costs)),
        rounds=figures.rounds,
        channels=len(CHANNELS),
        platforms=", ".join(f"{many} × {name}" for name, many in Counter(CHANNELS).items()),
        days=figures.days,
        per_round=PER_ROUND,
        comments=figures.comments,
        requests=figures.requests,
        struck=sum(figures.faults.values()),
        mix=_mix(figures),
        outcomes=_list(figures.outcomes),
        kinds=_list(figures.errors),
        young=YOUNG.days,
        late=_list(figures.late),
        zeros="\n".join(f"| {what} | {many} |" for what, many in figures.zeros.items()),
    )


def _table(costs: Sequence[Costs]) -> str:
    head = [f"| {' | '.join(COLUMNS)} |", f"|---{'|---:' * (len(COLUMNS) - 1)}|"]
    return "\n".join([*head, *map(_row, costs)])


def _row(costs: Costs) -> str:
    cells = (
        f"{costs.platform} ({UNITS.get(costs.platform, 'requests')})",
        f"{costs.comments:,}",
        costs.idle,
        *(costs.changed[many] for many in CHANGED),
        f"{costs.per_changed:.1f}",
        *(costs.daily, costs.full, costs.first, costs.naive),
        f"{costs.naive / costs.idle:.0f}" if costs.idle else "–",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _lost(costs: Costs) -> str:
    ours = "all" if not costs.lost else f"all but {costs.lost}"
    naive = "all" if not costs.naive_lost else f"all but {costs.naive_lost} ({costs.why})"
    return f"- {costs.platform}: the first sync found {ours} of the comments, the naive walk {naive}."


def _mix(figures: Figures) -> str:
    rows = [(trouble.name, trouble.chance) for trouble in MIX]
    rows += [(HOLLOWED, HOLLOW)]
    lines = [f"| {name} | {chance:.2%} | {figures.faults.get(name, 0)} |" for name, chance in rows]
    least, most = OUTAGE_MINUTES
    outages = figures.faults.get("token outage", 0)
    return "\n".join(
        [*lines, f"| token refused for {least}–{most} minutes (Graph: 190/463) | {OUTAGE:.2%} a round | {outages} |"]
    )


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {many:,}" for name, many in sorted(counts.items())) or "none"


def _tell_what_is_wrong(figures: Figures) -> None:
    for what, found in figures.wrong.items():
        print(f"{what}: {', '.join(found)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
