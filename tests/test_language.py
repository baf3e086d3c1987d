"""Swedish first, English second, both complete."""

import ast
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from config.language import CATALOGUE, _, use_language

ROOT = Path(__file__).parent.parent
ROOMS = ("config", "connectors", "monitor", "workers")


def sentences() -> dict[str, str]:
    """Every sentence marked for translation, with the file it stands in."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix == ".py":
                found |= dict.fromkeys(_in_python(path), str(path.relative_to(ROOT)))
            elif path.suffix in {".html", ".mjml", ".txt"} and "templates" in path.parts:
                found |= dict.fromkeys(_in_template(path), str(path.relative_to(ROOT)))
    return found


def _in_python(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    marked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"_", "N_"} and call.args]
    return [ast.literal_eval(call.args[0]) for call in marked if isinstance(call.args[0], ast.Constant)]


def _in_template(path: Path) -> list[str]:
    extract = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found = extract.extract_translations(path.read_text(), gettext_functions=("_",))
    first = [text[0] if isinstance(text, tuple) else text for _line, _name, text in found]  # a tuple: with values
    return [text for text in first if text is not None]  # None: a sentence that is marked where it is stored


def swedish() -> list[tuple[str, str, str]]:
    """(English, Swedish, file) of every entry in the catalogue."""
    entries = []
    for path in sorted(CATALOGUE.glob("*.po")):
        with path.open("rb") as file:
            entries += [(str(m.id), str(m.string), path.name) for m in read_po(file, locale="sv") if m.id]
    return entries


def test_every_sentence_has_its_swedish() -> None:
    translated = {english for english, text, _file in swedish() if text}
    missing = {text: place for text, place in sentences().items() if text not in translated}
    assert not missing


def test_no_sentence_is_translated_that_nobody_says() -> None:
    said = sentences()
    assert [entry for entry in swedish() if entry[0] not in said] == []


def test_no_sentence_is_translated_twice_and_differently() -> None:
    seen: dict[str, str] = {}
    for english, text, file in swedish():
        assert seen.setdefault(english, text) == text, f"{english!r} in {file}"


def test_both_languages_fill_in_the_same_values() -> None:
    names = string.Formatter().parse
    for english, text, file in swedish():
        in_english, in_swedish = ({name for _t, name, _s, _c in names(part) if name} for part in (english, text))
        assert in_english == in_swedish, f"{english!r} in {file}"


@pytest.mark.parametrize("word", ["anslagstavla", "VMA", "faran över", "myndighetsmeddelande", "troll", "åsikt"])
def test_words_that_belong_to_others_are_not_used(word: str) -> None:
    others = [text for _english, text, file in swedish() if file != "crisis_vma.po"]  # whom to call for theirs
    assert [text for text in others if word.lower() in text.lower().split()] == []


def test_a_sentence_is_said_in_the_language_in_use() -> None:
    with use_language("en"):
        assert _(" Did you mean {name}?", name="home") == " Did you mean home?"
    with use_language("sv"):
        assert _(" Did you mean {name}?", name="home") == " Menade du home?"
