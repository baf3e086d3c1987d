"""What a connector can publish in a crisis, where its platform allows it: it says so by the protocol it implements.

Publishing goes in three steps, so that only one of them can make anything public: `prepare` may be repeated, `publish`
is sent once, and `find` and `verify` only read.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from connectors.base import State

LAST_LOOK: ContextVar[Callable[[], None]] = ContextVar("last_look", default=lambda: None)
"""Writers call it right before the request that must not go out late, behind whatever they have to ask before it (a
token, for one). Raises a ConnectorError where it may not go out any more, which they let through. The kill switch of a
crisis is looked at here, and nowhere else once a message is armed: who does not call it cannot be stopped."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One crisis message as one channel gets it.

    text: whole, as it shall stand there. marker: words in the text that stand in no other post of anybody's (the
    message's own address), by which it is found again. link: that address. image_url: where the platform can fetch
    a JPEG that fits it; alt_text says what it shows. video: an MP4 file. title: where a place has titles. stood: what
    stood in the place before any message of ours, where one stands there now.
    """

    text: str
    marker: str
    link: str
    image_url: str = ""
    alt_text: str = ""
    video: Path | None = None
    title: str = ""
    stood: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far preparing has come. progress: JSON, opaque to everyone else, kept before `publish` is called. What counts
    in it is called "made" or "looks": that begins anew when a person wants another attempt.

    ready: `publish` may be called now; else prepare again after `wait`.
    """

    progress: State
    ready: bool = True
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Published:
    """What became public. url: where people see it, if the platform has told already."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What a look for the marker showed. complete: everything since then was seen: what is not found is not there."""

    found: Published | None
    complete: bool


@runtime_checkable
class Publisher(Protocol):
    """Publishes crisis messages. One attempt a call, never repeated inside but after a refusal that says for certain
    that nothing is out; safe to make per delivery.

    Raises OutcomeUnknown where the platform may have published; any other error of `connectors.errors` means that
    it certainly did not. best_effort: what it publishes reaches nobody for certain (a comment below a video), so it
    never counts as delivered.
    """

    longest_post: int
    """Characters."""
    needs_image: bool
    asks_first: bool
    """Does `prepare` ask the platform, or make something there?"""
    publish_cost: int
    """Counted cost of one message, preparing included."""
    settle: timedelta
    """What was published is found after this at the latest: what is not found then was not published."""
    best_effort: bool

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:
        """Everything that makes nothing public (uploads, containers). Goes on from `progress`; {} the first time."""
        ...

    def publish(self, draft: Draft, progress: State) -> Published:
        """Makes it public: the one call that must not be sent twice."""
        ...

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:
        """Looks for the marker in what the account itself has published since. Never takes what is only similar."""
        ...

    def verify(self, draft: Draft, published: Published) -> Published:
        """Reads it back by its id, another way than it was written. Raises Refused where it is not there, or is not
        what was sent."""
        ...


@runtime_checkable
class Manifold(Protocol):
    """A connector whose channel has more places for a message than one (about.Publishes.parts)."""

    def part(self, name: str) -> Publisher:
        """Raises KeyError for one that there is not."""
        ...


@runtime_checkable
class Replacing(Protocol):
    """A publisher that writes into what stands there anyway. What was there before is in its progress, as "before"."""

    def put_back(self, progress: State, marker: str) -> bool:
        """Takes the message away again, and nothing that somebody else has written meanwhile. May be repeated. False:
        the message does not stand there any more. Raises ConnectorError."""
        ...


@runtime_checkable
class Rationed(Protocol):
    """A publisher whose platform takes so many posts a day, and says how many."""

    def posts_left(self) -> int:
        """How many more it takes now. Raises ConnectorError."""
        ...


def marked(text: str, marker: str) -> bool:
    """Does the marker stand in the text, and not as a part of another one?"""
    return bool(marker) and re.search(rf"(?<![\w-]){re.escape(marker)}(?![\w-])", text) is not None


def same(one: str, other: str) -> bool:
    """Platforms change white space."""
    return one.split() == other.split()
