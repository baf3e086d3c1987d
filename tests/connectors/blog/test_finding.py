"""Where the comments are is found from whatever address somebody wrote."""

from dataclasses import replace

import pytest

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Credential, Reading, ReadPlan
from connectors.errors import ChannelGone, PermissionLost, SwitchedOff
from tests.connectors.blog.blog import HOME, read, site
from tests.connectors.stage import Stage, texts


def read_at(stage: Stage, address: str) -> Reading:
    connector = connect("blog", Account("3", address), Credential(), Settings())
    return connector.read(ReadPlan(now=stage.world.now))


@pytest.mark.parametrize("path", ["", "/", "/?utm_source=mail", "/comments/feed/", "/comments/feed/atom/"])
def test_any_address_of_a_wordpress_blog_leads_to_its_comments(stage: Stage, path: str) -> None:
    comment = stage.comment(stage.post(), "Hej")
    assert texts(read_at(stage, f"{stage.emulator.url}{HOME}{path}")) == {comment.id: "Hej"}


def test_an_api_without_an_address_of_its_own_is_found_through_the_page(stage: Stage) -> None:
    site(stage).pretty = False
    stage.post(comments=130)
    assert texts(read(stage)) == stage.shown()
    assert read(stage).requests == 2


@pytest.mark.parametrize("rest", ["off", "closed"])
def test_where_the_api_is_closed_the_feed_is_read(stage: Stage, rest: str) -> None:
    site(stage).rest = rest  # type: ignore[assignment]  # the parameters above
    comment = stage.comment(stage.post(), "Hej")
    reading = read(stage)
    assert texts(reading) == {comment.id: "Hej"}
    assert reading.degraded == ()


def test_a_page_without_comments_is_told_from_a_quiet_blog(stage: Stage) -> None:
    site(stage).wordpress = False
    site(stage).feeds.offered = False
    reading = read(stage)
    assert isinstance(reading.error, ChannelGone)
    assert reading.error.code == "no_comments"
    assert "address" in reading.error.remedy
    assert isinstance(stage.connector().check().problem, ChannelGone)


@pytest.mark.parametrize(
    "address", ["gopher://example.org/", "file:///etc/passwd", "https://", "http://[1", "http://a b/"]
)
def test_what_is_no_web_address_is_refused_without_a_call(stage: Stage, address: str) -> None:
    reading = read_at(stage, address)
    assert isinstance(reading.error, ChannelGone)
    assert (reading.error.code, reading.requests) == ("address", 0)


def test_a_blog_that_is_locked_needs_a_person(stage: Stage) -> None:
    site(stage).locked = 401
    reading = read(stage)
    assert isinstance(reading.error, PermissionLost)
    assert (reading.error.code, bool(reading.error.remedy)) == ("HTTP 401", True)


def test_a_blog_that_was_taken_away_needs_a_person(stage: Stage) -> None:
    site(stage).locked = 410
    assert isinstance(read(stage).error, ChannelGone)


@pytest.fixture
def outward(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The settings say nothing of private addresses."""
    monkeypatch.delenv("KANALVAKT_PRIVATE_ADDRESSES")
    return stage


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.7", "192.168.1.1", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_refused_without_a_call(outward: Stage, host: str) -> None:
    reading = read_at(outward, f"http://{host}:{outward.emulator.port}{HOME}/")
    assert isinstance(reading.error, SwitchedOff)
    assert "private_addresses = true" in reading.error.remedy
    assert (reading.requests, outward.emulator.ledger.requests()) == (0, 0)


def test_a_name_that_leads_inside_is_refused_before_anything_is_asked(
    outward: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a name does that was outside when somebody looked and is inside now."""
    inside = [(2, 1, 6, "", ("127.0.0.1", outward.emulator.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: inside)
    reading = read_at(outward, f"http://blogg.example.org:{outward.emulator.port}{HOME}/")
    assert isinstance(reading.error, SwitchedOff)
    assert outward.emulator.ledger.requests() == 0


def test_the_same_name_is_read_where_that_is_allowed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(2, 1, 6, "", ("127.0.0.1", stage.emulator.port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: inside)
    comment = stage.comment(stage.post(), "Hej")
    reading = read_at(stage, f"http://blogg.example.org:{stage.emulator.port}{HOME}/")
    assert texts(replace(reading)) == {comment.id: "Hej"}
