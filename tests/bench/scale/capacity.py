"""What so many channels need, computed from the rules in the code: docs/capacity.md has these tables word for word.

`python -m tests.bench.scale.capacity` prints them.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from config.settings import Polling, Settings
from connectors.youtube import ABOUT
from monitor.cli.beneath import needed
from monitor.cli.parts import Part, programs
from monitor.db import Database
from monitor.register.calendar import calendar_of
from monitor.register.models import Organisation
from monitor.telemetry.broker import QUEUES
from monitor.watch.budget_rules import Quota, lasting_interval, quota
from monitor.watch.rules import MINUTE, Outcome, Policy, next_poll

BENCHMARKS = Path(__file__).parents[3] / "docs" / "benchmarks.md"
SIZES = (10, 100, 1000)
SHARES = {"facebook": 0.5, "instagram": 0.3, "youtube": 0.1, "blog": 0.1}
"""Of a municipality's channels, as an example."""
MONDAY = date(2026, 11, 23)
A_DAY, WORKING_DAYS = timedelta(days=1), 250
LATENCY = 0.5
"""Seconds that a platform takes for a call, as an example."""
BYTES_A_COMMENT, BYTES_A_READING = 900, 205
"""On PostgreSQL with all indexes, measured: docs/capacity.md."""
COMMENTS_A_DAY = 20
"""Below a channel, as an example."""


def readings(*, around_the_clock: bool = False) -> int:
    """Of one channel on a working day, as the timetable has it with the settings as they come."""
    calendar = calendar_of(Organisation(name="Exempel"))
    policy = Policy(timedelta(seconds=Polling().interval_seconds), around_the_clock)
    midnight = calendar.midnight(MONDAY)
    if around_the_clock:
        return A_DAY // policy.interval
    moment, found = midnight, 0
    while True:
        moment, _why = next_poll(calendar, policy, Outcome.COMPLETE, 0, None, moment)
        if moment >= midnight + A_DAY:
            return found
        found += 1


def costs() -> dict[str, tuple[int, int]]:
    """By platform: what an idle reading costs and what the daily one does, of a channel with 60 posts and about a
    thousand comments, as `make bench-connectors` has measured it."""
    rows = re.findall(
        r"^\| (\w+) \(\w+\) \| [\d,]+ \| (\d+) \| \d+ \| \d+ \| [\d.]+ \| (\d+) \|",
        BENCHMARKS.read_text(),
        re.MULTILINE,
    )
    return {platform: (int(idle), int(daily)) for platform, idle, daily in rows}


def processor(channels: int) -> tuple[float, float]:
    """Seconds of a round on which nothing happened, and of one with news, as `make bench-scale` has measured them."""
    rows = re.findall(
        rf"^\| {channels:,} \| 1,000,000 \| ([\w ,]+) \| \d+ \| [\d.]+ \| [\d.]+ \| ([\d.]+) \|",
        BENCHMARKS.read_text(),
        re.MULTILINE,
    )
    took = {what: float(seconds) for what, seconds in rows}
    quiet = took["idle round"] + took["judging, nothing new"]
    return quiet, took["round with change"] + took["keeping the days after it"] + took["judging after it"]


def processor_table() -> str:
    head = "| channels | nothing new | 100 new comments | of a core, every 15 minutes | every minute |"
    return "\n".join([head, "|" + "---:|" * 5, *(_of_a_core(channels) for channels in (100, 1000))])


def _of_a_core(channels: int) -> str:
    quiet, busy = processor(channels)
    shares = [
        f"{100 * quiet / seconds:.1f}–{100 * busy / seconds:.1f} %"
        for seconds in (Polling().interval_seconds, MINUTE.total_seconds())
    ]
    return f"| {channels:,} | {quiet:.0f} s | {busy:.0f} s | {shares[0]} | {shares[1]} |"


def youtube_quota() -> Quota:
    """Of one project with the settings as they come."""
    polling = Polling()
    return quota(ABOUT.per_day or 0, polling.reserve_for_replies, polling.reserve_for_crisis)


def cost_a_day(platform: str, times: int) -> int:
    """One channel's: the daily reading is one of them."""
    idle, daily = costs()[platform]
    return (times - 1) * idle + daily


def fitting(times: int) -> int:
    """How many YouTube channels one project's quota is enough for."""
    return youtube_quota().for_polls // cost_a_day("youtube", times)


def connections() -> int:
    """That one process opens at most."""
    pool = Database("postgresql+psycopg://nobody@127.0.0.1:1/none").engine.pool
    return int(pool.size() + pool._max_overflow)  # type: ignore[attr-defined]


def layouts() -> dict[str, int]:
    """Processes that ask the database: a web, the worker of crises, and the workers, of which `up` has two."""
    apart = 2 + len(QUEUES)
    return {
        "`kanalvakt up`: web, clock, one that reads, crises": 2 + len(programs(Part.WORKER, Settings(), None)),
        f"a part in each container or unit: web, clock, one for each of the {len(QUEUES) - 1} queues of readings, "
        "crises": apart,
        "the same with a second web": apart + 1,
    }


def connections_table() -> str:
    rows = [f"| {name} | {number} | {needed(number)} |" for name, number in layouts().items()]
    return "\n".join(["| layout | processes | `max_connections` |", "|---|---:|---:|", *rows])


def table() -> str:
    """What each size needs."""
    head = (
        "| channels | readings a day | calls a day | YouTube channels | units a day | of one project's "
        "| threads that wait | the same, read every minute | disk a year |"
    )
    return "\n".join([head, "|" + "---:|" * 9, *(_row(channels) for channels in SIZES)])


def _row(channels: int) -> str:
    times = readings()
    calls = sum(
        round(channels * share) * cost_a_day(name, times) for name, share in SHARES.items() if name != "youtube"
    )
    films = round(channels * SHARES["youtube"])
    units = films * cost_a_day("youtube", times)
    waits = [channels * LATENCY / seconds for seconds in (Polling().interval_seconds, MINUTE.total_seconds())]
    stored = channels * WORKING_DAYS * (COMMENTS_A_DAY * BYTES_A_COMMENT + times * BYTES_A_READING)
    return (
        f"| {channels:,} | {channels * times:,} | {calls:,} | {films:,} | {units:,} "
        f"| {100 * units / youtube_quota().for_polls:.0f} % | {waits[0]:.2g} | {waits[1]:.2g} | {stored / 1e9:.1f} GB |"
    )


def youtube_table() -> str:
    """How many channels fit into one project, and how often they can be read in a crisis."""
    ways = {"in service hours": readings(), "around the clock": readings(around_the_clock=True)}
    rows = [f"| {way} | {times} | {cost_a_day('youtube', times)} | {fitting(times)} |" for way, times in ways.items()]
    return "\n".join(
        ["| read | readings a day | units a day | channels in one project |", "|---|---:|---:|---:|", *rows]
    )


def crisis_intervals() -> Iterator[tuple[int, timedelta]]:
    """How often so many channels of one project can be read for the twelve hours that are left of a day."""
    idle, _daily = costs()["youtube"]
    for channels in (1, 5, 10, 50):
        lasting = lasting_interval(youtube_quota().for_polls, idle * channels, A_DAY / 2)
        yield channels, max(MINUTE, lasting)


def crisis_table() -> str:
    rows = [f"| {channels} | {_seconds(interval)} |" for channels, interval in crisis_intervals()]
    return "\n".join(["| channels of one project | read every |", "|---:|---:|", *rows])


def _seconds(interval: timedelta) -> str:
    return f"{interval.total_seconds():.0f} s"


def main() -> None:
    print(table(), youtube_table(), crisis_table(), connections_table(), processor_table(), sep="\n\n")


if __name__ == "__main__":
    main()
