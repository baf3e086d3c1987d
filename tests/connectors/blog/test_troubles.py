"""What goes wrong at a blog asks for the right reaction, and the answer is never too much for us."""

import gzip
import json
from datetime import timedelta

import pytest

from connectors import outward
from connectors.blog import ABOUT, web
from connectors.blog.errors import TABLE
from connectors.emulator.faults import Fault
from connectors.emulator.wire import Answer
from connectors.errors import (
    ChannelGone,
    ConnectorError,
    PermissionLost,
    RateLimited,
    SwitchedOff,
    Unavailable,
    UnexpectedAnswer,
)
from tests.connectors.blog.blog import read, site
from tests.connectors.stage import Stage, texts

A_PAGE = "/wp-json/wp/v2/comments"


def answers(stage: Stage, status: int, body: str = "", **headers: str) -> None:
    """Everything is answered so, once a first reading has found the way."""
    stage.post(comments=3)
    read(stage)
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    stage.emulator.faults.add(Fault("status", site="blog", times=None, status=status, body=body, headers=told))


def error(stage: Stage) -> ConnectorError:
    found = read(stage).error
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, "", PermissionLost),
        (403, "<html>Wordfence</html>", PermissionLost),
        (404, "", ChannelGone),
        (410, "", ChannelGone),
        (418, "", UnexpectedAnswer),
        (429, "", RateLimited),
        (500, '{"code":"internal_server_error"}', Unavailable),
        (502, "<html>", Unavailable),
        (503, "Briefly unavailable for scheduled maintenance.", RateLimited),
        (400, '{"code":"rest_invalid_param"}', UnexpectedAnswer),
        (200, '{"error":"none"}', UnexpectedAnswer),
        (200, '[{"id":1}]', UnexpectedAnswer),
        (200, "<html>Vänta medan vi ser efter att du är en människa</html>", ChannelGone),
        (302, "", Unavailable),
    ],
)
def test_each_answer_asks_for_its_reaction(stage: Stage, status: int, body: str, kind: type[ConnectorError]) -> None:
    answers(stage, status, body)
    assert isinstance(error(stage), kind)
    stage.emulator.faults.clear()
    assert texts(read(stage)) == stage.shown()


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("600", timedelta(minutes=10)),
        ("Mon, 16 Nov 2026 09:00:00 GMT", timedelta(hours=2)),
        ("999999999", timedelta(hours=24)),
        ("Mon, 16 Nov 2020 09:00:00 GMT", timedelta(minutes=15)),
        ("soon", timedelta(minutes=15)),
        ("", timedelta(minutes=15)),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_blog_may_say_how_long_to_wait(stage: Stage, status: int, told: str, wait: timedelta) -> None:
    answers(stage, status, Retry_After=told)
    stage.world.clock = stage.world.clock.replace(hour=7, minute=0, second=0)
    found = error(stage)
    assert isinstance(found, RateLimited)
    assert found.retry_at == stage.world.now + wait


def test_redirects_are_followed_and_counted_but_not_for_ever(stage: Stage) -> None:
    comment = stage.comment(stage.post(), "Hej")
    moved = {"Location": f"{stage.emulator.url}/blogg/wp-json/wp/v2/comments?per_page=100"}
    stage.emulator.faults.add(Fault("status", site="blog", path=A_PAGE, times=2, status=301, headers=moved))
    reading = read(stage)
    assert texts(reading) == {comment.id: "Hej"}
    assert reading.requests == 2 + 1 + 1  # and the posts
    stage.emulator.faults.add(Fault("status", site="blog", path=A_PAGE, times=None, status=301, headers=moved))
    mark = stage.emulator.ledger.mark()
    found = error(stage)
    assert isinstance(found, ChannelGone)
    assert (found.code, stage.emulator.ledger.since(mark).requests()) == ("redirects", 1 + web.MOST_REDIRECTS)


def test_a_redirect_into_a_private_network_is_not_followed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public address is a name here that our own look lets pass; the redirect names the inside as it stands."""
    moved = {"Location": "http://169.254.169.254/latest/meta-data/"}
    stage.emulator.faults.add(Fault("status", site="blog", path=A_PAGE, status=302, headers=moved))
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "false")
    monkeypatch.setattr(outward, "is_inside", lambda host: host.startswith("169.254."))
    assert isinstance(error(stage), SwitchedOff)
    assert stage.emulator.ledger.requests() == 1


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr(web, "LARGEST", 100_000)
    body = json.dumps([{"id": number, "text": "x" * 1000} for number in range(1000)])
    answers(stage, 200)
    [fault] = stage.emulator.faults.rules
    if packed:
        body = gzip.compress(body.encode()).decode("latin-1")
        fault.headers = {"Content-Encoding": "gzip"}
        packed_body = body.encode("latin-1")
        fault.answer = lambda: Answer(200, packed_body, dict(fault.headers))  # type: ignore[method-assign]
    fault.body = body
    found = error(stage)
    assert isinstance(found, UnexpectedAnswer)
    assert found.code == "too_large"


def test_a_silent_server_is_not_waited_for_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT", 0.2)
    stage.emulator.faults.add(Fault("hang", site="blog", seconds=30))
    assert isinstance(error(stage), Unavailable)


def test_a_feed_that_is_no_feed_any_more_is_no_quiet_blog(stage: Stage) -> None:
    site(stage).rest = "off"
    answers(stage, 200, "<html>Hej</html>")
    found = error(stage)
    assert isinstance(found, ChannelGone)
    assert found.code == "no_comments"


def test_a_feed_of_an_attacker_costs_nothing(stage: Stage) -> None:
    """Entities that would grow to gigabytes."""
    site(stage).rest = "off"
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    kind = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "ha">{levels}]>'
    bomb = f'{kind}<rss version="2.0"><channel>&e11;</channel></rss>'
    answers(stage, 200, bomb)
    assert read(stage).comments == ()


def test_the_table_is_where_the_platform_says_it_is_and_every_error_that_needs_a_person_has_a_remedy() -> None:
    assert ABOUT.errors == "connectors.blog.errors:TABLE"
    lacking = [code for code, meaning in TABLE.items() if meaning.error.needs_person and not meaning.remedy]
    assert lacking == ["rest_comment_invalid_id"]  # which never ends a reading
