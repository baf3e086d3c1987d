"""A blog's comments: through WordPress's REST API where it is offered, else through a feed of comments.

Requests per reading of a WordPress blog: 1 when nothing happened, 1 more for each further 100 comments of the last
week, 1 for posts, and 1 for older comments, where something new stands below them. A feed costs 1.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from config.settings import Settings
from connectors.apart import ODD
from connectors.base import Account, Budget, Credential, Health, Reading, ReadPlan
from connectors.blog.errors import NOT_HERE, failure
from connectors.blog.feeds import Feed, is_feed
from connectors.blog.finding import comment_feeds, root_below, roots
from connectors.blog.pen import Pen
from connectors.blog.publishing import BlogPublishing
from connectors.blog.web import Page, Web
from connectors.blog.wordpress import WordPress
from connectors.errors import ConnectorError

PER_SECOND = 2
"""Requests of one web server: it may be a small one, and people read it too."""


class Blog(BlogPublishing):
    """account.address: of the blog, or of its comments' feed. account.external_id: the organisation's user numbers."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        self._address = account.address
        self._credential, self._settings = credential, settings
        self._inside = settings.private_addresses

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """The web server's patience, which it tells to nobody."""
        return (Budget(f"blog/{urlsplit(self._address).netloc}", per_second=PER_SECOND),)

    def check(self) -> Health:
        """A few requests: are there comments to read, and may we publish, where that is meant?"""
        plan = ReadPlan(now=datetime.now(UTC))
        web = Web(plan, inside=self._inside)
        look = _Look(self._address, plan, web)
        problem = _attempt(look.find, plan)
        pen = Pen(self._credential, inside=self._inside)
        kind, may = ("password", self._may_publish(pen, look)) if pen.can_write else ("none", False)
        sent = web.sent + (kind != "none")
        read = problem is None
        return Health(kind, can_read=read, can_publish=may, problem=problem, requests=sent, counted_cost=sent)

    def _may_publish(self, pen: Pen, look: "_Look") -> bool:
        try:
            told = pen.get(f"{look.root}/users/me", context="edit", _fields="capabilities")
            return bool(told["capabilities"]["publish_posts"])
        except (ConnectorError, *ODD):
            return False

    def read(self, plan: ReadPlan) -> Reading:
        web = Web(plan, inside=self._inside)
        look = _Look(self._address, plan, web)
        error = _attempt(look.read, plan)
        return look.told(web, error)


class _Look:
    """One reading, by whichever way there is."""

    def __init__(self, address: str, plan: ReadPlan, web: Web) -> None:
        self._address, self._plan, self._web = address, plan, web
        self._wordpress: WordPress | None = None
        self._feed: Feed | None = None

    def read(self) -> None:
        """By the way that worked last time; with a full plan, and where that way is closed, by the best there is."""
        state = self._plan.state
        if self._plan.full or not state:
            self.find()
        elif root := state.get("root"):
            if not self._is_wordpress(root):
                self.find()
        elif feed := state.get("feed"):
            self._read_feed(feed)
        else:
            self.find()
        if self._wordpress is not None:
            self._wordpress.go_on()

    @property
    def root(self) -> str:
        """Of the REST API, as far as we know."""
        return self._wordpress.root if self._wordpress is not None else root_below(self._address)

    def find(self) -> None:
        """The first page of comments, or the feed. Raises ConnectorError where there is neither."""
        root = root_below(self._address)
        if self._is_wordpress(root):
            return
        page = self._web.get(self._address)
        if is_feed(page):
            self._read_feed(page.url, page)
            return
        if any(self._is_wordpress(other) for other in roots(page) if other != root):
            return
        for url in comment_feeds(page):
            if self._is_there(lambda url=url: self._read_feed(url)):  # type: ignore[misc]  # the lambda's default
                return
        raise failure("no_comments", self._plan.now)

    def _is_wordpress(self, root: str) -> bool:
        look = WordPress(self._web, self._plan, root)
        if not self._is_there(look.begin):
            return False
        self._wordpress = look
        return True

    def _is_there(self, ask: Callable[[], None]) -> bool:
        try:
            ask()
        except ConnectorError as error:
            if error.code in NOT_HERE or error.code == "no_comments":
                return False
            raise
        return True

    def _read_feed(self, url: str, page: Page | None = None) -> None:
        feed = Feed(self._web, self._plan, url)
        feed.read(page)
        self._feed = feed

    def told(self, web: Web, error: ConnectorError | None) -> Reading:
        """What came, whatever went wrong; then the memory stays as it was."""
        found, feed = self._wordpress, self._feed
        state = found.state if found else feed.state if feed else self._plan.state
        closed = feed is not None and "root" in self._plan.state
        look = found or feed
        return Reading(
            posts=tuple(found.posts if found else ()),
            comments=tuple(found.comments if found else feed.comments if feed else ()),
            covered=tuple(found.covered if found else ()),
            state=self._plan.state if error else state,
            requests=web.sent,
            counted_cost=web.sent,
            looked_up=found.looked_up if found else {},
            degraded=(*(("rest_api",) if closed else ()), *(look.degraded if look else ())),
            error=error,
        )


def _attempt(ask: Callable[[], None], plan: ReadPlan) -> ConnectorError | None:
    """What went wrong, if anything did."""
    try:
        ask()
    except ConnectorError as error:
        return error
    except ODD:
        return failure("shape", plan.now)
    return None
