"""What the documentation says is so: its table of errors is the code's; every trap and every fault has its test."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests import docs
from tests.pictures import LARGEST
from tests.test_language import swedish

PAGES = sorted([docs.ROOT / "README.md", docs.ROOT / "CHANGELOG.md", *(docs.ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
TRAPS = docs.ROOT / "docs" / "platforms.md"
FAULTS = docs.ROOT / "docs" / "delivering.md"
OF_A_HOUSE = docs.ROOT / "docs" / "faults.md"
NAMED = "".join(page.read_text(encoding="utf-8") for page in (TRAPS, FAULTS, OF_A_HOUSE))
TEST = re.compile(r"`(tests/[\w/]+\.py)::(?:(\w+)::)?(test_\w+)`")


def test_the_page_of_errors_is_what_the_connectors_decide_by() -> None:
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run `python -m tests.docs`"


def test_every_table_row_of_traps_names_a_test() -> None:
    rows = [line for line in TRAPS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [row for row in rows if not row.startswith(("| trap", "| page"))]
    assert len(told) > 60
    assert [row for row in told if "::" in row and not TEST.search(row)] == []
    assert [row for row in told if "::" not in row and "](" not in row] == []


def test_every_promised_fault_of_a_crisis_names_a_test_that_causes_it() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)", FAULTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _row in rows] == list(range(1, 26))
    assert [number for number, row in rows if not TEST.search(row)] == []


def test_every_fault_of_a_house_names_a_test_that_causes_it() -> None:
    rows = [line for line in OF_A_HOUSE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    assert [row for row in rows[1:] if not TEST.search(row)] == []


@pytest.mark.parametrize("found", sorted(set(TEST.findall(NAMED))), ids="::".join)
def test_each_named_test_is_there(found: tuple[str, str, str]) -> None:
    path, class_name, test = found
    module = import_module(path.removesuffix(".py").replace("/", "."))
    assert callable(getattr(getattr(module, class_name) if class_name else module, test, None))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(docs.ROOT)))
def test_each_link_and_each_picture_of_a_page_is_there(page: Path) -> None:
    links = [each for each in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in each]
    assert [each for each in links if not (page.parent / each).exists()] == []


def test_pictures_are_small_enough_for_a_repository() -> None:
    kept = list((docs.ROOT / "docs" / "pictures").glob("*.png"))
    assert [each.name for each in kept if each.stat().st_size > LARGEST] == []


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("sv", 1)])
def test_what_the_guide_says_to_press_is_called_so_on_the_pages(language: str, place: int) -> None:
    guide = (docs.ROOT / "docs" / f"guide.{language}.md").read_text(encoding="utf-8")
    named = {" ".join(each.split()).removesuffix(".") for each in BOLD.findall(guide)}
    said = {entry[place].removesuffix(".") for entry in swedish()}
    assert len(named) > 15
    assert named - said == set()
