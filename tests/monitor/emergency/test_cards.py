"""Picture cards: everything readable, nothing over the edge, exercises never to be mistaken."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from monitor.emergency.cards import (
    BAND,
    EARNEST,
    EXERCISE,
    INK,
    MARGIN,
    PAPER,
    SIDE,
    SMALLEST,
    WHITE,
    _drawn,
    _font,
    _line_height,
    alt_text,
    band_text,
    card,
    fitted,
    shown_text,
)

WIDTH, HEIGHT = SIDE - 2 * MARGIN, SIDE - 2 * BAND - 2 * MARGIN
LONG = "Räddningstjänstsamordningsövningsledningspersonalutbildningsförberedelsearbetet"


@dataclass
class Words:
    headline: str = "Vattnet i Tibro måste kokas"
    card_text: str = ""
    kind: str = "alert"
    language: str = "sv"


def picture(words: Words, *, exercise: bool = False) -> Image.Image:
    found = Image.open(BytesIO(card(words, exercise)))
    assert (found.format, found.size) == ("JPEG", (SIDE, SIDE))
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=90) | st.just(LONG), max_size=30))
def test_no_line_is_too_wide_and_all_of_them_fit(words: list[str]) -> None:
    found, size = fitted(shown_text(Words(card_text=" ".join(words))), WIDTH, HEIGHT)
    assert all(_font("SemiBold", size).getlength(line) <= WIDTH for line in found)
    assert len(found) * _line_height(size) <= HEIGHT
    assert size >= SMALLEST


@pytest.mark.parametrize("text", [LONG * 9, "Å" * 600, f"{LONG} " * 12, "Koka vattnet"])
@pytest.mark.parametrize("exercise", [True, False])
def test_nothing_stands_in_the_margins(text: str, exercise: bool) -> None:
    found = picture(Words(card_text=text), exercise=exercise).convert("L")
    bottom = SIDE - BAND if exercise else SIDE
    for box in ((0, BAND + 8, MARGIN - 8, bottom - 8), (SIDE - MARGIN + 8, BAND + 8, SIDE, bottom - 8)):
        assert found.crop(box).getextrema()[0] > 240
    assert found.crop((MARGIN, BAND + MARGIN, SIDE - MARGIN, bottom - MARGIN)).getextrema()[0] < 60


@pytest.mark.parametrize("sign", "ÅÄÖåäöÉé–”§½")
def test_each_swedish_sign_has_a_shape_of_its_own(sign: str) -> None:
    assert shown_text(Words(card_text=f"a{sign}b")) == f"a{sign}b"
    plain = {"Å": "A", "Ä": "A", "Ö": "O", "å": "a", "ä": "a", "ö": "o", "É": "E", "é": "e"}.get(sign, "x")
    assert card(Words(card_text=sign), False) != card(Words(card_text=plain), False)


def test_what_the_font_lacks_is_left_out_not_boxed() -> None:
    assert shown_text(Words(card_text="Koka 🚱 vattnet\u200d nu")) == "Koka vattnet nu"


@pytest.mark.parametrize(("sign", "ground"), [(INK, PAPER), (WHITE, EARNEST), (WHITE, EXERCISE)])
def test_colours_stand_out_as_wcag_aa_asks(sign: str, ground: str) -> None:
    light, dark = sorted((_luminance(sign), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("language", ["sv", "en", "sv-plain"])
def test_an_exercise_says_so_first_in_words_and_in_colour_above_and_below(language: str) -> None:
    words = Words(language=language)
    assert band_text(words, True).startswith("ÖVNING")
    assert alt_text(words, True).startswith("ÖVNING")
    assert "VN" not in band_text(words, False)
    earnest, exercise = picture(words), picture(words, exercise=True)
    for place in ((10, 10), (10, SIDE - 10)):
        assert _near(exercise, place, EXERCISE)
    assert _near(earnest, (10, 10), EARNEST)


def _near(image: Image.Image, place: tuple[int, int], colour: str) -> bool:
    shown = image.getpixel(place)
    assert isinstance(shown, tuple)
    return all(abs(one - other) < 12 for one, other in zip(shown, ImageColor.getrgb(colour), strict=True))


def test_the_same_words_make_the_same_picture_and_are_its_description() -> None:
    first = card(Words(), False)
    _drawn.cache_clear()
    assert card(Words(), False) == first
    assert alt_text(Words(kind="correction"), False) == "Rättelse: Vattnet i Tibro måste kokas"
    assert alt_text(Words(language="en"), False) == "Crisis information: Vattnet i Tibro måste kokas"
