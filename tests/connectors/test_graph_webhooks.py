"""Meta's deliveries: which are genuine, and which accounts they are about. Nothing in them can do harm."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.graph.webhooks import EARLY, OLDEST, challenge, hinted, is_genuine

SECRET = "0f9e8d7c6b5a49382716050403020100"
NOW = datetime(2023, 9, 14, 12, 0, tzinfo=UTC)
PAGE = "115012905029236"
# The shapes of two genuine deliveries, of 2023 and 2025, with invented people
FEED = (
    rb'{"object":"page","entry":[{"id":"115012905029236","time":1694691187,"changes":[{"field":"feed","value":{'
    rb'"from":{"id":"24004199005845442","name":"Kim P\u00e5hittad"},"post":{"status_type":"mobile_status_update",'
    rb'"is_published":true,"updated_time":"2023-09-14T11:33:04+0000","permalink_url":'
    rb'"https:\/\/www.facebook.com\/permalink.php?story_fbid=pfbid02&id=61550737948764","promotion_status":"inactive",'
    rb'"id":"115012905029236_122116123070024598"},"message":"f","post_id":"115012905029236_122116123070024598",'
    rb'"comment_id":"122116123070024598_177809185336330","created_time":1694691184,"item":"comment",'
    rb'"parent_id":"115012905029236_122116123070024598","verb":"add"}}]}]}'
)
COMMENTS = (
    rb'{"object":"instagram","entry":[{"id":"17841474524784050","time":1755779280,"changes":[{"field":"comments",'
    rb'"value":{"from":{"id":"17841474524784050","username":"kim","self_ig_scoped_id":"2105722729836161"},'
    rb'"media":{"id":"18172143295349192","media_product_type":"FEED"},"id":"17919697626119712","text":"Hej"}}]}]}'
)


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def delivery(*changes: Any, kind: str = "page", time: Any = None, id_: Any = PAGE) -> bytes:
    at = int(NOW.timestamp()) if time is None else time
    return json.dumps({"object": kind, "entry": [{"id": id_, "time": at, "changes": list(changes)}]}).encode()


def feed(**value: Any) -> dict[str, Any]:
    return {"field": "feed", "value": {"item": "comment", "verb": "add"} | value}


def test_the_recorded_shapes_are_understood() -> None:
    assert hinted(FEED, NOW) == {("facebook", PAGE)}
    assert hinted(COMMENTS, datetime(2025, 8, 21, 13, 0, tzinfo=UTC)) == {("instagram", "17841474524784050")}


def test_the_signature_is_over_the_raw_bytes_and_a_body_written_again_has_another() -> None:
    assert is_genuine(FEED, signed(FEED), SECRET)
    again = json.dumps(json.loads(FEED), ensure_ascii=False, separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(FEED)
    assert not is_genuine(again, signed(FEED), SECRET)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        signed(FEED, "another-secret"),
        signed(FEED)[7:],
        signed(FEED).upper(),
        "sha1=" + "0" * 40,
        "å€\ud800",
    ],
)
def test_a_forged_signature_is_refused_whatever_it_looks_like(signature: str) -> None:
    assert not is_genuine(FEED, signature, SECRET)


def test_the_challenge_is_for_who_knows_the_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "vårt-ord-1"}
    assert challenge(asked, "vårt-ord-1") == "1158201444"
    assert challenge(asked, "another-word") is None
    assert challenge(asked | {"hub.mode": "unsubscribe"}, "vårt-ord-1") is None
    assert challenge({}, "vårt-ord-1") is None


@pytest.mark.parametrize("verb", ["add", "edited", "edit", "remove", "hide", "unhide", "block"])
@pytest.mark.parametrize("item", ["comment", "post", "status", "photo", "video", "something-new"])
def test_whatever_is_done_to_a_post_or_comment_is_a_hint(item: str, verb: str) -> None:
    assert hinted(delivery(feed(item=item, verb=verb)), NOW) == {("facebook", PAGE)}


@pytest.mark.parametrize(
    "body",
    [
        delivery(feed(item="reaction")),
        delivery(feed(item="like")),
        delivery({"field": "ratings", "value": {}}),
        delivery({"field": "messages", "value": {}}, kind="instagram"),
        delivery(feed(), kind="user"),
        delivery(feed(), kind="instagram"),
        delivery(),
    ],
)
def test_what_changes_no_comment_and_what_is_unknown_is_ignored(body: bytes) -> None:
    assert hinted(body, NOW) == frozenset()


def test_old_entries_are_ignored_and_so_are_those_from_the_future() -> None:
    def heard(time: datetime) -> bool:
        return bool(hinted(delivery(feed(), time=int(time.timestamp())), NOW))

    assert heard(NOW - OLDEST)
    assert heard(NOW + EARLY)
    assert not heard(NOW - OLDEST - timedelta(seconds=1))
    assert not heard(NOW + EARLY + timedelta(seconds=1))


@pytest.mark.parametrize("time", ["1694691187", 1.5, True, None, -1, 10**30, [], {}])
def test_a_time_that_is_none_makes_no_hint(time: Any) -> None:
    body = {"object": "page", "entry": [{"id": PAGE, "time": time, "changes": [feed()]}]}
    assert hinted(json.dumps(body).encode(), NOW) == frozenset()


def test_malformed_entries_do_not_hide_the_good_ones() -> None:
    good = {"id": PAGE, "time": int(NOW.timestamp()), "changes": [None, 7, {"field": ["feed"]}, feed()]}
    bad = [None, 1, "x", [], {}, {"id": 5, "time": good["time"], "changes": [feed()]}, {**good, "changes": "feed"}]
    body = json.dumps({"object": "page", "entry": [*bad, good, good]}).encode()
    assert hinted(body, NOW) == {("facebook", PAGE)}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"null", b"[]", b"7", b'{"object":{}}', b"[" * 100_000, b'{"object":"page"}']
)
def test_what_is_no_delivery_is_no_hint(body: bytes) -> None:
    assert hinted(body, NOW) == frozenset()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["object", "entry", "id", "time", "changes", "field", "value", "item"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["page", "instagram"]))
def test_no_json_whatever_makes_it_fall(thing: Any, kind: str) -> None:
    for shape in (thing, {"object": kind, "entry": thing}, {"object": kind, "entry": [{"changes": thing, "time": 1}]}):
        assert isinstance(hinted(json.dumps(shape).encode(), NOW), frozenset)
