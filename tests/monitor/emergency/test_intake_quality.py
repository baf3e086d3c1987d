"""How well comments are sorted and grouped: measured on what residents might write, sorted by hand beforehand."""

import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.emergency.intake import words
from monitor.emergency.intake_rules import IN_GROUPS, Kind, groups, sort
from tests.conftest import Measured

KNOWN, LATER = "written_by_residents", "written_later"


class Share(NamedTuple):
    """Of so many."""

    part: int
    of: int


class Quality(NamedTuple):
    """right: of all comments, as a person sorted them. found, true: of those who need help, and of those sorted so.
    together, rightly: of pairs that want the same answer, those in one group; and of pairs in one group."""

    right: Share
    found: Share
    true: Share
    together: Share
    rightly: Share


def comments(name: str) -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def quality(name: str) -> Quality:
    sorted_, pairs = Counter[tuple[str, str]](), Counter[tuple[bool, bool]]()
    for some in comments(name).values():
        kinds = [sort(each["text"], words()).kind for each in some]
        sorted_.update((each["kind"], str(kind)) for each, kind in zip(some, kinds, strict=True))
        group = _groups(some, kinds)
        for one, other in combinations(range(len(some)), 2):
            wanted = "about" in some[one] and some[one].get("about") == some[other].get("about")
            pairs[wanted, one in group and group[one] == group.get(other)] += 1
    helped = sorted_["help", "help"]
    return Quality(
        Share(sum(n for (by_hand, by_rule), n in sorted_.items() if by_hand == by_rule), sorted_.total()),
        Share(helped, sum(n for (by_hand, _by_rule), n in sorted_.items() if by_hand == "help")),
        Share(helped, sum(n for (_by_hand, by_rule), n in sorted_.items() if by_rule == "help")),
        Share(pairs[True, True], pairs[True, True] + pairs[True, False]),
        Share(pairs[True, True], pairs[True, True] + pairs[False, True]),
    )


def _groups(some: list[dict[str, str]], kinds: list[Kind]) -> dict[int, tuple[Kind, int]]:
    """Of each comment in one, as the board makes them."""
    found = {}
    for kind in IN_GROUPS:
        of_kind = [(place, each["text"]) for place, each in enumerate(some) if kinds[place] is kind]
        for number, group in enumerate(groups(of_kind, words())):
            found |= dict.fromkeys(group, (kind, number))
    return found


def at_least(measured: Share, share: float) -> bool:
    return measured.part >= share * measured.of


@pytest.mark.parametrize("name", [KNOWN, LATER])
def test_comments_of_three_incidents_are_sorted_and_grouped_as_the_documentation_says(
    name: str, measured: Measured
) -> None:
    """Whoever changes the list or the rules changes the table as well."""
    found = quality(name)
    measured(f"{name}: {found}", found.right.of)
    row = " | ".join(f"{each.part} of {each.of}" for each in found)
    assert f"| {row} |" in Path("docs/crisis.md").read_text(encoding="utf-8")


def test_no_change_of_the_list_makes_it_worse_than_this() -> None:
    found = quality(KNOWN)
    assert found.right.of >= 60
    assert at_least(found.right, 0.9)
    assert at_least(found.found, 0.9), "whoever needs help stands first"
    assert at_least(found.true, 0.9)
    assert at_least(found.together, 0.9)
    assert at_least(found.rightly, 0.8), "one answer to all must fit all of them"
