"""Which comments probably need no reply, going by their text. Pure. A suggestion closes nothing: a person does."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

TO_THANK = frozenset(("tack", "tackar", "thanks", "thank", "thx", "ty", "cheers", "toppen", "kanon", "perfekt"))
AROUND = frozenset(
    (
        *("bra", "super", "superbra", "jättebra", "kanonbra", "fint", "underbart", "härligt", "jättefint", "hej", "så"),
        *(
            "mycket",
            "många",
            "er",
            "ni",
            "du",
            "dig",
            "då",
            "för",
            "det",
            "igen",
            "kram",
            "kramar",
            "mvh",
            "hälsningar",
        ),
        *(
            "och",
            "allra",
            "snabbt",
            "you",
            "great",
            "super",
            "wonderful",
            "lovely",
            "nice",
            "very",
            "much",
            "so",
            "many",
        ),
        *("a", "lot", "for", "the", "your", "again", "all", "and", "perfect"),
    )
)
WHAT_FOR = frozenset(
    (
        *("svaret", "hjälpen", "infon", "informationen", "snabba", "reply", "answer", "help", "info", "information"),
        *("quick", "fast", "response"),
    )
)
"""Only of what there was: the same words ask for something elsewhere ("Svar, tack!", "Tacksam för svar", "Thanks for
help")."""
THERE_WAS = (frozenset({"för"}), frozenset({"for", "the"}), frozenset({"for", "your"}))
MOST_WORDS = 12
NAME = re.compile(r"@[\w.\-]+")
"""A tag as platforms write it. Where they write it as a name only, nothing tells it from a word."""


def suggested_reason(text: str, own: frozenset[str] = frozenset()) -> Literal["thanks", "tag"] | None:
    """Code of the reason why it may need no reply: thanks, or emoji only; a tag of somebody, and no word besides.

    None: it may well need one. Whoever asks, or gives a number, is never taken to be thanking. own: the organisation's
    names, lower case: whoever tags it wants something of it.
    """
    if any(map(_asks, {*text})):
        return None
    rest = NAME.sub(" ", text)
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", rest).casefold())
    if words:
        return "thanks" if _thanks(words) else None
    if tagged := {name.removeprefix("@").rstrip(".").casefold() for name in NAME.findall(text)}:
        return None if tagged & own else "tag"
    return "thanks" if any(unicodedata.category(letter) == "So" for letter in text) else None


@lru_cache(maxsize=2000)
def _asks(letter: str) -> bool:
    return letter.isdigit() or "QUESTION MARK" in unicodedata.name(letter, "")


def _thanks(words: list[str]) -> bool:
    said = frozenset(words)
    known = TO_THANK | AROUND | (WHAT_FOR if any(each <= said for each in THERE_WAS) else frozenset())
    return len(words) <= MOST_WORDS and bool(TO_THANK & said) and said <= known
