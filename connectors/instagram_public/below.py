"""What stands below one post on instagram.com: comments by GraphQL, with their answers.

Not through instaloader's `get_comments`: it asks twice and, above twelve comments, an endpoint that no longer answers.
Answers come along inline as far as they fit; the rest is asked for by thread.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from instaloader import InstaloaderContext, NodeIterator, Post

from connectors.base import Author, Covered, ReadComment, ReadPost
from connectors.instagram_public.session import TODAY

Node = dict[str, Any]
Item = TypeVar("Item")

# Instagram gives so many comments at once; instaloader asks for 12, and knows only one number for the whole process.
NodeIterator._graphql_page_length = 50  # noqa: SLF001

_HANDLE = re.compile(r"(?<![\w.])@(\w(?:[\w.]*\w)?)")


class Below:
    """Reads what stands below a post into `comments`, by id; what came before an error stays there.

    answers: number of answers by thread that does not fit inline. whole: the list of comments had an end.
    """

    def __init__(self, context: InstaloaderContext, post: Post, comments: dict[str, ReadComment]) -> None:
        self.answers: dict[str, int] = {}
        self.whole = True
        self._context = context
        self._post = post
        self._comments = comments
        self._listed: list[str] = []
        self._skipped = False

    def read(self, known: Mapping[str, int]) -> None:
        """known: threads whose answers are not asked for if their number is still this."""
        for node in self._list(TODAY.comments, {"shortcode": self._post.shortcode}, _comments):
            self._keep(node, thread=str(node["id"]))
            self._read_answers(node, known)

    def covered(self) -> list[Covered]:
        """The post if everything below it was listed, else the threads that were."""
        if self.whole and not self._skipped:
            return [Covered("post", post_id(self._post))]
        return [Covered("thread", thread) for thread in self._listed]

    def _read_answers(self, node: Node, known: Mapping[str, int]) -> None:
        thread, below = str(node["id"]), node["edge_threaded_comments"]
        count, inline = below["count"], [edge["node"] for edge in below["edges"]]
        if count > len(inline):
            self.answers[thread] = count
            if known.get(thread) == count:
                self._skipped = True
                return
            inline = list(self._list(TODAY.answers, {"comment_id": thread}, _answers))
        self._listed.append(thread)
        for answer in inline:
            self._keep(answer, thread)

    def _list(self, query: str, variables: Node, edge: Callable[[Node], Node]) -> Iterator[Node]:
        listing = NodeIterator(self._context, query, edge, _itself, variables, permalink(self._post))
        yield from listing
        self.whole = self.whole and not broke_off(listing)

    def _keep(self, node: Node, thread: str) -> None:
        id_, owner = str(node["id"]), node["owner"]
        self._comments[id_] = ReadComment(
            external_id=id_,
            post_external_id=post_id(self._post),
            thread_external_id=thread,
            parent_external_id=None if id_ == thread else thread,
            posted_at=datetime.fromtimestamp(node["created_at"], UTC),
            text=node["text"],
            author=Author(external_id=str(owner["id"]), handle=owner["username"]) if owner else None,
            permalink=permalink(self._post),
            mentions=mentions(node["text"]),
        )


def as_read(post: Post, count: int | None) -> ReadPost:
    owner = post.owner_profile
    return ReadPost(
        external_id=post_id(post),
        posted_at=posted_at(post),
        author=Author(external_id=str(owner.userid), handle=owner.username, name=owner.full_name or None),
        text=post.caption or "",
        permalink=permalink(post),
        declared_comments=count,
    )


def posted_at(post: Post) -> datetime:
    return post.date_local.astimezone(UTC)


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
    edge: Node = answer["data"]["shortcode_media"]["edge_media_to_parent_comment"]
    return edge


def _answers(answer: Node) -> Node:
    edge: Node = answer["data"]["comment"]["edge_threaded_comments"]
    return edge
