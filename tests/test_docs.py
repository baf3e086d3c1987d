"""What the documentation says is so: its table of errors is the code's, and every trap has a test that is there."""

import re
from importlib import import_module

import pytest

from tests import docs

TRAPS = docs.ROOT / "docs" / "platforms.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(?:(\w+)::)?(test_\w+)`")


def test_the_page_of_errors_is_what_the_connectors_decide_by() -> None:
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run `python -m tests.docs`"


def test_every_table_row_of_traps_names_a_test() -> None:
    rows = [line for line in TRAPS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [row for row in rows if not row.startswith(("| trap", "| page"))]
    assert len(told) > 60
    assert [row for row in told if "::" in row and not TEST.search(row)] == []
    assert [row for row in told if "::" not in row and "](" not in row] == []


@pytest.mark.parametrize("found", sorted(set(TEST.findall(TRAPS.read_text(encoding="utf-8")))), ids="::".join)
def test_each_named_test_is_there(found: tuple[str, str, str]) -> None:
    path, class_name, test = found
    module = import_module(path.removesuffix(".py").replace("/", "."))
    assert callable(getattr(getattr(module, class_name) if class_name else module, test, None))
