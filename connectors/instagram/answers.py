"""Instagram's media and comments as Graph writes them, turned into ours."""

import re

from connectors.apart import moment
from connectors.base import Account, Author, ReadComment, ReadPost
from connectors.graph.client import Json

COMMENT_FIELDS = ("id", "text", "timestamp", "username", "from{id,username}", "hidden")
MEDIA_FIELDS = ("id", "caption", "timestamp", "permalink", "username", "comments_count")
OPTIONAL = (
    "media.username",
    "media.permalink",
    "media.caption",
    "comment.hidden",
    "comment.username",
    "comment.from",
    "media.comments_count",
)
"""Without the others there is no post and no comment."""
_HANDLE = re.compile(r"(?<![\w.@])@(\w(?:[\w.]*\w)?)")


def read_media(item: Json, account: Account) -> ReadPost:
    return ReadPost(
        external_id=item["id"],
        posted_at=moment(item["timestamp"]),
        author=Author(external_id=account.external_id, handle=item.get("username")),
        text=item.get("caption") or "",
        permalink=item.get("permalink"),
        declared_comments=item.get("comments_count"),
        counts_replies=None,
    )


def read_comment(item: Json, post: ReadPost, parent_id: str | None = None) -> ReadComment:
    """A comment, or with parent_id a reply. Instagram has no address for a single comment: the post's is given."""
    text = item.get("text") or ""
    return ReadComment(
        external_id=item["id"],
        post_external_id=post.external_id,
        thread_external_id=parent_id or item["id"],
        parent_external_id=parent_id,
        posted_at=moment(item["timestamp"]),
        text=text,
        author=author(item),
        permalink=post.permalink,
        mentions=handles(text),
        hidden=bool(item.get("hidden")),
    )


def author(item: Json) -> Author | None:
    """`from` has id and user name; without it the user name alone may be there."""
    told = item.get("from") or {}
    handle = told.get("username") or item.get("username")
    return Author(external_id=told.get("id"), handle=handle) if told.get("id") or handle else None


def handles(text: str) -> tuple[str, ...]:
    """Whom the text addresses: user names after @, lower case, each once. A full stop that ends them is not part."""
    return tuple(dict.fromkeys(found.lower() for found in _HANDLE.findall(text)))
