"""What is not seen of a channel is said: in the lists, in one channel's facts, and in a report of its own."""

import json
from datetime import UTC, datetime

import pytest

from monitor.cli.setup import opened_database
from monitor.watch.models import Comment, Post, Schedule
from tests.monitor.cli.conftest import Command

READ = datetime(2026, 11, 23, 6, 45, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("imported")


@pytest.fixture
def gap(imported: None) -> None:
    """Facebook counts 8 comments below a post and shows 1; it refuses to say who wrote; another one is unlisted."""
    known = {"channel_id": "facebook", "content_hash": b"", "fetched_at": READ}
    below = known | {"post_external_id": "p1", "posted_at": READ, "text_seen_at": READ, "text": "hemligt"}
    with opened_database().transaction() as session:
        session.merge(
            Schedule(
                channel_id="facebook",
                next_poll_at=READ,
                last_complete_at=READ,
                last_daily_at=READ,
                degraded=["from"],
            )
        )
        session.add(
            Post(
                **known,  # type: ignore[arg-type]
                external_id="p1",
                posted_at=READ,
                permalink="https://facebook.com/p1",
                declared_comments=8,
                gap=7,
                gap_since=READ,
            )
        )
        session.add(Comment(**below, external_id="c1", thread_external_id="c1"))  # type: ignore[arg-type]
        unlisted = below | {"post_external_id": "p2", "missed": 2, "unlisted": True}
        session.add(Comment(**unlisted, external_id="c2", thread_external_id="c2"))  # type: ignore[arg-type]


def test_the_list_and_one_channel_carry_it(gap: None, kanalvakt: Command) -> None:
    listed = {row["id"]: row for row in json.loads(kanalvakt("channel", "list", "--json", "--lang", "en").out)}
    coverage = listed["facebook"]["coverage"]
    assert (coverage["gaps"], coverage["comments_not_shown"], coverage["degraded"]) == (1, 7, ["who wrote"])
    assert "Stories and live chat" in coverage["not_covered"]
    quiet = listed["youtube"]["coverage"]
    assert (quiet["gaps"], quiet["comments_not_shown"], quiet["degraded"]) == (0, 0, [])
    assert json.loads(kanalvakt("channel", "show", "facebook", "--json", "--lang", "en").out)["coverage"] == coverage


def test_people_are_told_in_words(gap: None, kanalvakt: Command) -> None:
    told = kanalvakt("channel", "list").err
    assert "facebook: Plattformen räknar 8 kommentarer under ett inlägg men visar 1." in told
    assert "facebook: Plattformen lämnar inte ut allt; det här saknas: vem som skrev." in told
    shown = kanalvakt("channel", "show", "facebook").out
    assert "Täckning: Plattformen räknar 8 kommentarer under ett inlägg men visar 1." in shown
    assert "Omfattas inte: " in shown


def test_the_report_of_one_channel(gap: None, kanalvakt: Command) -> None:
    report = json.loads(kanalvakt("channel", "coverage", "facebook", "--json").out)
    assert report["posts"] == [
        {
            "post": "p1",
            "permalink": "https://facebook.com/p1",
            "declared": 8,
            "stored": 1,
            "since": "2026-11-23T06:45:00+00:00",
        }
    ]
    assert (report["channel"], report["unlisted"], report["degraded"]) == ("facebook", 1, ["vem som skrev"])
    assert (report["last_daily_read"], report["last_full_read"]) == ("2026-11-23T06:45:00+00:00", None)
    told = kanalvakt("channel", "coverage", "facebook").out
    assert "https://facebook.com/p1: 8 räknas, 1 visas, sedan 2026-11-23 07.45" in told
    assert "Omfattas inte: Privata meddelanden" in told
    assert "hemligt" not in told


def test_the_report_of_all_channels(gap: None, kanalvakt: Command) -> None:
    found = json.loads(kanalvakt("channel", "coverage", "--json").out)
    assert [report["channel"] for report in found] == [
        *("facebook", "foraldragrupp", "instagram", "linkedin", "webbplats", "youtube")
    ]
    assert found[1]["last_complete_read"] is None
    told = kanalvakt("channel", "coverage", "--lang", "en").out
    assert all(f"({report['channel']})" in told for report in found)


def test_an_unknown_channel_is_a_wrong_word(kanalvakt: Command) -> None:
    assert kanalvakt("channel", "coverage", "facebok").code == 2
