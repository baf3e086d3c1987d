"""Looking at everything that a crisis would need: at the emulated platforms, and what people are told of it."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import uvicorn
from sqlalchemy import select
from starlette.responses import Response

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.emergency import hub, readiness_notices
from monitor.emergency.hub import PATH
from monitor.emergency.models import Delivery, Feed, Incident, Readiness
from monitor.emergency.readiness import check, checks_of, is_due, latest
from monitor.emergency.readiness_rules import Check
from monitor.emergency.warning_rules import Source
from monitor.register.models import Channel, Organisation, Person, Route, Unit
from monitor.watch.checking import check_now
from monitor.web.emergency.crisis_page import CrisisPage
from tests.connectors.graph_stages import graph_of
from tests.connectors.publishing_stages import serving
from tests.connectors.stage import Stage
from tests.connectors.writing_stages import STAGES
from tests.monitor.emergency import crises

NOW = datetime.now(UTC)
PARTS = ("token", "posts", "images", "hub", "worker", "approvers", "exercise")


@dataclass
class Outside:
    """Where our folder is seen from outside. copy: what is given in place of the front page, by whoever kept it."""

    page: CrisisPage
    address: str = ""
    copy: bytes = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kept = Response(self.copy) if self.copy and scope["path"] == PATH else None
        await (kept or self.page)(scope, receive, send)


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside(CrisisPage(Response(status_code=404), hub.folder(Settings()), https=False))
    server = uvicorn.Server(uvicorn.Config(made, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{PATH}"
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def insta(emulator: Emulator, sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = STAGES["instagram"](emulator)
    monkeypatch.setenv("IG_TOKEN", stage.credential.get("token") or "")
    monkeypatch.setenv("IG_SECRET", stage.credential.get("app_secret") or "")
    monkeypatch.setenv("KANALVAKT_SMTP_URL", "smtp://post.example.org")
    with sqlite.transaction() as session:
        session.add(Organisation(name="Tibro kommun", website="https://www.tibro.se"))
        for id_, roles in (("asa", ["crisis_staff"]), ("bo", ["communicator"]), ("cia", ["registrar"])):
            session.add(Person(id=id_, name=id_.title(), email=f"{id_}@example.org", roles=roles))
        session.flush()
        session.add_all(Route(person_id=id_, name="mail", worked_at=NOW) for id_ in ("asa", "bo", "cia"))
        session.add(Unit(id="kom", name="Kommunikation", manager_id="asa"))
        session.flush()
        account = {"external_id": stage.address, "address": "https://www.instagram.com/kommunen"}
        secrets = {"token_env": "IG_TOKEN", "app_secret_env": "IG_SECRET"}
        common = {"name": "Instagram", "unit_id": "kom", "responsible_id": "asa", "credential": secrets}
        session.add(Channel(id="ig", platform="instagram", **account, **common))  # type: ignore[arg-type]
        session.add(
            Incident(
                mode="exercise",
                level="elevated",
                title="Övning",
                started_at=NOW - timedelta(days=9),
                started_by_id="asa",
                decided_by="Åsa",
                state="closed",
            )
        )
    return stage


def looked(db: Database, **emergency: str) -> dict[str, bool]:
    found = check(db, Settings(emergency=emergency), NOW, worker_alive=True)  # type: ignore[arg-type]
    with db.snapshot() as session:
        kept = latest(session)[0]
        assert checks_of(kept) == found, "what is kept is what was found"
        assert kept.ok == all(one.ok for one in found)
    return {one.check: one.ok for one in found}


def test_everything_is_looked_at_and_kept_and_nothing_is_published(
    insta: Stage, sqlite: Database, outside: Outside
) -> None:
    with sqlite.snapshot() as session:
        channel = session.get_one(Channel, "ig")
        assert is_due(session, NOW)
    check_now(sqlite, channel, Settings())
    assert looked(sqlite, hub_url=outside.address) == dict.fromkeys(PARTS, True)
    assert insta.world.effects == []
    assert [path for path in hub.folder(Settings()).rglob("*") if path.is_file()] == [], "nothing is left there"
    with sqlite.snapshot() as session:
        assert not is_due(session, NOW + timedelta(hours=2))


def test_what_is_missing_is_told_to_those_on_duty(insta: Stage, sqlite: Database) -> None:
    graph_of(insta).habits.publishes_a_day = 2
    with sqlite.transaction() as session:
        session.get_one(Person, "bo").email = None
    found = looked(sqlite, image_url="http://127.0.0.1:9")
    assert {check for check, ok in found.items() if not ok} == {"token", "posts", "images", "hub", "approvers"}
    with sqlite.snapshot() as session:
        scene = _scene(session)
        told = list(readiness_notices.KINDS["not_ready"].tellings(scene))
        assert {each.recipient_id for each in told} == {"asa"}
        assert [each.subject for each in told] == ["token ig", "posts ig", "images", "hub", "approvers"]
        assert list(readiness_notices.KINDS["exercise_due"].tellings(scene)) == [], "there was one nine days ago"
        letter = readiness_notices.KINDS["not_ready"].letter(scene, None)  # type: ignore[arg-type]
    assert "Instagram" in letter.text
    assert "nyckeln" in letter.text


def test_what_answers_but_is_not_ours_or_not_the_latest_is_found(
    insta: Stage, sqlite: Database, outside: Outside
) -> None:
    settings = Settings(emergency={"hub_url": outside.address})  # type: ignore[arg-type]
    holds = {"at": NOW, "expires": NOW + timedelta(hours=1)}
    with serving() as others:
        found = looked(sqlite, hub_url=others.url)
        assert (found["hub"], found["images"]) == (False, False), "a 200 of anybody's is not enough"
        found = looked(sqlite, hub_url=outside.address, image_url=others.url)
        assert (found["hub"], found["images"]) == (True, False)
    with sqlite.transaction() as session:
        session.add(Person(id="anna", name="Anna", email="anna@example.org"))
        session.flush()
        crises.sent(session, crises.incident(session), "tibro-1", hub="verified", **holds)
    hub.publish_hub(sqlite, settings, NOW)
    before = (hub.folder(settings) / "index.html").read_bytes()
    with sqlite.transaction() as session:
        crises.sent(session, crises.incident(session), "tibro-2", hub="verified", **holds)
    hub.publish_hub(sqlite, settings, NOW)
    assert looked(sqlite, hub_url=outside.address)["hub"]
    outside.copy = before
    assert not looked(sqlite, hub_url=outside.address)["hub"], "the outside sees yesterday's page"


def test_posts_that_wait_to_be_sent_are_posts_that_are_gone(insta: Stage, sqlite: Database) -> None:
    graph_of(insta).habits.publishes_a_day = 4
    with sqlite.transaction() as session:
        session.add(Person(id="anna", name="Anna", email="anna@example.org"))
    for mode, count, enough in (("exercise", 5, True), ("actual", 1, True), ("actual", 1, False)):
        with sqlite.transaction() as session:
            event = crises.incident(session, mode)
            for number in range(count):
                message = crises.sent(session, event, f"{event.id}-{number}", hub="verified")
                whose = {"message_id": message.id, "place": "ig", "channel_id": "ig", "way": "machine"}
                when = {"made_at": NOW, "next_at": NOW, "expires": NOW}
                session.add(Delivery(text="", link="", marker="", **whose, **when))  # type: ignore[arg-type]
        assert looked(sqlite)["posts"] is enough, "those of exercises go to the test account"


def test_test_accounts_are_asked_whether_they_may_publish(
    insta: Stage, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite.transaction() as session:
        secrets = {"token_env": "TEST_TOKEN", "app_secret_env": "IG_SECRET"}
        session.get_one(Channel, "ig").exercise = {"external_id": insta.address, "credential": secrets}
    monkeypatch.setenv("TEST_TOKEN", insta.credential.get("token") or "")
    assert looked(sqlite)["test_account"]
    for token in ("wrong", ""):
        monkeypatch.setenv("TEST_TOKEN", token)
        assert not looked(sqlite)["test_account"]


def test_an_approver_whom_nothing_has_ever_reached_is_none(insta: Stage, sqlite: Database) -> None:
    assert looked(sqlite)["approvers"]
    with sqlite.transaction() as session:
        session.get_one(Route, ("bo", "mail")).worked_at = None
    assert not looked(sqlite)["approvers"]


def test_feeds_that_tell_nothing_are_a_line_where_they_are_read(insta: Stage, sqlite: Database) -> None:
    assert "feeds" not in looked(sqlite)
    with sqlite.transaction() as session:
        for source in Source:
            session.add(Feed(source=source, next_at=NOW, read_at=NOW))
    assert looked(sqlite, feeds="1")["feeds"]
    with sqlite.transaction() as session:
        session.get_one(Feed, Source.SMHI).failing_since = NOW - timedelta(hours=6)
    assert not looked(sqlite, feeds="1")["feeds"]


def test_what_is_new_is_told_the_next_morning_and_what_lasts_once_a_week_in_one_letter(
    insta: Stage, sqlite: Database
) -> None:
    town_settings = Settings()
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    def told(day: int, *wrong: str) -> list[str]:
        checks = [Check(each, False, "The crisis page does not answer.", "Look again later.") for each in wrong]
        with sqlite.transaction() as session:
            findings = {"checks": [one.as_json() for one in checks]}
            session.add(Readiness(at=monday + timedelta(days=day, hours=-5), ok=not wrong, findings=findings))
        judge(sqlite, monday + timedelta(days=day), town_settings)
        with sqlite.snapshot() as session:
            rows = session.scalars(
                select(Notice).where(Notice.subject_kind == "not_ready", Notice.recipient_id == "asa")
            )
            return [each.subject for each in rows if each.created_at == monday + timedelta(days=day)]

    assert told(0, "hub") == ["hub"]
    assert told(1, "hub") == []
    assert told(2, "hub", "worker") == ["worker"]
    assert told(3, "worker") == []
    assert told(7, "worker") == ["worker"]
    with sqlite.snapshot() as session:
        scene = _scene(session)
        rows = list(session.scalars(select(Notice).where(Notice.subject_kind == "not_ready")))
        kind = readiness_notices.KINDS["not_ready"]
        assert kind.together is not None
        assert "Kontrollerat mån 30 nov." in kind.together(scene, rows).text


def _scene(session: object) -> readiness_notices.Scene:
    from monitor.register.organisation import organisation

    return readiness_notices.Scene(session, organisation(session), NOW, Settings())  # type: ignore[arg-type]
