"""One look at a feed of comments, RSS or Atom: only the newest few are in it, and it never tells what has gone."""

import hashlib
import re
from calendar import timegm
from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from connectors.apart import Apart, possible
from connectors.base import Author, ReadComment, ReadPlan, State
from connectors.blog.errors import failure
from connectors.blog.texts import plain
from connectors.blog.web import Page, Web
from connectors.sound import sound_comment

GAP = "feed_gap"
"""Said of a reading before which something may have fallen out of the feed unseen."""
_COMMENT = re.compile(r"#comment-(\d+)$")
_POST = re.compile(r"[?&]p=(\d+)")
Entry = dict[str, Any]


def is_feed(page: Page) -> bool:
    return bool(_parsed(page).get("version"))


def _parsed(page: Page) -> Any:
    """From bytes only: feedparser would fetch what looks like an address."""
    kind = {"content-type": page.headers.get("Content-Type", ""), "content-location": page.url}
    return feedparser.parse(BytesIO(page.body), response_headers=kind)


class Feed:
    """What one look at a feed brings.

    State: `feed` its address; `ids` of its comments with their threads; `newest` time among them; `memory`: see Page.
    """

    def __init__(self, web: Web, plan: ReadPlan, url: str) -> None:
        self.comments: list[ReadComment] = []
        self.apart = Apart()
        self._gap: tuple[str, ...] = ()
        self._web, self._plan, self._url = web, plan, url
        self._before = plan.state if plan.state.get("feed") else {}
        self.state: State = plan.state

    @property
    def degraded(self) -> tuple[str, ...]:
        return (*self._gap, *self.apart.degraded)

    def read(self, page: Page | None = None) -> None:
        """Raises ConnectorError; also where the page, given or fetched, is no feed."""
        if page is None:
            whole = self._plan.full or self._plan.daily or self._before.get("feed") != self._url
            page = self._web.get(self._url, headers={} if whole else self._before["memory"])
        if page.status == 304:
            return
        parsed = _parsed(page)
        if not parsed.get("version"):
            raise failure("no_comments", self._plan.now)
        known = {_id(entry) for entry in parsed.entries} | self._before.get("ids", {}).keys()
        answers = {_id(entry): _answered(entry, known) for entry in parsed.entries}
        for entry in parsed.entries:
            with self.apart.each():
                comment = self._comment(entry, answers[_id(entry)])
                self.comments.append(sound_comment(_below(comment, self._top(comment.external_id, answers))))
        self.apart.settle(self.comments)
        self._look_for_a_gap()
        # what was set apart is said until it is gone, so the next look must not end with "nothing has changed"
        self._remember({} if parsed.bozo or self.apart.degraded else page.memory)

    def _comment(self, entry: Entry, answered: str | None) -> ReadComment:
        id_, link = _id(entry), entry.get("link")
        return ReadComment(
            external_id=id_,
            post_external_id=_post(entry, answered),
            thread_external_id=id_,
            posted_at=_time(entry) or self._plan.now,
            text=_text(entry),
            author=Author(name=entry["author"]) if entry.get("author") else None,
            permalink=link if str(link).startswith(("http://", "https://")) else None,
        )

    def _top(self, id_: str, answers: dict[str, str | None]) -> str:
        """The top-level comment of its thread, as far as the feed and our memory tell."""
        passed: set[str] = set()
        remembered: dict[str, str] = self._before.get("ids", {})
        while (parent := answers.get(id_)) and parent not in passed:
            passed.add(parent)
            if parent not in answers:
                return remembered.get(id_) or remembered.get(parent) or parent
            id_ = parent
        return id_

    def _look_for_a_gap(self) -> None:
        """Nothing that was there last time is there still, and all of it is newer: who knows what came in between?"""
        then, now = self._before.get("ids", {}), {comment.external_id for comment in self.comments}
        if not then or not now or then.keys() & now:
            return
        oldest = min(comment.posted_at for comment in self.comments)
        if oldest >= datetime.fromisoformat(self._before["newest"]):
            self._gap = (GAP,)

    def _remember(self, memory: dict[str, str]) -> None:
        if not self.comments:
            self.state = {**self._before, "feed": self._url, "memory": memory}
            return
        newest = max(comment.posted_at for comment in self.comments)
        ids = {comment.external_id: comment.thread_external_id for comment in self.comments}
        self.state = {"feed": self._url, "ids": ids, "newest": newest.isoformat(), "memory": memory}


def _below(comment: ReadComment, top: str) -> ReadComment:
    if top == comment.external_id:
        return comment
    return replace(comment, thread_external_id=top, parent_external_id=top)


def _id(entry: Entry) -> str:
    """The number where WordPress made the feed, so that a comment is the same whichever way it was read."""
    name = entry.get("id") or entry.get("link")
    if not name:
        whole = "\0".join(str(entry.get(part, "")) for part in ("title", "author", "published", "summary"))
        name = hashlib.sha256(whole.encode(errors="replace")).hexdigest()
    number = _COMMENT.search(name)
    return number[1] if number else name


def _post(entry: Entry, answered: str | None) -> str:
    """What it stands below: WordPress's number of the post, what Atom says, or else the link without its end."""
    if number := _POST.search(entry.get("id") or ""):
        return number[1]
    reference = "" if answered else _reference(entry)
    return reference or str(entry.get("link") or "").partition("#")[0]


def _answered(entry: Entry, known: Container[str]) -> str | None:
    """Id of the comment that it says it answers (RFC 4685); None where that is the post, or nothing is said."""
    reference = _reference(entry)
    if number := _COMMENT.search(reference):
        return number[1]
    return reference if reference in known else None


def _reference(entry: Entry) -> str:
    return str(entry.get("thr_in-reply-to", {}).get("ref", ""))


def _time(entry: Entry) -> datetime | None:
    """None where it tells none. Raises ODD for one that can be none."""
    names = [name for name in ("published_parsed", "updated_parsed") if name in entry]  # else feedparser warns
    told = next((entry[name] for name in names if entry[name]), None)
    return possible(datetime.fromtimestamp(timegm(told), UTC)) if told else None


def _text(entry: Entry) -> str:
    parts = [*entry.get("content", []), entry.get("summary_detail") or {}]
    part: Entry = next((part for part in parts if part.get("value")), {})
    value = str(part.get("value", entry.get("summary", "")))
    return value.strip() if part.get("type") == "text/plain" else plain(value)
