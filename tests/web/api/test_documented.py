"""What docs/api.md says of the addresses is so."""

import re
from pathlib import Path

from monitor.web.api.app import OPEN, create_api
from tests.web.test_every_route import routes

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| (?:`(\w+)`|–) \|", re.MULTILINE)


def test_the_table_has_every_address_with_the_scope_that_it_asks_for() -> None:
    told = ROW.findall(PAGE.read_text(encoding="utf-8"))
    there = {
        (each.method, each.path, each.permission or "")
        for each in routes(create_api())
        if each.path not in OPEN and each.method != "HEAD"
    }
    assert set(told) == there
    assert len(told) == len(set(told))
