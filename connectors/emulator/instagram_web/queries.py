"""The queries that instagram.com answers, by query hash or doc_id."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote

from connectors.emulator.instagram_web.contents import Contents, UnknownCursor
from connectors.emulator.instagram_web.sessions import Visitor
from connectors.emulator.instagram_web.shapes import Shapes
from connectors.emulator.wire import Answer, Request

TIMELINE_PAGE = 12  # more are not given, whatever is asked for
LARGEST_PAGE = 50

LOGIN_QUERY = "d6f4427fbe92d846298cf93df0b937d3"
COMMENTS_QUERY = "97b41c52301f77ce508f55e66d17620e"
ANSWERS_QUERY = "51fdd02b67508306ad4484ff574a0b62"
PROFILE_DOC = "27937681195819736"
TIMELINE_DOC = "29104886249145907"
MORE_POSTS_DOC = "28904005159232689"  # what the page of a profile shows to somebody without a session, continued
MEDIA_DOC = "27128499623469141"
FOR_ALL = frozenset({LOGIN_QUERY, MORE_POSTS_DOC, MEDIA_DOC})
"""What is answered without a session too."""

Variables = Mapping[str, Any]


class Queries:
    """What is told about the contents.

    rotated: names that are no longer known; `rotation` is how Instagram tells that. renamed: new name -> old name.
    """

    def __init__(self, contents: Contents, shapes: Shapes) -> None:
        self._contents = contents
        self._shapes = shapes
        self.rotated: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.rotation: Literal["bad_request", "execution_error"] = "bad_request"
        self._known: dict[str, Callable[[Variables], Any]] = {
            PROFILE_DOC: self._profile,
            TIMELINE_DOC: self._timeline,
            MORE_POSTS_DOC: self._more_posts,
            MEDIA_DOC: self._media,
            COMMENTS_QUERY: self._comments,
            ANSWERS_QUERY: self._answers,
        }

    def answer(self, request: Request, visitor: Visitor) -> Answer:
        asked = request.get("query_hash") or request.get("doc_id")
        name = self.renamed.get(asked, asked)
        if visitor.session is None and name not in FOR_ALL:
            return login_page(request)
        if asked in self.rotated and self.rotation == "execution_error":
            return _execution_error()
        if asked in self.rotated or name not in {LOGIN_QUERY, *self._known}:
            return Answer.json({"message": "Bad request", "status": "fail"}, 400)
        if name == LOGIN_QUERY:
            return _answer({"user": {"username": visitor.name} if visitor.session else None}, request)
        try:
            return _answer(self._known[name](json.loads(request.get("variables", "{}"))), request)
        except UnknownCursor:
            return _execution_error()

    def _profile(self, wanted: Variables) -> Any:
        account = self._contents.account(wanted["id"])
        return {"user": self._shapes.profile(account) if account else None}

    def _timeline(self, wanted: Variables) -> Any:
        """An empty one, not an error, for a name that nobody has and for a private account."""
        shown: Any = {"edges": [], "page_info": {"has_next_page": False, "end_cursor": None}}
        if account := self._contents.account(wanted["username"]):
            shown = self._shapes.timeline(self._contents.timeline(account, _after(wanted), TIMELINE_PAGE))
        return {"xdt_api__v1__feed__user_timeline_graphql_connection": shown}

    def _more_posts(self, wanted: Variables) -> Any:
        account = self._contents.account(wanted["id"].removeprefix("page"))
        if account is None:
            return {"node": None}
        page = self._contents.timeline(account, _after(wanted), TIMELINE_PAGE)
        return {"node": {"polaris_ordered_timeline_connection": self._shapes.timeline(page)}}

    def _media(self, wanted: Variables) -> Any:
        post = self._contents.post(wanted["shortcode"])
        return {"xdt_api__v1__media__shortcode__web_info": {"items": [self._shapes.media(post)] if post else []}}

    def _comments(self, wanted: Variables) -> Any:
        post = self._contents.post(wanted["shortcode"])
        if post is None:
            return {"shortcode_media": None}
        page = self._contents.comments(post, _after(wanted), _size(wanted))
        return {"shortcode_media": {"edge_media_to_parent_comment": self._shapes.comments(post, page)}}

    def _answers(self, wanted: Variables) -> Any:
        comment = self._contents.comment(wanted["comment_id"])
        if comment is None:
            return {"comment": None}
        page = self._contents.answers(comment, _after(wanted), _size(wanted))
        return {"comment": {"edge_threaded_comments": self._shapes.answers(comment, page)}}


def login_page(request: Request) -> Answer:
    """Where somebody is sent whose session is over."""
    return Answer(302, b"", {"Location": f"https://www.instagram.com/accounts/login/?next={quote(request.path)}"})


def _after(wanted: Variables) -> str:
    return wanted.get("after") or ""


def _size(wanted: Variables) -> int:
    return min(int(wanted.get("first") or TIMELINE_PAGE), LARGEST_PAGE)


def _answer(data: Any, request: Request) -> Answer:
    """api/graphql says no status."""
    status = {} if request.path.startswith("/api/") else {"status": "ok"}
    return Answer.json({"data": data, "extensions": {"is_final": True}} | status)


def _execution_error() -> Answer:
    error = {"message": "execution error", "severity": "CRITICAL", "code": 1675030}
    return Answer.json({"errors": [error], "data": None, "status": "ok"})
