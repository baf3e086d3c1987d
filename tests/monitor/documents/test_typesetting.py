"""Documents that can be archived, that a screen reader can read, and in which every text stands as it was written."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from monitor.documents import breakable, picture, typeset

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MARKUP = '# rubrik *fet* _kursiv_ $x$ @ref <etikett> \\ "citat" // not #[x] `kod` ~ = - + /'
letters = st.characters(exclude_categories=["Cs"])


def document(*texts: str, **more: object) -> dict[str, Any]:
    base = {"title": "Beslut", "organisation": "Tibro kommun", "language": "sv", "foot": "fot", "page_word": "Sida"}
    return base | {"facts": [["Syfte", text] for text in texts], "policy": None} | more


def made(*texts: str, **more: object) -> PdfReader:
    return PdfReader(io.BytesIO(typeset("decision", document(*texts, **more), NOW)))


def shown(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_a_document_is_tagged_and_says_its_title_and_language() -> None:
    reader = made("Hej", title="Beslut om kanalen", language="sv")
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "sv"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Beslut om kanalen", "Tibro kommun")


def test_a_document_says_that_it_is_made_for_archives_and_for_screen_readers() -> None:
    said = made("Hej").root_object["/Metadata"].get_data().decode()
    for mark in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert mark in said


def test_any_moment_will_do_also_one_between_two_seconds() -> None:
    assert typeset("decision", document("Hej"), NOW + timedelta(microseconds=1)) == typeset(
        "decision", document("Hej"), NOW
    )


def test_fonts_come_with_the_document() -> None:
    fonts = made("Hej").pages[0]["/Resources"]["/Font"]
    assert all("/DescendantFonts" in font.get_object() for font in fonts.values())


def test_signs_that_mean_something_in_markup_are_shown_as_they_are() -> None:
    reader = made(MARKUP, title=MARKUP, organisation=MARKUP, foot=MARKUP)
    assert shown(reader).count(" ".join(MARKUP.split())) == 4
    assert reader.metadata is not None
    assert reader.metadata.title == MARKUP


def test_a_sign_that_no_font_has_is_shown_by_its_name() -> None:
    said = shown(made("Bra 😀 \U0001f468‍\U0001f469 日", "\x07", "\ue000"))
    for name in ("Bra [GRINNING FACE]", "[MAN][WOMAN]", "[CJK UNIFIED IDEOGRAPH-65E5]", "[U+0007]", "[U+E000]"):
        assert name in said


@settings(max_examples=100)
@given(st.text(letters, max_size=8))
def test_whatever_somebody_writes_becomes_a_document(text: str) -> None:
    assert len(made(text, title=f"T{text}").pages) == 1


def test_a_long_text_goes_on_on_the_next_page() -> None:
    reader = made(*["ord " * 400] * 10)
    assert len(reader.pages) > 2
    assert "Sida 2 / " in reader.pages[1].extract_text()


def test_the_same_words_at_the_same_time_are_the_same_bytes() -> None:
    first = typeset("decision", document("Hej"), NOW)
    assert typeset("decision", document("Hej"), NOW) == first
    assert typeset("decision", document("Hej"), NOW + timedelta(seconds=1)) != first


def test_a_time_may_be_finer_than_documents_tell_it() -> None:
    finer = NOW + timedelta(microseconds=1)
    assert typeset("decision", document("Hej"), finer) == typeset("decision", document("Hej"), NOW)


def test_a_document_without_a_title_is_refused() -> None:
    with pytest.raises(Exception, match="title"):
        made("Hej", title="")


def size(png: bytes) -> tuple[int, int]:
    """Width and height, as the file itself says."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def pictured(text: str) -> bytes:
    data = {"title": "Säkrad kopia", "organisation": "Tibro kommun", "language": "sv", "facts": [["Id", "1"]]}
    return picture("saved_copy", data | {"said": [["Kim skrev", breakable(text)]]})


@pytest.mark.parametrize("text", ["Å" * 4000, "ord " * 1000, "\n" * 4000, "😡" * 500, "مرحبا بالعالم " * 285])
def test_a_picture_is_as_high_as_a_text_needs_and_no_wider(text: str) -> None:
    width, height = size(pictured(text))
    assert width == size(pictured("Hej"))[0]
    assert size(pictured("Hej"))[1] * 3 < height < 15_000


def test_every_sign_of_a_picture_stands_between_its_edges() -> None:
    """A word without end is broken where the line ends, and not cut off: twice as much needs twice as many lines."""
    once, twice = size(pictured("Å" * 2000))[1], size(pictured("Å" * 4000))[1]
    assert 1.6 < twice / once < 2.1


def test_the_same_words_are_the_same_picture() -> None:
    assert pictured("Hej 😀") == pictured("Hej 😀") != pictured("Hej")


@given(st.text(letters, max_size=300))
def test_nothing_of_a_text_is_lost_where_it_is_broken(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert breakable(text).replace("\u200b", "") == lines.replace("\u200b", "")


def test_many_lines_of_nothing_are_shown_as_signs() -> None:
    shown = breakable("rad\n" * 500)
    assert (shown.count("\n"), shown.count("↵"), shown.count("rad")) == (99, 401, 500)
