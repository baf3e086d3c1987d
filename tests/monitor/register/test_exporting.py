"""The public list of channels: the same channels in every form, and nobody's name."""

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from config.language import use_language
from monitor.db import Database
from monitor.register.exporting import export
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel
from monitor.register.organisation import NotSetUp


class Texts(HTMLParser):
    """Every text and link of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str | None] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href"]


@pytest.fixture
def exported(sqlite: Database, sample: RegisterFile) -> dict[str, str]:
    """The sample register in every form; YouTube has left it, and one name holds what HTML and CSV could trip over."""
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
        session.get_one(Channel, "youtube").state = "retired"
        session.get_one(Channel, "instagram").name = 'Tibro, "bilder" <script>'
        with use_language("sv"):
            return {form: export(session, form) for form in ("csv", "json", "html", "toml")}


def test_every_form_lists_the_channels_in_use(exported: dict[str, str]) -> None:
    names = {"Tibro kommun på Facebook", 'Tibro, "bilder" <script>', "Föräldrar på Nyboskolan"}
    assert {row["name"] for row in json.loads(exported["json"])} == names
    assert {row["name"] for row in csv.DictReader(io.StringIO(exported["csv"]))} == names
    assert names <= set(Texts(exported["html"]).texts)


def test_addresses_are_links(exported: dict[str, str]) -> None:
    assert {row["address"] for row in json.loads(exported["json"])} == set(Texts(exported["html"]).links)


def test_the_public_list_names_no_person(exported: dict[str, str]) -> None:
    for form in ("csv", "json", "html"):
        assert "redaktor" not in exported[form]
        assert "TOKEN" not in exported[form]


def test_the_page_speaks_the_language_in_use(exported: dict[str, str]) -> None:
    assert '<html lang="sv">' in exported["html"]
    assert "Sociala mediekanaler i Tibro kommun" in exported["html"]
    assert {"Facebookgrupp", "Verksamhetskanal", "ja"} <= set(Texts(exported["html"]).texts)


def test_the_whole_register_is_written_as_people_write_it(exported: dict[str, str]) -> None:
    assert exported["toml"].startswith("[organisation]\nname = ")
    assert 'service_hours = { mon-fri = "07:30-16:00" }' in exported["toml"]
    assert "\n[[channel.decision]]\n" in exported["toml"]


@pytest.mark.parametrize("form", ["toml", "csv", "json", "html"])
def test_without_a_register_nothing_is_exported(sqlite: Database, form: str) -> None:
    with sqlite.snapshot() as session, pytest.raises(NotSetUp):
        export(session, form)
