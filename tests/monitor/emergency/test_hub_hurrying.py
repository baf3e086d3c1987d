"""A message that hurries: only what belongs to it is written at once, and it is the same as when everything is."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import hub, hub_contents, hub_pages
from monitor.emergency.delivering import deliver_all
from monitor.emergency.hub_contents import contents
from monitor.emergency.models import Incident
from monitor.emergency.rules import Fate
from monitor.register.models import Organisation
from tests.monitor.emergency.broadcast import Broadcast
from tests.monitor.emergency.crises import NOW, incident, register, registered, sent, shown_to_all
from tests.monitor.emergency.test_hub import page

FEW = 3
"""Messages in the feed, here."""
CLOSED = st.one_of(st.none(), st.integers(1, 30))
"""Days ago that a crisis was closed; None: it goes on."""
KINDS = st.lists(st.sampled_from(["update", "correction", "cancel"]), max_size=3)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return shown_to_all(tmp_path)


@pytest.fixture
def town(sqlite: Database) -> Database:
    return registered(sqlite)


def test_a_message_that_hurries_waits_for_no_page_of_another_crisis(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-0", at=NOW - timedelta(days=400))
        event = incident(session)
        first = sent(session, event, "tibro-1", at=NOW - timedelta(hours=1))
    hub.publish_hub(town, settings, NOW)
    before = {path.name: path.stat().st_ino for path in hub.folder(settings).glob("*")}
    with town.transaction() as session:
        sent(session, session.get_one(Incident, event.id), "tibro-2", "correction", earlier_id=first.id)
        session.get_one(Organisation, 1).name = "Tibro stad"
    hub.publish_pages(town, settings, NOW, "tibro-2")
    assert "gäller inte längre" in page(settings, "tibro-1.html")
    assert "Tibro stad" in page(settings, "tibro-2.html")
    assert "tibro-0" in page(settings)
    assert "tibro-2" not in page(settings, "feed.atom")
    hub.publish_feeds(town, settings, NOW, "tibro-2")
    assert "tibro-2" in page(settings, "feed.atom")
    assert "tibro-2" in page(settings, "index.json")
    assert "tibro-0" in page(settings, "feed.atom")
    assert (hub.folder(settings) / "tibro-0.html").stat().st_ino == before["tibro-0.html"]
    hub.publish_hub(town, settings, NOW)
    assert "Tibro stad" in page(settings, "tibro-0.html")


def test_where_pages_are_missing_what_hurries_leads_to_none_that_is_not_there(
    town: Database, settings: Settings
) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-0", at=NOW - timedelta(days=2))
        sent(session, incident(session), "tibro-1")
    hub.publish_pages(town, settings, NOW, "tibro-1")
    assert "tibro-0" in page(settings)
    assert "tibro-0" in page(settings, "tibro-0.html")


@pytest.mark.parametrize("exercise", [False, True])
def test_a_message_that_hurries_is_there_in_an_exercise_as_in_earnest(
    town: Database, settings: Settings, exercise: bool
) -> None:
    with town.transaction() as session:
        for mode in ("actual", "exercise"):
            sent(session, incident(session, mode=mode), f"tibro-{mode}")
    wanted, other = ("exercise", "actual") if exercise else ("actual", "exercise")
    hub.publish_pages(town, settings, NOW, f"tibro-{wanted}")
    hub.publish_feeds(town, settings, NOW, f"tibro-{wanted}")
    assert (hub.folder(settings, exercise=exercise) / f"tibro-{wanted}.html").exists()
    assert not (hub.folder(settings, exercise=not exercise) / f"tibro-{other}.html").exists()


def test_a_message_that_is_out_stands_in_the_feeds_too(
    sqlite: Database, emulator: Emulator, settings: Settings
) -> None:
    here = Broadcast(sqlite, emulator, mode="exercise")
    deliver_all(sqlite, here.sent(), settings, here.clock)
    out, there = here.delivery("hub"), hub.folder(settings, exercise=True)
    assert out.state == Fate.VERIFIED
    for name in ("feed.atom", "index.json"):
        assert out.marker in (there / name).read_text("utf-8")


def test_feeds_that_cannot_be_written_keep_no_message_back(
    sqlite: Database, emulator: Emulator, settings: Settings
) -> None:
    here = Broadcast(sqlite, emulator, mode="exercise")
    (hub.folder(settings, exercise=True) / "feed.atom").mkdir(parents=True)
    deliver_all(sqlite, here.sent(), settings, here.clock)
    assert here.delivery("hub").state == Fate.VERIFIED


@given(crises=st.lists(st.tuples(CLOSED, st.booleans(), KINDS), min_size=1, max_size=6), hurries=st.integers(0, 30))
def test_what_hurries_is_written_as_it_is_when_all_is(
    sqlite: Database, crises: list[tuple[int | None, bool, list[str]]], hurries: int
) -> None:
    files = partial(hub_pages.files, base="https://kris.tibro.se/k", kept=Path("/nowhere"))
    with pytest.MonkeyPatch.context() as patch, sqlite.transaction() as session:
        patch.setattr(hub_contents, "LISTED", FEW)
        patch.setattr(hub_pages, "LISTED", FEW)
        register(session)
        names = []
        for number, (days, exercise, kinds) in enumerate(crises):
            closed = {"closed_at": NOW - timedelta(days=days)} if days is not None else {}
            event = incident(session, mode="exercise" if exercise else "actual", **closed)
            earlier = None
            for kind in ["alert", *kinds]:
                names.append(f"tibro-{len(names)}")
                at = NOW - timedelta(days=days or 0, minutes=100 - len(names) - number)
                follows = {"earlier_id": earlier.id} if earlier is not None else {}
                earlier = sent(session, event, names[-1], kind, at=at, **follows)
        session.flush()
        chosen = names[hurries % len(names)]
        for exercise in (False, True):
            whole = contents(session, NOW, exercise)
            own = whole.incidents(chosen)
            pages = files(contents(session, NOW, exercise, chosen, feeds=False), own, feeds=False)
            feeds = files(contents(session, NOW, exercise, chosen), set(), fronts=False)
            assert set(pages).isdisjoint(feeds)
            assert pages | feeds == files(whole, own)
        session.rollback()
