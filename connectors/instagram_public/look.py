"""One look at an account through instagram.com: the timeline tells each post's number of comments, and only posts whose
number changed are read."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import cast

from instaloader import InstaloaderContext, NodeIterator, Post, Profile
from instaloader.exceptions import AbortDownloadException, LoginRequiredException, PrivateProfileNotFollowedException

from connectors.apart import UNREADABLE, Apart
from connectors.base import GROWN, YOUNG, Covered, ReadComment, ReadPlan, ReadPost, State
from connectors.instagram_public.below import Below, Node, as_read, broke_off, post_id, posted_at
from connectors.instagram_public.errors import failure
from connectors.instagram_public.session import TODAY


def is_logged_in(context: InstaloaderContext) -> bool:
    """Does Instagram take the session for somebody's? One request. Hides no failure, as test_login would."""
    return context.graphql_query(TODAY.login, {})["data"]["user"] is not None


class _Account(Profile):
    """The timeline wants the user name alone: what instaloader would ask for before that is left out."""

    def __init__(self, context: InstaloaderContext, name: str) -> None:
        super().__init__(context, {"username": name, "id": "0", "is_private": False})

    def _obtain_metadata(self) -> None:
        pass


class Look:
    """Gathers what one reading brings; what was gathered before an error stays.

    State: `posts` number of comments by post (null: to be read again); `answers` see Below, by post; `resume` only when
    the timeline was not read to its end: the cursor to go on from, or "" for its beginning; `apart` only when something
    was set apart: the posts below which that stands, which an idle look does not read, and "" for a post itself.
    """

    def __init__(self, name: str, plan: ReadPlan) -> None:
        self.posts: dict[str, ReadPost] = {}
        self.comments: dict[str, ReadComment] = {}
        self.covered: list[Covered] = []
        self._name = name
        self._plan = plan
        self._is_new = not plan.state
        self._counts: dict[str, int | None] = dict(plan.state.get("posts", {}))
        self._answers: dict[str, dict[str, int]] = dict(plan.state.get("answers", {}))
        self._resume: str | None = plan.state.get("resume")
        self.apart = Apart()
        self._odd: set[str] = set(plan.state.get("apart", []))
        self._hides = False
        """A post of the timeline was set apart, and nobody knows which one it is."""

    def state(self, *, forget_cursor: bool = False) -> State:
        """forget_cursor: what Instagram does not understand must not stop us for ever."""
        state: State = {"posts": self._counts, "answers": self._answers}
        if self._odd:
            state["apart"] = sorted(self._odd)
        if self._resume is not None:
            state["resume"] = "" if forget_cursor else self._resume
        return state

    @property
    def degraded(self) -> tuple[str, ...]:
        return (UNREADABLE,) if self._odd else ()

    # -- the timeline

    def walk(self, context: InstaloaderContext) -> None:
        """Reads what the plan wants. Goes on where an earlier look was broken off."""
        self._context = context
        if cursor := self._resume:
            self._read_pages(self._timeline(), to_end=False, as_planned=False)
            self._read_pages(self._timeline_after(cursor), cursor, to_end=True)
        else:
            timeline = self._timeline()
            to_end = self._plan.full or self._plan.daily or self._resume is not None
            if self._read_pages(timeline, to_end=to_end):
                self._compare_with_whole(timeline)
        self._resume = None
        if self._is_new or self._plan.full or self._plan.daily:  # an idle look need not come to more than the odd one
            self.apart.settle(self.comments)

    def glance(self, context: InstaloaderContext) -> None:
        """Raises where the account could not be read: the session is over, or there are no posts for a reason."""
        self._context = context
        if not is_logged_in(context):
            raise LoginRequiredException
        if next(self._timeline(), None) is None:
            self._make_sure_that_it_is_empty()

    def _timeline(self) -> NodeIterator[Node]:
        """The posts as Instagram writes them: instaloader would break off at the first that it cannot make sense of."""
        timeline = cast("NodeIterator[Node]", _Account(self._context, self._name).get_posts())
        timeline._node_wrapper = lambda node: node  # noqa: SLF001 - no other way to it
        timeline._is_first = lambda _node, first: first is None  # noqa: SLF001
        return timeline

    def _timeline_after(self, cursor: str) -> NodeIterator[Node]:
        """Costs a request for the first page, which instaloader makes before it can be told where to begin."""
        timeline = self._timeline()
        rest = {"edges": [], "page_info": {"has_next_page": True, "end_cursor": cursor}}
        timeline.thaw(timeline.freeze()._replace(remaining_data=rest))
        return timeline

    def _read_pages(
        self, timeline: NodeIterator[Node], cursor: str = "", *, to_end: bool, as_planned: bool = True
    ) -> bool:
        """Page by page until the rest is known and no longer young; was the end reached?

        A page is read from its oldest post on, so that what is known has no gap when the reading breaks off: whatever
        is older than a known post is known, or comes after `resume`.
        """
        for nodes, following in _pages(timeline):
            page = self._understood(nodes)
            oldest = page[-1][0] if page else None
            is_young = as_planned and oldest is not None and self._is_younger(oldest, YOUNG)
            goes_on = to_end or is_young or oldest is None or post_id(oldest) not in self._counts
            if goes_on:
                self._resume = cursor
            for post, read in reversed(page):
                self._read_post(post, read, again=as_planned and self._wants_all_of(post))
            if not goes_on:
                return False
            cursor = self._resume = following
        return True

    def _understood(self, nodes: list[Node]) -> list[tuple[Post, ReadPost]]:
        found: list[tuple[Post, ReadPost]] = []
        for node in nodes:
            with self.apart.each():
                post = Post.from_iphone_struct(self._context, node)
                # the public .comments costs a request
                found.append((post, as_read(post, post._node["comments"])))  # noqa: SLF001
        if len(found) < len(nodes):
            self._hides = True
            self._odd.add("")
        return found

    def _compare_with_whole(self, timeline: NodeIterator[Node]) -> None:
        """What is not in a timeline that was read from beginning to end has been deleted."""
        if self._hides:
            return
        self._odd.discard("")
        if not self.posts and (self._counts or self._plan.full or self._is_new):
            self._make_sure_that_it_is_empty()
        for gone in () if broke_off(timeline) else self._counts.keys() - self.posts.keys():
            self.covered.append(Covered("post", gone))
            self._odd.discard(gone)
            del self._counts[gone]
            self._answers.pop(gone, None)

    def _make_sure_that_it_is_empty(self) -> None:
        """Instagram shows an empty timeline, too, where the account does not exist or is private."""
        try:
            profile = Profile.from_username(self._context, self._name)
        except AbortDownloadException:  # instaloader asks as a visitor, who may be sent to log in
            raise failure("unseen", self._plan.now) from None
        if profile.is_private and not profile.followed_by_viewer:
            raise PrivateProfileNotFollowedException(self._name)

    # -- a post

    def _is_younger(self, post: Post, age: timedelta) -> bool:
        return posted_at(post) > self._plan.now - age

    def _wants_all_of(self, post: Post) -> bool:
        """Whatever its number of comments says."""
        return self._plan.full or (self._plan.daily and self._is_younger(post, GROWN))

    def _read_post(self, post: Post, read: ReadPost, *, again: bool) -> None:
        id_, count = read.external_id, read.declared_comments
        self.posts[id_] = read
        if again or count is None or self._counts.get(id_) != count:
            self._read_below(post, count, again)

    def _read_below(self, post: Post, count: int | None, again: bool) -> None:
        id_ = post_id(post)
        below = Below(self._context, post, self.comments, self.apart)
        if count != 0:
            below.read({} if again else self._answers.get(id_, {}))
        self.covered += below.covered()
        self._odd.discard(id_)
        if id_ in self.apart.places:
            self._odd.add(id_)
        self._counts[id_] = count if below.whole else None
        self._answers.pop(id_, None)
        if below.answers:
            self._answers[id_] = below.answers


def _pages(timeline: NodeIterator[Node]) -> Iterator[tuple[list[Node], str]]:
    """Each page of the timeline with the cursor of the next; the cursor is empty after the last."""
    for first in timeline:
        page = timeline.freeze().remaining_data or {}
        info = page["page_info"]
        yield [first, *islice(timeline, len(page["edges"]) - 1)], info["end_cursor"] if info["has_next_page"] else ""
