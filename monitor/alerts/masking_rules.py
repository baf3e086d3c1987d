"""What a mail leaves out of a text that it quotes: personal identity numbers, and what has no room. Pure."""

import re
import unicodedata
from calendar import isleap

MASK = "[personnummer]"
CENTURIES = (18, 19, 20)  # in which somebody who is alive, or was lately, can have been born
COORDINATION = 60  # that the day of a coordination number (samordningsnummer) has too many
DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NOTHING = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # signs that take no room, between any two digits
DASH = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
TWO, FOUR = rf"\d[{NOTHING}]*\d[{NOTHING}]*", rf"\d[{NOTHING}]*\d[{NOTHING}]*\s?\d[{NOTHING}]*\d"
CANDIDATE = re.compile(
    rf"(?<!\d)({TWO})?({TWO})([{DASH}./\s]?)({TWO})\3({TWO})[{DASH}{NOTHING}+./_\s]{{0,3}}({FOUR})(?!\d)"
)
FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # two make a flag
ZERO_WIDTH_JOINER = "\u200d"


def masked(text: str) -> str:
    """The text, MASK in the place of every personal identity number and coordination number in it.

    With ten digits and with twelve, written together or with dashes, dots or blanks between year, month, day and the
    rest, also with signs that nobody sees. Only what can be one, by its check digit and its date, so that a case number
    or a telephone number stays.
    """
    kept, begin, found = [], 0, CANDIDATE.search(text)
    while found:
        if _is_number(found):
            kept += [text[begin : found.start()], MASK]
            begin = found.end()
        found = CANDIDATE.search(text, max(begin, found.start() + 1))
    return "".join([*kept, text[begin:]])


def shortened(text: str, most: int) -> str:
    """The text if it has no more characters than `most`, else its beginning and an ellipsis; what is seen as one sign
    is not cut in two."""
    if len(text) <= most:
        return text
    end = most - 1
    while end > 0 and _is_one_sign(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def _is_one_sign(text: str, at: int) -> bool:
    """Do the characters before and after that place belong together?"""
    here = text[at]
    follows = unicodedata.category(here).startswith("M") or here == ZERO_WIDTH_JOINER or _is_modifier(here)
    flags = len(text[:at]) - len(text[:at].rstrip(FLAG_LETTERS))
    return follows or text[at - 1] == ZERO_WIDTH_JOINER or (here in FLAG_LETTERS and flags % 2 == 1)


def _is_modifier(sign: str) -> bool:
    """Of skin, or of a flag."""
    return "\U0001f3fb" <= sign <= "\U0001f3ff" or "\U000e0020" <= sign <= "\U000e007f"


def _is_number(found: re.Match[str]) -> bool:
    century, year, _between, month, day, rest = (re.sub(r"\D", "", group or "") for group in found.groups())
    return _is_one(century or None, year + month + day, rest)


def _is_one(century: str | None, date: str, rest: str) -> bool:
    return _is_date(century, date) and _weighed(date + rest) % 10 == 0


def _is_date(century: str | None, date: str) -> bool:
    year, month, day = (int(date[at : at + 2]) for at in (0, 2, 4))
    day -= COORDINATION if day > COORDINATION else 0
    centuries = CENTURIES if century is None else tuple(each for each in CENTURIES if each == int(century))
    years = [100 * each + year for each in centuries]
    if not years or not 1 <= month <= len(DAYS_IN) or not 1 <= day <= DAYS_IN[month - 1]:
        return False
    return (month, day) != (2, 29) or any(isleap(each) for each in years)


def _weighed(digits: str) -> int:
    """The sum that the check digit makes a multiple of ten (Luhn): every second digit doubled, and their own digits
    added."""
    return sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))
