"""A comment that breaks whoever reads it keeps no other from being stored, is said to be there, and ends no reading."""

import json
import secrets
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from connectors import connect
from connectors.apart import MOST, UNREADABLE, possible
from connectors.base import Author, Budget, ReadComment, Reading, ReadPlan
from connectors.emulator.blog import HOME
from connectors.emulator.server import Emulator
from connectors.errors import UnexpectedAnswer
from connectors.sound import LONGEST_ID, sound_comment, sound_post
from monitor.db import Database
from monitor.register.models import Channel
from monitor.watch.claiming import claim_now
from monitor.watch.coverage import coverages
from monitor.watch.models import Comment
from monitor.watch.planning import Connect
from monitor.watch.polling import PollOutcome, poll
from tests.connectors.blog.blog import a_blog, site
from tests.connectors.instagram_public.account import public_account, start_new_process
from tests.connectors.stage import Stage, texts, wrongly_claimed
from tests.connectors.writing_stages import STAGES
from tests.faults import poison
from tests.faults.poison import MARK, Poisoned, PoisonedFeed
from tests.monitor.conftest import emulator
from tests.monitor.town import Town

__all__ = ["emulator"]
LEASE = timedelta(hours=1)
ALL = {**STAGES, "instagram_public": public_account, "blog": a_blog}
AT_ONCE = 4
"""So many odd things stand beside each other, which is less than another format."""
PLACES = 12
"""A comment or a post has no more parts on any platform."""


@pytest.fixture(params=ALL)
def stage(request: pytest.FixtureRequest, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    start_new_process()
    made: Stage = ALL[request.param](emulator)
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
        assert not claimed & {older.id, older.pk or older.id, asked.id}, (
            "what is not shown there may only have been unreadable"
        )


@pytest.mark.parametrize("junk", poison.JUNK)
def test_whatever_stands_in_any_place_of_a_comment_all_others_are_read(stage: Stage, junk: str) -> None:
    post = stage.post(comments=2)
    bad = {stage.comment(post, MARK).id for _each in range(AT_ONCE)}
    others = stage.shown().keys() - bad
    for reading in readings_with(stage, junk):
        assert texts(reading).keys() >= others
        assert set(wrongly_claimed(reading, stage.world, stage.account)) <= bad


@pytest.mark.parametrize("junk", poison.JUNK)
def test_whatever_stands_in_any_place_of_a_post_what_is_below_others_is_read(stage: Stage, junk: str) -> None:
    stage.post(comments=2)
    others = stage.shown().keys()
    for _each in range(AT_ONCE):
        stage.post(MARK, comments=1)
    assert whole(stage).degraded == ()
    for reading in readings_with(stage, junk):
        assert texts(reading).keys() >= others
        assert wrongly_claimed(reading, stage.world, stage.account) == []


def readings_with(stage: Stage, junk: str) -> Iterator[Reading]:
    """Full readings, each with that junk in other places of what is marked."""
    sites = stage.emulator.sites
    for number in range(0, PLACES, AT_ONCE):
        stage.emulator.sites = sites
        changes = [poison.junk_at(number + each, poison.JUNK[junk]) for each in range(AT_ONCE)]
        poisoned(stage, poison.one_each(changes))
        yield whole(stage)


def whole(stage: Stage) -> Reading:
    """A full reading that everything in it can be stored of."""
    reading = stage.read(full=True)
    assert reading.error is None, reading.error
    for comment in reading.comments:
        sound_comment(comment)
        possible(comment.posted_at)
    for post in reading.posts:
        sound_post(post)
        possible(post.posted_at)
    json.dumps(reading.state)
    return reading


@pytest.mark.parametrize("feed", ["rss", "atom"])
@pytest.mark.parametrize("date", poison.DATES)
def test_a_feed_with_a_date_that_can_be_none_is_read_but_for_that_entry(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, feed: str, date: str
) -> None:
    monkeypatch.setenv("KANALVAKT_PRIVATE_ADDRESSES", "true")
    stage = a_blog(emulator)
    blog = site(stage)
    blog.rest, blog.feeds.rss_only = "off", feed == "rss"
    post = stage.post(comments=2)
    bad = stage.comment(post, MARK)
    emulator.sites = [PoisonedFeed(each, date) for each in emulator.sites]
    for _each in range(2):
        reading = stage.read()
        assert (reading.error, reading.degraded) == (None, (UNREADABLE,))
        assert texts(reading).keys() == stage.shown().keys() - {bad.id}
    stage.world.delete(bad)
    stage.comment(post, "Sist")
    assert stage.read().degraded == ()


def test_what_is_gone_is_no_longer_said(stage: Stage) -> None:
    post = stage.post(comments=2)
    bad = stage.comment(post, MARK)
    poisoned(stage, poison.UNREADABLE["no time"])
    assert [stage.read().degraded for _each in range(2)] == [(UNREADABLE,)] * 2
    stage.world.delete(bad)
    assert stage.read().degraded == ()


def test_more_bytes_than_a_database_can_look_for_are_no_id(db: Database, emulator: Emulator) -> None:
    """Each that is taken can be stored, all of them beside each other."""
    stage = ALL["facebook"](emulator)
    at_most = "".join(secrets.choice(string.ascii_letters) for _each in range(LONGEST_ID))
    author = Author(external_id=at_most, handle=at_most)
    read = ReadComment("1", at_most, at_most, stage.world.now, "Hej", author, at_most)
    with pytest.raises(ValueError, match="id"):
        sound_comment(replace(read, external_id=f"{at_most}!"))
    reader, kept = Reader(db, stage), Reading(comments=(sound_comment(read),))
    assert reader.poll(lambda *_all: Fixed(kept)).outcome == "complete"
    assert reader.stored() == {"1": "Hej"}


@dataclass
class Fixed:
    """A connector that brings this."""

    reading: Reading
    budgets: tuple[Budget, ...] = ()

    def read(self, plan: ReadPlan) -> Reading:
        return replace(self.reading, state=plan.state)


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
        known = {"credential": dict(stage.credential.secrets), "platform": stage.platform}
        where = f"{stage.emulator.url}{HOME}/" if stage.platform == "blog" else "https://example.org"
        self.town.change(Channel, "fb", external_id=stage.address, address=where, **known)

    def poll(self, connect: Connect = connect) -> PollOutcome:
        now = self.stage.world.now
        self.stage.world.advance(3600)
        with self.db.transaction() as session:
            [claimed] = claim_now(session, now)
        return poll(self.db, claimed, settings=Settings(), connect=connect, clock=lambda: now, lease=LEASE)

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


def test_whatever_a_text_holds_it_is_stored_once_with_all_others(db: Database, stage: Stage) -> None:
    reader, post = Reader(db, stage), stage.post(comments=2)
    odd = [stage.comment(post, MARK) for _each in poison.STORABLE]
    poisoned(stage, poison.one_each([poison.text(words) for words in poison.STORABLE.values()]))
    outcomes = [reader.poll() for _each in range(2)]
    new = len(odd) + 2
    assert [(each.outcome, each.new, each.edited) for each in outcomes] == [("complete", new, 0), ("complete", 0, 0)]
    assert reader.stored().keys() == stage.shown().keys()
    lengths = sorted(len(reader.stored()[each.id]) for each in odd)
    assert lengths == sorted(map(len, poison.STORABLE.values())) or stage.platform == "blog", "there it is HTML"
