"""What a platform showed, made storable and recognisable."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from connectors.base import Author, ReadComment, ReadPost

Shown = TypeVar("Shown", ReadPost, ReadComment)
Kept = TypeVar("Kept", ReadPost, ReadComment, Author)
NOBODY = Author()
_BETWEEN = "\0"  # no storable text holds it


@dataclass(slots=True)
class Marked(Generic[Shown]):
    """What was shown, and a fingerprint of everything in it: the same one means that nothing needs to be written.

    Both by external id.
    """

    things: dict[str, Shown] = field(default_factory=dict)
    marks: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, things: Iterable[Shown]) -> "Marked[Shown]":
        """All of them in storable form; of two with the same id the last one counts."""
        marked = cls()
        for thing in things:
            try:
                marked._add(thing, _fingerprint(thing))
            except ValueError:
                kept = _storable(thing)
                marked._add(kept, _fingerprint(kept))
        return marked

    def _add(self, thing: Shown, mark: bytes) -> None:
        self.things[thing.external_id] = thing
        self.marks[thing.external_id] = mark


def storable(text: str) -> str:
    """The text without what PostgreSQL or UTF-8 refuses: NUL becomes ␀, half of a surrogate pair becomes �."""
    return text.replace("\0", "␀").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fingerprint(thing: ReadPost | ReadComment) -> bytes:
    """Raises ValueError for what cannot be stored as it is."""
    parts = _comment_parts(thing) if isinstance(thing, ReadComment) else _post_parts(thing)
    joined = _BETWEEN.join(parts)
    if joined.count(_BETWEEN) != len(parts) - 1:
        raise ValueError("a text with NUL")
    return blake2b(joined.encode(), digest_size=16).digest()


def _comment_parts(comment: ReadComment) -> tuple[str, ...]:
    author = comment.author or NOBODY
    return (
        comment.external_id,
        comment.post_external_id,
        comment.thread_external_id,
        comment.posted_at.isoformat(),
        comment.text,
        author.external_id or "",
        author.handle or "",
        author.name or "",
        comment.parent_external_id or "",
        comment.edited_at.isoformat() if comment.edited_at else "",
        comment.permalink or "",
        "hidden" if comment.hidden else "",
        "held" if comment.held else "",
        "post" if comment.is_post else "",
        *comment.mentions,
    )


def _post_parts(post: ReadPost) -> tuple[str, ...]:
    author = post.author or NOBODY
    return (
        post.external_id,
        post.posted_at.isoformat(),
        author.external_id or "",
        author.name or "",
        post.text,
        post.permalink or "",
        str(post.declared_comments),
        "visitor" if post.by_visitor else "",
        str(post.counts_replies),
        *post.links,
    )


def _storable(thing: Kept) -> Kept:
    """Every text in it made storable."""
    parts: dict[str, Any] = {part.name: _storable_part(getattr(thing, part.name)) for part in fields(thing)}
    return replace(thing, **parts)


def _storable_part(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case tuple():
            return tuple(_storable_part(each) for each in value)
        case Author():
            return _storable(value)
        case _:
            return value
