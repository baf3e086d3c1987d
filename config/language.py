"""Swedish and English for everything a person reads. Sentences are written in English in the code and translated here.

The catalogue is plain .po files, one per room of the house, read at start-up (no compiled file to forget);
tests/test_language.py finds every sentence that lacks its Swedish.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.messages.pofile import read_po

LANGUAGES = ("sv", "en")
CATALOGUE = Path(__file__).parent / "locale" / "sv"

_current: ContextVar[str | None] = ContextVar("language", default=None)


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the language in use, with {names} filled in."""
    text = _swedish().get(sentence, sentence) if language() == "sv" else sentence
    return text.format(**values) if values else text


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name, which extractors look for
    """Marks a sentence for translation where it is stored, and translated by `_` where it is shown."""
    return sentence


def language() -> str:
    """sv or en: what `use_language` says, else LANG; Swedish unless English is asked for."""
    chosen = _current.get()
    if chosen is not None:
        return chosen
    wish = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if wish.lower().startswith("en") else "sv"


def set_language(name: str) -> None:
    """Sets the language for the rest of this context (a command, a request). Raises ValueError for an unknown one."""
    if name not in LANGUAGES:
        raise ValueError(name)
    _current.set(name)


@contextmanager
def use_language(name: str) -> Iterator[None]:
    """Speaks another language for a while: a mail to one person, say."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


def moment(value: datetime, zone: ZoneInfo) -> str:
    """'fre 20 nov. kl. 16.00' / 'Fri 20 Nov at 16:00', in the organisation's zone."""
    local = value.astimezone(zone)
    return _("{day} at {time}", day=written(local.date(), "EEE d MMM"), time=clock(local))


def dated(value: datetime, zone: ZoneInfo) -> str:
    """'2026-11-20 kl. 16.00' / '2026-11-20 at 16:00': where what is told of may be years old."""
    local = value.astimezone(zone)
    return _("{day} at {time}", day=local.date(), time=format_time(local, _("HH:mm"), locale=language()))


def duration(length: timedelta) -> str:
    """'3 dagar' / '3 days': how long, in the largest unit that says something."""
    return str(format_timedelta(length, locale=_locale(language()), threshold=1.2))


def written(day: date, pattern: str) -> str:
    """The day as the pattern, one of Babel's, has it, in the language in use."""
    return _day(day, pattern, language())


def clock(local: datetime | time) -> str:
    """'16.00' / '16:00', on the clock that the moment tells."""
    return _time(local.hour, local.minute, _("HH:mm"), language())


# a page tells dozens of moments, and Babel takes a third of a millisecond for each


@lru_cache(maxsize=2000)
def _day(day: date, pattern: str, name: str) -> str:
    return format_date(day, pattern, locale=_locale(name))


@lru_cache(maxsize=4000)
def _time(hour: int, minute: int, pattern: str, name: str) -> str:
    return format_time(time(hour, minute), pattern, locale=_locale(name))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@cache
def _swedish() -> dict[str, str]:
    sentences: dict[str, str] = {}
    for path in sorted(CATALOGUE.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="sv")
        sentences |= {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    return sentences
