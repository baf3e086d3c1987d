"""Whatever is sent to whatever page, by whomever: it is answered, and never with a fault of ours."""

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access import codes, passwords
from monitor.alerts.tasks import ATTEST, CONFIRM, FINISH, HANDLE, REVIEW
from monitor.db import Database
from monitor.register.links import Link, sealed
from monitor.register.models import Person
from monitor.web.app import create_app
from monitor.web.links.kinds import KINDS
from monitor.web.visiting import COOKIE
from tests.conftest import EXAMPLES
from tests.web.conftest import session_of
from tests.web.login.house import QUICK

SOUND = [
    "",
    "fb",
    "yt",
    "1",
    "2",
    "0",
    "on",
    "redaktor",
    "ersattare",
    "kommunikation",
    "2026-06-15",
    "2026-06",
    "reply",
]
SOUND += ["hide", "closed", "sv", "Tack!", "2026-06-15T10:00", "rut@example.org", "https://www.example.org/x"]
NASTY = ["\0", "a\0b", "'; DROP TABLE person; --", "<script>alert(1)</script>", "{{7*7}}", "=1+1", "../../etc/passwd"]
NASTY += [
    "9" * 30,
    "-1",
    "1e400",
    "NaN",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "9999-12",
    "0000-00",
    "x" * 300,
    "😀",
]
NASTY += [
    "a\r\nSet-Cookie: b=c",
    "\u202e\u2028",
    "%s%n",
    "[]",
    "{}",
    "null",
    "http://169.254.169.254/",
    "file:///etc/passwd",
]
RAW = ["%", "%zz", "%ED%A0%80", "%ff%fe", "%00", "+", "%C3%28", "&&", "=", ";"]
"""What no browser encodes so."""
ALWAYS = ["a%00b", "9" * 20]
"""What one of the databases refuses."""
encoded = st.one_of(
    st.sampled_from(SOUND + NASTY).map(quote),
    st.sampled_from(RAW),
    st.binary(max_size=20).map(quote),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(quote),
)
TOO_LARGE = re.compile(r"\{\w*(?:number|id)(?::int)?\}")
FORM = "application/x-www-form-urlencoded"
THERE = {
    "comment_id": ["1", "2", "3"],
    "number": ["1", "2"],
    "channel_id": ["fb", "ig", "yt"],
    "person_id": ["redaktor", "ersattare", "admin"],
    "written": ["2026-06", "2026-06-15", "2026-11"],
    "form": ["csv", "pdf", "html", "xlsx"],
}
"""What names something, by the gap in a path."""
Words = dict[str, list[str]]
"""What opens something, by the first part of the path."""
NAME = re.compile(r"[\"']([a-z][a-z_]{1,24})[\"']")


class Town:
    """An application, and a device for each person, who is signed in again whenever a form has signed them out."""

    def __init__(self, db: Database) -> None:
        self.db, self.app = db, create_app(Settings(), db)
        self.words: dict[str, str] = {}

    def links(self) -> Words:
        """Words that open /task, one for each thing that a mail's link can do, and one that opens /setup once."""
        now, day = datetime.now(UTC), datetime.now(UTC).date()
        rests = {ATTEST: f"/{day}", REVIEW: "", CONFIRM: "/1", HANDLE: "/1/closed", FINISH: f"/{day}"}
        assert rests.keys() == KINDS.keys()
        links = [Link(purpose, "redaktor", f"fb{rest}") for purpose, rest in rests.items()]
        with self.db.transaction() as session:
            begin = codes.new_setup(session, session.get_one(Person, "ersattare"), "admin", now)
        return {"task": [sealed(link, now + timedelta(days=1)) for link in links], "setup": [begin]}

    def send(self, client: TestClient, who: str, method: str, address: str, content: bytes, kind: str) -> Any:
        for _again in range(2):
            word = self.words.get(who) or self.words.setdefault(who, session_of(self.db, who))
            headers = {"cookie": f"{COOKIE}={word}", "content-type": kind}
            answer = client.request(method, address, content=content or None, headers=headers)
            if answer.headers.get("location", "").startswith("/login"):
                del self.words[who]
            else:
                break
        return answer


@pytest.fixture
def town(filled_either: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(passwords, "HASHER", QUICK)
    passwords.nobodys.cache_clear()
    with filled_either.transaction() as session:
        session.add(Person(id="admin", name="Ada Admin", roles=["administrator"]))
        session.get_one(Person, "redaktor").roles = ["communicator"]
    yield Town(filled_either)
    passwords.nobodys.cache_clear()


def endpoints(app: FastAPI) -> Iterator[tuple[str, str, list[str]]]:
    """Method, path with gaps, and the names that may be those of its fields."""
    pending = list(app.routes)
    for route in pending:
        candidates: Callable[[], list[Any]] | None = getattr(route, "effective_candidates", None)
        if candidates is not None:
            pending.extend(candidates())
        elif hasattr(route, "endpoint"):
            folder = Path(inspect.getsourcefile(route.endpoint) or "").parent
            for method in route.methods:
                yield method, route.path, names_in(folder)


@cache
def names_in(folder: Path) -> list[str]:
    return sorted({name for each in folder.glob("*.py") for name in NAME.findall(each.read_text(encoding="utf-8"))})


def filled_in(path: str, chance: Random, values: list[str], words: Words) -> str:
    """Mostly with what is there."""

    def fits(gap: re.Match[str]) -> str:
        known = words.get(path.split("/")[1], []) if gap[1] == "word" else THERE.get(gap[1], [])
        return chance.choice(known if known and chance.random() < 0.7 else values).replace("/", "%2F") or "0"

    return re.sub(r"\{(\w+)(?::\w+)?\}", fits, path)


def query_of(names: list[str], chance: Random, values: list[str]) -> str:
    """Some missing, some doubled, and one that nobody knows."""
    share = chance.choice([0.1, 0.4, 0.8])
    chosen = [name for name in names if chance.random() < share]
    chosen += [name for name in names if chance.random() < 0.05] + ["unknown%00"]
    return "&".join(f"{name}={chance.choice(values)}" for name in chosen)


@given(
    values=st.lists(encoded, min_size=1, max_size=12),
    seed=st.integers(0, 2**32),
    who=st.sampled_from(["admin", "redaktor"]),
)
@settings(max_examples=max(EXAMPLES // 8, 3), phases=[Phase.explicit, Phase.generate])  # each says what it sent
def test_no_form_and_no_address_makes_a_fault(town: Town, values: list[str], seed: int, who: str) -> None:
    chance, every = Random(seed), list(endpoints(town.app))  # noqa: S311 - no secret
    pool = [*values, *ALWAYS, *chance.sample([quote(each) for each in SOUND], 6)]
    options: dict[str, Any] = {"follow_redirects": False, "raise_server_exceptions": False}
    with TestClient(town.app, base_url="http://localhost", **options) as client:
        words = town.links()
        addresses = [(method, filled_in(path, chance, pool, words), names) for method, path, names in every]
        faults = [fault for each in addresses if (fault := _fault(town, client, who, each, chance, pool))]
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("who", ["admin", "redaktor"])
def test_no_number_in_an_address_is_too_large_to_be_looked_for(town: Town, who: str) -> None:
    options: dict[str, Any] = {"follow_redirects": False, "raise_server_exceptions": False}
    with TestClient(town.app, base_url="http://localhost", **options) as client:
        asked = [(method, path) for method, path, _names in endpoints(town.app) if "{" in path]
        found = {
            (method, path): town.send(client, who, method, TOO_LARGE.sub("9" * 20, path), b"", FORM).status_code
            for method, path in asked
        }
    assert len(found) > 80
    assert {where: status for where, status in found.items() if status >= 500} == {}


def test_the_words_that_open_something_are_valid_ones(town: Town) -> None:
    """Else whatever is sent with them is turned away before it is looked at."""
    with TestClient(town.app, base_url="http://localhost", follow_redirects=False) as client:
        for place, words in town.links().items():
            for word in words:
                assert client.get(f"/{place}/{word}").status_code == 200, place


def _fault(
    town: Town, client: TestClient, who: str, endpoint: tuple[str, str, list[str]], chance: Random, pool: list[str]
) -> str | None:
    """What was sent, where the answer is a fault of ours."""
    method, address, names = endpoint
    query = query_of(names, chance, pool)
    kind = chance.choice([FORM, FORM, FORM, "application/json", "multipart/form-data; boundary=x", "text/plain"])
    body = query.encode() if method != "GET" else b""
    answer = town.send(client, who, method, address if body else f"{address}?{query}", body, kind)
    without_broker = address == "/readyz" and answer.status_code == 503  # there is none here, and it is to say so
    if (answer.status_code < 500 or without_broker) and "Traceback" not in answer.text:
        return None
    return f"{answer.status_code} for {method} {address} by {who}: {query} {kind}\n{answer.text[-300:]}"
