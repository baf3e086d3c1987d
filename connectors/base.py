"""What a connector is given and what it gives back. These types are the whole border between platforms and the rest.

Ids are the platform's own, as text. Times are aware and in UTC. Texts are as the platform shows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, Protocol, runtime_checkable

from connectors.errors import ConnectorError

YOUNG = timedelta(days=7)
"""Posts younger than this are looked into in every reading, however many they are."""
GROWN = timedelta(days=90)
"""Posts younger than this are looked into every day; older ones when the platform's count of comments changes."""

State = dict[str, Any]
"""A connector's memory between readings (change detectors, ETags): JSON, opaque to everyone else."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account that a channel is: the platform's id (or user name) and its public address."""

    external_id: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """The secrets of one channel by their names in the register (token, app_secret, api_key, …). Shows none of them."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str | None:
        return self.secrets.get(name)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.secrets)

    def mark(self, name: str) -> str:
        """Tells one secret from another without showing anything of it."""
        return sha256((self.get(name) or "").encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something. Platforms may withhold any part; a comment without an author is still a comment."""

    external_id: str | None = None
    handle: str | None = None  # without @
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ReadPost:
    """What the organisation (or, on its page, a visitor) published: the context of comments.

    `declared_comments` is the platform's own count of comments below it. `counts_replies`: whether replies are in that
    count; None where the platform does not say. links: web addresses that it leads to besides those in its text.
    """

    external_id: str
    posted_at: datetime
    author: Author | None = None
    text: str = ""
    permalink: str | None = None
    declared_comments: int | None = None
    by_visitor: bool = False
    counts_replies: bool | None = True
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadComment:
    """One comment, reply, or visitor's post as the platform shows it now.

    thread_external_id: id of the top-level comment (its own id for one), or of the visitor's post it stands below.
    parent_external_id: the comment it is a reply to as the platform tells it (all three flatten: always the top-level
        comment). None for a top-level comment and for a visitor's post.
    A visitor's post is given twice: as ReadPost for context, and as ReadComment with is_post, whose external_id,
        post_external_id and thread_external_id are all the post's id. Comments below it have it as thread.
    mentions: ids and handles (without @) of those it addresses by tag or @name.
    edited_at: when the platform says it was last edited; None where the platform does not tell.
    held: waiting for the organisation's approval, not public. hidden: hidden by the organisation.
    """

    external_id: str
    post_external_id: str
    thread_external_id: str
    posted_at: datetime
    text: str
    author: Author | None = None
    parent_external_id: str | None = None
    edited_at: datetime | None = None
    permalink: str | None = None
    mentions: tuple[str, ...] = ()
    hidden: bool = False
    held: bool = False
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """A stretch of the channel that this reading listed to its end: what is known there but not in it has disappeared.

    `post`: every comment, at every level, below the post `external_id`. `thread`: every reply in the thread
    `external_id`. `threads`: every top-level comment of the channel. `posts`: every post by visitors. With `since`,
    only what was posted at or after that time. `held` says whether the held queue was listed (True), or what is public
    (False). A connector claims only what it saw: no claim after an error in that stretch. What stood below something
    that has disappeared has disappeared with it, without a claim of its own.
    """

    what: Literal["post", "thread", "threads", "posts"]
    external_id: str = ""
    since: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What to ask. `full`: walk everything, however old, ignoring change detectors. `daily`: look into every post
    younger than GROWN ignoring them, and list all older ones, looking into those whose count has changed. Else the
    cheapest complete look: everything new and every change the platform shows at the cost of an idle round plus one
    call per changed post; posts younger than YOUNG are all listed.
    `watch_threads`: threads that wait for somebody, oldest first; a connector may re-read those it would not see.
    `verify`: ids of comments that complete readings did not show any more, to be looked up one by one.
    `allowance`: the counted cost that this reading may come to; None where nobody counts. A connector that would exceed
    it ends with RateLimited instead.
    `state`: what the last reading returned. `keep_alive` is called before every request.
    """

    now: datetime
    full: bool = False
    daily: bool = False
    verify: tuple[str, ...] = ()
    allowance: int | None = None
    state: State = field(default_factory=dict)
    watch_threads: tuple[str, ...] = ()
    keep_alive: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a channel brought.

    With `error` it is partial: what came before the error is kept and counts, but the look was not complete, and
    `state` must be such that the next reading misses nothing. requests: HTTP requests sent, repeated ones included.
    counted_cost: what the platform charges for them (Graph: calls; YouTube: units; instaloader: requests).
    usage: the highest share of the rate budget the platform reported, in percent, if it did.
    looked_up: of the plan's `verify`, those the platform gave a clear answer about: is it there?
    degraded: fields that the platform refused, so that they were left out: everything else was read.
    """

    posts: tuple[ReadPost, ...] = ()
    comments: tuple[ReadComment, ...] = ()
    covered: tuple[Covered, ...] = ()
    state: State = field(default_factory=dict)
    requests: int = 0
    counted_cost: int = 0
    usage: int | None = None
    looked_up: Mapping[str, bool] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()
    error: ConnectorError | None = None

    @property
    def complete(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class Health:
    """What a connector found when it looked at its own credential. `problem` is None when reading works.

    token_kind: "page", "system", "user", "app", "api_key", "oauth", "session", "none", "unknown" (the platform would
        not tell). expires: of the token; data_access_expires: when the person must confirm again what the app may see,
        though the token lives on. None means never or not told.
    role: what the person behind the token may do on the account, as the platform calls it; None where it does not tell.
    subscribed: does the platform send the app hints about this account (webhooks)? None where it does not tell.
    requests, counted_cost: of the look itself, as in Reading.
    """

    token_kind: str
    can_read: bool
    scopes_missing: tuple[str, ...] = ()
    expires: datetime | None = None
    can_reply: bool = False
    can_publish: bool = False
    problem: ConnectorError | None = None
    data_access_expires: datetime | None = None
    role: str | None = None
    subscribed: bool | None = None
    requests: int = 0
    counted_cost: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """Whose calls the platform counts together. key: names it, without any secret, the same in every process.

    per_day: counted cost a day, where the platform has such a limit; the day changes at midnight in `zone` (IANA name).
    per_second: requests that readings send in a second at most, all processes together: a courtesy of ours, where many
    channels are read with one credential.
    """

    key: str
    per_day: int | None = None
    zone: str = "UTC"
    per_second: int | None = None


@runtime_checkable
class Connector(Protocol):
    """Reads one channel of one platform. Holds no state; safe to make per reading; not shared between threads.

    `read` never raises for what a platform did: the error is a value in the Reading. `check` likewise.
    """

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """What its calls count against, the one that its cost is booked on first. Makes no call."""
        ...

    def check(self) -> Health:
        """Does this credential really read this account? Tells a wrong or under-scoped token from a quiet channel."""
        ...

    def read(self, plan: ReadPlan) -> Reading: ...
