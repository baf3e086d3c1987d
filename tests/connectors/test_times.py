"""Whatever a platform writes in the place of a time, it is one at which somebody can have written, or set apart."""

from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.apart import FIRST, LAST, ODD, moment, second
from connectors.base import ReadPlan
from connectors.blog.feeds import Feed
from connectors.blog.listing import written
from connectors.blog.web import Page, Web

DIGITS = st.text("0123456789-:TZ+. ", max_size=40)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    DIGITS,
    st.datetimes().map(datetime.isoformat),
    st.lists(st.none()),
    st.dictionaries(st.text(), st.none()),
)
READERS: dict[str, Callable[[Any], datetime]] = {
    "facebook, instagram, youtube": moment,
    "instagram_public": second,
    "WordPress": lambda value: written({"date_gmt": value}),
}


@pytest.mark.parametrize("reader", READERS)
@given(value=ANYTHING)
@example("0000-00-00T00:00:00")
@example("9999-12-31T23:59:59-12:00")
@example(10**20)
def test_what_comes_of_it_is_a_time_of_our_calendar_or_set_apart(reader: str, value: object) -> None:
    try:
        found = READERS[reader](value)
    except ODD:
        return
    assert found.tzinfo is UTC
    assert FIRST <= found < LAST


@given(told=st.one_of(DIGITS, st.datetimes().map(datetime.isoformat), st.text(st.characters(exclude_categories=["C"]))))
@example("0000-01-01T00:00:00Z")
@example("Thu, 01 Jan 0000 00:00:00 +0000")
@example("99999999999999999999")
def test_whatever_date_an_entry_of_a_feed_tells_the_next_one_is_read(told: str) -> None:
    plan = ReadPlan(now=datetime(2026, 11, 16, tzinfo=UTC))
    dates = told.replace("&", "").replace("<", "")
    entries = "".join(
        f"<item><link>https://b.example/{number}</link><description>Hej</description><pubDate>{date}</pubDate></item>"
        for number, date in enumerate([dates, "Mon, 16 Nov 2026 07:00:00 GMT"])
    )
    whole = f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'
    feed = Feed(Web(plan, inside=True), plan, "https://b.example/feed")
    feed.read(Page("https://b.example/feed", 200, {}, whole.encode()))
    read = {comment.external_id: comment.posted_at for comment in feed.comments}
    assert timegm(read.pop("https://b.example/1").timetuple()) == timegm((2026, 11, 16, 7, 0, 0))
    assert all(FIRST <= each < LAST for each in read.values())
