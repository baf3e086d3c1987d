"""Facebook's posts and comments as Graph writes them, turned into ours. Most parts of them may be missing."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.apart import moment
from connectors.base import Author, ReadComment, ReadPost
from connectors.graph.client import Json

COMMENT_FIELDS = ("id", "message", "from", "created_time", "parent{id}", "is_hidden", "permalink_url", "message_tags")
POST_FIELDS = (
    *("id", "message", "story", "from", "created_time", "permalink_url", "message_tags"),
    "attachments{url,unshimmed_url}",
)
OPTIONAL = (
    "post.message_tags",
    "post.story",
    "post.attachments",
    "comment.message_tags",
    "post.permalink_url",
    "post.from",
    "comment.is_hidden",
    "comment.permalink_url",
    "comment.from",
)
"""Without the others there is no post and no comment, or nothing tells which one answers which."""
OWN = ("facebook.com", "fb.watch")
"""Facebook's own hosts. What is attached from there is the post's own picture or film, or goes through its gate."""


def read_post(item: Json, *, by_visitor: bool = False) -> ReadPost:
    """A post; its count has replies in it, as comments are asked for at all levels. Graph may leave out the comments of
    a post that has none, count and all: then it declares none."""
    summary = (item.get("comments") or {}).get("summary") or {}
    return ReadPost(
        external_id=item["id"],
        posted_at=moment(item["created_time"]),
        author=author(item.get("from")),
        text=item.get("message") or item.get("story") or "",
        permalink=item.get("permalink_url"),
        declared_comments=summary.get("total_count") if "comments" in item else 0,
        by_visitor=by_visitor,
        links=_links(item),
    )


def visitors_post_as_comment(item: Json) -> ReadComment:
    """A resident's post on the page waits for an answer as a comment does."""
    return ReadComment(
        external_id=item["id"],
        post_external_id=item["id"],
        thread_external_id=item["id"],
        posted_at=moment(item["created_time"]),
        text=item.get("message") or item.get("story") or "",
        author=author(item.get("from")),
        permalink=item.get("permalink_url"),
        mentions=_mentions(item),
        is_post=True,
    )


def read_comment(item: Json, post: ReadPost) -> ReadComment:
    """A comment or reply. Ids that Graph withholds are read from the permalink, which has them all."""
    own_id, parent_id = _ids(item)
    return ReadComment(
        external_id=own_id,
        post_external_id=post.external_id,
        thread_external_id=post.external_id if post.by_visitor else parent_id or own_id,
        parent_external_id=parent_id,
        posted_at=moment(item["created_time"]),
        text=item.get("message") or "",
        author=author(item.get("from")),
        permalink=item.get("permalink_url"),
        mentions=_mentions(item),
        hidden=bool(item.get("is_hidden")),
    )


def author(value: Any) -> Author | None:
    """Who `from` names; None where Facebook withholds it."""
    return Author(external_id=value.get("id"), name=value.get("name")) if value else None


def _links(item: Json) -> tuple[str, ...]:
    """Where a post's attachment leads outside Facebook: the address of a link that was shared is not in its text."""
    attached = (item.get("attachments") or {}).get("data") or ()
    found = (each.get("unshimmed_url") or each.get("url") or "" for each in attached)
    return tuple(dict.fromkeys(link for link in map(_behind_the_gate, found) if link and not _is_own(link)))


def _behind_the_gate(address: str) -> str:
    """The true address of one that goes through l.facebook.com, which carries it in `u`."""
    return parse_qs(urlsplit(address).query).get("u", [address])[-1] if _is_own(address) else address


def _is_own(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return any(host == own or host.endswith(f".{own}") for own in OWN)


def _mentions(item: Json) -> tuple[str, ...]:
    return tuple(tag["id"] for tag in item.get("message_tags") or () if tag.get("id"))


def _ids(item: Json) -> tuple[str, str | None]:
    """The comment's id and its parent's. A comment's id is {post}_{comment}, both the last parts of the permalink."""
    address = urlsplit(item.get("permalink_url") or "")
    query = parse_qs(address.query)
    top, reply = (query.get(name, [""])[-1] for name in ("comment_id", "reply_comment_id"))
    own_id = item.get("id")
    post = own_id.rsplit("_", 1)[0] if own_id else address.path.rstrip("/").rsplit("/", 1)[-1]
    told = (item.get("parent") or {}).get("id") or (f"{post}_{top}" if top and reply else None)
    if not own_id and not top:
        raise KeyError("id")
    return own_id or f"{post}_{reply or top}", told
