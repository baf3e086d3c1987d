"""One look at an account on Graph: what Facebook and Instagram have in common.

One question lists the newest posts with their newest comments below them. What that shows in full needs nothing more.
A post with more comments than that is walked to its end only if its turn has come: in every reading the newest posts
that changed (their count, or a comment that is shown), once a day every post younger than GROWN and the older ones
whose count changed, in a full reading all.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from connectors.apart import Apart
from connectors.base import GROWN, YOUNG, Covered, Credential, ReadComment, Reading, ReadPlan, ReadPost
from connectors.errors import ChannelGone, ConnectorError, Unavailable, UnexpectedAnswer
from connectors.graph.client import GraphClient, Json, items
from connectors.graph.errors import TooMuchData, understood
from connectors.graph.health import Needs, lacks, report
from connectors.graph.memory import GONE, Memory, Seen
from connectors.graph.questions import Fields, Questions
from connectors.graph.sound import fingerprint
from connectors.sound import sound_comment, sound_post

Given = TypeVar("Given")
NOTHING: Json = {"data": []}
"""A listing that is not there: Graph leaves an empty one out."""
_ID = re.compile(r"\d[\d_]*")


class Look(ABC):
    """What one reading has gathered so far. Its newest posts: the window of each edge, and all younger than YOUNG."""

    edges: ClassVar[tuple[str, ...]]
    visitors: ClassVar[str] = ""
    """The edge, if any, that lists visitors' posts."""
    window: ClassVar[int]
    """So many of the newest posts of each edge are looked at every time, however old."""
    limits: ClassVar[tuple[int, int]]
    optional: ClassVar[tuple[str, ...]]
    """The fields that a reading can do without, those that are missed least first."""

    def __init__(self, client: GraphClient, plan: ReadPlan, credential: Credential, needs: Needs) -> None:
        self.client, self.plan, self.credential, self.needs = client, plan, credential, needs
        self.account_id = needs.account_id
        self.posts: dict[str, ReadPost] = {}
        self.comments: dict[str, ReadComment] = {}
        self.covered: list[Covered] = []
        self.looked_up: dict[str, bool] = {}
        self.apart = Apart()
        self.memory = Memory(plan.state)
        self.everything = plan.full or not self.memory.history
        self.listed: dict[str, Json] = {}
        self.doubtful = False
        """Perhaps Graph hides the comments from this token: then what is absent says nothing."""
        # A full reading tries the big ones again.
        self.asking = self.limits if plan.full else self.memory.limits or self.limits
        afresh = plan.full or plan.daily
        self.questions = Questions(
            client, self.optional, self.memory.degraded, _judge(client, credential, needs), afresh=afresh
        )
        self._edge_of: dict[str, int] = {}
        self._newest = set[str]()
        self._ends = dict[int, datetime]()
        """Of the edges that were not listed to their end: the time of the oldest post listed."""

    # -- what the platforms do differently

    @abstractmethod
    def question(self, fields: Fields, posts: int, comments: int) -> str:
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
        self.memory.keep_degraded(self.questions.fields.left_out)
        return Reading(
            posts=tuple(self.posts.values()),
            comments=tuple(self.comments.values()),
            covered=() if self.doubtful else tuple(self._claims()),
            state=self.memory.state,
            requests=self.client.requests,
            counted_cost=self.client.requests,  # without ids= and batch, every request is one counted call
            usage=self.client.usage,
            looked_up=self.looked_up,
            degraded=(*self.questions.fields.left_out, *self.apart.degraded),
            error=error,
        )

    def _claims(self) -> Iterator[Covered]:
        """Nothing of where something was set apart."""
        return (claim for claim in self.covered if claim.external_id not in self.apart.places)

    def _read(self) -> None:
        self.list_posts()
        for post_id in list(self.listed):
            self._look_into(post_id)
        self.apart.settle(self.comments)
        self._find_the_vanished()
        if not self.doubtful:
            self._look_up()
        self.memory.keep_only(self._newest, self.listed if self._lists_all else None)
        self.memory.state["history"] = not self.doubtful

    # -- posts

    def list_posts(self) -> None:
        """Lists the posts; where Graph finds the question too big, again with half of it."""
        while True:
            self._newest, self._ends = set(), {}
            try:
                first = self.questions.ask(self.account_id, lambda f: {"fields": self.question(f, *self.asking)})
                for edge in self.edges:
                    self._list_edge(edge, first.get(edge) or NOTHING)
            except TooMuchData:
                if self.asking == (1, 1):
                    raise
                self.asking = (max(1, self.asking[0] // 2), max(1, self.asking[1] // 2))
            else:
                self.memory.keep_limits(self.asking)
                return

    def _list_edge(self, edge: str, listing: Json) -> None:
        place, found = self.edges.index(edge), list[ReadPost]()
        for page in self.client.pages(listing):
            posts = self._take_all(page, edge)
            found += posts
            self._edge_of |= {post.external_id: place for post in posts}
            enough = len(found) >= self.window and not self._lists_all
            if enough and not self._young_may_follow(posts):
                self._ends[place] = min(post.posted_at for post in found)
                break
        else:
            if edge == self.visitors:
                self.covered.append(Covered("posts"))
        self._newest |= {post.external_id for post in found[: self.window]}
        self._newest |= {post.external_id for post in found if self._is_younger(post, YOUNG)}

    @property
    def _lists_all(self) -> bool:
        return self.everything or self.plan.daily

    def _young_may_follow(self, page: list[ReadPost]) -> bool:
        """Graph does not promise an order: only a page that is in order tells by its last post what comes behind it."""
        times = [post.posted_at for post in page]
        behind = page[-1:] if times == sorted(times, reverse=True) else page
        return not page or any(self._is_younger(post, YOUNG) for post in behind)

    def _is_younger(self, post: ReadPost, age: timedelta) -> bool:
        return self.plan.now - post.posted_at < age

    def _take_all(self, page: list[Json], edge: str) -> list[ReadPost]:
        posts = list[ReadPost]()
        for item in page:
            with self.apart.each(""):
                posts.append(self._take(item, edge))
        return posts

    def _take(self, item: Json, edge: str) -> ReadPost:
        """Raises ODD. Graph leaves out a list that is empty: one that is no list is no empty one."""
        listing = item.get("comments", NOTHING)
        if not isinstance(listing, dict) or not isinstance(listing.get("data"), list):
            raise TypeError("a list that is none")
        post = self.take_post(item, edge)
        self.posts[post.external_id] = sound_post(post)
        self.take_comments(items(listing), post)
        self.listed[post.external_id] = listing
        return post

    # -- what stands below them

    def _look_into(self, post_id: str) -> None:
        """Claims a post whose comments are all there; walks it where they are not and its turn has come."""
        post, listing = self.posts[post_id], self.listed[post_id]
        mark, whole = fingerprint(post, listing), self.is_whole(listing, post)
        if whole:
            self.covered.append(Covered("post", post_id))
        elif self._is_due(post, mark):
            self.walk(listing, post)
        else:
            if post_id not in self.apart.places:
                self.claim_part(listing, post)
            return
        if post_id in self._newest:
            self.memory.keep_post(post_id, mark, post.posted_at, self._edge_of[post_id])
        self._keep_count(post, whole=whole)

    def _is_due(self, post: ReadPost, mark: str) -> bool:
        if self.everything or (self.plan.daily and self._is_younger(post, GROWN)):
            return True
        if post.external_id in self._newest:
            seen = self.memory.posts.get(post.external_id)
            return seen is None or seen.mark != mark
        return self.plan.daily and self.memory.counts.get(post.external_id) != post.declared_comments

    def _keep_count(self, post: ReadPost, *, whole: bool) -> None:
        """For the posts that a daily reading walks by their count: none that fit into a listing."""
        if whole or post.declared_comments is None or self._is_younger(post, GROWN):
            self.memory.counts.pop(post.external_id, None)
        else:
            self.memory.counts[post.external_id] = post.declared_comments

    def _find_the_vanished(self) -> None:
        """Posts that should have been listed again and were not: deleted, or did Graph only leave them out?

        What was found gone is asked for once more by the next reading: nobody believes it the first time.
        """
        for post_id, seen in list(self.memory.posts.items()):
            end = self._ends.get(seen.edge)
            if post_id in self.listed or (end and seen.at < end.timestamp()):
                continue
            if self._is_there(post_id) is False:
                self.covered.append(Covered("post", post_id))
                if seen.mark != GONE:
                    self.memory.posts[post_id] = Seen(GONE, seen.at, seen.edge)
                    self._newest.add(post_id)

    def _look_up(self) -> None:
        """The comments that the plan asks about, one by one. What the network does is no answer."""
        for id_ in self.plan.verify:
            try:
                found = True if id_ in self.comments else self._is_there(id_)
            except UnexpectedAnswer:
                continue
            except Unavailable:
                return
            if found is not None:
                self.looked_up[id_] = found

    def _is_there(self, id_: str) -> bool | None:
        """None for what is no id of Graph's."""
        if not _ID.fullmatch(id_):
            return None
        try:
            self.client.get(id_, fields="id")
        except ChannelGone:
            return False
        return True

    # -- for the platforms

    def keep(self, comment: ReadComment) -> None:
        """Raises TypeError or ValueError for one whose parts are not what they should be."""
        self.comments[comment.external_id] = sound_comment(comment)

    def smaller_and_smaller(self, limit: int, ask: Callable[[int], Given]) -> Given:
        """What `ask` gives for this limit, or for the half of it as often as Graph finds it too big."""
        while True:
            try:
                return ask(limit)
            except TooMuchData:
                if limit == 1:
                    raise
                limit //= 2


def _judge(client: GraphClient, credential: Credential, needs: Needs) -> Callable[[ConnectorError], None]:
    """A token that lacks a scope is not helped by leaving fields out. Asks Graph about the token: one call."""

    def judged(refusal: ConnectorError) -> None:
        if missing := report(client, credential).missing(needs.read, needs.only_for):
            raise lacks(missing, refusal.code)

    return judged
