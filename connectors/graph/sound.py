"""What tells that something about a post has changed."""

import hashlib
import json
from typing import Any

from connectors.base import ReadPost
from connectors.graph.client import Json


def fingerprint(post: ReadPost, listing: Json) -> str:
    """Changes when the number of comments does, or anything in those that are listed."""
    seen = json.dumps([post.declared_comments, _without_paging(listing)], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _without_paging(value: Any) -> Any:
    """Cursors may differ from one answer to the next though nothing happened."""
    if isinstance(value, dict):
        return {name: _without_paging(part) for name, part in value.items() if name != "paging"}
    return [_without_paging(part) for part in value] if isinstance(value, list) else value
