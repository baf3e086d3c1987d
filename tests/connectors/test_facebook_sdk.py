"""What facebook-sdk, unmodified, does when it is taken at its word; and that our client does not."""

import json
import time
from itertools import islice
from typing import Any

import facebook
import pytest
import requests

from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.graph.paging import unescaped
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer
from connectors.errors import ConnectorError, Unavailable, UnexpectedAnswer
from connectors.graph import GraphClient
from connectors.graph.client import proof
from connectors.loopback import LoopbackAdapter
from tests.connectors.graph_puppet import client, puppet
from tests.connectors.graph_stages import facebook as a_page
from tests.connectors.graph_stages import graph_of
from tests.connectors.stage import Stage

TOKEN, SECRET = "EAApage", "hemlig-app"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def page(emulator: Emulator) -> Stage:
    return a_page(emulator)


def sdk(emulator: Emulator, *, timeout: float | None = 5, version: str = "v23.0") -> Any:
    """facebook-sdk itself, told by the one way there is to speak a current version, and where the emulator is."""
    session = requests.Session()
    session.trust_env = False
    session.params = {"appsecret_proof": proof(TOKEN, SECRET)}
    session.mount("https://graph.facebook.com/", LoopbackAdapter(emulator.url))
    made = facebook.GraphAPI(TOKEN, timeout=timeout, session=session)
    made.version = version or made.version
    return made


def ours(page: Stage) -> GraphClient:
    return GraphClient(page.credential, Settings())


# -- versions and patience


def test_it_refuses_every_version_that_is_alive_and_its_own_are_served_by_the_oldest(page: Stage) -> None:
    for version in ("23.0", "26.0", "21.0"):
        with pytest.raises(facebook.GraphAPIError, match="Version number"):
            facebook.GraphAPI(TOKEN, version=version)
    asking, answers = sdk(page.emulator, version=""), []
    asking.session.hooks["response"].append(lambda answer, **_options: answers.append(answer))
    asking.get_object(page.account.id)
    assert asking.version == "v2.8"
    assert answers[0].headers["Facebook-Api-Version"] == "v21.0"
    ours(page).get(page.account.id)
    assert [entry.path.split("/")[1] for entry in page.emulator.ledger.entries] == ["v2.8", "v23.0"]


def test_it_waits_as_long_as_it_takes_and_we_do_not(page: Stage) -> None:
    page.emulator.faults.add(Fault("hang", seconds=1.5, times=None))
    assert facebook.GraphAPI(TOKEN).timeout is None
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):  # the emulator gave up, not the client
        sdk(page.emulator, timeout=None).get_object("me")
    assert time.monotonic() - began > 1.4
    began = time.monotonic()
    with pytest.raises(Unavailable):
        GraphClient(page.credential, Settings(), timeout=(1, 0.1)).get("me")
    assert time.monotonic() - began < 4, "three times 1.5 seconds without a limit"


@pytest.mark.parametrize("status", [429, 503])
def test_a_header_that_asks_for_an_hour_keeps_no_worker_waiting(page: Stage, status: int) -> None:
    """urllib3, which facebook-sdk would be given for repetitions, sleeps as long as Retry-After says."""
    later = {"Retry-After": "3600"}
    page.emulator.faults.add(Fault("status", status=status, body="{}", headers=later, times=None))
    began = time.monotonic()
    with pytest.raises(ConnectorError):
        ours(page).get("me")
    assert time.monotonic() - began < 5
    assert page.emulator.ledger.requests() == {429: 1, 503: 3}[status]


# -- pages


def test_it_turns_the_same_page_for_ever_and_we_stop_at_the_first_repetition(page: Stage) -> None:
    post = page.post(comments=9)
    graph_of(page).habits.circles = "same"
    turned = islice(sdk(page.emulator).get_all_connections(post.id, "comments", limit=2), 50)
    assert len({comment["id"] for comment in turned}) == 2
    asking = ours(page)
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get(f"{post.id}/comments", limit="2")))
    assert asking.requests == 2


def test_it_asks_for_empty_pages_without_end_and_we_do_not(page: Stage) -> None:
    following = f"https://graph.facebook.com/v23.0/{page.account.id}/posts?access_token={TOKEN}&limit=5"
    empty = {"data": [], "paging": {"next": following}}
    endless = page.emulator.faults.add(Fault("status", status=200, body=json.dumps(empty), times=40))
    assert list(sdk(page.emulator).get_all_connections(page.account.id, "posts")) == []
    assert endless.done == 40, "it stopped because the emulator did"
    endless.times = None
    asking = ours(page)
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get(f"{page.account.id}/posts")))
    assert asking.requests == 2


def test_a_next_page_without_a_token_makes_it_fall_and_we_add_ours(page: Stage) -> None:
    following = f"https://graph.facebook.com/v23.0/{page.account.id}/posts?limit=5"
    first = {"data": [], "paging": {"next": following}}
    page.emulator.faults.add(Fault("status", status=200, body=json.dumps(first), times=2))
    with pytest.raises(KeyError):
        list(sdk(page.emulator).get_all_connections(page.account.id, "posts"))
    post, asking = page.post(), ours(page)
    found = [item["id"] for items in asking.pages(asking.get("me/posts")) for item in items]
    assert found == [post.id]


def test_its_default_order_has_offsets_for_cursors_and_loses_a_comment_when_another_one_goes(page: Stage) -> None:
    post = page.post(comments=6)
    asking, there = sdk(page.emulator), page.world.comments_of(post)
    first = asking.get_connections(post.id, "comments", limit=3)
    assert unescaped(first["paging"]["cursors"]["after"]) == b"3"
    page.world.delete(there[0])
    second = asking.get_connections(post.id, "comments", limit=3, after=first["paging"]["cursors"]["after"])
    shown = {comment["id"] for part in (first, second) for comment in part["data"]}
    assert {comment.id for comment in there} - shown == {there[3].id}
    stream = {"filter": "stream", "order": "reverse_chronological", "limit": "3"}
    begun = ours(page).get(f"{post.id}/comments", **stream)
    page.world.delete(there[5])
    found = [item["id"] for items in ours(page).pages(begun) for item in items]
    assert {there[number].id for number in (1, 2, 3, 4)} <= set(found)


# -- answers


@pytest.mark.parametrize(
    ("answer", "falls"),
    [
        (Answer(500, b"", {}), KeyError),
        (Answer(304, b"", {}), KeyError),
        (Answer(200, b'{"data":[', JSON), requests.JSONDecodeError),
        (Answer(502, b"<html></html>", {"Content-Type": "text/html"}), facebook.GraphAPIError),
        (Answer(503, b"{}", {"Content-Type": "text/javascript"}), facebook.GraphAPIError),
    ],
)
def test_odd_answers_make_it_fall_each_in_its_own_way_and_are_errors_of_ours(
    emulator: Emulator, answer: Answer, falls: type[Exception]
) -> None:
    puppet(emulator, answer)
    with pytest.raises(falls) as caught:
        sdk(emulator).get_object("me")
    assert getattr(caught.value, "code", None) is None, "it does not know the status either"
    with pytest.raises((Unavailable, UnexpectedAnswer)):
        client().get("me")


def test_a_304_costs_a_call_and_makes_it_fall(page: Stage) -> None:
    asking, answers = sdk(page.emulator), []
    asking.session.hooks["response"].append(lambda answer, **_options: answers.append(answer))
    asking.get_object(page.account.id)
    asking.session.headers["If-None-Match"] = answers[0].headers["ETag"]
    with pytest.raises(KeyError):
        asking.get_object(page.account.id)
    assert answers[1].status_code == 304
    assert page.emulator.ledger.cost("graph") == 2
    page.read()
    page.read()
    assert 304 not in [entry.status for entry in page.emulator.ledger.entries[2:]]


def test_one_wrong_id_among_several_fails_them_all_and_each_is_charged(page: Stage) -> None:
    posts = [page.post(comments=1).id for _ in range(3)]
    asking = sdk(page.emulator)
    assert list(asking.get_objects(posts, fields="id")) == posts
    below = asking.request("v23.0/comments", {"ids": ",".join(posts)})
    assert [len(below[post]["data"]) for post in posts] == [1, 1, 1]
    assert page.emulator.ledger.cost("graph") == 6
    with pytest.raises(facebook.GraphAPIError) as refused:
        asking.get_objects([*posts, "999"], fields="id")
    assert refused.value.code == 100
    assert page.emulator.ledger.cost("graph") == 6 + 4


def test_a_batch_has_nulls_texts_inside_a_limit_and_saves_nothing(page: Stage) -> None:
    one = {"method": "GET", "relative_url": f"v23.0/{page.account.id}?fields=id"}
    graph_of(page).habits.null_operations = frozenset({1})
    asking = sdk(page.emulator)
    answers = asking.request("v23.0/", post_args={"batch": json.dumps([one] * 3)})
    assert [answer and answer["code"] for answer in answers] == [200, None, 200]
    assert json.loads(answers[0]["body"]) == {"id": page.account.id}
    assert {"name": "Content-Type", "value": "text/javascript; charset=UTF-8"} in answers[0]["headers"]
    assert page.emulator.ledger.cost("graph") == 3
    with pytest.raises(facebook.GraphAPIError, match="Maximum batch size is 50"):
        asking.request("v23.0/", post_args={"batch": json.dumps([one] * 51)})
    mark = page.emulator.ledger.mark()
    for wanted in ({}, {"daily": True}, {"full": True}):
        page.read(**wanted)  # type: ignore[arg-type]
    asked = page.emulator.ledger.since(mark).entries
    assert not [entry for entry in asked if entry.method != "GET" or "ids" in entry.parameters]
