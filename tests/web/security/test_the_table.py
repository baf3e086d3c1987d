"""The table of docs/security.md: each line names a test that is there, a place, or a reason."""

import re

from tests.docs import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| V\d", line)]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
PER_CHAPTER = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13}
PER_CHAPTER |= {16: 16, 17: 7}
"""How many requirements of levels 1 and 2 each chapter of version 5.0.0 has."""


def numbers() -> list[tuple[int, int, int]]:
    """Every requirement that a row is about, those of ranges too; without level 3."""
    found = []
    for row in ROWS:
        head = row.split("|")[1]
        if "(L3)" not in head:
            for part in head.split(","):
                ends = [tuple(map(int, each)) for each in re.findall(r"V(\d+)\.(\d+)\.(\d+)", part)]
                found += [(ends[0][0], ends[0][1], last) for last in range(ends[0][2], ends[-1][2] + 1)]
    return found


def test_every_test_that_is_named_is_there() -> None:
    for path, name in TESTS:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or re.search(rf"def {name}\(", text), (path, name)


def test_every_requirement_has_one_line() -> None:
    found = numbers()
    assert len(found) == len(set(found))
    assert {chapter: sum(each[0] == chapter for each in found) for chapter in PER_CHAPTER} == PER_CHAPTER


def test_whatever_is_less_than_asked_for_has_its_reason() -> None:
    lines = [row for row in ROWS if "chosen:" in row.lower()]
    assert [row for row in lines if not re.search(r"[Cc]hosen: .*\b(because|as|so that|for|which|would)\b", row)] == []
    assert not [row for row in ROWS if re.search(r"\bopen:", row, re.IGNORECASE)], "nothing is left undecided"


def test_every_line_says_how() -> None:
    for row in ROWS:
        _start, _number, sense, how, _end = (cell.strip() for cell in row.split("|"))
        assert sense, row
        assert len(how) > 3, row
