"""The part of the page on speed: what is measured, how often, and what the goal is."""

import os
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date

from monitor.emergency.models import Message
from monitor.emergency.warming import _warm
from tests.bench.emergency import whole
from tests.bench.emergency.pressing import ON_THE_PAGE, PAUSE, Pressed, Town
from tests.bench.emergency.scene import Template, servers
from tests.bench.page import machine
from tests.services import _private_redis

LATENCY = 0.3
"""Seconds that each call takes at the platforms, where it is said."""
NAMES = {"facebook": "Facebook", "youtube": "YouTube"}
TRIPS = {"facebook": 1, "youtube": 4}
"""Calls one after the other until it stands there: YouTube's token and newest videos, then token and comment."""
OUT = 0.150
KILLS = 5
"""Each takes most of a minute, until what is not known of YouTube is settled."""
TEMPLATE = """Measured by `make bench-emergency ARGS="--only speed"` on {day}: {machine}; load before: {load};
{database}. Each message goes to the crisis page, Facebook, Instagram, YouTube (a comment, and the channel's
text) and a group that people publish in by hand. The crisis page shows the last {on_the_page} crises;
it is written by us, served by a web process and read back from it. Between two messages {pause} s go by, in which what
is read back and logged of the one before does not compete with the next. The platforms are emulated in a process of
their own on the same cores, and say when each call came in. The button is the function behind it, in a process that has
shown the message before, as the web process has. Seconds.

| | n | p50 | p95 | longest | goal |
|---|---:|---:|---:|---:|---:|
{rows}

*Last request out*: the first call of the last channel that makes something of the message (Facebook's post, Instagram's
container, YouTube's comment, the channel's text there), from the button. Where the platforms answer at once it
is our own overhead; what only
reads before (YouTube's token and videos) is the platform's, and done while the crisis page is written. *Confirmed*: the
platform has said yes; where each call takes {latency:.0f} ms that is one call for Facebook, and {trips} for YouTube,
which is best effort and never counted. The goals there are those calls and half a second. Instagram's container is
ready after 5 s; its card was drawn when somebody read the message.
"""


@dataclass(frozen=True)
class Row:
    """goal: of the 95th percentile, in seconds; None: none."""

    what: str
    seconds: Sequence[float]
    goal: float | None

    def __str__(self) -> str:
        p95 = sorted(self.seconds)[max(0, -(-len(self.seconds) * 95 // 100) - 1)]
        goal = f"{self.goal:.2f}" if self.goal is not None else "–"
        figures = f"{statistics.median(self.seconds):.3f} | {p95:.3f} | {max(self.seconds):.3f}"
        return f"| {self.what} | {len(self.seconds):,} | {figures} | {goal} |"


def section(n: int, database: str) -> str:
    """n: messages of each figure, but for killed workers."""
    load, template = os.getloadavg()[0], Template(servers()[database])
    try:
        killed = _killed(template, min(KILLS, n))
        rows = [*_own(template, n), *_polls(template, n), *_waited_for(template, n), *killed]
    finally:
        template.drop()
    return TEMPLATE.format(
        day=date.today(),  # noqa: DTZ011 - the day where it was measured
        machine=machine(),
        load=f"{load:.1f}",
        database={"postgresql": "PostgreSQL", "sqlite": "SQLite"}[database],
        rows="\n".join(map(str, rows)),
        latency=LATENCY * 1000,
        pause=PAUSE,
        on_the_page=ON_THE_PAGE,
        trips=TRIPS["youtube"],
    )


def beside_readings(n: int, database: str) -> str:
    """That row by itself."""
    template = Template(servers()[database])
    try:
        return "\n".join(map(str, _polls(template, n)))
    finally:
        template.drop()


def _own(template: Template, n: int) -> list[Row]:
    """Our own overhead; then each is corrected."""
    with whole.house(template) as here:
        sent = _pressed(here, n)
        corrected = _corrected(here, sent)
    return [
        Row("button → committed", [each.committed for each in sent], None),
        Row("button → last request out, platforms answer at once", _last(sent), OUT),
        Row(
            "of it, computing of our own process, whatever else the machine did",
            [each.computing for each in sent],
            None,
        ),
        Row("the same for a correction: one click", _last(corrected), OUT),
    ]


def _pressed(here: Town, n: int) -> list[Pressed]:
    found = []
    for _each in range(n):
        message = here.approved()
        with here.db.snapshot() as session:
            _warm(session.get_one(Message, message), exercise=False, settings=here.settings)
        found.append(here.press(message))
        time.sleep(PAUSE)
    here.settle()
    here.tell_fates(found)
    return found


def _corrected(here: Town, sent: list[Pressed]) -> list[Pressed]:
    found = []
    for each in sent:
        found.append(here.correct(each.message))
        time.sleep(PAUSE)
    here.settle()
    return found


def _last(found: list[Pressed]) -> list[float]:
    return [each.last_call for each in found]


def _polls(template: Template, n: int) -> list[Row]:
    with ExitStack() as stack:
        redis = f"{stack.enter_context(_private_redis('redis-server'))}/0"
        here = stack.enter_context(whole.house(template, REDIS_URL=redis))
        stack.enter_context(whole.readings_in_the_way(redis))
        found = _pressed(here, n)
    return [Row(f"the same, {whole.POLLS:,} readings queued and their worker busy", _last(found), OUT)]


def _waited_for(template: Template, n: int) -> list[Row]:
    """Platforms that take their time."""
    with whole.house(template, LATENCY) as here:
        found = _pressed(here, n)
    said = f"each call {LATENCY * 1000:.0f} ms"
    rows = [Row(f"button → last request out, {said}", _last(found), None)]
    for place, trips in TRIPS.items():
        done = [each.confirmed[place] for each in found]
        rows.append(Row(f"button → confirmed by {NAMES[place]}, {said}", done, LATENCY * trips + 0.5))
    done = [each.confirmed["instagram"] for each in found]
    rows.append(Row(f"button → confirmed by Instagram, {said}", done, 15.0))
    verified = [each.verified["hub"] for each in found]
    rows.append(Row("button → crisis page read back from outside", verified, 2.0))
    return rows


def _killed(template: Template, n: int) -> list[Row]:
    return [Row("worker killed (SIGKILL) → its delivery taken up again", whole.killed(template, n), 10.0)]
