"""The newest comments of a WordPress blog, page by page (REST API handbook, reference of comments)."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.apart import ODD, Apart, possible
from connectors.blog.errors import failure
from connectors.blog.web import Page, Web
from connectors.sound import identity

Row = dict[str, Any]
PER_PAGE = 100
"""More are not given."""
LONGEST_NUMBER = 20
"""Digits of an id: MySQL's largest has them."""
ANYWHERE = "*"
"""The place of a comment that does not say below which post it stands."""
OVERLAP = 10
"""So many rows are asked for twice, because what comes and goes between two pages moves the rest."""
FIELDS = "id,post,parent,author,author_name,date_gmt,content,link"


class Listing:
    """Goes from the newest comment towards the oldest, as far as it is told.

    rows: by id, newest first. total: the blog's own count; None where it tells none. ended: the oldest was reached.
    steady: nothing came or went while it was read, so that what is not in it is not there. memory: see Page. What
    cannot be understood is set apart.
    """

    def __init__(self, web: Web, root: str, conditions: Mapping[str, str], apart: Apart) -> None:
        """conditions: the memory of an earlier first page; with it `unchanged` may become true."""
        self.rows: dict[str, Row] = {}
        self.total: int | None = None
        self.ended = False
        self.steady = True
        self.unchanged = False
        self.memory: dict[str, str] = {}
        self._web = web
        self._root = root
        self._conditions = conditions
        self._apart = apart
        self._offset = 0

    @property
    def oldest(self) -> datetime | None:
        """When the last of the rows was written."""
        return written(next(reversed(self.rows.values()))) if self.rows else None

    def read_until(self, since: datetime | None) -> None:
        """Until everything since then is listed, or everything. Raises ConnectorError; rows stay."""
        while not (self.ended or self.unchanged):
            if self._offset and since is not None and self.oldest is not None and self.oldest < since:
                return
            self._next_page()

    def _next_page(self) -> None:
        order = {"orderby": "date_gmt", "order": "desc", "_fields": FIELDS}
        number = {"per_page": str(PER_PAGE)} | ({"offset": str(self._offset)} if self._offset else {})
        page = self._web.get(f"{self._root}/comments", order | number, {} if self._offset else self._conditions)
        if page.status == 304:
            self.unchanged = True
            return
        listed = as_list(page, self._web.now)
        rows, told = as_comments(listed, self._apart), page.headers.get("X-WP-Total", "")
        total = int(told) if told.isdecimal() else None
        if self._offset == 0:
            self.memory = page.memory
        else:
            self.steady = self.steady and total == self.total and self._joins(rows)
        self.total = total
        self.rows |= rows
        end = self._offset + PER_PAGE
        self.ended = not listed or (len(listed) < PER_PAGE if total is None else end >= total)
        self._offset = end - OVERLAP

    def _joins(self, rows: dict[str, Row]) -> bool:
        """Does the page begin within what is known, and go on beyond it?"""
        return bool(rows.keys() & self.rows.keys()) and bool(rows.keys() - self.rows.keys())


def as_list(page: Page, now: datetime) -> list[Any]:
    """What a list of the REST API holds. Raises ConnectorError for anything else."""
    try:
        rows = json.loads(page.body)
    except ValueError:
        raise failure("not_json", now) from None
    if not isinstance(rows, list):
        raise failure("shape", now)
    return rows


def as_rows(
    listed: Iterable[Any], apart: Apart, look_at: Callable[[Row], object], place: Callable[[object], str] = lambda _: ""
) -> dict[str, Row]:
    """The things of a list, by id. look_at raises what a strange shape raises: then it is set apart. place: where."""
    rows: dict[str, Row] = {}
    for row in listed:
        with apart.each(place(row)):
            look_at(row)
            rows[_number(row["id"])] = row
    return rows


def as_comments(listed: Iterable[Any], apart: Apart) -> dict[str, Row]:
    """As `as_rows`, with everything in it that a comment has."""
    return as_rows(listed, apart, _look_at_comment, _place)


def written(row: Row) -> datetime:
    """date_gmt comes without a zone. Raises ODD for what is no time, or can be none: some are of the year 0."""
    return possible(datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=UTC))


def _look_at_comment(row: Row) -> None:
    words = row["content"]["rendered"], row["author_name"], row.get("link") or ""
    if not all(isinstance(each, str) for each in words):
        raise TypeError("a text that is none")
    _ = written(row), _number(row["post"])
    for name in ("parent", "author"):
        _number(row[name] or 0)


def _number(value: object) -> str:
    """WordPress's ids are numbers."""
    if not identity(value).isdecimal() or len(str(value)) > LONGEST_NUMBER:
        raise TypeError("an id that is none")
    return str(value)


def _place(row: object) -> str:
    """The post that it says it stands below."""
    try:
        return _number(row["post"]) if isinstance(row, dict) else ANYWHERE
    except ODD:
        return ANYWHERE
