"""Facebook pages: the page's own posts, visitors' posts, and every comment and reply below both.

An idle reading is one counted call (PLATFORMS: nested expansion counts once). A thread is told by Facebook's own
flattening: a reply to a reply has the top-level comment as its parent.

A user's token reads a page without error and sees no comments at all. So the kind of a token is asked once per token
(the state remembers which one it was); where Graph will not tell it, posts that declare comments of which none can be
read are taken for the same thing, and a listing without any comment claims nothing.

What an idle reading cannot see: an edit of a comment older than the newest ones listed with its post, and changes
below posts older than a week and beyond the newest 50. A daily reading sees both for 90 days, and of the posts that
are older those where the count changed; a full reading sees everything.
"""

from datetime import timedelta
from typing import ClassVar

from config.language import N_
from config.settings import Settings
from connectors.apart import moment
from connectors.base import Account, Budget, Covered, Credential, Health, Reading, ReadPlan, ReadPost
from connectors.errors import ConnectorError, CredentialMissing, PermissionLost
from connectors.facebook.answers import (
    COMMENT_FIELDS,
    OPTIONAL,
    POST_FIELDS,
    read_comment,
    read_post,
    visitors_post_as_comment,
)
from connectors.facebook.publishing import FacebookPublishing
from connectors.facebook.writing import FacebookWriting
from connectors.graph.client import GraphClient, Json, app_budget, items, next_page
from connectors.graph.errors import ALLOW_AGAIN
from connectors.graph.health import Needs, TokenReport, examine, report, wrong_kind
from connectors.graph.look import NOTHING, Look
from connectors.graph.questions import Fields

READ_SCOPES = ("pages_read_engagement", "pages_read_user_content")
BLIND = frozenset({"user", "app"})
"""Kinds of token to which Facebook shows posts but no comments."""
WALK = {"filter": "stream", "order": "reverse_chronological", "live_filter": "no_filter"}
NOT_RANKED = ".".join(f"{name}({value})" for name, value in WALK.items())
"""The defaults would hide replies, sort by popularity, and leave out what Facebook finds dull in live videos."""
OTHER_PAGE = N_("Connect this channel's own page: the token belongs to another one.")


class Facebook(FacebookWriting, FacebookPublishing):
    """One page. Credential: token (of the page, or of a system user), optional app_secret and app_id."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        if not credential.get("token"):
            raise CredentialMissing("the channel has no token")
        self._page_id, self._credential, self._settings = account.external_id, credential, settings
        self._needs = Needs(
            self._page_id, READ_SCOPES, reply="pages_manage_engagement", publish="pages_manage_posts", by_name=True
        )

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (Budget(f"graph/pages/{self._page_id}"), app_budget(self._credential))

    def read(self, plan: ReadPlan) -> Reading:
        client = GraphClient(
            self._credential, self._settings, now=plan.now, keep_alive=plan.keep_alive, allowance=plan.allowance
        )
        return _PageLook(client, plan, self._credential, self._needs).run()

    def check(self) -> Health:
        """At most four calls."""
        client = GraphClient(self._credential, self._settings)
        return examine(client, self._credential, self._needs, self._judge, lambda: self._try(client))

    def _judge(self, token: TokenReport) -> ConnectorError | None:
        if token.kind in BLIND:
            return wrong_kind(token.kind)
        if token.profile_id and token.profile_id != self._page_id:
            return PermissionLost("the token belongs to another page", remedy=OTHER_PAGE)
        return None

    def _try(self, client: GraphClient) -> None:
        """Reads some comments for real: they have to come with their authors."""
        below = f"comments.{NOT_RANKED}.limit(5){{id,from}}"
        edges = ("published_posts", "visitor_posts")
        page = client.get(self._page_id, fields=",".join(f"{edge}.limit(5){{id,{below}}}" for edge in edges))
        posts = [post for edge in edges for post in items(page.get(edge) or NOTHING)]
        comments = [comment for post in posts for comment in items(post.get("comments") or NOTHING)]
        if comments and not any(comment.get("from") for comment in comments):
            raise PermissionLost("comments come without their authors", remedy=ALLOW_AGAIN)


class _PageLook(Look):
    edges = ("published_posts", "visitor_posts")
    visitors = "visitor_posts"
    window: ClassVar[int] = 50
    limits: ClassVar[tuple[int, int]] = (50, 25)
    optional = OPTIONAL

    def list_posts(self) -> None:
        self._ask_kind_of_token()
        super().list_posts()
        if any(not comment.is_post for comment in self.comments.values()):
            self.doubtful = False
        elif self.doubtful and any(post.declared_comments for post in self.posts.values()):
            raise wrong_kind("unknown")

    def _ask_kind_of_token(self) -> None:
        mark, state = self.credential.mark("token"), self.memory.state
        if state.get("token") == mark:
            return
        kind = report(self.client, self.credential).kind
        if kind in BLIND:
            raise wrong_kind(kind)
        self.doubtful = kind == "unknown"
        if not self.doubtful:
            state["token"] = mark

    def question(self, fields: Fields, posts: int, comments: int) -> str:
        listing = f"comments.{NOT_RANKED}.limit({comments}).summary(true)"
        below = f"{listing}{{{fields.of('comment', COMMENT_FIELDS)}}}"
        return ",".join(f"{edge}.limit({posts}){{{fields.of('post', POST_FIELDS)},{below}}}" for edge in self.edges)

    def take_post(self, item: Json, edge: str) -> ReadPost:
        by_visitor = edge == self.visitors
        if by_visitor:
            self.keep(visitors_post_as_comment(item))
        return read_post(item, by_visitor=by_visitor)

    def take_comments(self, found: list[Json], post: ReadPost) -> None:
        for item in found:
            with self.apart.each(post.external_id):
                self.keep(read_comment(item, post))

    def is_whole(self, listing: Json, post: ReadPost) -> bool:
        """No further page; and not empty where Facebook counts some: then it is the listing that is in doubt."""
        return next_page(listing) is None and bool(items(listing) or not post.declared_comments)

    def claim_part(self, listing: Json, post: ReadPost) -> None:
        """Everything newer than the oldest one listed. Others of that same second may be on the next page."""
        times = [moment(item["created_time"]) for item in items(listing)]
        if times and times == sorted(times, reverse=True):
            self.covered.append(Covered("post", post.external_id, since=times[-1] + timedelta(seconds=1)))

    def walk(self, listing: Json, post: ReadPost) -> None:  # noqa: ARG002 - Instagram goes on from there
        def everything(limit: int) -> int:
            first = self.questions.ask(
                f"{post.external_id}/comments",
                lambda fields: {"limit": str(limit), "fields": fields.of("comment", COMMENT_FIELDS), **WALK},
            )
            count = 0
            for page in self.client.pages(first):
                self.take_comments(page, post)
                count += len(page)
            return count

        if self.smaller_and_smaller(100, everything) or not post.declared_comments:
            self.covered.append(Covered("post", post.external_id))
