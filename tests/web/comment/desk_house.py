"""A served town whose comments stand on an emulated platform, and people who are signed in to answer them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import time_machine
from sqlalchemy import select

from config.settings import Settings
from connectors.emulator.effects import Effect
from connectors.emulator.world import Comment as Written
from monitor import State
from monitor.access import sessions
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.db.types import Base
from monitor.inbox.models import Action, Mark
from monitor.inbox.reply_rules import TemplateKind
from monitor.inbox.templates import EVERYBODY, Given, add_template, sign_as
from monitor.inbox.unanswered import obligation
from monitor.register.models import Unit
from monitor.web.visiting import COOKIE
from tests.monitor.inbox.desk import CHANNEL, Desk
from tests.web.conftest import serve


@dataclass
class Hand:
    """A person who is signed in, on one device."""

    house: "DeskHouse"
    client: httpx2.Client = field(repr=False)

    def page(self, path: str) -> httpx2.Response:
        return self.client.get(f"{self.house.url}{path}")

    def post(self, path: str, fields: dict[str, str]) -> httpx2.Response:
        """As a browser does, without following where it leads."""
        return self.client.post(f"{self.house.url}{path}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    def follow(self, answer: httpx2.Response) -> httpx2.Response:
        assert answer.status_code == 303, answer.text
        return self.page(answer.headers["location"])

    def form(self, id_: int, text: str = "", **fields: str) -> dict[str, str]:
        """The answer form of a freshly opened page, filled in."""
        shown = self.page(f"/comment/{id_}").text
        return {"text": text, "step": "send", **hidden(shown, "answer"), **fields}

    def answers(self, id_: int, text: str = "Badet öppnar på måndag.", **fields: str) -> httpx2.Response:
        return self.post(f"/comment/{id_}/answer", self.form(id_, text, **fields))


@dataclass
class DeskHouse:
    """Channel `here`. redaktor and ersattare may answer, chef is not named in the decision, annan may handle,
    registrator read, utanfor nothing. An hour after the platform's clock
    began."""

    url: str
    desk: Desk
    clients: ExitStack = field(repr=False)

    @property
    def db(self) -> Database:
        return self.desk.db

    @property
    def effects(self) -> list[Effect]:
        return self.desk.effects

    def asked(self, text: str = "Hur länge är badet stängt?") -> tuple[int, Written]:
        """A resident asks something, which is read; its row's id."""
        stage = self.desk.stage
        made = stage.comment(stage.post(), text)
        self.desk.read()
        return self.desk.row(made).id, made

    def state(self, id_: int) -> State:
        with self.db.snapshot() as session:
            found = obligation(session, id_, self.clock())
        assert found is not None
        return found.state

    def everything(self) -> dict[str, list[str]]:
        """All rows but those of who is signed in."""
        with self.db.snapshot() as session:
            tables = [table for table in Base.metadata.sorted_tables if table.name != "login_session"]
            return {table.name: sorted(map(repr, session.execute(table.select()))) for table in tables}

    def work(self) -> None:
        """Workers come by until nothing goes on by itself."""
        self.desk.everything_to_the_end()

    def clock(self) -> datetime:
        return self.desk.latest()

    def hand(self, person_id: str) -> Hand:
        cookies = {COOKIE: self.word(person_id)}
        return Hand(self, self.clients.enter_context(httpx2.Client(cookies=cookies, timeout=60)))

    def word(self, person_id: str) -> str:
        with self.db.transaction() as session:
            return sessions.begin(session, person_id, "password", "a test", datetime.now(UTC))

    def marks(self) -> list[tuple[str, str]]:
        with self.db.snapshot() as session:
            return [(mark.by_id, mark.kind) for mark in session.scalars(select(Mark).order_by(Mark.id))]

    def actions(self) -> list[tuple[str, str, str]]:
        with self.db.snapshot() as session:
            rows = session.scalars(select(Action).order_by(Action.id))
            return [(row.by_id, row.kind, row.state) for row in rows]

    def acts(self) -> list[str]:
        with self.db.snapshot() as session:
            return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))

    def texts(self) -> list[str]:
        """What our replies say on the platform, in the order of their making."""
        return [self.desk.world.comments[each.made].text for each in self.effects if each.made]


def hidden(html: str, form: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address with that ending."""
    found = re.search(rf'<form[^>]*action="[^"]*/{form}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert found, f"no form {form}"
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[1])
    return {name: unescape(value) for name, value in fields}


def desk_housed(desk: Desk) -> Iterator[DeskHouse]:
    town = desk.town
    town.person("chef", name="Karin Chef", roles=["unit_manager"])
    town.person("annan", name="Olle Annan", roles=["administrator"])
    town.person("registrator", name="Rigmor Registrator", roles=["registrar"])
    town.person("utanfor", name="Ute Utanför")
    town.change(Unit, "kommunikation", manager_id="chef")
    with desk.db.transaction() as session:
        add_template(session, "Tack", "sv", "Tack för din fråga till {organisation}!", "redaktor", desk.clock())
        promise = Given(kind=TemplateKind.INTERIM)
        add_template(session, "Vi återkommer", "sv", "Vi tar reda på det.", "redaktor", desk.clock(), promise)
        sign_as(session, EVERYBODY, "Tibro kommun", "redaktor", desk.clock())
    with time_machine.travel(desk.clock() + timedelta(hours=1)), ExitStack() as clients:
        for url in serve(desk.db, Settings()):
            yield DeskHouse(url, desk, clients)


__all__ = ["CHANNEL", "DeskHouse", "Hand", "desk_housed", "hidden"]
