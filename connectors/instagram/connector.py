"""Professional Instagram accounts through the Graph API: own media, and every comment and reply below them.

An idle reading is one counted call. Instagram gives the newest 50 comments of a media and up to 50 replies of each
inside it. Whether its `comments_count` counts replies is not documented, so a change of anything listed counts too; a
new reply below a comment older than the newest 50 is seen at once only where the count tells it, else in a full
reading. Comments by restricted people are not given until somebody approves them.
"""

from typing import ClassVar

from config.settings import Settings
from connectors.base import Account, Budget, Covered, Credential, Health, Reading, ReadPlan, ReadPost
from connectors.errors import ConnectorError, CredentialMissing, PermissionLost
from connectors.graph.client import GraphClient, Json, app_budget, items, next_page
from connectors.graph.errors import TooMuchData
from connectors.graph.health import Needs, TokenReport, examine
from connectors.graph.look import NOTHING, Look
from connectors.instagram.answers import MEDIA_FIELDS, REPLY_FIELDS, author, read_comment, read_media
from connectors.instagram.writing import InstagramWriting

NEEDS = Needs(
    ("instagram_basic", "instagram_manage_comments"), "instagram_manage_comments", "instagram_content_publish"
)
CAP = 50
"""Instagram gives no more comments than this at once."""


class Instagram(InstagramWriting):
    """One account by its Instagram user id. Credential: token, optional app_secret and app_id."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        if not credential.get("token"):
            raise CredentialMissing("the channel has no token")
        self._account, self._credential, self._settings = account, credential, settings

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (Budget(f"graph/instagram/{self._account.external_id}"), app_budget(self._credential))

    def read(self, plan: ReadPlan) -> Reading:
        client = GraphClient(self._credential, self._settings, now=plan.now, keep_alive=plan.keep_alive)
        return _AccountLook(client, self._account.external_id, plan).run()

    def check(self) -> Health:
        client = GraphClient(self._credential, self._settings)
        return examine(client, self._credential, NEEDS, _judge, lambda: self._try(client))

    def _try(self, client: GraphClient) -> None:
        """Reads some comments for real: they have to come with their authors."""
        fields = f"id,media.limit(5){{id,comments.limit(5){{{REPLY_FIELDS}}}}}"
        found = client.get(self._account.external_id, fields=fields)
        media = items(found.get("media") or NOTHING)
        comments = [comment for each in media for comment in items(each.get("comments") or NOTHING)]
        if comments and not any(author(comment) for comment in comments):
            raise PermissionLost("comments come without their authors")


def _judge(token: TokenReport) -> ConnectorError | None:
    return PermissionLost("an app's own token reads no account") if token.kind == "app" else None


class _AccountLook(Look):
    edges = ("media",)
    window: ClassVar[int] = 25
    limits: ClassVar[tuple[int, int]] = (25, CAP)

    def question(self, posts: int, comments: int) -> str:
        return f"media.limit({posts}){{{MEDIA_FIELDS},comments.limit({comments}){{{_comment_fields(comments)}}}}}"

    def take_post(self, item: Json, edge: str) -> ReadPost:  # noqa: ARG002 - there is one edge
        return read_media(item, Account(self.account_id))

    def take_comments(self, found: list[Json], post: ReadPost) -> None:
        for item in found:
            self.keep(read_comment(item, post))
            self._take_replies(items(item.get("replies") or NOTHING), item["id"], post)

    def _take_replies(self, found: list[Json], parent_id: str, post: ReadPost) -> None:
        for item in found:
            self.keep(read_comment(item, post, parent_id))

    def is_whole(self, listing: Json, post: ReadPost) -> bool:
        """Nothing on further pages, neither of comments nor of replies; and where Instagram gives as many as were asked
        for, no more declared than given, since its paging of comments is not documented."""
        given = items(listing)
        replies = [item.get("replies") or NOTHING for item in given]
        if any(next_page(each) for each in (listing, *replies)):
            return False
        count = len(given) + sum(len(items(each)) for each in replies)
        return len(given) < self.asking[1] or (post.declared_comments or 0) <= count

    def claim_part(self, listing: Json, post: ReadPost) -> None:  # noqa: ARG002 - by thread, not by post
        """The threads listed. Not the time since the oldest: there may be newer replies to older comments."""
        for item in items(listing):
            if not next_page(item.get("replies") or NOTHING):
                self.covered.append(Covered("thread", item["id"]))

    def walk(self, listing: Json, post: ReadPost) -> None:
        """Goes on where the listing ends; where Graph finds its pages too big, from the start in smaller ones."""
        try:
            count = self._walk_from(listing, post)
        except TooMuchData:
            count = self.smaller_and_smaller(CAP // 2, lambda limit: self._walk_from(self._ask(limit, post), post))
        cut_short = len(items(listing)) >= self.asking[1] and next_page(listing) is None
        if cut_short and count < (post.declared_comments or 0):
            self.claim_part(listing, post)
        else:
            self.covered.append(Covered("post", post.external_id))

    def _ask(self, limit: int, post: ReadPost) -> Json:
        return self.client.get(f"{post.external_id}/comments", limit=str(limit), fields=_comment_fields(limit))

    def _walk_from(self, listing: Json, post: ReadPost) -> int:
        """How many comments and replies there are from this page of comments to the end."""
        count = 0
        for page in self.client.pages(listing):
            for item in page:
                self.keep(read_comment(item, post))
                for replies in self.client.pages(item.get("replies") or NOTHING):
                    self._take_replies(replies, item["id"], post)
                    count += len(replies)
            count += len(page)
        return count


def _comment_fields(replies: int) -> str:
    return f"{REPLY_FIELDS},replies.limit({replies}){{{REPLY_FIELDS}}}"
