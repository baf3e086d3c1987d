"""What stands below one post on instagram.com: comments by GraphQL, with their answers.

Not through instaloader's `get_comments`: it asks twice and, above twelve comments, an endpoint that no longer answers.
Answers come along inline as far as they fit; the rest is asked for by thread.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from instaloader import InstaloaderContext, NodeIterator, Post

from connectors.apart import Apart, possible, second
from connectors.base import Author, Covered, ReadComment, ReadPost
from connectors.instagram_public.session import TODAY
from connectors.sound import identity, sound_comment, sound_post

Node = dict[str, Any]
Item = TypeVar("Item")

# Instagram gives so many comments at once; instaloader asks for 12, and knows only one number for the whole process.
NodeIterator._graphql_page_length = 50  # noqa: SLF001

_CODE = re.compile(r"[\w-]{1,100}", re.ASCII)
_HANDLE = re.compile(r"(?<![\w.])@(\w(?:[\w.]*\w)?)")


@dataclass(frozen=True, slots=True)
class Thread:
    """A top-level comment. count: of its answers; those that came along inline."""

    id: str
    count: int
    inline: list[Node]

    @classmethod
    def of(cls, node: Node) -> "Thread":
        """Raises ODD."""
        below = node["edge_threaded_comments"]
        if not isinstance(below["count"], int):
            raise TypeError("a count that is none")
        return cls(identity(node["id"]), below["count"], _with_nodes(below)["nodes"])


class Below:
    """Reads what stands below a post into `comments`, by id; what came before an error stays there.

    answers: number of answers by thread that does not fit inline. whole: the list of comments had an end.
    """

    def __init__(self, context: InstaloaderContext, post: Post, comments: dict[str, ReadComment], apart: Apart) -> None:
        self.answers: dict[str, int] = {}
        self.whole = True
        self._context = context
        self._post, self._post_id = post, post_id(post)
        self._comments = comments
        self._apart = apart
        self._listed: list[str] = []
        self._skipped = False

    def read(self, known: Mapping[str, int]) -> None:
        """known: threads whose answers are not asked for if their number is still this."""
        for node in self._list(TODAY.comments, {"shortcode": self._post.shortcode}, _comments):
            thread: Thread | None = None
            with self._apart.each(self._post_id):
                thread = Thread.of(node)
                self._keep(node, thread.id)
            if thread is not None:  # its answers make sense, whether or not it does
                self._read_answers(thread, known)

    def covered(self) -> list[Covered]:
        """The post if everything below it was listed, else the threads that were."""
        if self.whole and not self._skipped and self._post_id not in self._apart.places:
            return [Covered("post", self._post_id)]
        return [Covered("thread", thread) for thread in self._listed if thread not in self._apart.places]

    def _read_answers(self, thread: Thread, known: Mapping[str, int]) -> None:
        inline = thread.inline
        if thread.count > len(inline):
            if known.get(thread.id) == thread.count:
                self.answers[thread.id], self._skipped = thread.count, True
                return
            inline = list(self._list(TODAY.answers, {"comment_id": thread.id}, _answers))
        self._listed.append(thread.id)
        for answer in inline:
            with self._apart.each(self._post_id, thread.id):
                self._keep(answer, thread.id)
        if thread.count > len(thread.inline) and thread.id not in self._apart.places:
            self.answers[thread.id] = thread.count

    def _list(self, query: str, variables: Node, edge: Callable[[Node], Node]) -> Iterator[Node]:
        listing = NodeIterator(self._context, query, edge, _itself, variables, permalink(self._post))
        yield from listing
        self.whole = self.whole and not broke_off(listing)

    def _keep(self, node: Node, thread: str) -> None:
        """Raises ODD."""
        id_, owner = identity(node["id"]), node["owner"]
        read = ReadComment(
            external_id=id_,
            post_external_id=self._post_id,
            thread_external_id=thread,
            parent_external_id=None if id_ == thread else thread,
            posted_at=second(node["created_at"]),
            text=node["text"],
            author=Author(external_id=identity(owner["id"]), handle=owner["username"]) if owner else None,
            permalink=permalink(self._post),
            mentions=mentions(node["text"]),
        )
        self._comments[id_] = sound_comment(read)


def as_read(post: Post, count: int | None) -> ReadPost:
    """Raises ODD."""
    if not _CODE.fullmatch(post.shortcode):  # its comments are asked for by it
        raise ValueError("a code that is none")
    owner = post.owner_profile
    read = ReadPost(
        external_id=post_id(post),
        posted_at=posted_at(post),
        author=Author(external_id=str(owner.userid), handle=owner.username, name=owner.full_name or None),
        text=post.caption or "",
        permalink=permalink(post),
        declared_comments=count,
    )
    return sound_post(read)


def posted_at(post: Post) -> datetime:
    """Raises ODD."""
    return possible(post.date_local.astimezone(UTC))


def post_id(post: Post) -> str:
    return str(post.mediaid)


def permalink(post: Post) -> str:
    return f"https://www.instagram.com/p/{post.shortcode}/"


def mentions(text: str) -> tuple[str, ...]:
    """The user names that the text addresses, once each, in lower case as Instagram has them."""
    return tuple(dict.fromkeys(name.lower() for name in _HANDLE.findall(text)))


def broke_off(listing: NodeIterator[Item]) -> bool:
    """Was there to be a next page, which then was empty? instaloader ends without a word there."""
    rest = listing.freeze().remaining_data or {}
    return bool(rest.get("page_info", {}).get("has_next_page"))


def _itself(node: Node) -> Node:
    return node


def _comments(answer: Node) -> Node:
    return _with_nodes(answer["data"]["shortcode_media"]["edge_media_to_parent_comment"])


def _answers(answer: Node) -> Node:
    return _with_nodes(answer["data"]["comment"]["edge_threaded_comments"])


def _with_nodes(listing: Node) -> Node:
    """The listing; where an edge is none there is a node of None, which whoever reads it sets apart."""
    nodes = [edge.get("node") if isinstance(edge, dict) else None for edge in listing["edges"]]
    return listing | {"edges": [{"node": node} for node in nodes], "nodes": nodes}
