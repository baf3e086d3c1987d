"""Crisis messages on a WordPress blog: a post that is written as a draft, and then published.

A post has one number, and published again it is the same post: so a lost answer can never make two. The draft is found
again by its slug, the message's marker. Each message is a post of its own, and none is changed or taken away later:
what was said stays to be read, and what corrects or withdraws it stands above it and says so.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from config.settings import Settings
from connectors.base import Credential, ReadPlan, State
from connectors.blog.errors import NOT_HERE, failure
from connectors.blog.finding import root_below, roots
from connectors.blog.listing import as_list
from connectors.blog.pen import Pen, meant
from connectors.blog.texts import plain
from connectors.blog.web import Web
from connectors.errors import ConnectorError, OutcomeUnknown, PermissionLost, Refused, Unavailable, UnexpectedAnswer
from connectors.publishing import Draft, Prepared, Published, Search, marked

FIELDS = "id,slug,status,link,content"
_ADDRESS = re.compile(r"https?://[^\s<]+[^\s<.,;:!?)]")


class BlogPublishing:
    """What makes the connector a Publisher; a mixin. progress: "root" of the REST API, "post", the draft's number."""

    longest_post: ClassVar[int] = 20_000
    needs_image: ClassVar[bool] = False
    asks_first: ClassVar[bool] = True
    publish_cost: ClassVar[int] = 4
    settle: ClassVar[timedelta] = timedelta(seconds=20)
    """The blog's own list shows at once what it has; this is for what stands before it."""
    best_effort: ClassVar[bool] = False
    _address: str
    _inside: bool
    _credential: Credential
    _settings: Settings

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        if not draft.text.strip() or len(draft.text) > self.longest_post:
            raise Refused("the text is empty or too long", code="length")
        pen = self._pen()
        root = str(progress.get("root") or self._root(pen, draft))
        found = self._ours(pen, root, draft)
        if any(each["status"] == "publish" for each in found):
            raise OutcomeUnknown("it was published by an attempt that nobody remembers")
        if not found:
            body = {"title": draft.title, "content": as_html(draft.text), "slug": draft.marker, "status": "draft"}
            found = [self._drafted(pen, root, body)]
        return Prepared({"root": root, "post": int(found[0]["id"])})

    def publish(self, draft: Draft, progress: State) -> Published:  # noqa: ARG002 - the protocol's
        made = self._pen().post(f"{progress['root']}/posts/{progress['post']}", {"status": "publish"})
        if made.get("status") != "publish":
            raise OutcomeUnknown("the blog does not say that it is public", code=str(made.get("status")))
        return _published(made)

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:  # noqa: ARG002 - the protocol's
        pen = self._pen()
        root = str(progress.get("root") or self._root(pen, draft))
        there = [each for each in self._ours(pen, root, draft) if each["status"] == "publish"]
        return Search(_published(there[0]) if there else None, complete=True)

    def verify(self, draft: Draft, published: Published) -> Published:
        """As a visitor sees it, through no login. WordPress makes texts prettier, so only letters and figures count."""
        web = Web(ReadPlan(datetime.now(UTC)), inside=self._inside)
        asked = {"slug": f"{draft.marker},{draft.marker}-2", "_fields": FIELDS}
        for root in self._candidates(web):
            rows = _rows_or_none(web, f"{root}/posts", asked)
            for each in rows or ():
                said = plain(str(each["content"]["rendered"]))
                if str(each["id"]) == published.remote_id and marked(said, draft.marker) and _alike(said, draft.text):
                    return _published(each)
            if rows is not None:
                break
        raise Refused("something else stands there, or nothing", code="text")

    # -- the way there

    def _pen(self) -> Pen:
        pen = Pen(self._credential, inside=self._inside)
        if not pen.can_write:
            raise PermissionLost("publishing takes a user and an application password", code="user")
        return pen

    def _root(self, pen: Pen, draft: Draft) -> str:
        """Of the REST API. Raises ConnectorError where there is none."""
        web = Web(ReadPlan(datetime.now(UTC)), inside=self._inside)
        for root in self._candidates(web):
            try:
                self._ours(pen, root, draft)
            except UnexpectedAnswer:
                continue
            return root
        raise meant("no_wordpress")

    def _candidates(self, web: Web) -> Iterator[str]:
        first = root_below(self._address)
        yield first
        try:
            others = roots(web.get(self._address))
        except ConnectorError:
            return
        yield from (each for each in others if each != first)

    def _ours(self, pen: Pen, root: str, draft: Draft) -> list[dict[str, Any]]:
        """Posts with the marker for slug, drafts too. Raises UnexpectedAnswer where there is no REST API."""
        asked = {"slug": f"{draft.marker},{draft.marker}-2", "status": "any", "context": "edit", "_fields": FIELDS}
        try:
            rows = pen.get(f"{root}/posts", **asked)
        except Unavailable as nothing:
            if nothing.code not in ("HTTP 404", "HTTP 301", "HTTP 302", "not_json"):
                raise
            rows = None
        if not isinstance(rows, list) or not all(_is_post(each) for each in rows):
            raise UnexpectedAnswer("there is no REST API of WordPress", code="shape")
        return rows

    def _drafted(self, pen: Pen, root: str, body: dict[str, str]) -> dict[str, Any]:
        """Nobody sees a draft, and it is found again by its slug."""
        lost: ConnectorError
        try:
            return pen.post(f"{root}/posts", body)
        except OutcomeUnknown as unknown:
            lost = Unavailable(unknown.detail, code=unknown.code)
        raise lost


def as_html(text: str) -> str:
    """Paragraphs, line breaks and links; nothing else of the text means anything."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(f"<p>{_linked(each).replace(chr(10), '<br />')}</p>" for each in paragraphs)


def _linked(text: str) -> str:
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = html.escape(found.group())
        parts += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, html.escape(text[end:])])


def _published(post: dict[str, Any]) -> Published:
    return Published(str(post["id"]), str(post.get("link") or ""))


def _is_post(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), int) and isinstance(row.get("status"), str)


def _rows_or_none(web: Web, url: str, asked: dict[str, str]) -> list[dict[str, Any]] | None:
    """None where there is no REST API. Raises ConnectorError where nobody knows."""
    try:
        rows = as_list(web.get(url, asked), web.now)
    except ConnectorError as error:
        if error.code in NOT_HERE:
            return None
        raise
    if not all(isinstance(row, dict) and "id" in row for row in rows):
        raise failure("shape", web.now)  # nothing is set apart where one post that is not seen would be written twice
    return rows


def _alike(shown: str, written: str) -> bool:
    """× is what WordPress makes of an x between figures."""
    return _letters(shown) == _letters(written)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum() and sign != "x")
