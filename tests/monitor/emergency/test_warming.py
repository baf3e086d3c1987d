"""What is made ready while people read a message: in a process of its own, as only there nothing is ready yet."""

import multiprocessing
import sys
from dataclasses import dataclass
from typing import Any

from config.settings import Settings
from monitor.emergency.cards import _drawn, card
from monitor.emergency.warming import _warm


@dataclass
class Words:
    headline: str = "Vattnet i Tibro måste kokas"
    card_text: str = ""
    kind: str = "alert"
    language: str = "sv"


def test_who_has_read_a_message_waits_for_no_library_and_no_picture_when_it_is_sent() -> None:
    fresh: Any = multiprocessing.get_context("spawn")
    with fresh.Pool(1) as pool:
        before, after, drawn, made = pool.apply(_made_ready)
    assert (before, after, drawn, made) == (0, 3, (1, 1), True)


def _made_ready() -> tuple[int, int, tuple[int, int], bool]:
    """How many platforms' connectors were loaded before and after; how many cards were drawn, and found drawn; has
    Google's client made its methods?"""
    before = _loaded()
    _warm(Words(), False, Settings())
    card(Words(), False)
    found = _drawn.cache_info()
    return before, _loaded(), (found.misses, found.hits), _youtube_is_made()


def _youtube_is_made() -> bool:
    from connectors.youtube.api import methods

    return methods.cache_info().currsize == 1


def _loaded() -> int:
    return sum(f"connectors.{name}.connector" in sys.modules for name in ("facebook", "instagram", "youtube"))
