"""No page asks the database more than twelve times, who is asking included, however much there is to show."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.access.permission_rules import MATRIX
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.emergency.models import Delivery, Hold, Incident, Message
from monitor.inbox.desk_models import Assignment, Claim, Forward, Note, ReplyTemplate
from monitor.inbox.models import Action, Flag, Mark
from monitor.inbox.saving import save
from monitor.register.models import Absence, Channel, Decision, DecisionReceipt, Organisation, Person, Route, Unit
from monitor.watch.day_models import WatchDay
from monitor.watch.models import Comment, Observation, PollRun, Post, Schedule, TokenHealth
from monitor.web.app import create_app
from monitor.web.visiting import COOKIE
from tests.queries import queries
from tests.web.conftest import session_of
from tests.web.test_every_route import routes

MOST = 12
MORE = {"/audit/verification": 24}
"""It reads every table of facts anew and by itself, so that one row that cannot be read hides no other. However much
there is, that is as many questions."""
HEAVIEST = 200_000
"""Bytes of a page; style sheets and scripts are for test_assets."""
NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
"""A Monday."""
DAY, FRIDAY = date(2026, 6, 15), date(2026, 6, 12)
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)
SEVERAL = 6
"""Of everything, so that what is asked once for each shows."""
ALL = "alla"
"""Has every role."""
KEEPING = {"decided_on": date(2026, 1, 2), "created_at": LONG_AGO, "decided_by_id": ALL}
PAGES = {
    "/account/app": ["/account/app"],
    "/language/{name}": [],
    "/comment/{comment_id}": ["/comment/1", "/comment/2", "/comment/1?after=1"],
    "/inbox": ["/inbox", "/inbox?state=all", "/inbox?mine=1", "/inbox?flagged=1", "/inbox?state=all&q=fråga"],
    "/": ["/", "/?channel=c1"],
    "/setup/{word}": ["/setup/unknown"],
    "/watch/{written}": ["/watch/2026-06"],
    "/watch/{written}.svg": ["/watch/2026-06.svg"],
    "/watch/{written}.csv": ["/watch/2026-06.csv"],
    "/watch/{written}.pdf": ["/watch/2026-06.pdf"],
    "/watch/{channel_id}/{written}": ["/watch/c1/2026-06-12", "/watch/c1/2026-06-15"],
    "/reports/answers.{form}": ["/reports/answers.csv"],
    "/reports/{key}.svg": ["/reports/hours.svg"],
    "/people/{person_id}": ["/people/p1"],
    "/crisis/{number}": ["/crisis/1"],
    "/crisis/{number}/board": ["/crisis/1/board", "/crisis/1/board?kind=help"],
    "/crisis/{number}/board/events": [],  # goes on for minutes
    "/crisis/{number}/messages/{message_id}": ["/crisis/1/messages/1", "/crisis/1/messages/2"],
    "/decisions/{number}": ["/decisions/1"],
    "/decisions/{number}/decision.pdf": ["/decisions/1/decision.pdf"],
    "/readyz": ["/readyz?exclude=broker"],
    "/demo/mails/{name}": [],
    "/demo/mails/{name}/html": [],
    "/static": [],
}
"""What is looked at where a path has gaps, or more than one face."""
IN_GAPS = {"comment_id": "1", "number": "1", "channel_id": "c1", "message_id": "1"}


@pytest.fixture
def house(sqlite: Database) -> Iterator[Database]:
    with time_machine.travel(NOW):
        with sqlite.transaction() as session:
            _people(session)
            for number in range(SEVERAL):
                _channel(session, f"c{number}", f"p{number}", f"u{number % 2}")
        with sqlite.transaction() as session:
            for number in range(SEVERAL):
                _comments(session, f"c{number}", f"p{number}")
            _crisis(session)
        yield sqlite


@pytest.fixture
def app(house: Database, tmp_path: Path) -> FastAPI:
    return create_app(Settings(demo_mails=tmp_path), house)


def test_no_page_asks_more_than_twelve_times(app: FastAPI, house: Database) -> None:
    asked: dict[str, int] = {}
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        client.cookies.set(COOKIE, session_of(house, ALL), domain="localhost.local")
        for address in _addresses(app):
            assert client.get(address).status_code < 500, address  # what is remembered is so from now on
            with queries(house) as seen:
                answer = client.get(address)
            asked[address] = len(seen)
            assert len(answer.content) < HEAVIEST, address
    assert {address: n for address, n in asked.items() if n > MORE.get(address, MOST)} == {}
    assert len(asked) > 40


def test_where_obligations_are_shown_the_channels_places_in_time_are_read_once(app: FastAPI, house: Database) -> None:
    with TestClient(app, base_url="http://localhost") as client:
        client.cookies.set(COOKIE, session_of(house, ALL), domain="localhost.local")
        for address in ("/", "/watch"):
            with queries(house) as seen:
                assert client.get(address).status_code == 200
            assert sum(re.search(r"(FROM|JOIN) schedule\b", each) is not None for each in seen) == 1, address


def test_nor_do_the_repairs_where_people_sign_in_by_themselves(house: Database) -> None:
    """In a demo nobody asks whether an administrator can."""
    with TestClient(create_app(Settings(), house), base_url="http://localhost") as client:
        client.cookies.set(COOKIE, session_of(house, ALL), domain="localhost.local")
        assert client.get("/repairs").status_code == 200
        with queries(house) as seen:
            client.get("/repairs")
    assert len(seen) <= MOST


def _addresses(app: FastAPI) -> Iterator[str]:
    for each in routes(app):
        if each.method == "GET":
            filled = each.path
            for name, value in IN_GAPS.items():
                filled = filled.replace(f"{{{name}}}", value)
            yield from PAGES.get(each.path, [filled])


def _people(session: Session) -> None:
    session.add(Organisation(name="Tibro kommun", website="https://www.tibro.se"))
    session.add(Person(id=ALL, name="Alla Roller", email="alla@example.org", roles=sorted(MATRIX)))
    session.flush()
    for number in range(SEVERAL):
        session.add(Person(id=f"p{number}", name=f"Person {number}", email=f"p{number}@example.org"))
        session.flush()
        gone = {"disabled_at": LONG_AGO, "reason": "550"}
        session.add(Route(person_id=f"p{number}", name="mail", **gone))
        session.add(Absence(person_id=f"p{number}", first_day=DAY, last_day=DAY + timedelta(days=20)))
        about = {"subject_kind": "digest", "subject": f"p{number}", "rung": "", "cycle": f"{DAY}"}
        session.add(Notice(**about, recipient_id=f"p{number}", due_at=NOW, created_at=NOW, state="failed"))
    session.add_all(Unit(id=f"u{number}", name=f"Enhet {number}", manager_id=f"p{number}") for number in range(2))
    session.add_all(ReplyTemplate(name=f"Mall {n}", language="sv", text="Hej {organisation}") for n in range(3))
    session.flush()


def _channel(session: Session, id_: str, person: str, unit: str) -> None:
    """Cannot be read, was not watched on Friday, and has a decision that has ended after another one."""
    address = f"https://www.facebook.com/{id_}"
    channel = Channel(
        id=id_, platform="facebook", name=f"Kanal {id_}", address=address, unit_id=unit, responsible_id=person
    )
    channel.external_id, channel.watched_since = f"own-{id_}", LONG_AGO
    session.add(channel)
    session.flush()
    failing = {"failing_since": LONG_AGO, "failure_kind": "auth_expired", "failure_detail": "190/463"}
    session.add(
        Schedule(channel_id=id_, next_poll_at=NOW - timedelta(hours=2), due_at=NOW - timedelta(hours=2), **failing)
    )
    health = {"can_read": True, "expires": NOW + timedelta(days=3), "scopes_missing": ["pages_read_engagement"]}
    session.add(TokenHealth(channel_id=id_, checked_at=NOW, token_kind="page", **health))
    said = {
        "purpose": "Dialog",
        "address": "https://www.facebook.com/old",
        "audience": "Alla",
        "responsible_id": person,
    }
    for version in (1, 2):
        until = date(2026, 3, version)
        made = Decision(channel_id=id_, version=version, valid_until=until, authorised=[ALL], **said, **KEEPING)  # type: ignore[arg-type]
        session.add(made)
        session.flush()
        session.add(DecisionReceipt(decision_id=made.id, sent_to_id=ALL, sent_at=LONG_AGO))
    run = PollRun(channel_id=id_, claim="c", started_at=NOW, finished_at=NOW, full=True, outcome="failed")
    session.add(run)
    failed = {"fetch": "failed", "failure_kind": "auth_expired", "kept_at": NOW, "verdict": "not_watched"}
    for day in (FRIDAY, DAY):
        over = {"concluded_at": NOW} if day == FRIDAY else {}
        kept = {"mode": "automatic", "planned_at": LONG_AGO, "reason": "reading_failed"}
        session.add(WatchDay(channel_id=id_, day=day, **failed, **kept, **over))  # type: ignore[arg-type]


def _crisis(session: Session) -> None:
    """An incident, a message that waits for approval, and several that went to every channel."""
    known = {"started_at": NOW, "started_by_id": ALL, "decided_by": "KS"}
    session.add(Incident(mode="actual", level="elevated", title="Strömavbrott", **known))  # type: ignore[arg-type]
    session.flush()
    written = {"incident_id": 1, "kind": "alert", "made_at": NOW, "happened": "Strömmen är borta."}
    waits = {"state": "submitted", "submitted_by_id": "p1", "submitted_at": NOW}
    session.add(Message(author_id="p0", headline="Väntar", **written, **waits))  # type: ignore[arg-type]
    for number in range(SEVERAL):
        sent = {"state": "committed", "committed_at": NOW, "committed_by_id": ALL, "identifier": f"i{number}"}
        session.add(Message(author_id=f"p{number}", headline="Skickat", **written, **sent))  # type: ignore[arg-type]
        session.flush()
        for place in ("hub", *(f"c{each}" for each in range(SEVERAL))):
            here = {"message_id": number + 2, "place": place, "channel_id": None if place == "hub" else place}
            said = {"way": "machine", "text": "Text", "link": "https://x.se/1", "marker": "1", "state": "needs_human"}
            times = {"made_at": NOW, "next_at": NOW, "expires": NOW + timedelta(hours=1)}
            session.add(Delivery(**here, **said, **times))  # type: ignore[arg-type]
    session.add(Hold(place="c1", by_id=ALL, at=NOW, until=NOW + timedelta(minutes=30)))


def _comments(session: Session, channel: str, person: str) -> None:
    """Three flagged ones that wait, one of them in a thread where much has been said and done."""
    seen = {"fetched_at": NOW, "content_hash": b"x", "text_seen_at": NOW, "channel_id": channel}
    post = {"channel_id": channel, "external_id": "p", "text": "Badet", "links": ["https://www.example.org/x"]}
    session.add(Post(posted_at=LONG_AGO, fetched_at=NOW, content_hash=b"", gap=3, gap_since=NOW, **post))  # type: ignore[arg-type]
    for number in range(3):
        ids = {"external_id": f"k{number}", "thread_external_id": f"k{number}", "post_external_id": "p"}
        said = {"text": f"Fråga {number}", "author_id": f"r{number}", "author_name": "Kim", "permalink": "https://x.se"}
        comment = Comment(posted_at=NOW - timedelta(days=number + 1), **ids, **said, **seen)  # type: ignore[arg-type]
        session.add(comment)
        session.flush()
        session.add(Flag(key=f"{channel} {number}", kind="danger", channel_id=channel, at=NOW, comment_id=comment.id))
        _handling(session, comment, person)


def _handling(session: Session, comment: Comment, person: str) -> None:
    here = {"channel_id": comment.channel_id, "comment_id": comment.id, "by_id": person}
    session.add(Note(at=NOW, text="Ring", **here))
    session.add(Forward(at=NOW, unit_id="u1", to_id="p1", **here))
    session.add(Assignment(at=NOW, to_id="p2", **here))
    session.add(Claim(comment_id=comment.id, person_id=person, since=NOW, until=NOW + timedelta(minutes=9)))
    session.add(Mark(kind="acknowledge", at=NOW - timedelta(days=20), until=NOW - timedelta(days=19), **here))
    session.add(Mark(kind="reopen", at=NOW, **(here | {"by_id": ALL})))
    asked = {"kind": "reply", "created_at": NOW, "next_at": NOW, "text": "Svar", "state": "refused"}
    session.add(Action(key=f"k{comment.id}", **asked, **here))  # type: ignore[arg-type]
    session.add(Observation(comment_id=comment.id, poll_run_id=1, kind="edited", seen_at=NOW, text="Förut"))
    save(session, comment.id, person, NOW)
