"""`make bench-emergency`: crisis messages under declared faults beside a plain retry, and how fast they are out.

`ARGS="--only faults"` and `ARGS="--only speed"` make and write one section of docs/benchmarks.md each;
`ARGS="--only polls"` prints the one row of the second that stands beside 10,000 readings. A run with other numbers
(`--broadcasts 200 --seed 7 --database sqlite`) is printed, and the page stays as it is without `--write`.
"""

import argparse
import os

from config.logging import configure_logging
from tests.bench.emergency import how_fast, under_faults
from tests.bench.page import FAULTS, SPEED, filled, write_emergency
from tests.services import Services

BROADCASTS, SEED, SPEEDS, CONTROL = 10_000, 1, 1000, 500


def main() -> None:
    chosen = _words()
    configure_logging("CRITICAL")
    wrong: list[str] = []
    with Services() as services:
        os.environ |= services.environment
        if chosen.only in (None, "faults"):
            wrong += _faults(chosen)
        if chosen.only in (None, "speed"):
            _speed(chosen)
        if chosen.only == "polls":
            print(how_fast.beside_readings(chosen.speed, chosen.database))
    if wrong:
        raise SystemExit("\n".join(wrong))


def _words() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="make bench-emergency", description=__doc__)
    words.add_argument("--only", choices=("faults", "speed", "polls"))
    words.add_argument("--broadcasts", type=int, default=BROADCASTS, help="under faults")
    words.add_argument("--minutes", type=float, default=600, help="no new hundred broadcasts afterwards")
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    words.add_argument("--processes", type=int, default=2)
    words.add_argument("--control", type=int, default=CONTROL, help="broadcasts of the control")
    words.add_argument("--speed", type=int, default=SPEEDS, help="messages of the main figures of speed")
    words.add_argument("--write", action="store_true", help="write the page even with other numbers")
    return words.parse_args()


def _faults(chosen: argparse.Namespace) -> list[str]:
    """What went wrong, in words."""
    names = ("broadcasts", "minutes", "seed", "database", "processes", "control")
    wanted = under_faults.Wanted(**{name: getattr(chosen, name) for name in names})
    text, found, plain = under_faults.section(wanted)
    text = filled(text)
    print(text, *found.people.most_common(), sep="\n")
    if chosen.write or (chosen.broadcasts, chosen.seed, chosen.control) == (BROADCASTS, SEED, CONTROL):
        write_emergency(FAULTS, text)
    return found.wrong + ([] if plain["twice"] else ["the control shows no post that stands twice"])


def _speed(chosen: argparse.Namespace) -> None:
    text = filled(how_fast.section(chosen.speed, chosen.database))
    print(text)
    if chosen.write or chosen.speed == SPEEDS:
        write_emergency(SPEED, text)


if __name__ == "__main__":
    main()
