"""/hooks/meta as Meta and others meet it: emulated deliveries by real HTTP, a real database, real readings."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from config.settings import Polling, Settings, SettingsError
from config.settings import settings as current_settings
from connectors.emulator.server import Emulator
from connectors.emulator.webhooks import signature, written
from connectors.emulator.world import Comment, Token, World
from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.claiming import claim_due
from monitor.watch.hint_rules import QUIET
from monitor.watch.models import Comment as StoredComment
from monitor.watch.models import Hint, PollRun, Schedule
from monitor.watch.polling import poll
from monitor.web import hooks
from tests.conftest import Logged
from tests.monitor.town import Town
from tests.web.conftest import serve

TOKEN, SECRET = "ett-eget-hemligt-ord", "0123456789abcdef0123456789abcdef"
PAGE, INSTAGRAM = "1122334455", "17841400000000001"
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
HOOK = {"verify_token": TOKEN, "app_secret": SECRET}
LATER = timedelta(minutes=10)


@dataclass
class Scene:
    """A municipality with a page and an Instagram account, its web pages, and Meta."""

    db: Database
    emulator: Emulator
    settings: Settings
    url: str

    @property
    def world(self) -> World:
        return self.emulator.world

    def ask(self, text: str = "När öppnar badet?") -> Comment:
        page = self.world.accounts[PAGE]
        post = next(iter(self.world.posts_of(page)), None) or self.world.publish(page, "Badet öppnar")
        return self.world.comment(post, self.world.resident("facebook", "Kim Påhittad"), text)

    def read(self, at: datetime | None = None) -> list[str]:
        """What the daemon does now: reads every channel that is due. Gives their outcomes."""
        now = at or datetime.now(UTC)
        with self.db.transaction() as session:
            due = claim_due(session, now, 10)
        return [poll(self.db, one, settings=self.settings, clock=lambda: now).outcome for one in due]

    def put_off(self) -> None:
        """As if all had been read a while ago."""
        with self.db.transaction() as session:
            for schedule in session.scalars(select(Schedule)):
                schedule.next_poll_at = datetime.now(UTC) + LATER
            for run in session.scalars(select(PollRun)):
                run.started_at -= LATER

    def due(self) -> set[str]:
        with self.db.snapshot() as session:
            return set(session.scalars(select(Schedule.channel_id).where(Schedule.next_poll_at <= datetime.now(UTC))))

    def count(self, table: type[Any]) -> int:
        with self.db.snapshot() as session:
            return session.scalars(select(func.count()).select_from(table)).one()

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx2.Response:
        signed = {"X-Hub-Signature-256": signature(body, SECRET)}
        return httpx2.post(self.url, content=body, headers=signed if headers is None else headers, timeout=30)


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator(World(clock=datetime.now(UTC), real_time=True)) as running:
        for name, value in running.settings().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TOWN_TOKEN", "EAApage")
        monkeypatch.setenv("TOWN_IG_TOKEN", "IGpage")
        world = running.world
        page = world.account("facebook", PAGE, "tibrokommun", "Tibro kommun")
        world.subscriptions[PAGE] = ("feed", "mention")
        instagram = world.account("instagram", INSTAGRAM, "tibrokommun", "Tibro kommun", page_id=PAGE)
        world.token(Token("EAApage", "page", page, SCOPES))
        world.token(Token("IGpage", "page", instagram, ("instagram_basic", "instagram_manage_comments")))
        yield running
    assert [entry.error for entry in running.ledger.errors()] == []


@pytest.fixture
def scene(db: Database, emulator: Emulator) -> Iterator[Scene]:
    """Everything read once, so that nothing is due."""
    town = Town(db)
    town.change(Channel, "fb", external_id=PAGE, credential={"token_env": "TOWN_TOKEN"})
    more = {"external_id": INSTAGRAM, "credential": {"token_env": "TOWN_IG_TOKEN"}}
    town.channel("ig", platform="instagram", **more)
    chosen = Settings(webhook=HOOK, polling=Polling(around_the_clock=True))
    for address in serve(db, chosen):
        scene = Scene(db, emulator, chosen, address + hooks.PATH)
        scene.ask("Den första frågan")
        assert scene.read() == ["complete", "complete"]
        scene.put_off()
        emulator.webhooks.subscribe_webhook(scene.url, TOKEN, SECRET)
        emulator.ledger.clear()
        yield scene


def change(id_: str = PAGE, *, at: datetime | None = None, message: str = "Hej") -> bytes:
    time = int((at or datetime.now(UTC)).timestamp())
    value = {"item": "comment", "verb": "add", "message": message}
    return written(
        {"object": "page", "entry": [{"id": id_, "time": time, "changes": [{"field": "feed", "value": value}]}]}
    )


def test_what_a_resident_writes_is_read_at_once_and_is_what_the_platform_shows(scene: Scene) -> None:
    assert scene.read() == []
    asked = scene.ask("Är det öppet på jul/nyår?")
    assert scene.emulator.webhooks.deliver_webhooks() == [200]
    assert scene.due() == {"fb"}
    assert scene.count(StoredComment) == 1, "the delivery itself is stored nowhere"
    assert scene.read() == ["complete"]
    with scene.db.snapshot() as session:
        texts = dict(session.execute(select(StoredComment.external_id, StoredComment.text)).all())
    assert texts[asked.id] == "Är det öppet på jul/nyår?"


def test_edits_removals_and_hidings_are_hints_too_and_so_is_instagram(scene: Scene) -> None:
    asked = scene.ask()
    for happens in (lambda: scene.world.edit(asked, "Ny text"), lambda: scene.world.hide(asked)):
        happens()
        scene.emulator.webhooks.deliver_webhooks()
        assert scene.due() == {"fb"}
        scene.put_off()
    scene.world.delete(asked)
    account = scene.world.accounts[INSTAGRAM]
    scene.world.comment(scene.world.publish(account, "Sol"), scene.world.resident("instagram", "Bo"), "Fint")
    assert scene.emulator.webhooks.deliver_webhooks() == [200, 200]
    assert scene.due() == {"fb", "ig"}


def test_a_thousand_changes_a_post_and_a_hundred_posts_make_one_reading(scene: Scene) -> None:
    runs = scene.count(PollRun)
    for number in range(1000):
        scene.ask(f"Fråga {number}")
    assert scene.emulator.webhooks.deliver_webhooks(copies=3, shuffle=True) == [200] * 3
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: scene.post(change(message=f"Rop {number}")).status_code, range(100)))
    assert answers == [200] * 100
    assert scene.emulator.ledger.requests() == 0, "a hint by itself asks the platform nothing"
    assert scene.read() == ["complete"]
    calls = scene.emulator.ledger.requests()
    assert calls < 20
    assert scene.read() == []
    assert scene.emulator.ledger.requests() == calls
    assert scene.count(PollRun) - runs == 1
    assert scene.count(StoredComment) == 1001


def test_the_next_reading_for_a_hint_comes_a_moment_after_the_one_before(scene: Scene) -> None:
    scene.post(change())
    assert scene.read() == ["complete"]
    for number in range(20):
        scene.post(change(message=str(number)))
    assert scene.read() == []
    assert scene.read(datetime.now(UTC) + QUIET) == ["complete"]


def test_a_hint_during_a_reading_makes_one_more_after_it(scene: Scene) -> None:
    scene.post(change())
    now = datetime.now(UTC)
    with scene.db.transaction() as session:
        [claimed] = claim_due(session, now, 10)
    for number in range(20):
        scene.post(change(message=f"meanwhile {number}"))
    assert poll(scene.db, claimed, settings=scene.settings, clock=lambda: now).outcome == "complete"
    assert scene.read() == []
    assert scene.read(datetime.now(UTC) + QUIET) == ["complete"]
    assert scene.read(datetime.now(UTC) + QUIET * 2) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": signature(change(), "another secret")},
    ],
)
def test_a_forged_delivery_is_refused_without_a_word_and_changes_nothing(scene: Scene, headers: dict[str, str]) -> None:
    answer = scene.post(change(message="Hemlig text"), headers)
    assert (answer.status_code, answer.text) == (403, "")
    assert scene.due() == set()
    assert scene.count(Hint) == 0


def test_a_replayed_delivery_changes_nothing(scene: Scene) -> None:
    body = change()
    assert scene.post(body).status_code == 200
    scene.put_off()
    assert scene.post(body).status_code == 200
    assert scene.due() == set()
    assert scene.count(Hint) == 1


def test_a_body_that_was_written_again_is_not_the_one_that_was_signed(scene: Scene) -> None:
    body = change(message="Är badet öppet/stängt?")
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert scene.post(again, {"X-Hub-Signature-256": signature(body, SECRET)}).status_code == 403
    assert scene.post(body).status_code == 200


def test_a_delivery_of_the_day_before_yesterday_is_not_news(scene: Scene) -> None:
    assert scene.post(change(at=datetime.now(UTC) - timedelta(hours=49))).status_code == 200
    assert scene.post(written({"object": "page", "entry": "?"})).status_code == 200
    assert scene.post(b"not json").status_code == 200
    assert scene.due() == set()


def test_an_account_that_the_app_is_not_subscribed_to_is_read_in_its_turn_all_the_same(scene: Scene) -> None:
    del scene.world.subscriptions[PAGE]
    asked = scene.ask("Hör någon mig?")
    assert scene.emulator.webhooks.deliver_webhooks() == []
    assert scene.due() == set()
    assert "complete" in scene.read(datetime.now(UTC) + LATER)
    with scene.db.snapshot() as session:
        assert asked.id in session.scalars(select(StoredComment.external_id)).all()


def test_verification_answers_the_challenge_to_who_knows_the_token(scene: Scene) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "<b>1158201444</b>", "hub.verify_token": TOKEN}
    answer = httpx2.get(scene.url, params=asked)
    assert (answer.status_code, answer.text) == (200, "<b>1158201444</b>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    wrong = ({"hub.verify_token": "another"}, {"hub.mode": "x"}, {"hub.challenge": "1" * 201})
    for change_ in wrong:
        refused = httpx2.get(scene.url, params=asked | change_)
        assert (refused.status_code, refused.text) == (403, "")
    assert httpx2.get(scene.url).status_code == 403


def test_a_body_without_end_is_not_read_to_its_end(scene: Scene) -> None:
    answer = scene.post(b"x" * (hooks.LARGEST + 1))
    assert answer.status_code == 413
    assert scene.post(change()).status_code == 200


def test_a_flood_is_turned_away_unread(scene: Scene) -> None:
    for _address in serve(scene.db, scene.settings):
        url = _address + hooks.PATH
        with httpx2.Client() as client:
            statuses = [403]
            while statuses[-1] == 403 and len(statuses) < 5000:  # a slow one earns the next
                statuses.append(client.post(url, content=b"x").status_code)
    assert statuses[-1] == 429
    assert len(statuses) > 300
    assert scene.count(Hint) == 0


def test_the_pages_answer_under_our_own_names_only_and_the_hook_under_any(scene: Scene) -> None:
    body, elsewhere = change(), {"Host": "kanalvakt.tibro.example.org"}
    signed = {"X-Hub-Signature-256": signature(body, SECRET)}
    assert scene.post(body, signed | elsewhere).status_code == 200
    assert scene.post(body, elsewhere).status_code == 403
    root = scene.url.removesuffix(hooks.PATH)
    for path in ("/", "/channels", "/healthz/", hooks.PATH + "/", "/hooks/meta/../../channels", "//hooks/meta"):
        assert _status(root, path, elsewhere["Host"]) == 400


def _status(root: str, path: str, host: str) -> int:
    """With the path as it is: clients tidy it up."""
    with socket.create_connection(("127.0.0.1", int(root.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_without_settings_there_is_no_such_page(sqlite: Database) -> None:
    Town(sqlite)
    for address in serve(sqlite, Settings()):
        assert httpx2.get(address + hooks.PATH).status_code == 404
        assert httpx2.post(address + hooks.PATH, content=change()).status_code == 404


@pytest.mark.parametrize(
    "variables",
    [
        {"VERIFY_TOKEN": TOKEN},
        {"APP_SECRET": SECRET},
        {"VERIFY_TOKEN": TOKEN, "APP_SECRET": ""},
        {"VERIFY_TOKEN": "", "APP_SECRET": SECRET},
    ],
)
def test_half_a_configuration_is_an_error_and_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"KANALVAKT_WEBHOOK__{name}", value)
    with pytest.raises(SettingsError) as caught:
        current_settings()
    assert "webhook" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_secrets_are_never_shown() -> None:
    assert TOKEN not in repr(Settings(webhook=HOOK))
    assert SECRET not in repr(Settings(webhook=HOOK))
    assert Settings(webhook=HOOK).webhook.configured


def test_the_log_has_one_line_for_a_forged_delivery_and_nothing_of_it(scene: Scene, logged: Logged) -> None:
    scene.post(change(message="Hemlig text"), {"X-Hub-Signature-256": "sha256=abc"})
    assert [line["why"] for line in logged() if line["event"] == "webhook_refused"] == ["signature"]
    assert "Hemlig" not in json.dumps(logged(), default=str)
