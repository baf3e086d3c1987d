"""The public list of channels: the register's channels in use, the same in every form, and nobody's name."""

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from config.language import use_language
from monitor.db import Database
from monitor.register.exporting import export
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp
from monitor.register.public_list import public_list

VOID = {"meta", "link", "br"}
GROUP = "https://www.facebook.com/groups/100000000000001"


class Page(HTMLParser):
    """A page's rows, links and attributes. Fails where a tag is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.links: list[str | None] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture
def lists(sqlite: Database, sample: RegisterFile) -> dict[str, str]:
    """The sample's list in every form; YouTube has left it, and one name holds what HTML and CSV could trip over."""
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        session.get_one(Channel, "youtube").state = "retired"
        session.get_one(Channel, "facebook").state = "paused"
        session.get_one(Channel, "instagram").name = '=Tibro, "bilder" <script>'
        with use_language("sv"):
            return {form: public_list(session, form) for form in ("csv", "json", "html")}


def in_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_form_says_the_same_and_equals_the_register(lists: dict[str, str], sqlite: Database) -> None:
    with sqlite.snapshot() as session:
        channels = session.scalars(select(Channel).where(Channel.state != "retired")).all()
        expected = {channel.name: "" if channel.id == "foraldragrupp" else channel.address for channel in channels}
    rows = json.loads(lists["json"])
    assert {row["name"]: row["address"] or "" for row in rows} == expected
    assert {row["name"].removeprefix("'"): row["address"] for row in in_csv(lists["csv"])} == expected
    heads, *cells = Page(lists["html"]).rows
    assert len(heads) == 6
    assert [row[0] for row in cells] == [row["name"] for row in rows]
    assert [row[3] for row in cells] == [row["unit"] for row in rows]
    assert {row[0]: "" if row[2] == "Publiceras inte" else row[2] for row in cells} == expected
    assert f"Antal kanaler: {len(rows)}" in lists["html"]


def test_a_group_whose_address_is_kept_back_is_listed_without_it(lists: dict[str, str]) -> None:
    assert [row for row in json.loads(lists["json"]) if row["name"] == "Föräldrar på Nyboskolan"] == [
        {
            "name": "Föräldrar på Nyboskolan",
            "platform": "facebook_group",
            "address": None,
            "unit": "Barn och utbildning",
            "kind": "unit",
            "has_comments": True,
            "closed": True,
        }
    ]
    assert all(GROUP not in text for text in lists.values())
    assert "Sluten Facebookgrupp" in lists["html"]


def test_a_closed_group_may_show_its_address(sqlite: Database, sample: RegisterFile) -> None:
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        session.get_one(Channel, "foraldragrupp").publish_address = True
        assert GROUP in Page(public_list(session, "html")).links


def test_the_website_comes_first_and_the_official_channels_before_the_units(lists: dict[str, str]) -> None:
    rows = json.loads(lists["json"])
    assert rows[0]["platform"] == "website"
    assert [row["kind"] for row in rows] == sorted(row["kind"] for row in rows)


def test_the_list_names_no_person_and_no_secret(lists: dict[str, str]) -> None:
    for text in lists.values():
        assert "redaktor" not in text
        assert "TOKEN" not in text


def test_the_page_is_sound_and_speaks_the_language_in_use(lists: dict[str, str]) -> None:
    page = Page(lists["html"])
    assert lists["html"].startswith("<!doctype html>\n")
    assert ("html", {"lang": "sv"}) in page.tags
    names = [tag for tag, _attributes in page.tags]
    assert [names.count(tag) for tag in ("title", "main", "h1", "table", "caption")] == [1, 1, 1, 1, 1]
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in page.tags if tag == "th")
    assert len({len(row) for row in page.rows}) == 1
    assert "Sociala mediekanaler i Tibro kommun" in lists["html"]
    assert {"Verksamhetskanal", "ja"} <= {cell for row in page.rows for cell in row}


def test_a_spreadsheet_calculates_nothing(lists: dict[str, str]) -> None:
    assert not any(value.startswith("=") for row in in_csv(lists["csv"]) for value in row.values())


def test_the_whole_register_is_written_as_people_write_it(sqlite: Database, sample: RegisterFile) -> None:
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        text = export(session, "toml")
    assert text.startswith("[organisation]\nname = ")
    assert 'service_hours = { mon-fri = "07:30-16:00" }' in text
    assert "\n[[channel.decision]]\n" in text


@pytest.mark.parametrize("form", ["toml", "csv", "json", "html"])
def test_without_a_register_nothing_is_exported(sqlite: Database, form: str) -> None:
    with sqlite.snapshot() as session, pytest.raises(NotSetUp):
        export(session, form)
