"""Own posts that are missing on the website: which are listed, and what people say of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.models import Channel, Organisation
from monitor.register.organisation import NotSetUp
from monitor.watch.hub import NotAccepted, dismiss, hub_gaps, hub_posts, link, reopen
from monitor.watch.hub_rules import Hub
from monitor.watch.models import HubNote, Post
from tests.monitor.town import Town

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "https://www.tibro.se/badhuset"


@pytest.fixture
def town(db: Database) -> Town:
    town = Town(db)
    town.change(Organisation, 1, website="https://www.tibro.se", hub_hosts=["bibliotek.example.org"])
    return town


def publish(town: Town, id_: str, text: str = "Badhuset öppnar på måndag", age: timedelta = DAY, **values: Any) -> None:
    town.post(id_, text=text, posted_at=NOW - age, fetched_at=NOW - age, **({"author_id": "page-1"} | values))


def gaps(town: Town, channel: str | None = None) -> list[str]:
    with town.db.snapshot() as session:
        return [gap.external_id for gap in hub_gaps(session, NOW, channel)]


def post(session: Session, id_: str = "p1") -> Post:
    return session.scalars(select(Post).where(Post.external_id == id_)).one()


def test_posts_without_a_link_to_the_website_are_listed_newest_first(town: Town) -> None:
    publish(town, "old", age=3 * DAY)
    publish(town, "new")
    publish(town, "says", f"Läs mer: {PAGE}")
    publish(town, "shares", links=[PAGE])
    publish(town, "listed", "bibliotek.example.org/sagostund")
    publish(town, "stands", permalink="https://blogg.tibro.se/1")
    publish(town, "elsewhere", "https://tibro.se.example.com/")
    assert gaps(town) == ["elsewhere", "new", "old"]


def test_a_gap_tells_which_post_it_is_and_how_old(town: Town) -> None:
    publish(town, "p1", age=3 * DAY, permalink="https://www.facebook.com/1")
    with town.db.snapshot() as session:
        [gap] = hub_gaps(session, NOW)
        assert (gap.post, gap.external_id, gap.channel) == (post(session).id, "p1", "fb")
    assert (gap.posted_at, gap.days, gap.permalink) == (NOW - 3 * DAY, 3, "https://www.facebook.com/1")
    assert (gap.text, gap.responsible, gap.hub) == ("Badhuset öppnar på måndag", "redaktor", Hub.MISSING)


def test_only_the_organisations_own_posts_count(town: Town) -> None:
    publish(town, "visitors", by_visitor=True, author_id="anna")
    publish(town, "a-visitors-nobody-knows-whose", by_visitor=True, author_id=None)
    publish(town, "anothers", author_id="anna")
    publish(town, "nobody-knows-whose", author_id=None)
    publish(town, "only the place of comments", "", author_id=None)
    assert gaps(town) == ["nobody-knows-whose"]


def test_a_blogs_writers_are_not_known_to_the_register_and_its_posts_count(town: Town) -> None:
    town.channel("blogg", platform="blog", address="https://blogg.example.org/", external_id="1")
    publish(town, "7", channel_id="blogg", author_id="12", permalink="https://blogg.example.org/7")
    assert gaps(town) == ["7"]


@pytest.mark.parametrize("since", ["schedule", "channel"])
def test_posts_from_before_the_channel_was_watched_are_left_alone(town: Town, since: str) -> None:
    if since == "schedule":
        town.schedule(historic_before=NOW - 2 * DAY)
    town.change(Channel, "fb", watched_since=NOW - (9 if since == "schedule" else 2) * DAY)
    publish(town, "before", age=2 * DAY + timedelta(seconds=1))
    publish(town, "since", age=2 * DAY)
    assert gaps(town) == ["since"]


def test_channels_that_are_not_in_use_any_more_are_left_out_and_paused_ones_are_not(town: Town) -> None:
    town.channel("ig", state="retired")
    town.channel("yt", state="paused")
    publish(town, "of retired", channel_id="ig")
    publish(town, "of paused", channel_id="yt")
    assert gaps(town) == ["of paused"]
    assert gaps(town, "fb") == gaps(town, "ig") == []
    assert gaps(town, "yt") == ["of paused"]


def test_without_a_website_in_the_register_that_is_what_is_said(town: Town) -> None:
    publish(town, "p1")
    town.change(Organisation, 1, website=None)
    with pytest.raises(NotSetUp, match="website"):
        gaps(town)


# -- what people say


def test_a_linked_post_is_no_gap_and_who_linked_it_is_known(town: Town) -> None:
    publish(town, "p1")
    with town.db.transaction() as session:
        link(session, post(session), " www.tibro.se/badhuset ", "redaktor", NOW)
    assert gaps(town) == []
    with town.db.snapshot() as session:
        [shown] = hub_posts(session, NOW)
    assert (shown.hub, shown.because, shown.by, shown.at) == (Hub.LINKED, PAGE, "redaktor", NOW)


def test_a_dismissed_post_is_no_gap_and_the_reason_is_in_the_log(town: Town) -> None:
    publish(town, "p1")
    with town.db.transaction() as session:
        dismiss(session, post(session), " Bara en hälsning ", "redaktor", NOW)
    assert gaps(town) == []
    with town.db.snapshot() as session:
        [entry] = session.scalars(select(AuditEntry))
    assert (entry.actor, entry.act, entry.subject_kind, entry.subject) == ("redaktor", "hub.dismissed", "post", "fb/p1")
    assert entry.after == {"note": 1, "kind": "dismissed", "url": None, "reason": "Bara en hälsning"}
    assert entry.before is None


def test_the_latest_word_counts_and_all_of_them_are_kept(town: Town) -> None:
    publish(town, "p1")
    with town.db.transaction() as session:
        dismiss(session, post(session), "En hälsning", "redaktor", NOW)
        link(session, post(session), PAGE, "ersattare", NOW)
        reopen(session, post(session), "redaktor", NOW)
    assert gaps(town) == ["p1"]
    with town.db.snapshot() as session:
        notes = session.scalars(select(HubNote.kind).order_by(HubNote.id)).all()
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert notes == ["dismissed", "linked", "reopened"]
    assert [entry.act for entry in entries] == ["hub.dismissed", "hub.linked", "hub.reopened"]
    assert [entry.before and entry.before["kind"] for entry in entries] == [None, "dismissed", "linked"]


@pytest.mark.parametrize(
    "url",
    ["", "badhuset", "https://example.org/tibro.se", f"se {PAGE}", "info@tibro.se", "javascript:alert(1)//tibro.se"],
)
def test_only_an_address_on_the_website_can_be_linked(town: Town, url: str) -> None:
    publish(town, "p1")
    with town.db.transaction() as session, pytest.raises(NotAccepted):
        link(session, post(session), url, "redaktor", NOW)
    assert gaps(town) == ["p1"]


def test_a_dismissal_needs_its_reason(town: Town) -> None:
    publish(town, "p1")
    with town.db.transaction() as session, pytest.raises(NotAccepted):
        dismiss(session, post(session), " \n", "redaktor", NOW)
    assert gaps(town) == ["p1"]


def test_a_visitors_post_is_nobodys_to_link(town: Town) -> None:
    publish(town, "p1", by_visitor=True)
    with town.db.transaction() as session, pytest.raises(NotAccepted):
        dismiss(session, post(session), "Inte vår", "redaktor", NOW)


def test_nothing_can_be_taken_back_that_nobody_said(town: Town) -> None:
    publish(town, "p1")
    with town.db.transaction() as session:
        with pytest.raises(NotAccepted):
            reopen(session, post(session), "redaktor", NOW)
        dismiss(session, post(session), "En hälsning", "redaktor", NOW)
        reopen(session, post(session), "redaktor", NOW)
        with pytest.raises(NotAccepted):
            reopen(session, post(session), "redaktor", NOW)


def test_a_link_to_a_listed_host_ends_with_the_list(town: Town) -> None:
    publish(town, "p1")
    town.change(Organisation, 1, hub_hosts=["vastsverige.com"])
    with town.db.transaction() as session:
        link(session, post(session), "https://www.vastsverige.com/tibro/marknad", "redaktor", NOW)
    assert gaps(town) == []
    town.change(Organisation, 1, hub_hosts=[])
    assert gaps(town) == ["p1"]
