"""Professional Instagram accounts through the Graph API: own media, and every comment and reply below them.

An idle reading is one counted call. Instagram gives the newest 50 comments of a media and up to 50 replies of each
inside it. Whether its `comments_count` counts replies is not documented, so a change of anything listed counts too; a
new reply below a comment older than the newest 50 is seen at once only where the count tells it, else in the daily
reading for 90 days, and then in a full one. Comments by restricted people are not given until somebody approves them.
"""

from typing import ClassVar

from config.settings import Settings
from connectors.base import Account, Budget, Covered, Credential, Health, Reading, ReadPlan, ReadPost
from connectors.errors import ConnectorError, CredentialMissing, PermissionLost
from connectors.graph.client import GraphClient, Json, app_budget, items, next_page
from connectors.graph.errors import ALLOW_AGAIN, TooMuchData
from connectors.graph.health import Needs, TokenReport, examine, wrong_kind
from connectors.graph.look import NOTHING, Look
from connectors.graph.questions import Fields
from connectors.instagram.answers import COMMENT_FIELDS, MEDIA_FIELDS, OPTIONAL, author, read_comment, read_media
from connectors.instagram.publishing import InstagramPublishing
from connectors.instagram.writing import InstagramWriting

READ_SCOPES = ("instagram_basic", "instagram_manage_comments")
CAP = 50
"""Instagram gives no more comments than this at once."""


class Instagram(InstagramWriting, InstagramPublishing):
    """One account by its Instagram user id. Credential: token, optional app_secret and app_id."""

    def __init__(self, account: Account, credential: Credential, settings: Settings) -> None:
        if not credential.get("token"):
            raise CredentialMissing("the channel has no token")
        self._account, self._credential, self._settings = account, credential, settings
        self._needs = Needs(
            account.external_id, READ_SCOPES, reply="instagram_manage_comments", publish="instagram_content_publish"
        )

    @property
    def budgets(self) -> tuple[Budget, ...]:
        return (Budget(f"graph/instagram/{self._account.external_id}"), app_budget(self._credential))

    def read(self, plan: ReadPlan) -> Reading:
        client = GraphClient(
            self._credential, self._settings, now=plan.now, keep_alive=plan.keep_alive, allowance=plan.allowance
        )
        return _AccountLook(client, plan, self._credential, self._needs).run()

    def check(self) -> Health:
        """At most four calls."""
        client = GraphClient(self._credential, self._settings)
        return examine(client, self._credential, self._needs, _judge, lambda: self._try(client))

    def _try(self, client: GraphClient) -> None:
        """Reads some comments for real: they have to come with their authors."""
        fields = f"id,media.limit(5){{id,comments.limit(5){{{','.join(COMMENT_FIELDS)}}}}}"
        found = client.get(self._account.external_id, fields=fields)
        media = items(found.get("media") or NOTHING)
        comments = [comment for each in media for comment in items(each.get("comments") or NOTHING)]
        if comments and not any(author(comment) for comment in comments):
            raise PermissionLost("comments come without their authors", remedy=ALLOW_AGAIN)


def _judge(token: TokenReport) -> ConnectorError | None:
    return wrong_kind(token.kind) if token.kind == "app" else None


class _AccountLook(Look):
    edges = ("media",)
    window: ClassVar[int] = 25
    limits: ClassVar[tuple[int, int]] = (25, CAP)
    optional = OPTIONAL

    def question(self, fields: Fields, posts: int, comments: int) -> str:
        media = fields.of("media", MEDIA_FIELDS)
        return f"media.limit({posts}){{{media},comments.limit({comments}){{{_below(fields, comments)}}}}}"

    def take_post(self, item: Json, edge: str) -> ReadPost:  # noqa: ARG002 - there is one edge
        return read_media(item, Account(self.account_id))

    def take_comments(self, found: list[Json], post: ReadPost) -> None:
        for item in found:
            with self.apart.each(post.external_id):
                self._take_replies(items(item.get("replies") or NOTHING), item["id"], post)
                self.keep(read_comment(item, post))

    def _take_replies(self, found: list[Json], parent_id: str, post: ReadPost) -> None:
        for item in found:
            with self.apart.each(post.external_id, parent_id):
                self.keep(read_comment(item, post, parent_id))

    def is_whole(self, listing: Json, post: ReadPost) -> bool:
        """Nothing on further pages, neither of comments nor of replies; not nothing at all where some are declared; and
        where Instagram gives as many as were asked for, no more declared than given, since its paging of comments is
        not documented."""
        given = items(listing)
        replies = [item.get("replies") or NOTHING for item in given]
        if any(next_page(each) for each in (listing, *replies)):
            return False
        if not given:
            return not post.declared_comments
        count = len(given) + sum(len(items(each)) for each in replies)
        return len(given) < self.asking[1] or (post.declared_comments is not None and post.declared_comments <= count)

    def claim_part(self, listing: Json, post: ReadPost) -> None:  # noqa: ARG002 - by thread, not by post
        """The threads listed. Not the time since the oldest: there may be newer replies to older comments."""
        for item in items(listing):
            if not next_page(item.get("replies") or NOTHING):
                self.covered.append(Covered("thread", item["id"]))

    def walk(self, listing: Json, post: ReadPost) -> None:
        """Goes on where the listing ends; where it is empty, or Graph finds its pages too big, from the start."""
        try:
            count = self._walk_from(listing if items(listing) else self._ask(CAP, post), post)
        except TooMuchData:
            count = self.smaller_and_smaller(CAP // 2, lambda limit: self._walk_from(self._ask(limit, post), post))
        cut_short = len(items(listing)) >= self.asking[1] and next_page(listing) is None
        declared = post.declared_comments
        if (cut_short and (declared is None or count < declared)) or (declared and not count):
            self.claim_part(listing, post)
        else:
            self.covered.append(Covered("post", post.external_id))

    def _ask(self, limit: int, post: ReadPost) -> Json:
        return self.questions.ask(
            f"{post.external_id}/comments", lambda fields: {"limit": str(limit), "fields": _below(fields, limit)}
        )

    def _walk_from(self, listing: Json, post: ReadPost) -> int:
        """How many comments and replies there are from this page of comments to the end."""
        count = 0
        for page in self.client.pages(listing):
            for item in page:
                with self.apart.each(post.external_id):
                    self.keep(read_comment(item, post))
                for replies in self.client.pages(item.get("replies") or NOTHING):
                    self._take_replies(replies, item["id"], post)
                    count += len(replies)
            count += len(page)
        return count


def _below(fields: Fields, replies: int) -> str:
    comment = fields.of("comment", COMMENT_FIELDS)
    return f"{comment},replies.limit({replies}){{{comment}}}"
