"""How long a comment that cannot wait takes from the platform to the mail server, through the whole embedded stack.

Alone: `python -m tests.bench.latency`; it writes its own part of the page.
"""

import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Post, Token, World
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment, PollRun, Schedule
from tests.bench.page import machine, write_latency
from tests.bench.rounds import COMMAND, SCOPES
from tests.monitor.alerts.post_office import SMTP, Envelope, PostOffice, Session
from tests.truth.month.office import LINK

CHANNELS, COMMENTS, INTERVAL = 20, 120, 10
"""interval: seconds between two readings of a channel; in production 900."""
PAUSE = 1.0
"""Seconds between two comments, on average."""
TEXT = "Det luktar gas vid skolan"
GOAL = 5.0
TEMPLATE = """Measured by `make bench` (this part alone: `python -m tests.bench.latency`) on {day}: {machine}.
`kanalvakt up`, {channels} Facebook pages on the emulator, each read every {interval} s, one new flagged comment every
second on average; from the moment at which the platform shows it until the mail server has accepted the mail that names
it. What remains after the wait for the next reading is x: from the beginning of the reading that found it. Goal: x at
most {goal:.0f} s.

| seconds | n | p50 | p95 | longest |
|---|---:|---:|---:|---:|
| visible → mail accepted (interval {interval} s + x) | {n} | {seen_p50} | {seen_p95} | {seen_max} |
| reading begun → mail accepted (x) | {n} | {x_p50} | {x_p95} | {x_max} |
"""


class Clocked(PostOffice):
    """Knows when it accepted each mail."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[tuple[datetime, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        answer = await super().handle_DATA(server, session, envelope)
        self.accepted.append((datetime.now(UTC), self.mails.pop()))
        return answer


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kanalvakt-bench-") as home:
        write_latency(section(Path(home)))


def section(home: Path) -> str:
    """The page's part. home: an empty folder."""
    found = measure(home)
    named = {"channels": CHANNELS, "interval": INTERVAL, "goal": GOAL, "machine": machine()}
    today = date.today()  # noqa: DTZ011 - the reader's own date
    return TEMPLATE.format(day=today, **named, **found)


def measure(home: Path) -> dict[str, Any]:
    """n, and p50, p95 and the longest of both times, in seconds."""
    world = World(seed=1, clock=datetime.now(UTC), real_time=True)
    office = Clocked()
    office.open()
    with Emulator(world) as emulator:
        db = Database(f"sqlite:///{home / 'kanalvakt.sqlite3'}")
        upgrade(db)
        posts = _register(db, world)
        with _running(home, emulator, office):
            _wait(lambda: _readings(db) >= CHANNELS)
            shown = _write(world, posts)
            _wait(lambda: len(_told(db, office)) >= COMMENTS)
        told, begun = _told(db, office), _begun(db)
        db.close()
    office.close()
    return _figures("seen", [told[id_] - shown[id_] for id_ in shown]) | _figures(
        "x", [told[id_] - begun[id_] for id_ in shown]
    )


def _figures(name: str, times: list[timedelta]) -> dict[str, Any]:
    seconds = sorted(each.total_seconds() for each in times)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    found = {"p50": statistics.median(seconds), "p95": p95, "max": seconds[-1]}
    return {"n": len(seconds)} | {f"{name}_{key}": round(value, 1) for key, value in found.items()}


def _register(db: Database, world: World) -> list[Post]:
    """Open around the clock, so that the bench can be run at any hour."""
    now = datetime.now(UTC)
    pages = [_page(world, number) for number in range(CHANNELS)]
    with db.transaction() as session:
        hours = {"mon-sun": "00:00-23:59"}
        session.add(Organisation(name="Exempel", first_import="all", service_hours=hours))
        session.add_all(Person(id=f"p{n}", name=f"P{n}", email=f"p{n}@example.org") for n in range(CHANNELS))
        session.flush()
        session.add(Unit(id="u", name="U"))
        session.flush()
        for number, page in enumerate(pages):
            people = {"unit_id": "u", "responsible_id": f"p{number}"}
            where = {"address": f"https://www.facebook.com/{page.handle}", "external_id": page.id}
            token = {"token": f"token-{number}"}
            name = f"sida-{number}"
            session.add(Channel(id=name, platform="facebook", name=name, credential=token, **people, **where))
            session.flush()
            session.add(Schedule(channel_id=name, next_poll_at=now))
    return [world.publish(page, "Nyhet") for page in pages]


def _page(world: World, number: int) -> Account:
    page = world.account("facebook", f"10000{number:05}", f"sida{number}", f"Sida {number}")
    world.token(Token(f"token-{number}", "page", page, SCOPES))
    return page


@contextmanager
def _running(home: Path, emulator: Emulator, office: Clocked) -> Iterator[None]:
    environment = os.environ | emulator.settings()
    environment |= {
        "KANALVAKT_HOME": str(home),
        "KANALVAKT_WEB__PORT": "0",
        "KANALVAKT_WEB__PUBLIC_URL": "https://kanalvakt.example.org",
        "KANALVAKT_SMTP_URL": office.url,
        "KANALVAKT_POLLING__INTERVAL_SECONDS": str(INTERVAL),
        "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
    }
    house = subprocess.Popen([str(COMMAND), "up"], env=environment, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        house.terminate()
        house.wait(30)


def _write(world: World, posts: list[Post]) -> dict[str, datetime]:
    """One comment after another, by the platform's id, and since when it is there."""
    chance = random.Random(1)  # noqa: S311 - the same for everybody
    shown = {}
    for number in range(COMMENTS):
        time.sleep(chance.uniform(0, 2 * PAUSE))
        with world.lock:
            made = world.comment(chance.choice(posts), world.resident("facebook", f"Invånare {number}"), TEXT)
            shown[made.id] = datetime.now(UTC)
    return shown


def _readings(db: Database) -> int:
    with db.snapshot() as session:
        return session.scalar(select(func.count()).where(PollRun.outcome == "complete")) or 0


def _told(db: Database, office: Clocked) -> dict[str, datetime]:
    """By the platform's id, when the first mail that names it was accepted."""
    with db.snapshot() as session:
        theirs = dict(iter(session.execute(select(Comment.id, Comment.external_id))))
    told: dict[str, datetime] = {}
    for at, mail in list(office.accepted):
        body = mail.get_body(("plain",))
        for _channel, number in LINK.findall(str(body.get_content())) if body is not None else ():
            told.setdefault(theirs[int(number)], at)
    return told


def _begun(db: Database) -> dict[str, datetime]:
    """By the platform's id, when the reading began that found it."""
    found = (PollRun.channel_id == Comment.channel_id, PollRun.finished_at == Comment.fetched_at)
    with db.snapshot() as session:
        query = select(Comment.external_id, PollRun.started_at).join(PollRun, found[0] & found[1])
        return dict(iter(session.execute(query)))


def _wait(true: Any, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not after {seconds} s")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
