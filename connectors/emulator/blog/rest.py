"""wp/v2 of the WordPress REST API, as far as comments and the posts they stand below go."""

import html
import re
from collections.abc import Sequence
from typing import Any

from connectors.emulator.blog.contents import Contents, answered, is_approved
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Comment, Post

LARGEST_PAGE = 100
ORDERS = frozenset({"date", "date_gmt", "id", "include", "post", "parent", "type"})
FORBIDDEN = frozenset({"author", "author_exclude", "author_email"})
"""Parameters that visitors may not use; nor any other status than "approve", nor any other type than "comment"."""
Json = dict[str, Any]


class Rest:
    """Answers GET for a visitor who is not logged in.

    stuck: every page is the first one, as a cache makes it that ignores the query.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.stuck = False

    def answer(self, request: Request, route: str) -> Answer:
        route = route.rstrip("/")
        if route == "/wp/v2/comments":
            return self._list(request, [self._comment(one, request) for one in self._contents.comments()])
        if match := re.fullmatch(r"/wp/v2/comments/(\d+)", route):
            return self._one(request, match[1])
        if route == "/wp/v2/posts":
            return self._list(request, [self._post(one, request) for one in self._contents.posts()])
        if route == "/wp/v2/pages":
            return self._list(request, [])
        return refusal("rest_no_route", 404)

    def _list(self, request: Request, rows: Sequence[Json]) -> Answer:
        wrong = {"status": "approve", "type": "comment"}
        if FORBIDDEN & request.query.keys() or any(request.get(name, word) != word for name, word in wrong.items()):
            return refusal("rest_forbidden_param", 401)
        size, page, offset = (int(request.get(name, default)) for name, default in _NUMBERS)
        if not 1 <= size <= LARGEST_PAGE or request.get("orderby", "date_gmt") not in ORDERS:
            return refusal("rest_invalid_param", 400)
        if wanted := set(request.get("include").split(",")) - {""}:
            rows = [row for row in rows if str(row["id"]) in wanted]
        if request.get("order") == "asc":
            rows = rows[::-1]
        start = 0 if self.stuck else offset or (page - 1) * size
        shown = [_only(request, row) for row in rows[start : start + size]]
        pages = -(-len(rows) // size)
        return Answer.json(shown, X_WP_Total=str(len(rows)), X_WP_TotalPages=str(pages))

    def _one(self, request: Request, id_: str) -> Answer:
        comment = self._contents.comment(id_)
        if comment is None:
            return refusal("rest_comment_invalid_id", 404)
        if not is_approved(comment):
            return refusal("rest_cannot_read", 401)
        return Answer.json(_only(request, self._comment(comment, request)))

    def _comment(self, comment: Comment, request: Request) -> Json:
        parent = answered(comment)
        return {
            "id": int(comment.id),
            "post": int(comment.post.id),
            "parent": int(parent.id) if parent else 0,
            "author": self._contents.number(comment.author),
            "author_name": comment.author.name,
            "author_url": "",
            "date": comment.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "date_gmt": comment.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "content": {"rendered": rendered(comment.text)},
            "link": f"{address_of(comment.post, request)}#comment-{comment.id}",
            "status": "approved",
            "type": "comment",
        }

    def _post(self, post: Post, request: Request) -> Json:
        return {
            "id": int(post.id),
            "date_gmt": post.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "link": address_of(post, request),
            "title": {"rendered": html.escape(post.text)},
            "author": self._contents.number(post.author),
            "content": {"rendered": rendered(post.text), "protected": False},
        }


_NUMBERS = (("per_page", "10"), ("page", "1"), ("offset", "0"))


def address_of(post: Post, request: Request) -> str:
    return f"{request.origin}/blogg/{post.id}/"


def rendered(text: str) -> str:
    """As WordPress's filters make HTML of what was written."""
    return f"<p>{html.escape(text, quote=False).replace(chr(10), '<br />' + chr(10))}</p>\n"


def refusal(code: str, status: int) -> Answer:
    return Answer.json({"code": code, "message": "Nej.", "data": {"status": status}}, status)


def _only(request: Request, row: Json) -> Json:
    wanted = set(request.get("_fields").split(",")) - {""}
    return {name: value for name, value in row.items() if not wanted or name in wanted}
