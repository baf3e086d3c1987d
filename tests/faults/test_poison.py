"""A comment that breaks whoever reads it keeps no other from being stored, is said to be there, and ends no reading."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors.apart import MOST, UNREADABLE
from connectors.emulator.server import Emulator
from connectors.errors import UnexpectedAnswer
from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.claiming import claim_now
from monitor.watch.coverage import coverages
from monitor.watch.models import Comment
from monitor.watch.polling import PollOutcome, poll
from tests.connectors.stage import Stage, texts
from tests.connectors.writing_stages import STAGES
from tests.faults import poison
from tests.faults.poison import MARK, Poisoned
from tests.monitor.conftest import emulator
from tests.monitor.town import Town

__all__ = ["emulator"]


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, emulator: Emulator) -> Stage:
    made: Stage = STAGES[request.param](emulator)
    return made


def poisoned(stage: Stage, change: Callable[..., None]) -> None:
    stage.emulator.sites = [Poisoned(each, change) for each in stage.emulator.sites]  # type: ignore[misc]


@pytest.mark.parametrize("kind", poison.UNREADABLE)
def test_what_cannot_be_understood_is_set_apart_and_all_others_are_read(stage: Stage, kind: str) -> None:
    older, newer = stage.post(comments=3), stage.post(comments=2)
    asked = stage.comment(older, "Hallå?")
    bad = [stage.comment(older, MARK), stage.comment(asked, MARK)]
    answer = stage.comment(asked, "Ja?")
    stage.comment(newer, "Sist")
    poisoned(stage, poison.UNREADABLE[kind])
    for full in (False, False, True):
        reading = stage.read(full=full)
        assert (reading.error, reading.degraded) == (None, (UNREADABLE,))
        found = texts(reading)
        assert answer.id in found or not full
        assert found.keys().isdisjoint({each.id for each in bad})
        if full:
            assert found.keys() == stage.shown().keys() - {each.id for each in bad}
        claimed = {claim.external_id for claim in reading.covered}
        assert not claimed & {older.id, asked.id}, "what is not shown there may only have been unreadable"


def test_more_than_a_few_are_another_format_and_no_quiet_account(stage: Stage) -> None:
    post = stage.post()
    for _each in range(MOST + 1):
        stage.comment(post, MARK)
    poisoned(stage, poison.UNREADABLE["no time"])
    reading = stage.read()
    assert isinstance(reading.error, UnexpectedAnswer)
    assert reading.covered == ()


class Reader:
    """Reads a page into a database, as the worker does."""

    def __init__(self, db: Database, stage: Stage) -> None:
        self.db, self.stage, self.town = db, stage, Town(db)
        secrets = dict(stage.credential.secrets)
        self.town.change(Channel, "fb", external_id=stage.account.id, credential=secrets, platform=stage.platform)

    def poll(self) -> PollOutcome:
        now = self.stage.world.now
        self.stage.world.advance(3600)
        with self.db.transaction() as session:
            [claimed] = claim_now(session, now)
        return poll(self.db, claimed, settings=Settings(), clock=lambda: now, lease=timedelta(hours=1))

    def stored(self) -> dict[str, str]:
        with self.db.snapshot() as session:
            return dict(iter(session.execute(select(Comment.external_id, Comment.text))))

    def warnings(self) -> list[str]:
        with self.db.snapshot() as session:
            return list(coverages(session)["fb"].warnings())


def test_it_is_told_where_everybody_looks_until_it_is_gone(sqlite: Database, emulator: Emulator) -> None:
    stage = STAGES["facebook"](emulator)
    reader, post = Reader(sqlite, stage), stage.post(comments=2)
    bad = stage.comment(post, MARK)
    poisoned(stage, poison.UNREADABLE["the year 0"])
    assert [reader.poll().outcome for _each in range(2)] == ["complete", "complete"]
    assert reader.stored().keys() == stage.shown().keys() - {bad.id}
    assert any("3" in each and "2" in each for each in reader.warnings()), "one more is counted than shown"
    assert any("förstår" in each for each in reader.warnings()), reader.warnings()
    stage.world.delete(bad)
    reader.poll()
    assert reader.warnings() == []


@pytest.mark.parametrize("kind", poison.STORABLE)
def test_whatever_a_text_holds_it_is_stored_once_with_all_others(db: Database, emulator: Emulator, kind: str) -> None:
    stage = STAGES["facebook"](emulator)
    reader, post = Reader(db, stage), stage.post(comments=2)
    odd = stage.comment(post, MARK)
    poisoned(stage, poison.text(poison.STORABLE[kind]))
    outcomes = [reader.poll() for _each in range(2)]
    assert [(each.outcome, each.new, each.edited) for each in outcomes] == [("complete", 3, 0), ("complete", 0, 0)]
    assert reader.stored().keys() == stage.shown().keys()
    assert len(reader.stored()[odd.id]) == len(poison.STORABLE[kind])
