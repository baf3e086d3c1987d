"""Finding parts of words among comments, on both databases, and what cannot be found without an error."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from monitor.db import Database
from monitor.db.trigrams import NoTrigrams, index_trigrams
from monitor.inbox import searching
from monitor.inbox.cursor_rules import EPOCH, Position, read, written
from monitor.inbox.search_rules import LONGEST, MOST_WORDS, near_pattern, words_of
from monitor.inbox.searching import newest
from monitor.watch.models import Comment, Observation, Post
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WROTE = 'Vattenläckan på Storgatan är 50 % värre_nu: "hjälp" c:\\gatan 😀🙏 مرحبا بالعالم'


def found(db: Database, query: str) -> list[str]:
    """Texts of what is found, the newest first."""
    with db.snapshot() as session:
        hits = newest(session, [], words_of(query), None, 100).found
        return [session.get_one(Comment, hit.id).text for hit in hits]


@pytest.fixture
def town(db: Database, monkeypatch: pytest.MonkeyPatch) -> Town:
    """So few are looked through one by one that the rest is the index's."""
    monkeypatch.setattr(searching, "WALK", (1, 1))
    monkeypatch.setattr(searching, "RARE", 1)
    town = Town(db)
    for number in range(4):
        town.comment(f"old{number}", at(MONDAY, f"07.1{number}"), f"{WROTE} {number}")
    for number in range(3):
        town.comment(f"new{number}", at(MONDAY, f"09.0{number}"), "Hej")
    return town


PARTS = ("läcka", "LÄCKAN", "vattenläckan", "storgatan läck", '"på Storgatan"', "50 % värre", "värre_nu", "مرحبا")
SHORT = ("på", "%", "_", "😀🙏", "c:\\")
NOWHERE = ("é", "läckor", "stor_gatan", "%läcka%x", "anna", "Andersson", "vattenläckan idag")


def test_a_part_of_a_word_is_found_the_newest_first_and_nobody_by_name(town: Town) -> None:
    for query in PARTS:
        assert found(town.db, query) == [f"{WROTE} {number}" for number in (3, 2, 1, 0)], query
    for query in SHORT:  # no index can help
        assert len(found(town.db, query)) == 4, query
    for query in NOWHERE:
        assert found(town.db, query) == [], query
    assert len(found(town.db, '"')) == 7


def test_what_both_stretches_and_the_index_find_is_found_once_and_in_order(town: Town) -> None:
    with town.db.snapshot() as session:
        hits = newest(session, [], ("hej",), None, 100)
        times = [hit.posted_at for hit in hits.found]
        assert [newest(session, [], ("hej",), None, most).found for most in (1, 2, 3)] == [
            hits.found[:most] for most in (1, 2, 3)
        ]
    assert times == [at(MONDAY, f"09.0{number}") for number in (2, 1, 0)]
    assert hits.reached is None


def test_what_stands_below_a_post_that_says_it_is_found_too(town: Town) -> None:
    town.post("p1", text="Snöröjningen börjar")
    assert len(found(town.db, "snöröjning")) == 7


def test_the_index_follows_edits_and_removals(town: Town) -> None:
    with town.db.transaction() as session:
        first = session.query(Comment).filter_by(external_id="old0").one()
        first.text = "Bussen är sen"
        session.execute(delete(Observation))
        session.execute(delete(Comment).where(Comment.external_id == "old1"))
        session.execute(delete(Post))
    assert found(town.db, "läcka") == [f"{WROTE} 3", f"{WROTE} 2"]
    assert found(town.db, "bussen") == ["Bussen är sen"]


def test_where_so_much_was_looked_through_in_vain_the_next_page_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "FAR", (3,))
    with town.db.snapshot() as session:
        first = newest(session, [], ("på",), None, 10)
        assert first.found == []
        assert first.reached is not None
        second = newest(session, [], ("på",), first.reached, 10)
    assert len(second.found) == 3


@given(st.text())
@example("\x00")
@example('"' * 9)
@example("NEAR(a b) AND OR NOT * ^ :")
@example("col:x -y {a b}")
@example("\ud800")
@settings(max_examples=15)
def test_whatever_is_typed_is_no_error(town: Town, query: str) -> None:
    found(town.db, query)


@given(st.text())
def test_words_are_few_and_short_and_found_again(query: str) -> None:
    words = words_of(query)
    assert len(words) <= MOST_WORDS
    assert all(0 < len(word) <= LONGEST and "\x00" not in word for word in words)


@given(st.text(), st.text(min_size=1), st.text())
@example("", "100%", "")
@example("", "c:\\_x", "")
def test_every_text_with_a_word_fulfils_what_the_index_is_asked_for(before: str, word: str, after: str) -> None:
    """LIKE as a regular expression."""
    signs = re.findall(r"\\.|.", near_pattern(word), re.DOTALL)
    like = "".join(".*" if sign == "%" else "." if sign == "_" else re.escape(sign[-1]) for sign in signs)
    assert re.fullmatch(like, before + word + after, re.DOTALL)


@given(TIMES, TIMES, st.integers(1, 2**62))
def test_a_place_in_a_list_is_read_as_it_was_written(one: datetime, other: datetime, id_: int) -> None:
    assert read(written(Position(one, other, id_))) == Position(one, other, id_)


@given(st.text())
@example("MTIz")
def test_any_other_text_is_no_place(text: str) -> None:
    found = read(text)
    assert found is None or written(found) == text


def test_a_place_tells_moments_to_the_microsecond() -> None:
    place = Position(EPOCH + timedelta(microseconds=1), EPOCH, 1)
    assert read(written(place)) == place


@pytest.mark.postgresql
def test_a_role_that_may_not_create_the_extension_is_told_so(postgresql: Database) -> None:
    with postgresql.engine.begin() as connection:
        connection.execute(text("DROP EXTENSION pg_trgm CASCADE"))
        connection.execute(text("DROP ROLE IF EXISTS kanalvakt_powerless"))
        connection.execute(text("CREATE ROLE kanalvakt_powerless"))
        connection.execute(text("SET LOCAL ROLE kanalvakt_powerless"))
        with pytest.raises(NoTrigrams):
            index_trigrams(connection)
        connection.execute(text("RESET ROLE"))
        connection.execute(text("DROP ROLE kanalvakt_powerless"))
