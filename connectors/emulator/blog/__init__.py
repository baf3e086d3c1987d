"""A WordPress blog: its REST API, its feeds of comments, and its start page, at /blogg/ of any address.

After the REST API handbook, the sources of WordPress's comments controller, its feed templates and its conditional
answers for feeds, which look at the time of the newest comment only. In this world a comment takes its answers along
when it goes, as if an editor had thrown away the whole thread.
"""

import re
from collections.abc import Callable
from typing import Literal

from connectors.emulator.blog.contents import Contents
from connectors.emulator.blog.feeds import Feeds
from connectors.emulator.blog.rest import Rest, refusal
from connectors.emulator.blog.writing import Writing
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World

HOST = "blogg.example.org"
HOME = "/blogg"


class BlogSite:
    """The blog of the world's one account on platform "blog".

    rest: offered to everybody, switched off (there is no such route), or for those who are logged in. pretty: does the
    REST API have an address of its own, or only ?rest_route=? wordpress: else it is another program, with one feed.
    locked: the whole site answers with this status. caching: something in front answers conditional requests for the
    REST API too. contents: registered users. feeds: how long, and which. api: its habits. writing: who may write posts,
    and how they are shown.
    """

    name = "blog"

    def __init__(self, world: World) -> None:
        self.contents = Contents(world)
        self.feeds = Feeds(self.contents)
        self.rest: Literal["open", "off", "closed"] = "open"
        self.pretty = True
        self.wordpress = True
        self.caching = False
        self.locked = 0
        self.api = Rest(self.contents)
        self.writing = Writing(self.contents)

    def owns(self, request: Request) -> bool:
        here = request.host == HOST or request.on_loopback
        return here and (request.path == HOME or request.path.startswith(f"{HOME}/"))

    def answer(self, request: Request) -> Answer:
        if self.locked:
            return _page("Closed", self.locked)
        path = request.path.removeprefix(HOME)
        route = request.get("rest_route") or path.removeprefix("/wp-json")
        asked_rest = "rest_route" in request.query or (self.pretty and path.startswith("/wp-json"))
        if self.wordpress and asked_rest:
            return self._rest_answer(request, route)
        if path in ("", "/"):
            return self._front(f"{request.origin}{HOME}/")
        feeds: dict[str, Callable[[Request, str], Answer]] = {
            r"/comments/feed/?": self.feeds.rss,
            r"/comments/feed/atom/?": self.feeds.atom,
        }
        if self.feeds.rss_only:
            del feeds[r"/comments/feed/atom/?"]
        if not self.wordpress:
            feeds = {r"/kommentarer\.xml": self.feeds.other}
        for pattern, feed in feeds.items():
            if self.feeds.offered and re.fullmatch(pattern, path):
                return feed(request, f"{request.origin}{HOME}/")
        return _page("Sidan finns inte", 404)

    def _rest_answer(self, request: Request, route: str) -> Answer:
        if self.rest == "closed":
            return refusal("rest_not_logged_in", 401)
        if self.rest == "off":
            return refusal("rest_no_route", 404)
        answer = self.writing.answer(request, route.rstrip("/")) or self.api.answer(request, route)
        return self.feeds.conditionally(request, answer) if self.caching else answer

    def _front(self, home: str) -> Answer:
        links = []
        if self.wordpress:
            root = f"{home}wp-json/" if self.pretty else f"{home}?rest_route=/"
            links.append(f'<link rel="https://api.w.org/" href="{root}" />')
        if self.feeds.offered:
            own = "comments/feed/" if self.wordpress else "kommentarer.xml"
            rss = '<link rel="alternate" type="application/rss+xml"'
            links.append(f'{rss} title="Bloggen &raquo; Webbflöde" href="{home}feed/" />')
            links.append(f'{rss} title="Bloggen &raquo; Kommentarsflöde" href="{home}{own}" />')
        return _page("Bloggen", 200, "".join(links))


def _page(title: str, status: int, links: str = "") -> Answer:
    page = f"<!DOCTYPE html><html><head><title>{title}</title>{links}</head><body><p>{title}</p></body></html>"
    return Answer(status, page.encode(), {"Content-Type": "text/html; charset=UTF-8"})
