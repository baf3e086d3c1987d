"""Every route × every role × every place in the organisation, held against the matrix: what a page asks for is what it
does, and what asks for nothing stands among the open pages with its reason."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from starlette.routing import Mount
from starlette.testclient import TestClient

from config.settings import Settings, Webhook
from monitor.access.permission_rules import MATRIX, Permission, anywhere
from monitor.access.visitors import Visitor, visitor_of
from monitor.db import Database
from monitor.register.models import Channel, Decision, Person, Unit
from monitor.watch.day_models import WatchDay
from monitor.watch.models import Comment, Schedule
from monitor.web.app import create_app
from monitor.web.open_pages import OPEN
from monitor.web.visiting import COOKIE, visitor
from tests.web.conftest import MADE, session_of

OWN, OTHER = "Egen kanal", "Andras kanal"
PLACES = ("none", "manager", "other_manager", "charged", "named")
ROLES = (*MATRIX, "no_role")


@dataclass(frozen=True)
class Asked:
    """permission: None where it is enough to be signed in. open: nobody is asked."""

    method: str
    path: str
    permission: Permission | None
    open: bool
    calls: tuple[Callable[[Request], object], ...] = ()


def routes(app: FastAPI) -> list[Asked]:
    return [each for route in app.routes for each in _asked(route)]


def _asked(route: Any) -> Iterator[Asked]:
    if isinstance(route, Mount):
        yield Asked("GET", route.path, None, open=True)
    elif hasattr(route, "effective_candidates"):  # an included router, as FastAPI keeps it
        for each in route.effective_candidates():
            yield from _asked(each)
    elif hasattr(route, "dependant"):
        calls = list(_calls(route.dependant))
        asking = tuple(each for each in calls if hasattr(each, "permission"))
        wanted = [each.permission for each in asking]
        for method in sorted(route.methods):
            yield Asked(
                method, route.path, next(iter(wanted), None), open=not wanted and visitor not in calls, calls=asking
            )


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


@pytest.fixture
def app(town: Database, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    hook = Webhook(verify_token="12345678", app_secret="12345678")  # type: ignore[arg-type]
    return create_app(Settings(demo_mails=tmp_path_factory.mktemp("mails"), webhook=hook), town)


@pytest.fixture
def town(filled: Database) -> Database:
    """Two units, each with a channel that has a comment and a day; and a person for each role and place."""
    with filled.transaction() as session:
        session.add(Person(id="chef2", name="C"))
        session.add(Unit(id="annan", name="Annan"))
        session.add(Unit(id="egen", name="Egen"))
        session.flush()
        for id_, name, unit in (("own", OWN, "egen"), ("other", OTHER, "annan")):
            session.add(_channel(id_, name, unit))
            session.flush()
            session.add_all(_contents(id_, name))
        for role in ROLES:
            for place in PLACES:
                roles = [] if role == "no_role" else [role]
                session.add(Person(id=f"{role}-{place}", name=f"{role} {place}", roles=roles))
    return filled


def _channel(id_: str, name: str, unit: str) -> Channel:
    address = f"https://www.example.org/{id_}"
    return Channel(
        id=id_, platform="facebook", name=name, address=address, unit_id=unit, external_id=id_, responsible_id="chef2"
    )


def _contents(id_: str, name: str) -> list[object]:
    now = datetime.now(UTC)
    seen = {"fetched_at": now, "content_hash": b"x", "posted_at": MADE, "text_seen_at": now, "permalink": None}
    said = {"text": f"Fråga på {name}", "author_id": "r", "author_name": "Kim"}
    ids = {"external_id": f"c-{id_}", "post_external_id": "p", "thread_external_id": f"c-{id_}"}
    day = {"mode": "automatic", "planned_at": now, "kept_at": now, "verdict": "watched", "how": "automatic"}
    return [
        Schedule(channel_id=id_, next_poll_at=now, last_complete_at=now),
        Comment(channel_id=id_, **seen, **said, **ids),  # type: ignore[arg-type]
        WatchDay(channel_id=id_, day=date(2026, 6, 3), **day),  # type: ignore[arg-type]
    ]


def put(db: Database, person_id: str, place: str) -> None:
    """The person's place: on `own` or its unit, or on the other unit."""
    with db.transaction() as session:
        own = session.get_one(Channel, "own")
        own.deputy_id = person_id if place == "charged" else None
        session.get_one(Unit, "egen").manager_id = person_id if place == "manager" else None
        session.get_one(Unit, "annan").manager_id = person_id if place == "other_manager" else None
        version = session.query(Decision).filter_by(channel_id="own").count() + 1
        session.add(_decision(person_id if place == "named" else "chef2", version))


def _decision(person_id: str, version: int) -> Decision:
    return Decision(
        channel_id="own",
        version=version,
        purpose="Dialog",
        address="https://www.example.org/own",
        audience="Alla",
        responsible_id="chef2",
        decided_by_id="chef2",
        decided_on=date(2026, 1, 1),
        valid_until=date(2100, 1, 1),
        created_at=MADE,
        authorised=[person_id],
    )


def permitted(role: str, place: str) -> frozenset[Permission]:
    """What the matrix says, written down here once more: anywhere at all."""
    return anywhere({role}, charged=place in {"charged", "named"})


def test_each_route_asks_for_something_or_stands_among_the_open_ones(app: FastAPI) -> None:
    unasked = {each.path for each in routes(app) if each.open}
    assert unasked - OPEN.keys() == set()
    assert {each.path for each in routes(app) if not each.open} & OPEN.keys() == set()


def test_what_is_said_to_be_open_is_there(app: FastAPI) -> None:
    assert OPEN.keys() - {each.path for each in routes(app)} <= {"/login/outside", "/login/outside/back"}


def test_nobody_gets_past_an_asking_page_without_being_signed_in(app: FastAPI) -> None:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as stranger:
        for each in routes(app):
            if not each.open:
                answer = stranger.request(each.method, _filled_in(each.path))
                assert answer.headers["location"].startswith("/login"), each


def test_whoever_has_no_rights_is_refused_by_every_page_that_needs_one(app: FastAPI, town: Database) -> None:
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        client.headers["cookie"] = f"{COOKIE}={session_of(town, 'no_role-none')}"
        for each in routes(app):
            if each.permission is not None:
                assert client.request(each.method, _filled_in(each.path)).status_code == 403, each


@pytest.mark.parametrize("place", PLACES)
def test_each_role_gets_past_what_the_matrix_says_and_sees_its_own_channels(
    app: FastAPI, town: Database, place: str
) -> None:
    asking = [each for each in routes(app) if each.permission is not None]
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        for role in ROLES:
            person_id = f"{role}-{place}"
            put(town, person_id, place)
            who = _visitor(town, person_id)
            for each in asking:
                assert _gets_past(each, who) == (each.permission in permitted(role, place)), (role, each)
            client.headers["cookie"] = f"{COOKIE}={session_of(town, person_id)}"
            _shows_their_channels_only(client, role, place)


def _visitor(db: Database, person_id: str) -> Visitor:
    with db.snapshot() as session:
        return visitor_of(session, session.get_one(Person, person_id), 0, date(2026, 11, 28))


def _gets_past(route: Asked, who: Visitor) -> bool:
    """Asks what the route itself asks."""
    request = Request({"type": "http", "state": {"visitor": who}})
    try:
        for call in route.calls:
            call(request)
    except HTTPException:
        return False
    return True


def _shows_their_channels_only(client: TestClient, role: str, place: str) -> None:
    """A role that holds everywhere shows both; else only one's own unit's, or the channel one is charged with."""
    everywhere = role in MATRIX and MATRIX[role][0].value == "everywhere"
    rights = MATRIX[role][1] if role in MATRIX else frozenset()
    charged = place in {"charged", "named"}
    for path, permission in (
        ("/decisions", Permission.READ_REGISTER),
        ("/channels", Permission.READ_REGISTER),
        ("/watch/2026-06", Permission.READ_WATCH),
    ):
        text = client.get(path).text
        mine = charged or (permission in rights and (everywhere or place == "manager"))
        others = permission in rights and (everywhere or place == "other_manager")
        assert (OWN in text, OTHER in text) == (mine, others), path
    if not (Permission.READ_REGISTER in rights and everywhere) and place != "other_manager":
        assert client.get("/channels/other").status_code in {403, 404}


def _filled_in(path: str) -> str:
    """With something in each gap that names nothing."""
    return re.sub(r"\{\w+\}", "0", path)
