"""`make soak ARGS="--minutes 30 --seed 1"`: a whole house on PostgreSQL and Redis goes on for so long while something
fails every minute. Prints what its processes held, and whether anything was lost or told twice; ends with 1 if so, or
where something leaks. With `--write` it writes its part of docs/benchmarks.md."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from tests.bench.page import filled, machine, write_soak
from tests.bench.soak.growth import LIMITS, WARM_UP, Growth, growths
from tests.bench.soak.life import EVERY, PAUSE, Life
from tests.faults.whole import Whole, whole
from tests.services import postgresql_programs, private_postgresql
from tests.waiting import NotYet, eventually

PAGES, INTERVAL = 8, 5
AT_THE_END = 15 * 60.0
"""Seconds, at most, until everything is caught up with."""
TEMPLATE = """Measured by `make soak ARGS="--minutes {minutes:g} --seed {seed}"` on {today}: {machine}.
`kanalvakt up` on a PostgreSQL and a Redis of its own; {pages} Facebook pages on the emulator, each read every
{interval} s; a comment every {pause:g} s, most of them answered, one in twenty flagged; every {every:g} s one of
these, at random: {faults}. Processes are killed in the first half only: a leak
shows in those that live for a while.

| written | stored | lost | twice | flagged | told | not told | told twice | told others | repeated | caught up |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
| {counts} |

*Written*: comments and answers, counted at the platform. *Told*: of the flagged ones, counted at the mail server.
*Told others*: than the person whom the page concerns.
*Repeated*: the same mail again under its own Message-ID, as its sender was killed before it heard that it was taken.
*Caught up*: after the last comment.

Least squares over all lives of a process, without the first {warm:g} s of each, and over the second half of what is
left of each: what warms up grows less and less. A leak is more than {limits}; or as much meanwhile, as
fast as it grew in the second half.

| | | lives | hours watched | least | most | in an hour | so in the second half |
|---|---|---:|---:|---:|---:|---:|---:|
{growths}
"""


def main() -> int:
    words = argparse.ArgumentParser(prog="make soak", description=__doc__)
    words.add_argument("--minutes", type=float, default=30)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--write", action="store_true", help="write the page")
    chosen = words.parse_args()
    programs = postgresql_programs()
    if programs is None:
        raise SystemExit("needs PostgreSQL's own programs: sudo apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="kanalvakt-soak-") as home,
        private_postgresql(programs) as cluster,
        whole(Path(home), cluster, PAGES, INTERVAL) as here,
    ):
        life = Life(here, random.Random(chosen.seed))  # noqa: S311 - the same faults each time
        life.goes_by(60 * chosen.minutes)
        began = time.monotonic()
        with suppress(NotYet):  # what is missing then is counted
            eventually(lambda: _is_caught_up(here, life), AT_THE_END)
        counts, wrong = _counted(here, life, time.monotonic() - began)
    held = growths(life.seen)
    wrong += [f"{each.who} leaks: {each.what}, {each.per_hour:.1f} in an hour" for each in held if each.is_leak]
    text = _page(chosen, life, counts, held)
    print(text, *wrong, sep="\n")
    if chosen.write:
        write_soak(text)
    return 1 if wrong else 0


def _is_caught_up(here: Whole, life: Life) -> bool:
    return here.stored() == here.expected() and life.flagged <= here.told().keys()


def _counted(here: Whole, life: Life, seconds: float) -> tuple[Sequence[int | str], list[str]]:
    """The figures of the page, and what is wrong."""
    stored, expected, told = here.stored(), here.expected(), here.told()
    found = {
        "lost": len(expected - stored),
        "stored twice": len(stored - expected),
        "not told": len(life.flagged - told.keys()),
        "told twice": sum(len(said) > len({to for to, _id in said}) for said in told.values()),
        "told to somebody else": len(here.told_to_others()),
        "other mails twice": sum(count > 1 for count in here.digests().values()),
    }
    repeated = sum(max(said.values()) > 1 for said in told.values())
    row = [life.written, stored.total(), found["lost"], found["stored twice"], len(life.flagged), len(told)]
    row += [found["not told"], found["told twice"], found["told to somebody else"], repeated]
    return (*row, f"{seconds:.0f} s later"), [f"{what}: {count}" for what, count in found.items() if count]


def _page(chosen: argparse.Namespace, life: Life, counts: Sequence[object], held: Sequence[Growth]) -> str:
    limits = "; ".join(
        f"{more:g} {what} meanwhile and {hourly:g} in an hour" for what, (more, hourly) in LIMITS.items()
    )
    text = TEMPLATE.format(
        **vars(chosen),
        today=date.today(),  # noqa: DTZ011 - the reader's own date
        machine=machine(),
        pages=PAGES,
        interval=INTERVAL,
        pause=PAUSE,
        every=EVERY,
        faults=_times(life.faults),
        counts=" | ".join(map(str, counts)),
        warm=WARM_UP,
        limits=limits,
        growths="\n".join(map(_row, held)) or "| too short to say | | | | | | | |",
    )
    return filled(text)


def _times(faults: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(faults.items()))


def _row(each: Growth) -> str:
    held = f"{each.least:.0f} | {each.most:.0f} | {each.per_hour:+.1f} | {each.lately:+.1f}"
    return f"| {each.who} | {each.what} | {each.lives} | {each.hours:.2f} | {held} |"


if __name__ == "__main__":
    sys.exit(main())
