"""What goes wrong at a blog, sorted by what has to happen next: by WordPress's code if it tells one, else by status."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from config.language import N_
from connectors.errors import (
    ChannelGone,
    ConnectorError,
    Meaning,
    PermissionLost,
    RateLimited,
    SwitchedOff,
    Unavailable,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from connectors.blog.web import Page

_OPEN = N_("Ask whoever runs the blog to let everybody read its comments or their feed; else watch it by hand.")
_ADDRESS = N_("Check the channel's address in the register: it must lead to the blog, or to the feed of its comments.")
_INSIDE = N_(
    "If the blog belongs to your own network, allow it: set private_addresses = true in the settings. "
    "Else check the channel's address in the register."
)

TABLE: dict[str, Meaning] = {
    "rest_no_route": Meaning(ChannelGone, "the blog's WordPress has no comments in its REST API", _OPEN),
    "rest_forbidden": Meaning(PermissionLost, "the blog keeps its REST API closed", _OPEN),
    "rest_not_logged_in": Meaning(PermissionLost, "the blog's REST API is for those who log in", _OPEN),
    "rest_login_required": Meaning(PermissionLost, "the blog's REST API is for those who log in", _OPEN),
    "rest_disabled": Meaning(PermissionLost, "the blog's REST API is switched off", _OPEN),
    "rest_cannot_read": Meaning(PermissionLost, "the blog does not show this to everybody", _OPEN),
    "rest_comment_invalid_id": Meaning(ChannelGone, "the blog has no such comment any more"),
    "HTTP 401": Meaning(PermissionLost, "the blog wants a login", _OPEN),
    "HTTP 403": Meaning(PermissionLost, "the blog turns us away", _OPEN),
    "HTTP 404": Meaning(ChannelGone, "there is nothing at this address", _ADDRESS),
    "HTTP 410": Meaning(ChannelGone, "the blog has been taken away for good", _ADDRESS),
    "HTTP 429": Meaning(RateLimited, "the blog asks us to wait"),
    "HTTP 503": Meaning(RateLimited, "the blog is closed for a moment"),
    "HTTP 4xx": Meaning(UnexpectedAnswer, "the blog does not understand us"),
    "HTTP 5xx": Meaning(Unavailable, "the blog is out of order"),
    "empty": Meaning(Unavailable, "the blog answered nothing at all"),
    "not_json": Meaning(Unavailable, "the blog's REST API answered something else than JSON"),
    "connection": Meaning(Unavailable, "the connection to the blog failed"),
    "too_slow": Meaning(Unavailable, "the blog's answer takes too long"),
    "too_large": Meaning(UnexpectedAnswer, "the blog's answer is too large"),
    "shape": Meaning(UnexpectedAnswer, "the blog answered in an unknown shape"),
    "redirects": Meaning(ChannelGone, "the blog sends us from address to address", _ADDRESS),
    "address": Meaning(ChannelGone, "this is no web address", _ADDRESS),
    "no_comments": Meaning(ChannelGone, "neither WordPress nor a feed of comments is found there", _ADDRESS),
    "private_address": Meaning(SwitchedOff, "the address leads into a private network", _INSIDE),
    "allowance": Meaning(RateLimited, "enough was asked for now"),
}
"""Everything that ends a reading."""

NOT_HERE = frozenset(
    {
        "rest_no_route",
        "rest_forbidden",
        "rest_not_logged_in",
        "rest_login_required",
        "rest_disabled",
        "rest_cannot_read",
        *("HTTP 401", "HTTP 403", "HTTP 404", "HTTP 410", "not_json"),
    }
)
"""Said by one way to the comments, these mean: try another."""

PATIENCE = timedelta(minutes=15)
"""Where the blog does not say how long to wait."""
LONGEST_WAIT = timedelta(hours=24)


def failure(code: str, now: datetime, *, wait: timedelta = PATIENCE, shown: str = "") -> ConnectorError:
    """The error that the table has for the code. shown: how people are to see the code."""
    meaning = TABLE[code]
    if issubclass(meaning.error, RateLimited):
        return meaning.error(meaning.detail, code=shown or code, retry_at=now + wait, remedy=meaning.remedy)
    return meaning.error(meaning.detail, code=shown or code, remedy=meaning.remedy)


def refusal(page: "Page", now: datetime) -> ConnectorError | None:
    """What an answer with an error status means; None for one without."""
    if page.status < 400:
        return None
    shown = f"HTTP {page.status}"
    told = _told(page.body)
    if page.status < 500 and told in TABLE:
        return failure(told, now)
    code = shown if shown in TABLE else f"HTTP {page.status // 100}xx"
    return failure(code, now, wait=wait_told(page.headers.get("Retry-After", ""), now), shown=shown)


def _told(body: bytes) -> str:
    """The code that WordPress puts into its error answers; empty where there is none."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("code", "")) if isinstance(answer, dict) else ""


def wait_told(told: str, now: datetime) -> timedelta:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3)."""
    if told.isdecimal():
        return min(timedelta(seconds=int(told[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return PATIENCE
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta() else PATIENCE
