"""The inbox and a comment as a program reads them: the same as on the pages, page by page, and nothing of others."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from monitor.access.permission_rules import Permission
from monitor.db import Database
from monitor.inbox.unanswered import unanswered
from monitor.register.models import Person
from monitor.watch.models import Comment, Post
from tests.web.api.conftest import Program, Programs
from tests.web.test_inbox import add

SignedIn = Callable[[str], TestClient]
SHAPE = (
    *("comment_id", "external_id", "thread_external_id", "channel", "platform", "author", "text", "posted_at"),
    *("fetched_at", "due_at", "overdue", "state", "reason", "responsible", "permalink"),
)
"""INTERFACE's keys of `unanswered`."""
FILTERS: list[tuple[dict[str, str], str]] = [
    ({}, ""),
    ({"everything": "true"}, "state=all"),
    ({"channel": "fb"}, "channel=fb"),
    ({"state": "held"}, "state=held"),
    ({"text": "läcka"}, "q=läcka"),
    ({"mine": "true", "overdue": "true"}, "mine=1&overdue=1"),
    ({"flagged": "true"}, "flagged=1"),
    ({"unit": "kommunikation"}, "unit=kommunikation"),
    ({"since": "2026-01-01", "until": "2026-01-01"}, "since=2026-01-01&until=2026-01-01"),
]
WRONG: list[tuple[dict[str, str], str]] = [
    ({"after": "x"}, "query/after"),
    ({"after": ""}, "query/after"),
    ({"limit": "0"}, "query/limit"),
    ({"limit": "101"}, "query/limit"),
    ({"limit": "true"}, "query/limit"),
    ({"since": "1767225600"}, "query/since"),
    ({"since": "2026-02-30"}, "query/since"),
    ({"since": "2026-02-03", "until": "2026-02-02"}, "query/until"),
    ({"state": "answered?"}, "query/state"),
    ({"mine": "1"}, "query/mine"),
    ({"text": "x" * 201}, "query/text"),
    ({"chanel": "fb"}, "query/chanel"),
]
READING = (Permission.READ_INBOX, Permission.HANDLE, Permission.ANSWER)


def on_page(client: TestClient, query: str) -> list[int]:
    text = client.get(f"/inbox?{query}").text
    return [int(id_) for id_ in re.findall(r'<h2 id="who-\d+"><a href="/comment/(\d+)"', text)]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [each["comment_id"] for each in answer.json()["items"]]


def test_the_list_is_the_pages_with_the_same_filters(program: Programs, signed_in: SignedIn) -> None:
    one, client = program("redaktor"), signed_in("redaktor")
    for query, page in FILTERS:
        assert ids(one.get("/comments", **query)) == on_page(client, page), query


def test_each_comment_has_the_shape_that_the_command_gives(program: Programs, filled: Database) -> None:
    told = program("redaktor").get("/comments").json()
    assert (told["waiting"], told["overdue"], told["next"]) == (3, 3, None)
    with filled.snapshot() as session:
        wanted = unanswered(session, datetime.now(UTC))
    for item, each in zip(told["items"], wanted, strict=True):
        assert set(SHAPE) <= item.keys()
        known = each.as_json()
        assert {name: item[name] for name in SHAPE if not name.endswith("_at")} == {
            name: known[name] for name in SHAPE if not name.endswith("_at")
        }
        assert datetime.fromisoformat(item["due_at"]) == each.due_at
    assert told["items"][0]["post"] == "Vattenläcka"


def test_lists_leave_out_personal_identity_numbers_and_the_comment_has_them(
    program: Programs, filled: Database
) -> None:
    add(filled, 1, external_id="born", thread_external_id="born", text="Jag är 121212-1212, ring.")
    with filled.transaction() as session:
        session.execute(update(Post).values(text="Vem är 19121212-1212?"))
    one = program("redaktor")
    for query in ({}, {"text": "ring"}, {"everything": "true"}):
        told = {each["external_id"]: each for each in one.get("/comments", **query).json()["items"]}["born"]
        assert (told["text"], told["post"]) == ("Jag är [personnummer], ring.", "Vem är [personnummer]?"), query
    assert one.get(f"/comments/{told['comment_id']}").json()["comment"]["text"] == "Jag är 121212-1212, ring."


def test_a_comment_is_told_as_its_page_shows_it(program: Programs, signed_in: SignedIn) -> None:
    one, client = program("redaktor"), signed_in("redaktor")
    for id_ in ids(one.get("/comments")):
        told, page = one.get(f"/comments/{id_}").json(), client.get(f"/comment/{id_}").text
        assert told["comment"]["obligation"]["reason"] in page
        assert told["comment"]["author"] in page
        assert [each["comment_id"] for each in told["thread"]] == [id_]
        assert (f'name="seen" value="{told["seen"]}"' in page) == ("reply" in told["offered"])
        assert (told["may_not"] or "") in page
        for kind in ("acknowledge", "snooze", "close", "private"):
            assert (f'value="{kind}"' in page) == (kind in told["offered"])


@pytest.mark.parametrize("everything", [None, "true"])
def test_every_page_together_is_everything_once_though_comments_come_in(
    program: Programs, filled: Database, everything: str | None
) -> None:
    add(filled, 12)
    one, seen, after, round_ = program("redaktor"), list[int](), None, 0
    before = set(ids(one.get("/comments", limit=100, everything=everything)))
    while True:
        answer = one.get("/comments", limit=4, after=after, everything=everything)
        seen += ids(answer)
        after = answer.json()["next"]
        if after is None:
            break
        round_ += 1
        ways = {"external_id": f"late{round_}", "thread_external_id": f"late{round_}", "text": "Sent"}
        add(filled, 1, **ways, posted_at=datetime.now(UTC) - timedelta(days=20 if everything is None else 0))
    assert len(seen) == len(set(seen))
    assert set(seen) == before
    assert len(before) == 15


def test_what_cannot_be_meant_is_told_where_it_stands(program: Programs) -> None:
    one = program("redaktor")
    for query, at in WRONG:
        answer = one.get("/comments", **query)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at), query


def test_of_other_peoples_channels_nothing_is_said(program: Programs, filled: Database) -> None:
    with filled.transaction() as session:
        session.add(Person(id="annan", name="Annan Moderator", roles=["moderator"]))
        session.add(Person(id="reg", name="Rigmor Registrator", roles=["registrar"]))
        id_ = session.scalars(select(Comment.id).where(Comment.external_id == "c0")).one()
    stranger, reader = program("annan"), program("reg")
    assert ids(stranger.get("/comments")) == []
    assert stranger.get("/comments", channel="fb").status_code == 404
    for path in ("", "/after", "/templates", "/assignable", "/units"):
        assert stranger.get(f"/comments/{id_}{path}").status_code == 404
    told = reader.get(f"/comments/{id_}").json()
    assert (told["offered"], told["comment"]["comment_id"]) == ([], id_)
    assert reader.get(f"/comments/{id_}/assignable").status_code == 403
    assert program("redaktor").get(f"/comments/{2**31 - 1}").status_code == 404
    assert program("redaktor").get(f"/comments/{2**31}").status_code == 422
    scoped = program("redaktor", Permission.READ_REMOVALS)
    assert (scoped.get("/comments").status_code, scoped.get(f"/comments/{id_}").status_code) == (403, 403)


def test_who_and_what_can_be_chosen_comes_in_pages(program: Programs, filled: Database) -> None:
    one = program("redaktor", *READING)
    [id_, *_more] = ids(one.get("/comments", channel="fb"))
    people = everything(one, f"/comments/{id_}/assignable")
    assert [each["id"] for each in people] == ["ersattare", "redaktor"]
    assert everything(one, f"/comments/{id_}/units") == [{"id": "kommunikation", "name": "Kommunikation"}]
    assert everything(one, f"/comments/{id_}/templates") == []


def everything(one: Program, path: str) -> list[Any]:
    found, after = list[Any](), None
    while True:
        told = one.get(path, limit=1, after=after).json()
        found += told["items"]
        after = told["next"]
        if after is None:
            return found
