"""The newest comments of a WordPress blog, page by page (REST API handbook, reference of comments)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.blog.errors import failure
from connectors.blog.web import Page, Web

Row = dict[str, Any]
PER_PAGE = 100
"""More are not given."""
OVERLAP = 10
"""So many rows are asked for twice, because what comes and goes between two pages moves the rest."""
FIELDS = "id,post,parent,author,author_name,date_gmt,content,link"


class Listing:
    """Goes from the newest comment towards the oldest, as far as it is told.

    rows: by id, newest first. total: the blog's own count; None where it tells none. ended: the oldest was reached.
    steady: nothing came or went while it was read, so that what is not in it is not there. memory: see Page.
    """

    def __init__(self, web: Web, root: str, conditions: Mapping[str, str]) -> None:
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
        rows, told = as_comments(page, self._web.now), page.headers.get("X-WP-Total", "")
        total = int(told) if told.isdecimal() else None
        if self._offset == 0:
            self.memory = page.memory
        else:
            self.steady = self.steady and total == self.total and self._joins(rows)
        self.total = total
        self.rows |= rows
        end = self._offset + PER_PAGE
        self.ended = not rows or (len(rows) < PER_PAGE if total is None else end >= total)
        self._offset = end - OVERLAP

    def _joins(self, rows: dict[str, Row]) -> bool:
        """Does the page begin within what is known, and go on beyond it?"""
        return bool(rows.keys() & self.rows.keys()) and bool(rows.keys() - self.rows.keys())


def as_rows(page: Page, now: datetime) -> dict[str, Row]:
    """The things in a list of the REST API, by id. Raises ConnectorError for anything else."""
    try:
        rows = json.loads(page.body)
    except ValueError:
        raise failure("not_json", now) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise failure("shape", now)
    return {str(row["id"]): row for row in rows}


def as_comments(page: Page, now: datetime) -> dict[str, Row]:
    """As `as_rows`, with everything in it that a comment has. Raises what a strange shape raises."""
    rows = as_rows(page, now)
    for row in rows.values():
        if not isinstance(row["content"]["rendered"], str) or not isinstance(row["author_name"], str):
            raise failure("shape", now)
        _ = written(row), row["post"], row["parent"], row["author"]
    return rows


def written(row: Row) -> datetime:
    """date_gmt comes without a zone."""
    return datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=UTC)
