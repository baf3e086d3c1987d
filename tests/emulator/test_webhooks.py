"""The emulator tells a subscriber by real HTTP what happened, as Meta does."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.emulator.finding import Refused
from connectors.emulator.server import Emulator
from connectors.emulator.world import Account

TOKEN, SECRET = "vårt-eget-ord", "0123456789abcdef"


class Subscriber(ThreadingHTTPServer):
    """Answers the challenge to who knows the token; keeps what is posted. `status`: what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.got: list[tuple[bytes, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def values(self) -> list[dict[str, Any]]:
        entries = [entry for body, _signature in self.got for entry in json.loads(body)["entry"]]
        return [change["value"] for entry in entries for change in entry["changes"]]


class _Handler(BaseHTTPRequestHandler):
    server: Subscriber

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        known = query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == TOKEN
        self._answer(200 if known else 403, query["hub.challenge"].encode() if known else b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, self.headers["X-Hub-Signature-256"]))
        self._answer(self.server.status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's signature
        pass


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with Subscriber() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def page(emulator: Emulator) -> Account:
    emulator.world.subscriptions["1122334455"] = ("feed", "mention")
    return emulator.world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")


def test_a_subscriber_proves_that_it_knows_the_token(emulator: Emulator, subscriber: Subscriber) -> None:
    assert emulator.webhooks.subscribe_webhook(subscriber.url, TOKEN, SECRET) == subscriber.url
    with pytest.raises(Refused, match="Callback verification failed"):
        emulator.webhooks.subscribe_webhook(subscriber.url, "another", SECRET)
    with pytest.raises(Refused, match="does not answer"):
        emulator.webhooks.subscribe_webhook("http://127.0.0.1:9/", TOKEN, SECRET)


def test_everything_that_is_done_to_a_comment_is_told_signed_and_escaped(
    emulator: Emulator, subscriber: Subscriber, page: Account
) -> None:
    world, hooks = emulator.world, emulator.webhooks
    post = world.publish(page, "Badet öppnar")
    hooks.subscribe_webhook(subscriber.url, TOKEN, SECRET)
    comment = world.comment(post, world.resident("facebook", "Åsa Påhittad"), "När då?")
    reply = world.answer(comment, "På måndag")
    assert hooks.deliver_webhooks() == [200]
    world.edit(comment, "När då/hur?")
    world.hide(comment)
    hooks.deliver_webhooks()
    world.delete(comment)
    hooks.deliver_webhooks()
    told = [(value["comment_id"], value["verb"]) for value in subscriber.values()]
    assert told == [
        (comment.id, "add"),
        (reply.id, "add"),
        (comment.id, "edited"),
        (comment.id, "hide"),
        (comment.id, "remove"),
        (reply.id, "remove"),
    ]
    assert [value["parent_id"] for value in subscriber.values()][:2] == [post.id, comment.id]
    assert "message" not in subscriber.values()[-1]
    for body, signature in subscriber.got:
        assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert body.isascii()
        assert body.replace(rb"\/", b"").count(b"/") == 0
    assert rb"N\u00e4r d\u00e5\/hur?" in subscriber.got[1][0]


def test_instagram_tells_of_new_comments_only(emulator: Emulator, subscriber: Subscriber, page: Account) -> None:
    world, hooks = emulator.world, emulator.webhooks
    account = world.account("instagram", "17841400000000001", "tibrokommun", "Tibro kommun", page_id=page.id)
    hooks.subscribe_webhook(subscriber.url, TOKEN, SECRET)
    comment = world.comment(world.publish(account, "Sol"), world.resident("instagram", "Kim"), "Fint")
    answer = world.answer(comment, "Tack")
    world.restrict(world.comment(comment, world.resident("instagram", "Bo"), "Fult"))
    world.edit(comment, "Finare")
    hooks.deliver_webhooks()
    world.delete(comment)
    assert hooks.deliver_webhooks() == []
    assert [(value["id"], value.get("parent_id")) for value in subscriber.values()] == [
        (comment.id, None),
        (answer.id, comment.id),
    ]


def test_deliveries_come_doubled_in_any_order_and_in_batches(
    emulator: Emulator, subscriber: Subscriber, page: Account
) -> None:
    world, hooks = emulator.world, emulator.webhooks
    post = world.publish(page, "Badet öppnar")
    hooks.subscribe_webhook(subscriber.url, TOKEN, SECRET)
    ids = [world.comment(post, world.resident("facebook", "Kim"), f"Fråga {number}").id for number in range(25)]
    assert hooks.deliver_webhooks(copies=2, shuffle=True, most=10) == [200] * 6
    told = [value["comment_id"] for value in subscriber.values()]
    assert sorted(told) == sorted(ids * 2)
    assert told[:25] != ids
    assert len({body for body, _signature in subscriber.got}) == 3


def test_what_is_not_taken_comes_again_as_the_same_bytes(
    emulator: Emulator, subscriber: Subscriber, page: Account
) -> None:
    hooks = emulator.webhooks
    hooks.subscribe_webhook(subscriber.url, TOKEN, SECRET)
    emulator.world.publish(page, "Hej")
    subscriber.status = 503
    assert hooks.deliver_webhooks() == [503]
    subscriber.status = 200
    assert hooks.deliver_webhooks() == [200]
    assert hooks.deliver_webhooks() == []
    assert subscriber.got[0] == subscriber.got[1]


def test_pages_that_the_app_is_not_subscribed_to_are_silent(
    emulator: Emulator, subscriber: Subscriber, page: Account
) -> None:
    emulator.webhooks.subscribe_webhook(subscriber.url, TOKEN, SECRET)
    del emulator.world.subscriptions[page.id]
    emulator.world.publish(page, "Hej")
    assert emulator.webhooks.deliver_webhooks() == []
    emulator.webhooks.unsubscribe_webhook()
    with pytest.raises(Refused, match="Nobody has subscribed"):
        emulator.webhooks.deliver_webhooks()


def test_it_can_all_be_done_from_another_process(
    emulator: Emulator, subscriber: Subscriber, client: requests.Session
) -> None:
    def do(verb: str, **parameters: Any) -> Any:
        answer = client.post(f"{emulator.url}/control/{verb}", json=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    page = emulator.world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")
    do("subscribe_webhook", url=subscriber.url, verify_token=TOKEN, app_secret=SECRET, pages=[page.id])
    post = do("publish", account=page.id, text="Badet öppnar")
    comment = do("comment", on=post["id"], text="När?")
    assert do("deliver_webhooks", copies=2) == [200, 200]
    assert [value.get("comment_id") for value in subscriber.values()] == [None, comment["id"]] * 2
    do("unsubscribe_webhook")
