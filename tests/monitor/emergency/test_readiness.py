"""Looking at everything that a crisis would need: at the emulated platforms, and what people are told of it."""

from datetime import UTC, datetime, timedelta

import pytest

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import readiness_notices
from monitor.emergency.models import Incident
from monitor.emergency.readiness import check, checks_of, is_due, latest
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.checking import check_now
from tests.connectors.graph_stages import graph_of
from tests.connectors.publishing_stages import serving
from tests.connectors.stage import Stage
from tests.connectors.writing_stages import STAGES

NOW = datetime.now(UTC)


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


def test_everything_is_looked_at_and_kept_and_nothing_is_published(insta: Stage, sqlite: Database) -> None:
    with sqlite.snapshot() as session:
        channel = session.get_one(Channel, "ig")
        assert is_due(session, NOW)
    check_now(sqlite, channel, Settings())
    with serving() as pictures:
        found = looked(sqlite, hub_url=pictures.url)
    wanted = ("token", "posts", "images", "hub", "worker", "approvers", "exercise")
    assert found == dict.fromkeys(wanted, True)
    assert insta.world.effects == []
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
        [told] = readiness_notices.KINDS["not_ready"].tellings(scene)
        assert told.recipient_id == "asa"
        assert list(readiness_notices.KINDS["exercise_due"].tellings(scene)) == [], "there was one nine days ago"
        letter = readiness_notices.KINDS["not_ready"].letter(scene, None)  # type: ignore[arg-type]
    assert "Instagram" in letter.text
    assert "nyckeln" in letter.text


def _scene(session: object) -> readiness_notices.Scene:
    from monitor.register.organisation import organisation

    return readiness_notices.Scene(session, organisation(session), NOW, Settings())  # type: ignore[arg-type]
