"""What is stored of a reading: everything, once, and nothing is overwritten by absence."""

import traceback
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from connectors.base import Author, ReadComment
from connectors.errors import Unavailable
from monitor.db import Database
from monitor.db.bulk import CHUNK, among, insert_many
from monitor.watch.models import Comment, Post
from monitor.watch.recording import MANY
from monitor.watch.shown import Marked, storable
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import MONDAY


def test_everything_the_platform_shows_is_stored(watch: Watch) -> None:
    edited_at = MONDAY + timedelta(seconds=5)
    watch.platform.post("p1", text="Badet öppnar", permalink="https://x/p1", declared_comments=2)
    watch.platform.comment("c1", edited_at=edited_at, mentions=("tibrokommun",), permalink="https://x/c1", hidden=True)
    watch.platform.reply("r1", to="c1", held=True)
    run = watch.record()
    stored, reply = watch.comment("c1"), watch.comment("r1")
    assert (stored.text, stored.posted_at, stored.edited_at) == ("När öppnar badet?", MONDAY, edited_at)
    assert (stored.author_id, stored.author_name, stored.mentions) == ("anna", "Anna Andersson", ["tibrokommun"])
    assert (stored.permalink, stored.hidden, stored.held) == ("https://x/c1", True, False)
    assert stored.fetched_at == stored.text_seen_at == watch.platform.now
    assert (reply.parent_external_id, reply.thread_external_id, reply.held) == ("c1", "c1", True)
    assert (run.posts, run.comments_seen, run.new, run.edited, run.gone) == (1, 2, 2, 0, 0)
    with watch.db.snapshot() as session:
        post = session.scalars(select(Post)).one()
    assert (post.text, post.author_name, post.declared_comments) == ("Badet öppnar", "Tibro kommun", 2)


def test_reading_again_stores_nothing_twice(watch: Watch) -> None:
    watch.platform.post()
    watch.platform.comment("c1")
    watch.record()
    first = watch.comment("c1")
    run = watch.record()
    assert (run.comments_seen, run.new, run.edited, run.gone) == (1, 0, 0, 0)
    assert watch.comment("c1").fetched_at == first.fetched_at
    assert watch.kinds("c1") == []


@pytest.mark.parametrize("change", [{"text": "nytt"}, {"hidden": True}, {"mentions": ("anna",)}, {"held": True}])
def test_only_a_reading_that_leaves_every_comment_as_it_was_is_quiet(watch: Watch, change: dict[str, Any]) -> None:
    watch.platform.post()
    watch.platform.comment("c1")
    assert not watch.record().quiet
    assert watch.record().quiet
    watch.platform.change("c1", **change)
    assert not watch.record().quiet
    assert watch.record().quiet
    watch.platform.comment("c2")
    assert not watch.record().quiet


def test_of_the_same_comment_twice_in_one_reading_the_last_wins(watch: Watch) -> None:
    watch.platform.comment("c1", "först")
    twice = watch.platform.reading()
    last = replace(twice.comments[0], text="sist")
    run = watch.record(replace(twice, comments=(*twice.comments, last)))
    assert (watch.comment("c1").text, run.comments_seen, run.new) == ("sist", 1, 1)


def test_every_version_of_an_edited_text_is_kept(watch: Watch) -> None:
    watch.platform.comment("c1", "ett")
    watch.record()
    moment = watch.platform.now + timedelta(seconds=30)
    watch.platform.change("c1", text="två", edited_at=moment)
    run = watch.record()
    watch.platform.change("c1", text="tre")
    watch.record()
    first, second = watch.observed("c1")
    assert (first.kind, first.text, first.platform_at) == ("edited", "ett", moment)
    assert (second.text, second.platform_at) == ("två", None), "the platform told no time of this edit"
    assert (watch.comment("c1").text, watch.comment("c1").edited_at) == ("tre", moment)
    assert watch.comment("c1").text_seen_at == second.seen_at == watch.platform.now
    assert (run.new, run.edited) == (0, 1)


def test_hiding_and_showing_again_are_noticed(watch: Watch) -> None:
    watch.platform.comment("c1")
    watch.record()
    for hidden in (True, False):
        watch.platform.change("c1", hidden=hidden)
        run = watch.record()
        assert watch.comment("c1").hidden is hidden
        assert run.edited == 0
    assert watch.kinds("c1") == ["hidden", "unhidden"]


def test_a_held_comment_that_is_published_tells_since_when(watch: Watch) -> None:
    watch.platform.comment("c1", held=True)
    watch.record()
    assert watch.comment("c1").public_seen_at is None
    watch.platform.change("c1", held=False)
    watch.record()
    published = watch.platform.now
    assert watch.comment("c1").public_seen_at == published
    watch.platform.change("c1", held=True)
    watch.record()
    watch.platform.change("c1", held=False)
    watch.record()
    assert watch.kinds("c1") == ["published", "held", "published"]
    assert watch.comment("c1").public_seen_at == published, "first seen published"


def test_what_a_poorer_answer_withholds_is_not_erased(watch: Watch) -> None:
    watch.platform.comment("c1", author=Author("7", "anna", "Anna"), permalink="https://x/c1", edited_at=MONDAY)
    watch.record()
    watch.platform.change("c1", author=None, permalink=None, edited_at=None)
    watch.record()
    stored = watch.comment("c1")
    assert (stored.author_id, stored.author_handle, stored.author_name) == ("7", "anna", "Anna")
    assert (stored.permalink, stored.edited_at) == ("https://x/c1", MONDAY)
    watch.platform.change("c1", author=Author(name="Anna Ny"))
    watch.record()
    assert (watch.comment("c1").author_id, watch.comment("c1").author_name) == ("7", "Anna Ny")


def test_mentions_and_places_follow_what_is_shown(watch: Watch) -> None:
    watch.platform.comment("c1", mentions=("anna",))
    watch.platform.comment("c2")
    watch.record()
    watch.platform.change("c2", parent_external_id="c1", thread_external_id="c1", mentions=("anna", "bo"))
    watch.record()
    stored = watch.comment("c2")
    assert (stored.parent_external_id, stored.thread_external_id, stored.mentions) == ("c1", "c1", ["anna", "bo"])


def test_a_comment_whose_post_and_parent_are_unknown_is_stored(watch: Watch) -> None:
    watch.platform.comment("c1", post="nobody-knows", parent_external_id="never-seen", thread_external_id="never-seen")
    watch.record()
    assert watch.comment("c1").post_external_id == "nobody-knows"


def test_a_comment_without_author_is_stored(watch: Watch) -> None:
    watch.platform.comment("c1", author=None)
    watch.record()
    stored = watch.comment("c1")
    assert (stored.author_id, stored.author_handle, stored.author_name) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("nu\0ll", "nu␀ll"),
        ("halv \ud83d bild", "halv � bild"),
        ("delad \ud83d\ude00", "delad 😀"),
        ("👩‍👩‍👧‍👦 שלום مرحبا\u202e", "👩‍👩‍👧‍👦 שלום مرحبا\u202e"),
        ("tab\t rad\n \\N slut", "tab\t rad\n \\N slut"),
        ("", ""),
        ("å" * 200_000, "å" * 200_000),
    ],
    ids=["nul", "half a surrogate pair", "a pair in halves", "emoji and right to left", "control", "empty", "long"],
)
def test_any_text_can_be_stored_and_read_again(watch: Watch, text: str, stored: str) -> None:
    watch.platform.post("p1", text=text)
    watch.platform.comment("c1", text, author=Author("1", name=text[:50]), mentions=(text[:50],))
    watch.record()
    assert watch.record().edited == 0
    assert watch.comment("c1").text == stored


def test_an_edit_to_the_same_storable_text_is_none(watch: Watch) -> None:
    watch.platform.comment("c1", "nu\0ll")
    watch.record()
    watch.platform.change("c1", text="nu␀ll")
    assert watch.record().edited == 0


def test_a_post_that_changes_is_brought_up_to_date(watch: Watch) -> None:
    watch.platform.post("p1", text="Badet öppnar", permalink="https://x/p1")
    watch.record()
    watch.platform.posts["p1"] = replace(watch.platform.posts["p1"], text="Nytt", author=None, permalink=None)
    watch.record()
    with watch.db.snapshot() as session:
        post = session.scalars(select(Post)).one()
    assert (post.text, post.author_id, post.permalink) == ("Nytt", "page-1", "https://x/p1")


def test_more_than_one_statement_takes_are_stored_and_changed(watch: Watch) -> None:
    count = CHUNK + 7
    watch.platform.post()
    for number in range(count):
        watch.platform.comment(f"c{number}", str(number))
    assert watch.record().new == count
    for number in range(count):
        watch.platform.change(f"c{number}", text=f"{number} ändrad")
    assert watch.record().edited == count
    assert {comment.text for comment in watch.comments().values()} == {f"{number} ändrad" for number in range(count)}


def test_a_very_large_reading_leaves_alone_what_it_does_not_show(watch: Watch) -> None:
    watch.platform.comment("c-old", "gammal")
    watch.record()
    watch.platform.delete("c-old")
    for number in range(MANY + 1):
        watch.platform.comment(f"c{number}", "ny")
    assert watch.record(replace(watch.platform.reading(), covered=())).new == MANY + 1
    watch.platform.change("c7", text="ändrad")
    run = watch.record(replace(watch.platform.reading(), covered=()))
    assert (run.new, run.edited) == (0, 1)
    assert (watch.comment("c-old").text, watch.missing()) == ("gammal", set())


def test_a_partial_reading_keeps_what_came_and_takes_nothing_away(watch: Watch) -> None:
    watch.platform.comment("c1")
    watch.record()
    watch.platform.delete("c1")
    watch.platform.comment("c2")
    partial = replace(watch.platform.reading(), covered=(), error=Unavailable("HTTP 502"))
    assert watch.record(partial).gone == 0
    assert set(watch.comments()) == {"c1", "c2"}
    assert watch.missing() == set()


def test_channels_do_not_meet(watch: Watch) -> None:
    watch.town.channel("yt", platform="youtube")
    watch.platform.comment("c1")
    watch.record()
    watch.town.comment("c1", MONDAY, channel_id="yt")
    watch.platform.delete("c1")
    assert watch.record().gone == 1
    with watch.db.snapshot() as session:
        other = session.scalars(select(Comment).where(Comment.channel_id == "yt")).one()
    assert other.missing_since is None


def test_a_row_that_breaks_a_constraint_is_refused_as_any_statement_would(db: Database, watch: Watch) -> None:
    values = {"channel_id": ["nobody"], "external_id": ["p"], "posted_at": [MONDAY], "fetched_at": [MONDAY]}
    more = {"content_hash": [b""], "text": ["hemlig text"], "by_visitor": [False]}
    with pytest.raises(IntegrityError) as refused, db.transaction() as session:
        insert_many(session, Post, [values | more])
    assert "hemlig" not in "".join(traceback.format_exception(refused.value))


def test_values_are_found_among_many(watch: Watch) -> None:
    for number in range(5):
        watch.platform.comment(f"c{number} '\"å😀", str(number))
    watch.record()
    wanted = [f"c{number} '\"å😀" for number in (1, 3)] + [f"x{number}" for number in range(40_000)]
    with watch.db.snapshot() as session:
        found = session.scalars(select(Comment.text).where(among(session, Comment.external_id, wanted))).all()
        assert session.scalars(select(Comment.text).where(among(session, Comment.external_id, []))).all() == []
    assert sorted(found) == ["1", "3"]


SAMPLE = ReadComment("c1", "p1", "c1", MONDAY, "text", Author("1", "h", "n"), mentions=("a", "b"))
OTHERS = {
    "post_external_id": "p2",
    "thread_external_id": "c2",
    "posted_at": MONDAY + timedelta(seconds=1),
    "text": "annan",
    "author": Author("1", "h", "m"),
    "parent_external_id": "c2",
    "edited_at": MONDAY,
    "permalink": "https://x",
    "mentions": ("ab",),
    "hidden": True,
    "held": True,
    "is_post": True,
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_fingerprint_changes_with_everything_that_is_shown(name: str) -> None:
    assert Marked.of([SAMPLE]).marks["c1"] != Marked.of([replace(SAMPLE, **{name: OTHERS[name]})]).marks["c1"]


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_what_is_storable_stays_as_it_is(text: str) -> None:
    kept = storable(text)
    assert storable(kept) == kept == kept.encode().decode()
    assert "\0" not in kept


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_ordinary_texts_are_storable(text: str) -> None:
    assert storable(text) == text
