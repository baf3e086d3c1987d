"""`kanalvakt demo`: a sample municipality on emulated platforms, with everything that `up` starts."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select

import monitor.emergency.notices  # noqa: F401 - adds what is told in a crisis
from config.language import N_, _
from config.settings import settings
from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.cli.demo_crisis import is_seen, rehearse
from monitor.cli.demo_town import Town, promise_an_answer, town
from monitor.cli.output import remark, say, show_json, show_table
from monitor.cli.parts import Part
from monitor.cli.processes import Ending
from monitor.cli.running import Running, alone, running
from monitor.db import database
from monitor.inbox.day_keeping import keep_days
from monitor.inbox.unanswered import unanswered
from monitor.register.models import Channel
from monitor.watch.models import Comment, PollRun
from monitor.watch.overview import channels

INTERVAL = 5  # seconds between two readings of a channel
ONE_ROUND = 86_400
EVENTS_EVERY = 15.0  # seconds between two things that happen on the platforms
PATIENCE = 120.0  # seconds that one round with its mails may take
CRISIS_PATIENCE = 20.0  # seconds for an exercise's message to reach the emulated test accounts


@dataclass(frozen=True, slots=True)
class Found:
    """What one round found and sent. counted_cost: by platform, in the platform's own unit."""

    channels: int
    comments: int
    unanswered: int
    mails: int
    counted_cost: dict[str, int]
    seconds: float


def demo(
    once: Annotated[bool, typer.Option("--once", help=N_("Read everything once, show what was found, end."))] = False,
    json: Annotated[
        bool, typer.Option("--json", help=N_("With --once: one JSON document on standard output."))
    ] = False,
) -> int:
    """Starts it, and keeps it alive until Ctrl-C."""
    began = time.monotonic()
    tell = remark if json else say
    with Ending() as ending, _home() as home, alone(home), town(home, ONE_ROUND if once else INTERVAL) as platforms:
        tell(_("Starting a sample municipality …"))
        with running(settings(), list(Part), home / "logs") as house:
            show = Show(house, platforms, ending, tell)
            house.say_when_ready(list(Part), ending, tell)
            complete = show.first_round()
            show.crisis()
            if once:
                show.mails_arrive()
                _tell(found := _found(platforms, time.monotonic() - began), json)
                return 0 if complete and found.mails else 1
            show.stay()
    return 0


@dataclass
class Show:
    """What happens in the demo while it runs."""

    house: Running
    town: Town
    ending: Ending
    tell: Callable[[str], None]

    def first_round(self) -> bool:
        """Waits until every channel was read, then orders the digests. True if all were read completely."""
        self._wait(lambda: "waiting" not in _states())
        promise_an_answer(datetime.now(UTC))
        keep_days(database(), datetime.now(UTC))
        _order_digests(datetime.now(UTC))
        complete = _states() <= {"ok", "manual"}
        sentence = N_("All channels have been read. Mails: {address}")
        failed = N_("Not every channel could be read. Mails: {address}")
        self.tell(_(sentence if complete else failed, address=f"{self.house.address}/demo/mails"))
        return complete

    def crisis(self) -> None:
        """An exercise, so that there is a crisis to look at."""
        number = rehearse(database(), settings())
        self._wait(lambda: is_seen(database()), CRISIS_PATIENCE)
        self.tell(_("A crisis, as an exercise: {address}", address=f"{self.house.address}/crisis/{number}"))

    def mails_arrive(self) -> None:
        self._wait(lambda: not _notices("due", "sending"))

    def stay(self) -> None:
        self.tell(_("Every few seconds something happens on the platforms. Ctrl-C ends everything."))
        while not self.ending.asked:
            self._wait(lambda: False, EVENTS_EVERY)
            if not self.ending.asked:
                self.town.live()

    def _wait(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not self.ending.asked and time.monotonic() < deadline and not true():
            self.house.children.watch()
            self.town.children.watch()
            time.sleep(0.2)


@contextmanager
def _home() -> Iterator[Path]:
    """KANALVAKT_HOME where it is set; else a folder that disappears afterwards."""
    chosen = os.environ.get("KANALVAKT_HOME")
    if chosen:
        yield Path(chosen).absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="kanalvakt-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _order_digests(now: datetime) -> None:
    """Today's, in service hours on a working day; else one out of turn, so that the demo never waits for Monday."""
    judge(database(), now)
    if not _notices("due", "sending", "sent"):
        digest_now(database(), now)


def _states() -> set[str]:
    with database().snapshot() as session:
        return {row.state for row in channels(session, datetime.now(UTC).date())}


def _notices(*states: str) -> int:
    """How many notices are in one of these states."""
    with database().snapshot() as session:
        return session.scalar(select(func.count()).where(Notice.state.in_(states))) or 0


def _found(platforms: Town, seconds: float) -> Found:
    costs = select(Channel.platform, func.sum(PollRun.counted_cost)).join(Channel).group_by(Channel.platform)
    with database().snapshot() as session:
        return Found(
            channels=session.scalar(select(func.count()).where(Channel.watch_mode == "automatic")) or 0,
            comments=session.scalar(select(func.count()).select_from(Comment)) or 0,
            unanswered=len(unanswered(session, datetime.now(UTC))),
            mails=len(list(platforms.mails.glob("*.eml"))),
            counted_cost={platform: int(cost) for platform, cost in session.execute(costs)},
            seconds=round(seconds, 1),
        )


def _tell(found: Found, json: bool) -> None:
    if json:
        show_json(asdict(found))
        return
    cost = ", ".join(f"{platform} {counted}" for platform, counted in found.counted_cost.items())
    rows = [
        (_("Channels read"), found.channels),
        (_("Comments found"), found.comments),
        (_("Unanswered"), found.unanswered),
        (_("Mails sent"), found.mails),
        (_("Counted cost"), cost),
        (_("Seconds"), found.seconds),
    ]
    show_table((_("What"), _("How many")), rows)
