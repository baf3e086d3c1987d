"""Whatever Kanalvakt can say is wrong is found in the page of symptoms, in the words that it says it with."""

import re
from pathlib import Path

import pytest

import connectors.connecting  # noqa: F401 - an error of its own
from connectors.errors import ConnectorError
from monitor.cli.doctor import CHECKS
from tests.docs import ROOT
from tests.test_docs import PAGES
from tests.test_language import swedish

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
SHORT = (ROOT / "docs" / "troubleshooting.sv.md").read_text(encoding="utf-8")
ANCHOR = re.compile(r'<a id="([\w-]+)"></a>')
LINK = re.compile(r"\]\(([\w./-]*)#([^)\s]+)\)")
SENTENCE = re.compile(r"`([A-Z][^`]* [^`]*\.)`")


def anchors(text: str) -> set[str]:
    """Those that are written, and those that a heading gets by its words."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {*ANCHOR.findall(text), *(re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings)}


def test_each_kind_of_error_of_a_channel_has_its_place_in_both_languages() -> None:
    ours = [each for each in ConnectorError.__subclasses__() if each.__module__.startswith("connectors.")]
    kinds = {error.kind.replace("_", "-") for error in ours}
    assert len(kinds) > 8
    assert kinds - set(ANCHOR.findall(PAGE)) == set()
    assert kinds - set(ANCHOR.findall(SHORT)) == set()


def test_each_check_of_doctor_has_its_place() -> None:
    assert {f"doctor-{name}" for name in CHECKS} - set(ANCHOR.findall(PAGE)) == set()


@pytest.mark.parametrize("text", [PAGE, SHORT], ids=["English", "Swedish"])
def test_no_address_is_given_twice(text: str) -> None:
    found = ANCHOR.findall(text)
    assert sorted(found) == sorted(set(found))


def test_whoever_follows_an_address_from_the_one_language_to_the_other_finds_it() -> None:
    assert set(ANCHOR.findall(SHORT)) - anchors(PAGE) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_into_a_page_leads_to_a_place_in_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = []
    for file, anchor in LINK.findall(text):
        there = (page.parent / file).read_text(encoding="utf-8") if file else text
        lost += [f"{file}#{anchor}"] if anchor not in anchors(there) else []
    assert lost == []


def test_what_the_page_says_that_is_printed_is_what_is_printed() -> None:
    said = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(entry[0])) for entry in swedish()]
    quoted = {" ".join(each.split()) for each in SENTENCE.findall(PAGE)}
    assert len(quoted) > 15
    assert {each for each in quoted if not any(re.fullmatch(pattern, each) for pattern in said)} == set()
