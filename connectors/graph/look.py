"""One look at an account on Graph: what Facebook and Instagram have in common.

One question lists the newest posts with their newest comments below them. What that shows in full needs nothing more.
A post with more comments than that is walked to its end only if it changed: its count, or a comment that is shown.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from connectors.base import Author, Covered, ReadComment, Reading, ReadPlan, ReadPost, State
from connectors.errors import ChannelGone, ConnectorError
from connectors.graph.client import GraphClient, Json, items
from connectors.graph.errors import TooMuchData, understood

Given = TypeVar("Given")
NOTHING: Json = {"data": []}
"""A listing that is not there: Graph leaves an empty one out."""


class Look(ABC):
    """What one reading has gathered so far, and what the next one has to know.

    State: limits (posts, comments) that Graph did not find too big; posts (id -> fingerprint) of the window as they
    were last looked into; history, whether everything was read to its end once.
    """

    edges: ClassVar[tuple[str, ...]]
    visitors: ClassVar[str] = ""
    """The edge, if any, that lists visitors' posts."""
    window: ClassVar[int]
    """So many of the newest posts of each edge are looked at every time; older ones by a full reading only."""
    limits: ClassVar[tuple[int, int]]

    def __init__(self, client: GraphClient, account_id: str, plan: ReadPlan) -> None:
        self.client, self.account_id = client, account_id
        self.posts: dict[str, ReadPost] = {}
        self.comments: dict[str, ReadComment] = {}
        self.covered: list[Covered] = []
        self.state: State = dict(plan.state)
        self.known = _remembered_posts(plan.state)
        self.everything = plan.full or plan.state.get("history") is not True
        self.listed: dict[str, Json] = {}
        self._in_window: set[str] = set()
        self.doubtful = False
        """Perhaps Graph hides the comments from this token: then what is absent says nothing."""
        # A full reading tries the big ones again.
        self.asking = self.limits if plan.full else _remembered_limits(plan.state) or self.limits

    # -- what the platforms do differently

    @abstractmethod
    def question(self, posts: int, comments: int) -> str:
        """The `fields` that list all edges with so many posts, and so many comments below each."""

    @abstractmethod
    def take_post(self, item: Json, edge: str) -> ReadPost:
        """Reads one post and keeps it."""

    @abstractmethod
    def take_comments(self, found: list[Json], post: ReadPost) -> None:
        """Reads comments and keeps them."""

    @abstractmethod
    def is_whole(self, listing: Json, post: ReadPost) -> bool:
        """Does the listing that came with the post hold all of its comments?"""

    @abstractmethod
    def walk(self, listing: Json, post: ReadPost) -> None:
        """Reads all comments of the post, however many pages."""

    @abstractmethod
    def claim_part(self, listing: Json, post: ReadPost) -> None:
        """Claims what a listing that is not whole shows to its end nevertheless."""

    # -- the way of a reading

    def run(self) -> Reading:
        """Never raises for what Graph did."""
        error: ConnectorError | None = None
        try:
            with understood():
                self._read()
        except ConnectorError as found:
            error = found
        return Reading(
            posts=tuple(self.posts.values()),
            comments=tuple(self.comments.values()),
            covered=() if self.doubtful else tuple(self.covered),
            state=self.state,
            requests=self.client.requests,
            counted_cost=self.client.requests,  # without ids= and batch, every request is one counted call
            usage=self.client.usage,
            error=error,
        )

    def _read(self) -> None:
        self.list_posts()
        for post_id in list(self.listed):
            self._look_into(post_id)
        self._find_the_vanished()
        self.state["posts"] = {id_: mark for id_, mark in self.known.items() if id_ in self._in_window}
        self.state["history"] = not self.doubtful

    def list_posts(self) -> None:
        """Lists the posts; where Graph finds the question too big, again with half of it."""
        while True:
            try:
                first = self.client.get(self.account_id, fields=self.question(*self.asking))
                for edge in self.edges:
                    self._list_edge(edge, first.get(edge) or NOTHING)
            except TooMuchData:
                if self.asking == (1, 1):
                    raise
                self.asking = (max(1, self.asking[0] // 2), max(1, self.asking[1] // 2))
            else:
                self.state["limits"] = list(self.asking)
                return

    def _list_edge(self, edge: str, listing: Json) -> None:
        count = 0
        for page in self.client.pages(listing):
            for item in page:
                post = self._take(item, edge)
                count += 1
                if count <= self.window:
                    self._in_window.add(post.external_id)
            if count >= self.window and not self.everything:
                return
        if edge == self.visitors:
            self.covered.append(Covered("posts"))

    def _take(self, item: Json, edge: str) -> ReadPost:
        post = self.take_post(item, edge)
        listing = item.get("comments") or NOTHING
        self.posts[post.external_id] = _sound_post(post)
        self.take_comments(items(listing), post)
        self.listed[post.external_id] = listing
        return post

    def _look_into(self, post_id: str) -> None:
        """Claims a post whose comments are all there; walks it where they are not and something changed."""
        post, listing = self.posts[post_id], self.listed[post_id]
        mark = fingerprint(post, listing)
        if not self.is_whole(listing, post):
            if not self.everything and self.known.get(post_id) == mark:
                self.claim_part(listing, post)
                return
            self.walk(listing, post)
        else:
            self.covered.append(Covered("post", post_id))
        self.known[post_id] = mark
        self.state["posts"] = dict(self.known)

    def _find_the_vanished(self) -> None:
        """Posts of the last window that are not listed any more: deleted, or only pushed out by newer ones?"""
        for post_id in [id_ for id_ in self.known if id_ not in self.listed]:
            try:
                self.client.get(post_id, fields="id")
            except ChannelGone:
                self.covered.append(Covered("post", post_id))

    # -- for the platforms

    def keep(self, comment: ReadComment) -> None:
        """Raises TypeError for one whose parts are not what they should be."""
        self.comments[comment.external_id] = _sound_comment(comment)

    def smaller_and_smaller(self, limit: int, ask: Callable[[int], Given]) -> Given:
        """What `ask` gives for this limit, or for the half of it as often as Graph finds it too big."""
        while True:
            try:
                return ask(limit)
            except TooMuchData:
                if limit == 1:
                    raise
                limit //= 2


def _sound_post(post: ReadPost) -> ReadPost:
    _refuse_all_but_text(post.external_id, post.text)
    _refuse_all_but_text(*_said_of(post.author), post.permalink or "")
    if not isinstance(post.declared_comments, int | None):
        raise TypeError("a count that is no number")
    return post


def _sound_comment(comment: ReadComment) -> ReadComment:
    _refuse_all_but_text(comment.external_id, comment.text, comment.thread_external_id, *comment.mentions)
    _refuse_all_but_text(*_said_of(comment.author), comment.permalink or "", comment.parent_external_id or "")
    return comment


def _said_of(author: Author | None) -> tuple[str, ...]:
    return (author.external_id or "", author.handle or "", author.name or "") if author else ()


def _refuse_all_but_text(*parts: object) -> None:
    """What Graph says is text goes into a database as text."""
    if not all(isinstance(part, str) for part in parts):
        raise TypeError("a text that is none")


def _remembered_posts(state: State) -> dict[str, str]:
    posts = state.get("posts")
    return {str(id_): str(mark) for id_, mark in posts.items()} if isinstance(posts, dict) else {}


def _remembered_limits(state: State) -> tuple[int, int] | None:
    limits = state.get("limits")
    if isinstance(limits, list) and len(limits) == 2 and all(isinstance(limit, int) and limit > 0 for limit in limits):
        return limits[0], limits[1]
    return None


def fingerprint(post: ReadPost, listing: Json) -> str:
    """Changes when the number of comments does, or anything in those that are listed."""
    seen = json.dumps([post.declared_comments, _without_paging(listing)], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _without_paging(value: Any) -> Any:
    """Cursors may differ from one answer to the next though nothing happened."""
    if isinstance(value, dict):
        return {name: _without_paging(part) for name, part in value.items() if name != "paging"}
    return [_without_paging(part) for part in value] if isinstance(value, list) else value


def moment(text: str) -> datetime:
    """Graph's times ("2026-11-16T07:00:00+0000") in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
