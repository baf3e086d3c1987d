"""www.instagram.com and i.instagram.com as instaloader 4.16 speaks to them: pages, GraphQL, and the app's endpoints.

What each endpoint wants and tells is read from instaloader's source; there is no recording of the real thing. Its own
error answers are in troubles.py.
"""

import re
from collections.abc import Callable

from connectors.emulator.instagram_web.contents import Contents, UnknownCursor
from connectors.emulator.instagram_web.queries import TIMELINE_PAGE, Queries, login_page
from connectors.emulator.instagram_web.sessions import SHAPE, Sessions, Visitor, csrf_token
from connectors.emulator.instagram_web.shapes import Shapes, front_page, page_with
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World

WEB, API = "www.instagram.com", "i.instagram.com"
PHONE_PAGE = 15
PHONE_ANSWERS = 10  # of child_comments, which instaloader asks for once

Route = Callable[..., Answer]
"""Called with the request and the names in its path."""


class InstagramWeb:
    """One world's instagram.com.

    contents: private accounts, the order of comments. sessions: passwords, page tokens. queries: what has rotated.
    """

    name = "instagram_web"

    def __init__(self, world: World) -> None:
        self.contents = Contents(world)
        self.sessions = Sessions(world)
        self._shapes = Shapes(self.contents)
        self.queries = Queries(self.contents, self._shapes)
        self._routes: tuple[tuple[str, str, str, Route], ...] = (
            ("GET", WEB, r"/", self._front),
            ("POST", WEB, r"/api/v1/web/accounts/login/ajax/", self.sessions.log_in),
            ("GET", WEB, r"/graphql/query/?", self._query),
            ("POST", WEB, r"/graphql/query/?", self._posted_query),
            ("POST", WEB, r"/api/graphql/?", self._app_query),
            ("GET", WEB, r"/api/v1/users/web_profile_info/", self._profile_info),
            ("GET", WEB, r"/accounts/login/", self._front),
            ("GET", WEB, r"/([\w.]+)/", self._profile_page),
            ("GET", API, r"/api/v1/media/(\d+)/comments/", self._phone_comments),
            ("GET", API, r"/api/v1/media/\d+/comments/(\d+)/child_comments/", self._phone_answers),
        )

    def owns(self, request: Request) -> bool:
        return request.host in (WEB, API)

    def answer(self, request: Request) -> Answer:
        for method, host, path, route in self._routes:
            match = re.fullmatch(path, request.path)
            if match and (method, host) == (request.method, request.host):
                try:
                    return route(request, *match.groups())
                except UnknownCursor:
                    break
        return _not_found()

    # -- pages

    def _front(self, request: Request) -> Answer:
        visitor = self.sessions.visitor(request)
        page = front_page(self.sessions.lsd(visitor), visitor.user_id, self.sessions.fb_dtsg(visitor))
        return _html(page, f"csrftoken={csrf_token(visitor.user_id)}; {SHAPE}")

    def _profile_page(self, _request: Request, name: str) -> Answer:
        """As somebody without a session sees it."""
        account = self.contents.account(name.lower())
        if account is None:
            return _html("<!DOCTYPE html><title>Page not found</title>", status=404)
        posts = self._shapes.timeline(self.contents.timeline(account, "", TIMELINE_PAGE))
        about = self._shapes.visited_profile(account)
        shown = about | {"polaris_ordered_timeline_connection": posts}
        return _html(page_with({"xig_user_by_username": about}, {"xig_user_by_username": shown}))

    # -- GraphQL

    def _query(self, request: Request) -> Answer:
        return self.queries.answer(request, self.sessions.visitor(request))

    def _posted_query(self, request: Request) -> Answer:
        visitor = self.sessions.visitor(request)
        return self.queries.answer(request, visitor) if _is_ours(request, visitor) else _forbidden()

    def _app_query(self, request: Request) -> Answer:
        """With the tokens of the start page."""
        visitor = self.sessions.visitor(request)
        if not _is_ours(request, visitor):
            return _forbidden()
        if not self.sessions.page_tokens_fit(request, visitor):
            refusal = {"error": 1357004, "errorSummary": "Sorry, something went wrong", "isNotCritical": 1}
            return Answer.json(refusal | {"errorDescription": "Please try closing and re-opening your browser."})
        return self.queries.answer(request, visitor)

    # -- endpoints without GraphQL

    def _profile_info(self, request: Request) -> Answer:
        account = self.contents.account(request.get("username").lower())
        if account is None:
            return _not_found()
        return Answer.json({"data": {"user": self._shapes.profile(account)}, "status": "ok"})

    def _phone_comments(self, request: Request, pk: str) -> Answer:
        if self.sessions.visitor(request).session is None:
            return login_page(request)
        post = self.contents.post(pk)
        if post is None:
            return _not_found()
        page = self.contents.comments(post, request.get("min_id"), PHONE_PAGE)
        comments = [self._shapes.phone_comment(comment) for comment in page.things]
        more = {"next_min_id": page.cursor} if page.cursor else {}
        return Answer.json({"comments": comments, "status": "ok"} | more)

    def _phone_answers(self, request: Request, id_: str) -> Answer:
        if self.sessions.visitor(request).session is None:
            return login_page(request)
        comment = self.contents.comment(id_)
        if comment is None:
            return _not_found()
        page = self.contents.answers(comment, request.get("max_id"), PHONE_ANSWERS)
        answers = [self._shapes.phone_answer(answer) for answer in page.things]
        return Answer.json({"child_comments": answers, "next_max_child_cursor": page.cursor, "status": "ok"})


def _is_ours(request: Request, visitor: Visitor) -> bool:
    """Was the form made on our own page? Its token comes in a header and, the same, as a cookie."""
    return request.headers.get("x-csrftoken") == visitor.csrf


def _forbidden() -> Answer:
    return _html("<!DOCTYPE html><title>Page could not be loaded</title>", status=403)


def _not_found() -> Answer:
    return Answer.json({"message": "Not found", "status": "fail"}, 404)


def _html(page: str, *cookies: str, status: int = 200) -> Answer:
    return Answer(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"}, cookies=cookies)
