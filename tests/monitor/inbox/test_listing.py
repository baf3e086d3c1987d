"""The inbox against a plain oracle: everything judged at once, filtered and sorted in the open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import NEEDS_SOMEBODY, State
from monitor.db import Database
from monitor.inbox.assigning import assign
from monitor.inbox.claims import claim, give_back
from monitor.inbox.listing import Asked, Listing, listed
from monitor.inbox.models import Flag
from monitor.inbox.search_rules import words_of
from monitor.inbox.unanswered import Obligation, unanswered
from monitor.inbox.whose import NOBODY, Hands
from monitor.register.models import Channel, Organisation
from monitor.watch.models import Comment
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.inbox.random_town import NOW, RandomTown, random_town, town_of
from tests.monitor.town import Town
from tests.queries import queries

MOMENTS = st.sampled_from([None, *(NOW - timedelta(hours=hours) for hours in (1, 2, 25, 26, 50))])
SEARCHES = ("", "läcka", "LÄCKA", "snö", "på", "%", '"', "50 %", "😀", "مرحبا", "\\", "läcka storgatan", "_", "xyz")


@st.composite
def wishes(draw: st.DrawFn) -> Asked:
    return Asked(
        frozenset(),
        unit=draw(st.sampled_from([None, None, "bad", "vag"])),
        mine=draw(st.sampled_from([None, None, "redaktor", "ersattare", "kom", "nobody"])),
        state=draw(st.sampled_from([None, None, *State])),
        everything=draw(st.booleans()),
        flagged=draw(st.booleans()),
        overdue=draw(st.sampled_from([False, False, True])),
        since=draw(MOMENTS),
        until=draw(MOMENTS),
        text=draw(st.sampled_from(SEARCHES)),
    )


def expected(session: Session, town: RandomTown, asked: Asked) -> list[int]:
    """What `listed` has to give, all pages together."""
    flagged = set(session.scalars(select(Flag.comment_id)))
    below = select(Comment.id, Comment.channel_id, Comment.post_external_id)
    posts = {id_: town.posts.get((channel, post), "") for id_, channel, post in session.execute(below)}
    everything = [one for id_ in town.ids for one in unanswered(session, NOW, channel_id=id_, all_states=True)]
    found = [
        each
        for each in everything
        if is_of(town.channels[each.channel], asked)
        and fits(each, asked, posts[each.comment_id])
        and (each.comment_id in flagged or not asked.flagged)
    ]
    if asked.waits:
        found.sort(key=lambda each: (each.due_at, each.posted_at, each.comment_id))
    else:
        found.sort(key=lambda each: (each.posted_at, each.comment_id), reverse=True)
    return [each.comment_id for each in found]


def is_of(channel: Channel, asked: Asked) -> bool:
    mine = asked.mine in (None, "kom", channel.responsible_id, channel.deputy_id)
    mine = mine or (asked.mine == "redaktor" and channel.unit_id == "bad")
    return (
        mine and channel.id in asked.channels and channel.state != "retired" and asked.unit in (None, channel.unit_id)
    )


def fits(each: Obligation, asked: Asked, post: str) -> bool:
    words = [word.casefold() for word in words_of(asked.text)]
    return all(
        (
            each.state == asked.state if asked.state else asked.everything or each.state in NEEDS_SOMEBODY,
            each.overdue or not asked.overdue,
            asked.since is None or each.posted_at >= asked.since,
            asked.until is None or each.posted_at < asked.until,
            any(all(word in text.casefold() for word in words) for text in (each.text, post)),
        )
    )


def pages(session: Session, asked: Asked, size: int, between: Callable[[], None] = lambda: None) -> list[Listing]:
    found = [listed(session, asked, NOW, size=size)]
    while found[-1].next is not None:
        between()
        assert len(found) < 200
        found.append(listed(session, asked, NOW, after=found[-1].next, size=size))
    return found


def ids(found: list[Listing]) -> list[int]:
    return [item.obligation.comment_id for page in found for item in page.items]


@pytest.fixture
def streets(sqlite: Database) -> Database:
    town_of(sqlite)
    return sqlite


@given(seed=st.integers(0, 2**32), wish=wishes(), size=st.integers(1, 5))
@example(seed=1, wish=Asked(frozenset(), state=State.CLOSED_NO_REPLY, overdue=True), size=1)  # nothing finished is
@settings(max_examples=30)
def test_all_pages_together_are_what_a_plain_look_at_everything_gives(
    streets: Database, seed: int, wish: Asked, size: int
) -> None:
    town = random_town(streets, seed)
    asked = replace(wish, channels=town.ids)
    with streets.snapshot() as session:
        found = pages(session, asked, size)
        assert ids(found) == expected(session, town, asked)
        assert all(len(page.items) <= size for page in found)
        if asked.waits:
            assert {page.waiting for page in found} == {len(ids(found))}


@given(seed=st.integers(0, 2**32), everything=st.booleans())
@settings(max_examples=8)
def test_what_comes_in_meanwhile_neither_repeats_nor_hides_what_was_there(
    streets: Database, seed: int, everything: bool
) -> None:
    town = random_town(streets, seed)
    asked = Asked(town.ids, everything=everything)
    with streets.snapshot() as session:
        before = ids(pages(session, asked, 100))
    first = None
    found: list[int] = []
    for number in range(100):
        with streets.snapshot() as session:
            page = listed(session, asked, NOW, after=first, size=2)
        found += ids([page])
        first = page.next
        if first is None:
            break
        Town.comment(_Street(streets), f"new{seed}-{number}", NOW, channel_id=min(town.ids), author_id=f"x{number}")
    assert [each for each in found if each in before] == before
    assert len(found) == len(set(found))


class _Street(Town):
    """A town that is there already."""

    def __init__(self, db: Database) -> None:
        self.db = db


def test_a_channel_that_may_not_be_seen_is_not_in_the_list(streets: Database) -> None:
    town = random_town(streets, 5)
    with streets.snapshot() as session:
        for everything in (False, True):
            assert ids(pages(session, Asked(frozenset(), everything=everything), 10)) == []
            for hidden in town.ids:
                asked = Asked(town.ids - {hidden}, channel=hidden, everything=everything)
                assert ids(pages(session, asked, 10)) == []


def test_a_retired_channel_is_listed_where_it_is_asked_for_by_name(sqlite: Database) -> None:
    town = Town(sqlite)
    town.channel("old", state="retired")
    comment = town.comment("c", at(MONDAY, "08.00"), channel_id="old")
    with sqlite.snapshot() as session:
        both = frozenset({"fb", "old"})
        for everything in (False, True):
            assert ids([listed(session, Asked(both, everything=everything), NOW)]) == []
            assert ids([listed(session, Asked(both, channel="old", everything=everything), NOW)]) == [comment]


def test_a_page_number_that_somebody_made_up_is_the_first_page(streets: Database) -> None:
    asked = Asked(random_town(streets, 7).ids, everything=True)
    with streets.snapshot() as session:
        whole = listed(session, asked, NOW)
        for wrong in ("x", "MTIz", "é", "MS4yLjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw", "../../etc"):
            assert listed(session, asked, NOW, after=wrong) == whole


def test_an_item_tells_the_post_it_stands_below(sqlite: Database) -> None:
    town = Town(sqlite)
    town.post("p1", text="Badet är stängt")
    town.comment("c", at(MONDAY, "08.00"))
    with sqlite.snapshot() as session:
        [item] = listed(session, Asked(frozenset({"fb"})), NOW).items
    assert item.beside.post == "Badet är stängt"
    assert "stängt" not in repr(item)


@pytest.mark.parametrize("wish", [Asked(frozenset()), Asked(frozenset(), everything=True, text="läcka", mine="kom")])
def test_a_longer_list_takes_no_more_queries(streets: Database, wish: Asked) -> None:
    town = random_town(streets, 1)
    asked = replace(wish, channels=town.ids)
    with streets.snapshot() as session:
        listed(session, asked, NOW)
    with queries(streets) as seen, streets.snapshot() as session:
        listed(session, asked, NOW)
    assert len(seen) <= 12


def test_whose_a_comment_is_stands_beside_it_and_what_was_given_to_me_is_mine(db: Database) -> None:
    town = Town(db)
    town.person("annan", name="Anna Annan")
    town.channel("yt", platform="youtube", deputy_id="annan")
    here, there = town.comment("c", at(MONDAY, "08.00")), town.comment("d", at(MONDAY, "08.05"), channel_id="yt")
    both = frozenset({"fb", "yt"})
    assert _of(db, Asked(both, mine="annan")) == {there: NOBODY}
    town.change(Organisation, 1, on_call="annan")
    with db.transaction() as session:
        assign(session, session.get_one(Comment, here), "annan", "redaktor", NOW)
        claim(session, here, "redaktor", NOW)
    hands = Hands(("annan", "Anna Annan"), ("redaktor", "Rut Redaktör"))
    for everything in (False, True):
        assert _of(db, Asked(both, mine="annan", everything=everything)) == {there: NOBODY, here: hands}
    assert _of(db, Asked(frozenset({"yt"}), mine="annan")) == {there: NOBODY}, "only where it may be seen"
    with db.transaction() as session:
        assign(session, session.get_one(Comment, here), None, "redaktor", NOW)
        give_back(session, here, "redaktor", NOW)
    assert _of(db, Asked(both, mine="annan")) == {there: NOBODY}
    assert _of(db, Asked(both)) == {there: NOBODY, here: NOBODY}


def _of(db: Database, asked: Asked) -> dict[int, Hands]:
    with db.snapshot() as session:
        return {item.obligation.comment_id: item.beside.hands for item in listed(session, asked, NOW).items}
