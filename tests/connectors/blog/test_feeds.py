"""A blog that offers only a feed of comments: what it shows is read, and what it cannot show is said."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.base import Author
from connectors.blog.texts import plain
from tests.connectors.blog.blog import daily, read, requests_for, site
from tests.connectors.stage import Stage, by_id, texts


@pytest.fixture(params=["wordpress", "other"])
def feed(stage: Stage, request: pytest.FixtureRequest) -> Stage:
    """Without REST: WordPress with its feeds, or another program with one."""
    site(stage).rest = "off"
    site(stage).wordpress = request.param == "wordpress"
    return stage


@pytest.fixture
def atom(stage: Stage) -> Stage:
    site(stage).rest = "off"
    return stage


def number(id_: str) -> str:
    return id_.rpartition("/")[2]


def test_the_comments_of_a_feed_are_read(feed: Stage) -> None:
    comment = feed.comment(feed.post(), "Får man ta med hund & katt?")
    [found] = read(feed).comments
    assert (number(found.external_id), found.text, found.posted_at) == (comment.id, comment.text, comment.at)
    assert number(found.post_external_id) == comment.post.id
    assert found.author == Author(name="Bo Ek")


def test_an_idle_round_of_a_feed_costs_one_request(feed: Stage) -> None:
    feed.post(comments=3)
    read(feed)
    assert [requests_for(feed), requests_for(feed)] == [1, 1]


def test_an_unchanged_feed_is_told_by_304(feed: Stage) -> None:
    post = feed.post(comments=3)
    read(feed)
    mark = feed.emulator.ledger.mark()
    reading = read(feed)
    assert [entry.status for entry in feed.emulator.ledger.since(mark).entries] == [304]
    assert (reading.error, reading.comments, reading.counted_cost) == (None, (), 1)
    feed.comment(post, "Hallå?")
    assert "Hallå?" in texts(read(feed)).values()


def test_nothing_is_ever_claimed_to_have_gone_from_a_feed(feed: Stage) -> None:
    post = feed.post(comments=3)
    read(feed)
    feed.world.delete(feed.world.comments_of(post)[1])
    feed.comment(post, "Hej")
    assert read(feed).covered == ()


def test_what_may_have_fallen_out_of_a_feed_is_said(feed: Stage) -> None:
    post = feed.post(comments=3)
    read(feed)
    for each in range(7):
        feed.comment(post, f"Fråga {each}")
    assert read(feed).degraded == ()
    for each in range(10):
        feed.comment(post, f"Ännu en fråga {each}")
    assert read(feed).degraded == ("feed_gap",)
    assert read(feed).degraded == ()


def test_wordpress_feeds_are_read_with_the_same_numbers_as_its_rest(atom: Stage) -> None:
    comment = atom.comment(atom.post(), "Hej")
    reply = atom.comment(atom.comment(comment, "Svar"), "Svar på svaret")
    by_feed = read(atom)
    site(atom).rest = "open"
    by_rest = read(atom, full=True)
    places = [
        {one.external_id: (one.post_external_id, one.thread_external_id) for one in reading.comments}
        for reading in (by_feed, by_rest)
    ]
    assert places[0] == places[1]
    assert by_id(by_rest, reply).thread_external_id == comment.id


def test_a_thread_is_remembered_when_its_beginning_has_left_the_feed(atom: Stage) -> None:
    post = atom.post()
    first = atom.comment(post, "Hej")
    second = atom.comment(first, "Svar")
    for each in range(7):
        atom.comment(post, f"Fråga {each}")
    read(atom)
    for each in range(2):
        atom.comment(post, f"Mera {each}")
    third = atom.comment(second, "Svar på svaret")
    assert by_id(read(atom), third).thread_external_id == first.id


def test_a_late_approval_behind_a_304_is_found_by_the_daily_reading(atom: Stage) -> None:
    """WordPress judges by the time of the newest comment alone whether a feed has changed."""
    post = atom.post(comments=1)
    held = atom.comment(post, "Är det här synligt?")
    atom.world.hold(held)
    atom.comment(post, "Hej")
    read(atom)
    atom.world.release(held)
    assert held.id not in texts(read(atom))
    assert held.id in texts(daily(atom))


def test_rss_alone_is_read_too(atom: Stage) -> None:
    comment = atom.comment(atom.post(), "Hej & hå")
    site(atom).feeds.rss_only = True
    reading = read(atom)
    assert texts(reading) == {comment.id: "Hej & hå"}
    assert by_id(reading, comment).post_external_id == comment.post.id


def test_comments_can_not_be_looked_up_in_a_feed(atom: Stage) -> None:
    comment = atom.comment(atom.post(), "Hej")
    assert read(atom, verify=(comment.id,)).looked_up == {}


def test_a_blog_that_closes_its_api_is_read_by_feed_and_says_so(stage: Stage) -> None:
    post = stage.post(comments=2)
    read(stage)
    site(stage).rest = "closed"
    late = stage.comment(post, "Hallå?")
    reading = read(stage)
    assert (reading.error, reading.degraded) == (None, ("rest_api",))
    assert late.id in texts(reading)
    assert read(stage).degraded == ()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hej &amp; h&aring;</p>\n<p>Nytt   stycke<br />\nNy rad</p>", "Hej & hå\n\nNytt stycke\nNy rad"),
        ("<blockquote><p>Citat</p></blockquote><p>Svar</p>", "Citat\n\nSvar"),
        ('<p>Bra <img alt=":-)" src="x"><script>alert(1)</script></p>', "Bra :-)"),
        ("2 < 3 & 4 > 1", "2 < 3 & 4 > 1"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(html: str, text: str) -> None:
    assert plain(html) == text


@given(html=st.text("<>![]-/?&;#x0Aa é", max_size=60))
@example(html="Hej <![foo[ du")
@example(html="&#x110000;")
def test_whatever_a_comment_holds_a_text_is_made_of_it(html: str) -> None:
    plain(html)


def test_what_only_looks_like_markup_keeps_no_words_from_being_read() -> None:
    assert plain("<p>Hej <![foo[ du</p>") == "Hej <![foo[ du"
