"""Which passwords are refused. Pure. Length counts, and that it cannot be guessed; not which signs it has.

As NIST SP 800-63B and OWASP ASVS 5.0 (6.2) ask: no rules of composition, no change by the calendar.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

SHORTEST, LONGEST = 12, 128
"""Characters. Longer ones would only be work for whoever checks them."""
UNGUESSED = 8
"""So many characters have to be left when known words and runs are taken away."""
LEAST = 3
"""Letters of a word of somebody's own that is taken away: shorter ones stand in many others."""
COMMON = (
    *("lösenord", "losenord", "password", "passord", "hemligt", "hemlig", "välkommen", "valkommen", "welcome"),
    *("administrator", "administratör", "admin", "kanalvakt", "kommunen", "kommun", "sverige", "sweden", "secret"),
    *("sommaren", "sommar", "vintern", "vinter", "hösten", "våren", "summer", "winter", "autumn", "spring"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "iloveyou", "jagälskar", "letmein", "monkey", "dragon"),
    *("måndag", "fredag", "januari", "februari", "september", "oktober", "november", "december", "fotboll", "football"),
)
"""Words that most passwords of this kind are made of."""


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    OWN = "own"  # made of the person's or the organisation's own words
    COMMON = "common"
    LEAKED = "leaked"  # on a list of passwords that were stolen somewhere and published


def same(password: str) -> str:
    """However a keyboard composes its letters, the password is the same."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, own: Iterable[str]) -> Weakness | None:
    """What is wrong with it; None where nothing is. own: names of the person and the organisation."""
    if len(same(password)) < SHORTEST:
        return Weakness.SHORT
    if len(same(password)) > LONGEST:
        return Weakness.LONG
    left = same(password).casefold()
    if _unguessed(_without(left, COMMON)) < UNGUESSED:
        return Weakness.COMMON
    if _unguessed(_without(left, [*_words(own), *COMMON])) < UNGUESSED:
        return Weakness.OWN
    return None


def _words(own: Iterable[str]) -> list[str]:
    split = "".join(sign if sign.isalnum() else " " for name in own for sign in f"{same(name).casefold()} ").split()
    return sorted({word for word in split if len(word) >= LEAST}, key=len, reverse=True)


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    return text


def _unguessed(text: str) -> int:
    """Characters that do not follow from the one before: neither the same, nor the next in a run, nor a gap."""
    pairs = zip(f" {text}", text, strict=False)
    return sum(not sign.isspace() and abs(ord(sign) - ord(before)) > 1 for before, sign in pairs)
