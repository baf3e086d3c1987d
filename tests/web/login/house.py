"""People who come in: browsers on devices, and what they type."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx2
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from monitor.access import accounts, codes, one_time
from monitor.access.models import Account
from monitor.db import Database
from monitor.register.models import Person

PASSWORD = "blåbär kaffe tåg"
NEW = "regn cykel trumpet"
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
"""As argon2id as the real one, and no work."""
HASHED = QUICK.hash(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class House:
    """An application with people in its register, and browsers that have never been there."""

    app: FastAPI
    db: Database
    stack: ExitStack = field(default_factory=ExitStack)

    def browser(self, base_url: str = "http://localhost", **options: Any) -> TestClient:
        options = {"follow_redirects": False, "client": ("192.0.2.1", 5000)} | options
        return self.stack.enter_context(TestClient(self.app, base_url=base_url, **options))

    def person(self, id_: str, *roles: str, app: bool = True, **values: Any) -> None:
        """Somebody with PASSWORD and, unless told otherwise, the app with SECRET."""
        now = datetime.now(UTC)
        with self.db.transaction() as session:
            person = session.get(Person, id_) or Person(id=id_, name=id_.title(), **values)
            person.roles = list(roles)
            session.add(person)
            session.flush()
            session.merge(Account(person_id=id_, created_at=now))
            session.flush()
            account = session.get_one(Account, id_)
            account.password, account.password_set_at = HASHED, now
            if app:
                accounts.keep_one_time(session, person, SECRET, 0, now)

    def sheet(self, id_: str) -> list[str]:
        with self.db.transaction() as session:
            return codes.new_sheet(session, session.get_one(Person, id_), "command", datetime.now(UTC))

    def link(self, id_: str) -> str:
        """The path of a new link to choose a password."""
        with self.db.transaction() as session:
            return f"/setup/{accounts.invite(session, session.get_one(Person, id_), 'command', datetime.now(UTC))}"


@contextmanager
def house(app: FastAPI, db: Database) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(app, db, stack)


def digits(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or so many half-minutes later."""
    return one_time.code_at(secret, int(datetime.now(UTC).timestamp()) // one_time.SECONDS + steps)


def sign_in(browser: TestClient, name: str, wished: str = "", password: str = PASSWORD) -> httpx2.Response:
    """Both steps."""
    first = browser.post("/login", data={"name": name, "password": password, "next": wished})
    assert first.status_code == 303, shown(first)
    return browser.post("/login/second", data={"code": digits(), "next": wished})


def shown(answer: httpx2.Response) -> str:
    """The words of the page, without marks."""
    main = answer.text[answer.text.find("<main") :]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def hidden(answer: httpx2.Response) -> Mapping[str, str]:
    """What the page's form sends by itself."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
    return {name: unescape(value) for name, value in found}
