"""Two of everything on real Redis and PostgreSQL, as production has it: nothing is done twice, and whatever is killed,
the other one goes on. What is read and sent is counted at the platform and the mail server."""

import re
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import httpx2
import pytest
import redis
from sqlalchemy import Connection, select, update

from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token, World
from monitor.cli.parts import Part
from monitor.db import Database, database
from monitor.db.migrating import patiently
from monitor.emergency.rules import Fate
from monitor.register.models import Channel, Organisation
from monitor.telemetry.broker import CLOCK
from monitor.watch.models import PollRun, Schedule
from monitor.web.visiting import COOKIE
from tests.connectors.graph_stages import SCOPES, graph_of
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.emergency.broadcast import Broadcast
from tests.runtime.layout import Layout, layout
from tests.services import own_redis
from tests.waiting import eventually
from tests.web.conftest import session_of

PAGES = 6
DANGER = "Det luktar gas vid skolan"
CHANNEL = re.compile(r"Tibro kommun på (sida-\d)")
AT_ONCE = "Ring 112"
"""Stands in the mail that tells of a danger at once, and in no morning's mail."""
ITS_POSTS = "summary(true)"
"""Stands in what a reading asks of a page, and in nothing else that is asked of it."""
FEED = "/feed$"
soon = partial(eventually, seconds=60)
KEY = "a2FuYWx2YWt0LWthbmFsdmFrdC1rYW5hbHZha3QtMDA="


@pytest.fixture
def office() -> Iterator[PostOffice]:
    opened = PostOffice().open()
    yield opened
    opened.close()


@pytest.fixture
def broker() -> Iterator[str]:
    """A database of its own of the real Redis."""
    url = own_redis()
    with redis.Redis.from_url(url) as server:
        server.flushdb()
        yield url
        server.flushdb()


@pytest.fixture
def town(postgresql: Database, broker: str, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator["Town"]:
    """Facebook pages, and an account that is read through instaloader, in the settings of all processes."""
    with Emulator(World(clock=datetime.now(UTC), real_time=True)) as emulator:
        known = {
            **emulator.settings(),
            "KANALVAKT_DATABASE_URL": postgresql.engine.url.render_as_string(hide_password=False),
            "KANALVAKT_REDIS_URL": broker,
            "KANALVAKT_SMTP_URL": office.url,
            "KANALVAKT_ENCRYPTION_KEYS": KEY,
            "KANALVAKT_INSTAGRAM_PUBLIC": "true",
            "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
            "KANALVAKT_WEB__PORT": "0",
        }
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        yield Town(Broadcast(database(), emulator, "facebook"))
        database().close()


class Town:
    """A municipality with `PAGES` pages beside the one that crisis messages go to, and one account of Instagram's."""

    def __init__(self, here: Broadcast) -> None:
        self.here, self.db, self.world = here, here.db, here.world
        here.town.change(Organisation, 1, service_hours={"mon-sun": "00:00-23:59"})
        graph_of(here.stages["facebook"]).habits.refuses_repeats = False  # no help of the platform's own
        self.pages = {here.stages["facebook"].account.id}
        self.posts = [self._page(number) for number in range(PAGES)]
        account = self.world.account("instagram", "17841400000014721", "bibliotek", "Biblioteket", pk="4711001473")
        self.world.token(Token("session", "session", account))
        credential = {"session": "session"}
        here.town.channel("ig", platform="instagram_public", external_id="bibliotek", credential=credential)
        self.cookie = {"cookie": f"{COOKIE}={session_of(self.db, 'redaktor')}"}
        with self.db.snapshot() as session:
            self.channels = set(session.scalars(select(Channel.id).where(Channel.state == "active")))

    def _page(self, number: int) -> object:
        page = self.world.account("facebook", f"10000{number:05}", f"sida{number}", f"Sida {number}")
        self.pages.add(page.id)
        self.world.token(Token(f"token-{number}", "page", page, SCOPES))
        self.here.town.person(f"p{number}")
        whose = {"responsible_id": f"p{number}", "deputy_id": None}
        self.here.town.channel(f"sida-{number}", external_id=page.id, credential={"token": f"token-{number}"}, **whose)
        return self.world.publish(page, "Nyhet")

    def somebody_writes(self, number: int) -> None:
        with self.world.lock:
            self.world.comment(self.posts[number], self.world.resident("facebook", "Kim"), DANGER)  # type: ignore[arg-type]

    def another_round(self, *, only_dead: bool = False) -> None:
        """Everything is due now. only_dead: what was being read by somebody who cannot finish it, as if its lease, that
        no test waits for, had run out."""
        running = select(PollRun.channel_id).where(PollRun.outcome == "running")
        which = Schedule.channel_id.in_(running) if only_dead else Schedule.claim.is_(None)
        with self.db.transaction() as session:
            session.execute(update(Schedule).where(which).values(next_poll_at=datetime.now(UTC)))

    def readings(self) -> Counter[tuple[str, str]]:
        """How many of each channel and outcome."""
        with self.db.snapshot() as session:
            rows = session.execute(select(PollRun.channel_id, PollRun.outcome)).all()
        return Counter((channel, outcome) for channel, outcome in rows)

    def walks(self) -> Counter[str]:
        """How often each page was asked for what is on it."""
        asked = [
            entry for entry in self.here.emulator.ledger.of("graph") if ITS_POSTS in entry.parameters.get("fields", "")
        ]
        return Counter(entry.path.rpartition("/")[2] for entry in asked)

    def published(self) -> Counter[str]:
        """How many crisis messages stand on each page."""
        return Counter(effect.target for effect in self.here.effects)

    def verified(self) -> set[str]:
        """Where it has been seen to stand."""
        return {each.place for each in self.here.deliveries() if each.state == Fate.VERIFIED}

    def complete(self) -> dict[str, int]:
        return {channel: n for (channel, outcome), n in self.readings().items() if outcome == "complete"}

    def being_read(self) -> set[str]:
        with self.db.snapshot() as session:
            return set(session.scalars(select(PollRun.channel_id).where(PollRun.outcome == "running")))


@pytest.mark.postgresql
@pytest.mark.redis
@pytest.mark.timeout(400)  # on a machine that has other things to do; alone it takes twenty seconds
def test_two_of_everything_do_everything_once_and_go_on_when_one_of_each_is_killed(
    town: Town, office: PostOffice, tmp_path: Path
) -> None:
    town.somebody_writes(0)
    with layout(tmp_path) as house:
        each_channel_is_read_once(town)
        assert soon(lambda: told_of_danger(office) == {hears(0): 1})
        a_newer_version_has_migrated(town)
        a_message_is_on_its_way(house, town)
        for name in ("web 1", "beat 1", "clock 1"):
            house.kill(name)
        assert pages(house, town) == {"web 2": 200}, "the session holds there as well"
        what_a_killed_reader_had_is_read_by_the_other(house, town)
        house.start("clock 3", Part.WORKER, (CLOCK,))  # it begins on what the newer version has made of the database
        house.kill("clock 2")
        town.somebody_writes(1)
        town.another_round()
        assert soon(lambda: {channel for channel, _to in told_of_danger(office)} == {"sida-0", "sida-1"})
        assert soon(lambda: town.verified() == town.channels - {"ig"} | {"hub"})
        assert house.alive() == {"web 2", "beat 2", "clock 3", "reader 2", "emergency"}
    assert town.published() == dict.fromkeys(town.pages, 1)
    assert told_of_danger(office) == {hears(0): 1, hears(1): 1}
    assert len(office.ids) == len(set(office.ids))


def each_channel_is_read_once(town: Town) -> None:
    """Two beats say when, two workers of each kind hear it."""
    assert soon(lambda: town.complete().keys() == town.channels)
    assert town.readings() == {(channel, "complete"): 1 for channel in town.channels}
    assert town.walks() == dict.fromkeys(town.pages, 1), "and nobody has asked without a reading to show for it"


def a_newer_version_has_migrated(town: Town) -> None:
    """What one release may do to another one's database, while all of them are at work."""
    patiently(town.db, _adds)


def a_message_is_on_its_way(house: Layout, town: Town) -> None:
    """Pressed on one web, by somebody whom both know. It stands on every page, and none has answered yet."""
    assert pages(house, town) == {"web 1": 200, "web 2": 200}
    message = town.here.message()
    town.here.emulator.faults.add(Fault("latency", method="POST", path=FEED, seconds=10, times=None))
    page = f"{house.addresses['web 1']}/crisis/{town.here.incident}/messages/{message}"
    fields = {"act": "send", "revision": "0", "sure": "skarpt", "beside": "on"}
    assert httpx2.post(page, data=fields, headers=town.cookie).status_code == 303
    assert soon(lambda: town.published() == dict.fromkeys(town.pages, 1))


def pages(house: Layout, town: Town) -> dict[str, int]:
    """What each web that runs answers to one and the same person's browser."""
    there = {name: address for name, address in house.addresses.items() if name in house.running}
    return {name: httpx2.get(f"{address}/inbox", headers=town.cookie).status_code for name, address in there.items()}


def what_a_killed_reader_had_is_read_by_the_other(house: Layout, town: Town) -> None:
    before = town.complete()
    house.signal("reader 2", signal.SIGSTOP)
    town.here.emulator.latency = 5.0
    town.another_round()
    assert soon(lambda: bool(town.being_read()))
    house.kill("reader 1")
    town.here.emulator.latency = 0.0
    dead = town.being_read()
    town.another_round(only_dead=True)
    house.signal("reader 2", signal.SIGCONT)
    assert soon(lambda: all(town.complete()[channel] > n for channel, n in before.items()))
    assert {channel for channel, outcome in town.readings() if outcome == "lost"} == dead


def _adds(connection: Connection) -> None:
    for statement in (
        "ALTER TABLE comment ADD COLUMN mood VARCHAR",
        "ALTER TABLE schedule ADD COLUMN weight INTEGER NOT NULL DEFAULT 7",
        "ALTER TABLE notice ADD COLUMN colour VARCHAR",
        "CREATE TABLE mood (id INTEGER PRIMARY KEY)",
        "UPDATE alembic_version SET version_num = '9999'",
    ):
        connection.exec_driver_sql(statement)


def hears(number: int) -> tuple[str, str]:
    """The page of that number, and whom it concerns: nobody else has to do with it."""
    return f"sida-{number}", f"p{number}@example.org"


def told_of_danger(office: PostOffice) -> Counter[tuple[str, str]]:
    """How many mails tell at once of what somebody wrote on a page, and to whom."""
    mails = [(text_of(mail), str(mail["To"])) for mail in list(office.mails)]
    urgent = [(text, to) for text, to in mails if AT_ONCE in text and DANGER in text]
    return Counter((channel, to) for text, to in urgent for channel in set(CHANNEL.findall(text)))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
