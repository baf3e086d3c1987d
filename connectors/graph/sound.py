"""Is what Graph wrote what it should be? A text goes into a database as text, and only as that."""

import hashlib
import json
from typing import Any

from connectors.base import Author, ReadComment, ReadPost
from connectors.graph.client import Json


def sound_post(post: ReadPost) -> ReadPost:
    """The post. Raises TypeError for one whose parts are not what they should be."""
    _refuse_all_but_text(post.external_id, post.text)
    _refuse_all_but_text(*_said_of(post.author), post.permalink or "", *post.links)
    if not isinstance(post.declared_comments, int | None):
        raise TypeError("a count that is no number")
    return post


def sound_comment(comment: ReadComment) -> ReadComment:
    """The comment. Raises TypeError for one whose parts are not what they should be."""
    _refuse_all_but_text(comment.external_id, comment.text, comment.thread_external_id, *comment.mentions)
    _refuse_all_but_text(*_said_of(comment.author), comment.permalink or "", comment.parent_external_id or "")
    return comment


def fingerprint(post: ReadPost, listing: Json) -> str:
    """Changes when the number of comments does, or anything in those that are listed."""
    seen = json.dumps([post.declared_comments, _without_paging(listing)], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _said_of(author: Author | None) -> tuple[str, ...]:
    return (author.external_id or "", author.handle or "", author.name or "") if author else ()


def _refuse_all_but_text(*parts: object) -> None:
    if not all(isinstance(part, str) for part in parts):
        raise TypeError("a text that is none")


def _without_paging(value: Any) -> Any:
    """Cursors may differ from one answer to the next though nothing happened."""
    if isinstance(value, dict):
        return {name: _without_paging(part) for name, part in value.items() if name != "paging"}
    return [_without_paging(part) for part in value] if isinstance(value, list) else value
