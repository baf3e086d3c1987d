"""The website's own system hears of each message at least once, signed, under the same key each time."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.alerts.hook_posting import new_secret
from monitor.alerts.hook_rules import ATTEMPTS
from monitor.db import Database
from monitor.emergency import cms
from monitor.emergency.delivering import deliver_all
from monitor.emergency.models import Delivery, Hold
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.monitor.emergency.crises import NOW, incident, register, sent

SECRET = new_secret()


class Website:
    """Receives. answers: the statuses it gives, the last one from then on."""

    def __init__(self) -> None:
        self.got, self.answers = list[tuple[dict[str, str], str]](), [204]
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                website.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                answers = website.answers
                self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/kris"


@pytest.fixture
def website() -> Iterator[Website]:
    made = Website()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def settings(website: Website) -> Settings:
    ours = {"cms_url": website.url, "cms_secret": SECRET, "hub_url": "https://kris.tibro.se"}
    return Settings(emergency=ours, private_addresses=True)  # type: ignore[arg-type]


@pytest.fixture
def town(db: Database) -> Database:
    with db.transaction() as session:
        register(session)
        event = incident(session)
        first = sent(session, event, "tibro-1", hub="verified", at=NOW - timedelta(hours=1))
        sent(session, event, "tibro-2", "update", earlier_id=first.id, hub="confirmed")
        sent(session, event, "tibro-3", hub="armed")
        sent(session, incident(session, "exercise"), "tibro-x", hub="verified")
    return db


def tell(db: Database, settings: Settings, now: datetime = NOW) -> int:
    return cms.tell_due(db, settings, lambda: now)


def state(db: Database, marker: str) -> dict[str, Any]:
    with db.snapshot() as session:
        progress = session.scalars(select(Delivery).where(Delivery.marker == marker)).one().progress
        found: dict[str, Any] = progress.get(cms.CMS, {})
        return found


def test_it_is_told_what_stands_on_the_crisis_page_once_signed_and_in_order(
    town: Database, settings: Settings, website: Website
) -> None:
    assert tell(town, settings) == 2
    assert tell(town, settings, NOW + timedelta(hours=1)) == 0
    assert [headers["webhook-id"] for headers, _body in website.got] == ["tibro-1", "tibro-2"]
    data = [json.loads(body)["data"] for _headers, body in website.got]
    assert [(each["identifier"], each["replaces"], each["holds"]) for each in data] == [
        ("tibro-1", None, False),
        ("tibro-2", "tibro-1", True),
    ]
    headers, body = website.got[0]
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
    assert headers["webhook-signature"] == Webhook(SECRET).sign("tibro-1", at, body)
    assert state(town, "tibro-1")["state"] == "taken"
    assert state(town, "tibro-x") == {}


def test_what_is_not_taken_is_told_again_under_the_same_key(
    town: Database, settings: Settings, website: Website
) -> None:
    website.answers = [500, 500, 204]
    assert tell(town, settings) == 0
    assert state(town, "tibro-1")["status"] == 500
    assert tell(town, settings) == 0
    assert tell(town, settings, NOW + timedelta(seconds=10)) == 2
    assert [headers["webhook-id"] for headers, _body in website.got].count("tibro-1") == 2
    assert state(town, "tibro-1")["attempts"] == 2


def test_a_website_that_is_gone_is_said_to_be(town: Database, settings: Settings, website: Website) -> None:
    website.answers = [410]
    assert tell(town, settings) == 0
    assert state(town, "tibro-1")["state"] == "given_up"
    assert tell(town, settings, NOW + timedelta(hours=9)) == 0
    assert len(website.got) == 2


def test_a_message_that_is_never_taken_is_given_up_in_the_end_and_the_next_one_is_told(
    town: Database, settings: Settings, website: Website
) -> None:
    website.answers = [500, 204]
    with town.transaction() as session:
        tried = {"state": "waiting", "attempts": ATTEMPTS - 1, "next_at": NOW.isoformat()}
        session.get_one(Delivery, _delivery(session)).progress = {cms.CMS: tried}
    assert tell(town, settings) == 1
    assert (state(town, "tibro-1")["state"], state(town, "tibro-2")["state"]) == ("given_up", "taken")


def test_a_clock_that_is_set_back_lets_the_website_wait_no_longer(
    town: Database, settings: Settings, website: Website
) -> None:
    website.answers = [500, 500, 204]
    assert tell(town, settings, NOW + timedelta(hours=1)) == 0
    assert tell(town, settings) == 2


def test_whoever_dies_while_telling_tells_it_once_more(
    town: Database, settings: Settings, website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(cms, "_conclude", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tell(town, settings)
    assert tell(town, settings, NOW + timedelta(seconds=10)) == 2
    assert [headers["webhook-id"] for headers, _body in website.got] == ["tibro-1", "tibro-1", "tibro-2"]


def test_whoever_comes_back_late_says_nothing_over_the_one_that_went_on(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        slow = cms._claim(session, _delivery(session), settings, NOW)
        later = cms._claim(session, _delivery(session), settings, NOW + timedelta(minutes=1))
        assert slow is not None
        assert later is not None
        assert not cms._conclude(session, slow, 410, "", NOW)
        assert cms._conclude(session, later, 204, "", NOW)
    assert state(town, "tibro-1")["state"] == "taken"


def _delivery(session: Session) -> int:
    return session.scalars(select(Delivery.id).where(Delivery.marker == "tibro-1")).one()


def test_while_the_page_is_held_nothing_is_told(town: Database, settings: Settings, website: Website) -> None:
    with town.transaction() as session:
        session.add(Hold(place="hub", by_id="anna", at=NOW, until=NOW + timedelta(hours=1)))
    assert tell(town, settings) == 0
    assert tell(town, settings, NOW + timedelta(hours=2)) == 2


def test_whoever_delivers_tells_the_website_at_once_and_does_not_stumble_over_it(
    sqlite: Database, emulator: Emulator, settings: Settings, website: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = put_up_hub(monkeypatch)
    here = Broadcast(sqlite, emulator)
    deliver_all(sqlite, here.sent(), settings, here.clock)
    assert [json.loads(body)["data"]["headline"] for _headers, body in website.got] == ["Strömavbrott i Tibro"]
    hub.answers = False

    def fails(*_args: Any) -> None:
        hub.answers = True
        here.wait(1)
        raise OSError

    monkeypatch.setattr(cms, "tell_due", fails)
    deliver_all(sqlite, second := here.sent(headline="Igen"), settings, here.clock)
    assert [each.state for each in here.deliveries_of(second)] == ["verified"]
    monkeypatch.undo()
    assert tell(sqlite, settings, here.clock()) == 1, "the worker makes good for it"


def test_nothing_goes_into_our_own_network_unless_that_is_set(
    town: Database, settings: Settings, website: Website
) -> None:
    assert tell(town, settings.model_copy(update={"private_addresses": False})) == 0
    assert website.got == []
    assert state(town, "tibro-1")["problem"] == "inside"
