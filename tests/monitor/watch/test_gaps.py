"""What a platform counts but does not show is written down: an empty list is not a quiet post."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from config.language import use_language
from connectors.base import Covered, Reading
from connectors.errors import RateLimited, Unavailable
from connectors.facebook import answers as facebook
from connectors.instagram import answers as instagram
from connectors.youtube.errors import OF_ONE_VIDEO
from monitor.inbox.looking import store
from monitor.watch.coverage import FIELDS, coverages, reports
from monitor.watch.models import Post
from tests.monitor.watch.conftest import Watch
from tests.monitor.watch.platform import Platform


def count(platform: Platform, declared: int | None, id_: str = "p1", counts_replies: bool | None = True) -> None:
    """From now on the platform counts so many comments below the post."""
    post = platform.posts.get(id_) or platform.post(id_)
    platform.posts[id_] = replace(post, declared_comments=declared, counts_replies=counts_replies)


def gap(watch: Watch, id_: str = "p1") -> tuple[int, bool]:
    with watch.db.snapshot() as session:
        post = session.scalars(select(Post).where(Post.external_id == id_)).one()
    return post.gap, post.gap_since is not None


def test_an_empty_list_below_a_count_of_eight_is_a_gap_of_eight(watch: Watch) -> None:
    count(watch.platform, 8)
    watch.record()
    since = watch.platform.now
    assert gap(watch) == (8, True)
    for number in range(5):
        watch.platform.comment(f"c{number}")
    watch.record()
    assert gap(watch) == (3, True)
    with watch.db.snapshot() as session:
        assert session.scalars(select(Post.gap_since)).one() == since, "since when there has been one"
        shown = coverages(session)["fb"]
    assert (shown.gaps, shown.comments_counted, shown.comments_not_shown) == (1, 8, 3)
    count(watch.platform, 5)
    watch.record()
    assert gap(watch) == (0, False)


@pytest.mark.parametrize(
    ("declared", "counts_replies", "size"),
    [
        (3, True, 0),
        (4, True, 1),
        (1, False, 0),
        (2, False, 1),
        (1, None, 0),
        (3, None, 0),
        (4, None, 1),
        (None, True, 0),
    ],
)
def test_replies_count_where_the_platform_counts_them(
    quick: Watch, declared: int | None, counts_replies: bool | None, size: int
) -> None:
    count(quick.platform, declared, counts_replies=counts_replies)
    quick.platform.comment("c1")
    quick.platform.reply("r1", to="c1")
    quick.platform.reply("r2", to="c1")
    quick.record()
    assert gap(quick) == (size, size > 0)


def test_held_ones_and_the_visitors_post_itself_are_not_among_the_shown(quick: Watch) -> None:
    quick.platform.visitor_post("v1")
    quick.platform.comment("vc1", post="v1", thread_external_id="v1", held=True)
    count(quick.platform, 1, "v1")
    quick.record(replace(quick.platform.reading(), covered=(Covered("post", "v1"),)))
    assert gap(quick, "v1") == (1, True)


def test_what_is_missing_is_not_shown_and_what_is_unlisted_is_there(watch: Watch) -> None:
    count(watch.platform, 2)
    watch.platform.comment("c1")
    watch.platform.comment("c2")
    watch.poll()
    watch.platform.unlisted = {"c2"}
    for expected in [(1, True), (1, True), (0, False)]:
        watch.platform.now += timedelta(minutes=15)
        watch.poll()
        assert gap(watch) == expected
    with watch.db.snapshot() as session:
        [report] = reports(session, ["fb"])
    assert (report.unlisted, report.posts) == (1, ())


@pytest.mark.parametrize(
    ("claims", "noted"),
    [
        ((), False),
        ((Covered("post", "p1", held=True),), False),
        ((Covered("post", "p1", since=Platform.now),), False),
        ((Covered("threads", since=Platform.now),), False),
        ((Covered("threads", held=True),), False),
        ((Covered("thread", "c1"),), False),
        ((Covered("post", "p1"),), True),
        ((Covered("threads"),), True),
    ],
    ids=lambda value: repr(value) if isinstance(value, tuple) else None,
)
def test_only_a_post_that_was_listed_to_its_end_is_compared(
    quick: Watch, claims: tuple[Covered, ...], noted: bool
) -> None:
    count(quick.platform, 8)
    quick.record(replace(quick.platform.reading(), covered=claims), full=False)
    assert gap(quick) == ((8, True) if noted else (0, False))


@pytest.mark.parametrize("depth", [{"full": True}, {"full": False, "daily": True}], ids=["full", "daily"])
def test_a_thorough_reading_compares_what_nothing_is_claimed_of_too(quick: Watch, depth: dict[str, bool]) -> None:
    """Where nothing at all is shown below a post that counts some, connectors claim nothing: it must not be silent."""
    count(quick.platform, 1)
    unclaimed = replace(quick.platform.reading(), covered=())
    quick.record(replace(unclaimed, error=Unavailable("HTTP 502")), **depth)
    assert gap(quick) == (0, False), "a reading that broke off may not have come to it"
    quick.record(unclaimed, **depth)
    assert gap(quick) == (1, True)
    count(quick.platform, 0)
    quick.record(replace(quick.platform.reading(), covered=()), **depth)
    assert gap(quick) == (0, False)


def test_what_a_broken_reading_listed_to_its_end_is_compared_too(quick: Watch) -> None:
    count(quick.platform, 8)
    quick.record(replace(quick.platform.reading(), error=Unavailable("HTTP 502")))
    assert gap(quick) == (8, True)


@pytest.mark.parametrize("whole", [True, False], ids=["everything was walked", "the post was found to be gone"])
def test_a_post_that_is_gone_has_no_gap_any_more(quick: Watch, whole: bool) -> None:
    count(quick.platform, 8)
    quick.record()
    quick.platform.posts.clear()
    claims = (Covered("posts"),) if whole else (Covered("post", "p1"),)
    quick.record(replace(quick.platform.reading(), covered=claims))
    assert gap(quick) == (0, False)


def test_a_full_reading_that_goes_on_where_one_broke_off_closes_no_gap_of_the_posts_before(quick: Watch) -> None:
    count(quick.platform, 8)
    quick.platform.error = RateLimited("so much and no more", code="allowance", retry_at=quick.platform.now)
    quick.poll(full=True)
    first, quick.platform.posts = quick.platform.posts, {}
    quick.platform.error, quick.platform.covered = None, ()
    quick.platform.now += timedelta(minutes=15)
    assert quick.poll().outcome == "complete"
    assert (quick.runs()[-1].full, gap(quick)) == (True, (8, True))
    quick.platform.posts = first
    quick.poll(full=True)
    quick.platform.posts = {}
    quick.poll(full=True)
    assert gap(quick) == (0, False), "the next one that shows all of them does"


def test_a_look_at_one_thread_closes_no_gap(quick: Watch) -> None:
    count(quick.platform, 8)
    quick.record()
    with quick.db.transaction() as session:
        store(session, "fb", Reading(covered=(Covered("post", "p1"),)), "token", quick.platform.now, claims=True)
    assert gap(quick) == (8, True)


def test_a_post_that_a_recent_look_does_not_list_keeps_its_gap(quick: Watch) -> None:
    count(quick.platform, 8)
    quick.poll()
    quick.platform.posts.clear()
    quick.platform.covered = (Covered("posts"),)
    quick.platform.now += timedelta(minutes=15)
    quick.poll()
    assert gap(quick) == (8, True)


def test_a_channel_with_a_thousand_posts_costs_no_more_questions(quick: Watch) -> None:
    """The database is asked as often for many posts as for one."""

    def asked() -> int:
        statements: list[str] = []
        listener = lambda *words: statements.append(words[2])  # noqa: E731
        event.listen(quick.db.engine, "before_cursor_execute", listener)
        quick.record()
        event.remove(quick.db.engine, "before_cursor_execute", listener)
        return sum("sum(CASE" in statement or "gap_since" in statement for statement in statements)

    count(quick.platform, 8)
    quick.record()
    few = asked()
    for number in range(1000):
        count(quick.platform, 1, f"p{number}")
    quick.record()
    assert asked() == few


def test_the_report_tells_each_post_and_what_cannot_be_had(watch: Watch) -> None:
    watch.platform.post("p1", permalink="https://www.facebook.com/p1")
    watch.platform.post("p2")
    count(watch.platform, 8)
    count(watch.platform, 1, "p2")
    watch.platform.comment("c1")
    watch.platform.degraded = ("from", "something_new")
    watch.poll()
    with watch.db.snapshot() as session:
        [report] = reports(session, ["fb"])
    [first, second] = report.posts
    assert (first.permalink, first.declared, first.stored, first.since) == (
        "https://www.facebook.com/p1",
        8,
        1,
        watch.platform.now,
    )
    assert (second.post, second.permalink, second.declared, second.stored) == ("p2", None, 1, 0)
    assert report.last_complete_read == report.last_full_read == report.last_daily_read == watch.platform.now
    assert report.degraded[1] == "something_new"
    assert len(report.not_covered) >= 3


def test_every_field_that_connectors_can_do_without_has_words() -> None:
    optional = (*facebook.OPTIONAL, *instagram.OPTIONAL)
    assert {field.rpartition(".")[2] for field in optional} <= FIELDS.keys()
    assert {"held", "statistics", *OF_ONE_VIDEO} <= FIELDS.keys(), "YouTube's"


def test_what_is_refused_below_single_posts_is_said_once_and_in_words(quick: Watch) -> None:
    quick.platform.degraded = ("dQw4w9WgXcQ: commentsDisabled", "9bZkp7q19f0: forbidden", "statistics")
    quick.poll()
    with quick.db.snapshot() as session, use_language("sv"):
        assert coverages(session)["fb"].degraded == ("kommentarer under enstaka inlägg", "antalet kommentarer")
