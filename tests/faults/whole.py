"""A whole house on services of its own, which can be taken away from it. What came of it is counted outside: at the
emulated platforms and at the mail server."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy import select

from connectors.emulator.server import Emulator
from connectors.emulator.truth import shown
from connectors.emulator.world import Account, Comment, Post, Token, World
from monitor.access import tokens
from monitor.cli.demo_town import free_port
from monitor.db import Database
from monitor.db.migrating import upgrade
from monitor.register.models import Channel, Organisation, Person, Route, Unit
from monitor.watch.models import Comment as Stored
from tests.bench.rounds import SCOPES
from tests.faults.address import Address
from tests.faults.clock import Clock
from tests.monitor.alerts.post_office import SMTP, Envelope, PostOffice, Session
from tests.monitor.town import LONG
from tests.runtime.house import House, house
from tests.services import Cluster
from tests.truth.month.machinery import Broker
from tests.waiting import eventually

FLAGGED = "Det luktar gas vid skolan"
"""Of this somebody hears at once, at any hour."""
DIGEST = "hämtat"
"""In the subject of every digest, and of no other mail."""
ALL_DAY = "00:00-23:59"
HERE: dict[str, Any] = {"service_hours": {"mon-sun": ALL_DAY}}
LINK = re.compile(r"/comment/(\d+)\b")
DATABASE = "kanalvakt"
THEIRS = f"FROM pg_stat_activity WHERE datname = '{DATABASE}' AND pid <> pg_backend_pid()"
CUT = f"SELECT pg_terminate_backend(pid) {THEIRS}"
CONNECTED = f"SELECT count(*) {THEIRS}"
SOON = 120.0
"""Seconds in which everything that a fault held up is caught up with, on a machine that has many other things to do."""


class Counting(PostOffice):
    """Counts what it has taken, whether or not the sender hears so. when_taken: called in between."""

    def __init__(self) -> None:
        super().__init__()
        self.when_taken: Callable[[], object] = lambda: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.to_thread(self.when_taken)
        return answer


@dataclass(frozen=True, slots=True)
class Mail:
    """names: the comments that it links to, by our number."""

    subject: str
    to: str
    date: str
    id: str
    names: frozenset[int]

    @classmethod
    def of(cls, mail: EmailMessage) -> Self:
        body = mail.get_body(("plain",))
        names = map(int, LINK.findall(str(body.get_content()) if body is not None else ""))
        said = (str(mail[name]) for name in ("Subject", "To", "Date", "Message-ID"))
        return cls(*said, frozenset(names))


@dataclass
class Whole:
    """pages: each with one post, and a person of its own who is told. db: ours, past the address that the house
    uses."""

    home: Path
    emulator: Emulator
    office: Counting
    broker: Broker
    cluster: Cluster
    address: Address
    db: Database
    pages: list[Account]
    posts: list[Post]
    token: str = field(repr=False)
    clock: Clock | None = None
    port: int = field(default_factory=lambda: free_port(0))
    up: House = field(init=False)
    flagged: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    """Of those that are flagged, the ones of which the same mail may come again."""
    _read: list[Mail] = field(default_factory=list, repr=False)

    def environment(self, interval: int) -> dict[str, str]:
        return {
            **self.emulator.settings(),
            **(self.clock.environment if self.clock else {}),
            "KANALVAKT_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.address.port}/{DATABASE}",
            "KANALVAKT_REDIS_URL": self.broker.url,
            "KANALVAKT_SMTP_URL": self.office.url,
            "KANALVAKT_WEB__PORT": str(self.port),
            "KANALVAKT_WEB__PUBLIC_URL": "https://kanalvakt.example.org",
            "KANALVAKT_POLLING__INTERVAL_SECONDS": str(interval),
            "KANALVAKT_POLLING__AROUND_THE_CLOCK": "true",
        }

    @property
    def web(self) -> str:
        """Where its pages are, for whoever stands beside it."""
        return f"http://127.0.0.1:{self.port}/"

    # -- outside

    def write(self, page: int = 0, text: str = FLAGGED) -> str:
        """A resident comments on a page; gives the platform's id."""
        world = self.emulator.world
        with world.lock:
            author = world.resident("facebook", f"Invånare {len(world.comments)}")
            made = world.comment(self.posts[page], author, text).id
        if text == FLAGGED:
            self.flagged.add(made)
        return made

    def expected(self) -> Counter[str]:
        """Everything that the platforms show, once."""
        with self.emulator.world.lock:
            return Counter(id_ for page in self.pages for id_ in shown(self.emulator.world, page))

    # -- what came of it

    def stored(self) -> Counter[str]:
        with self.db.snapshot() as session:
            return Counter(session.scalars(select(Stored.external_id)))

    def told(self) -> dict[str, Counter[tuple[str, str]]]:
        """By the platform's id of a flagged comment, the messages of it by person and Message-ID, and how often each
        came."""
        with self.db.snapshot() as session:
            theirs = dict(iter(session.execute(select(Stored.id, Stored.external_id))))
        found: dict[str, Counter[tuple[str, str]]] = {}
        for mail in [each for each in self._mails() if DIGEST not in each.subject]:
            for number in mail.names:
                found.setdefault(theirs[number], Counter())[mail.to, mail.id] += 1
        return found

    def digests(self) -> Counter[tuple[str, str]]:
        """By person and day."""
        return Counter((mail.to, mail.date[:16]) for mail in self._mails() if DIGEST in mail.subject)

    def subjects(self) -> list[str]:
        """Of every mail, for whoever wonders."""
        return [f"{each.date} {each.to}: {each.subject} {each.id}" for each in self._mails()]

    def _mails(self) -> list[Mail]:
        """Each is read once: asked for again and again, what every one of them says would take a core."""
        come = list(self.office.mails)
        self._read += [Mail.of(each) for each in come[len(self._read) :]]
        return self._read[: len(come)]

    def is_told(self, id_: str) -> bool:
        return id_ in self.told()

    def told_to_others(self) -> dict[str, set[str]]:
        """By the platform's id of a flagged comment, who has heard of it whom it does not concern."""
        others = {id_: {to for to, _id in said} - {self._concerns(id_)} for id_, said in self.told().items()}
        return {id_: people for id_, people in others.items() if people}

    def _concerns(self, id_: str) -> str:
        """Whose the page is on which it stands: asked of the platform and of nothing that we have stored."""
        with self.emulator.world.lock:
            thing = self.emulator.world.comments[id_]
            post = thing.post if isinstance(thing, Comment) else thing
        return address_of(self.posts.index(post))

    def goes_on(self, page: int = 0, seconds: float = SOON) -> None:
        """What is written now is stored, and whom it concerns hears of it, once, and nobody else; as of everything
        before."""
        self.write(page)
        assert eventually(lambda: self.flagged <= self.told().keys(), seconds), self.logs()
        assert eventually(lambda: self.stored() == self.expected(), seconds)
        told = {id_: said for id_, said in self.told().items() if id_ in self.flagged - self.repeated}
        assert {id_: said for id_, said in told.items() if list(said.values()) != [1]} == {}
        assert self.told_to_others() == {}
        assert {whose: count for whose, count in self.digests().items() if count > 1} == {}, self.subjects()

    def logs(self, last: int = 1500) -> str:
        """The last signs of each, for whoever wonders."""
        return "\n".join(f"{log.name}: {log.read_text()[-last:]}" for log in self.home.glob("logs/*.log"))

    # -- inside

    def follow(self, cluster: Cluster) -> None:
        """The address leads to another server from now on; whoever is connected stays where it is."""
        self.db.close()
        self.cluster, self.db = cluster, Database(cluster.url_of(DATABASE))
        self.address.leads_to = cluster.port

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Done one by one; gives what the last one answers."""
        with psycopg.connect(self.cluster.url_of(DATABASE), autocommit=True) as connection:
            for statement in statements:
                asked = connection.execute(statement)
            return asked.fetchall() if asked.description else []


def address_of(page: int) -> str:
    """Of whom the page of that number concerns."""
    return f"p{page}@example.org"


@contextmanager
def whole(
    home: Path,
    cluster: Cluster,
    pages: int,
    interval: int = 2,
    tablespace: str = "pg_default",
    clock: Clock | None = None,
) -> Iterator[Whole]:
    """Started, and everything there is read once. clock: what its processes go by, and at first the platforms too."""
    with ExitStack() as stack:
        broker, office = Broker(), Counting()
        broker.start()
        stack.callback(broker.kill)
        stack.callback(office.open().close)
        world = World(seed=1, clock=clock.now if clock else datetime.now(UTC), real_time=True)
        emulator = stack.enter_context(Emulator(world))
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")  # of an earlier house
            connection.execute(f"CREATE DATABASE {DATABASE} TABLESPACE {tablespace}")
        db = Database(cluster.url_of(DATABASE))
        upgrade(db)
        accounts, token = _register(db, world, pages, _hours(world.now) if clock is None else HERE)
        address = Address(cluster.port)
        stack.callback(address.close)
        posts = [world.publish(each, "Nyhet") for each in accounts]
        here = Whole(home, emulator, office, broker, cluster, address, db, accounts, posts, token, clock)
        here.up = stack.enter_context(house("up", home=home, **here.environment(interval)))
        here.up.says("Logs: ", 2 * SOON)
        try:
            yield here
        finally:
            here.db.close()


def _register(db: Database, world: World, count: int, hours: dict[str, Any]) -> tuple[list[Account], str]:
    """Open at every hour, so that each page's own person hears; and a program."""
    pages = [_page(world, number) for number in range(count)]
    with db.transaction() as session:
        session.add_all(Person(id=f"p{n}", name=f"P{n}", email=address_of(n)) for n in range(count))
        session.flush()
        session.add(Organisation(name="Exempel", first_import="all", **hours))
        session.add_all(Route(person_id=f"p{n}", name="mail", worked_at=LONG) for n in range(count))
        session.add(Unit(id="u", name="U"))
        session.flush()
        for number, page in enumerate(pages):
            names = {"id": f"sida-{number}", "name": f"sida-{number}", "unit_id": "u", "responsible_id": f"p{number}"}
            where = {"address": f"https://www.facebook.com/{page.handle}", "external_id": page.id}
            known = {"credential": {"token": f"token-{number}"}, "watched_since": world.now}
            session.add(Channel(platform="facebook", **known, **names, **where))
        session.flush()
        _row, word = tokens.issue(session, "p0", "Test", tokens.SCOPES, 30, "p0", datetime.now(UTC))
    return pages, word


def _hours(now: datetime) -> dict[str, Any]:
    """Also on holidays; and where it is morning now, as the minute before midnight is in no service hours."""
    west = min(now.hour - 6, 12)
    days = [now.date() + timedelta(days=each) for each in (-1, 0, 1)]
    return {
        **HERE,
        "timezone": f"Etc/GMT{west:+d}",
        "other_hours": {day.isoformat(): ALL_DAY for day in days},
    }


def _page(world: World, number: int) -> Account:
    page = world.account("facebook", f"10000{number:05}", f"sida{number}", f"Sida {number}")
    world.token(Token(f"token-{number}", "page", page, SCOPES))
    return page
