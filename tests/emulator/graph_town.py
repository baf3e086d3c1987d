"""A page and an Instagram account with residents, and somebody who asks Graph about them."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from connectors.emulator.graph import Graph
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Comment, Person, Post, Token, World

SCOPES = ("pages_show_list", "pages_read_engagement", "pages_read_user_content")
LATEST = "v23.0"


class Town:
    """A page and an Instagram account, some residents, and somebody who asks Graph."""

    def __init__(self) -> None:
        self.world = World()
        self.graph = Graph(self.world)
        self.page = self.world.account("facebook", "1122334455", "kommunen", "Kommunen")
        self.instagram = self.world.account(
            "instagram", "17841400000000001", "kommunen", "Kommunen", pk="123", page_id=self.page.id
        )
        self.anna = self.world.person("facebook", "Anna Berg")
        self.bo = self.world.person("instagram", "Bo Ek")
        self.world.token(Token("PAGE", "page", self.page, SCOPES))
        self.world.token(Token("USER", "user", self.page, SCOPES))
        self.world.token(Token("INSTA", "page", self.instagram, ("instagram_basic", "instagram_manage_comments")))

    def ask(self, path: str, *, headers: dict[str, str] | None = None, **query: str) -> Answer:
        """Path with version; the page's token unless another is given."""
        query = {"access_token": "PAGE", **query}
        target = f"{path}?{urlencode({name: value for name, value in query.items() if value})}"
        return self.graph.answer(Request.parse("GET", target, {"Host": "graph.facebook.com", **(headers or {})}))

    def get(self, path: str, **query: str) -> Any:
        return json.loads(self.ask(f"/{LATEST}/{path}", **query).body)

    def follow(self, listing: Any) -> Any:
        address = urlsplit(listing["paging"]["next"])
        target = f"{address.path}?{address.query}"
        return json.loads(self.graph.answer(Request.parse("GET", target, {"Host": address.netloc})).body)

    def error(self, path: str, **query: str) -> tuple[int, int | None]:
        error = self.get(path, **query)["error"]
        return error["code"], error.get("error_subcode")

    def batch(self, operations: list[dict[str, Any]], **fields: str) -> Answer:
        form = urlencode({"access_token": "PAGE", "batch": json.dumps(operations), **fields})
        head = {"Host": "graph.facebook.com", "Content-Type": "application/x-www-form-urlencoded"}
        return self.graph.answer(Request.parse("POST", f"/{LATEST}/", head, form.encode()))

    def post(self, comments: int = 0, by: Person | None = None) -> Post:
        self.world.advance(10)
        post = self.world.publish(self.page, "Badhuset öppnar", author=by)
        for number in range(comments):
            self.comment(post, f"Fråga {number}")
        return post

    def media(self, comments: int = 0) -> Post:
        self.world.advance(10)
        post = self.world.publish(self.instagram, "Badhuset öppnar")
        for number in range(comments):
            self.world.advance(1)
            self.world.comment(post, self.bo, f"Fråga {number}")
        return post

    def comment(self, on: Post | Comment, text: str = "Hej", **more: Any) -> Comment:
        self.world.advance(1)
        return self.world.comment(on, self.anna, text, **more)


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["data"]]


def pages(town: Town, listing: Any) -> Iterator[Any]:
    yield listing
    while "next" in listing.get("paging", {}):
        listing = town.follow(listing)
        yield listing
