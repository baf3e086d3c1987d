"""Professional Instagram accounts, their media and comments, as Graph tells of them."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.emulator.graph.nodes import Edge, Kind, Node, Options
from connectors.emulator.graph.times import written
from connectors.emulator.graph.tokens import Viewer
from connectors.emulator.world import Account, Comment, Post, World

WWW = "https://www.instagram.com"
A_DAY = timedelta(hours=24)
STATUS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
    "ERROR": "Error: Media upload has failed with error code 2207001.",
}
"""The one for FINISHED is recorded; the others' words are made up: only `status_code` tells."""
CAP = 50


def _media(account: Account, viewer: Viewer, _options: Options) -> list[Post]:
    """Newest first."""
    return viewer.ordered([post for post in viewer.world.posts_of(account) if post.published])


def _comments(post: Post, viewer: Viewer, _options: Options) -> Sequence[Comment]:
    """The top level only, newest first."""
    viewer.needs("instagram_manage_comments")
    return [c for c in reversed(viewer.world.comments_of(post)) if c.parent is None and viewer.shows(c)]


def _replies(comment: Comment, viewer: Viewer, _options: Options) -> Sequence[Comment]:
    viewer.needs("instagram_manage_comments")
    return [reply for reply in viewer.world.replies_to(comment) if viewer.shows(reply)]


def _limit(account: Account, viewer: Viewer, _options: Options) -> list[Account]:
    """One thing that is no thing: how much of the day's limit is used."""
    viewer.needs("instagram_content_publish")
    return [account]


def published_today(account: Account, world: World) -> int:
    """Through the API; not what somebody published in the app."""
    made = {effect.made for effect in world.effects if effect.kind == "publish" and effect.target == account.id}
    return sum(post.id in made and world.now - post.at < A_DAY for post in world.posts_ever(account))


def _count(post: Post, viewer: Viewer) -> int:
    """Meta does not say whether replies count: a habit that tests can change. Restricted ones, unseen, count too."""
    replies = viewer.habits.comments_count_with_replies
    return sum(replies or comment.parent is None for comment in viewer.world.comments_of(post))


def _from(comment: Comment, _viewer: Viewer) -> dict[str, str] | None:
    return None if comment.anonymous else {"id": comment.author.id, "username": comment.author.handle}


def _own(comment: Comment, _viewer: Viewer) -> Node | None:
    """`user` is only there where the account itself wrote the comment."""
    account = comment.post.account
    return Node("IGUser", account) if comment.author.id == account.id else None


USER = Kind(
    "IGUser",
    {
        "id": lambda account, _: account.id,
        "username": lambda account, _: account.handle,
        "name": lambda account, _: account.name,
        "ig_id": lambda account, _: int(account.pk) if account.pk.isdigit() else None,
        "media_count": lambda account, viewer: len(_media(account, viewer, {})),
        "followers_count": lambda _account, _: 0,
    },
    {
        "media": Edge("IGMedia", _media),
        "content_publishing_limit": Edge("ContentPublishingLimitResponse", _limit, paged=False),
    },
)
LIMIT = Kind(
    "ContentPublishingLimitResponse",
    {
        "quota_usage": lambda account, viewer: published_today(account, viewer.world),
        "config": lambda _account, viewer: {"quota_total": viewer.habits.publishes_a_day, "quota_duration": 86_400},
    },
    default=("quota_usage",),
)
CONTAINER = Kind(
    "IGContainer",
    {
        "id": lambda container, _: container.id,
        "status_code": lambda container, viewer: container.status(viewer.world.now),
        "status": lambda container, viewer: STATUS[container.status(viewer.world.now)],
    },
)
MEDIA = Kind(
    "IGMedia",
    {
        "id": lambda post, _: post.id,
        "caption": lambda post, _: post.text or None,
        "comments_count": _count,
        "ig_id": lambda post, _: post.pk,
        "is_comment_enabled": lambda post, _: not post.comments_disabled,
        "like_count": lambda _post, _: 0,
        "media_product_type": lambda _post, _: "FEED",
        "media_type": lambda _post, _: "IMAGE",
        "owner": lambda post, _: Node("IGUser", post.account),
        "permalink": lambda post, _: f"{WWW}/p/{post.code}/",
        "shortcode": lambda post, _: post.code,
        "timestamp": lambda post, _: written(post.at),
        "username": lambda post, _: post.account.handle,
    },
    {"comments": Edge("IGComment", _comments, most=CAP, dated=False)},
)
COMMENT = Kind(
    "IGComment",
    {
        "id": lambda comment, _: comment.id,
        "text": lambda comment, _: comment.text,
        "timestamp": lambda comment, _: written(comment.at),
        "username": lambda comment, _: None if comment.anonymous else comment.author.handle,
        "from": _from,
        "user": _own,
        "hidden": lambda comment, _: comment.hidden,
        "like_count": lambda comment, _: comment.likes,
        "media": lambda comment, _: Node("IGMedia", comment.post),
        "parent_id": lambda comment, _: comment.parent.id if comment.parent else None,
    },
    {"replies": Edge("IGComment", _replies, most=CAP, dated=False)},
    ("timestamp", "text", "id"),
)
