"""How a rule for flagging is written, and how the words of a text are read. Pure.

`vattenläck*` stands for every word that begins so, `*hot` for every word that ends so, `*brand*` for every word with
it; without a star only the whole word counts. A rule that ends with ? counts only where something is asked. Upper and
lower case are the same; å, ä and ö are letters of their own, as é is. Between the words of a phrase any spaces and
punctuation may stand.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 100  # characters of a rule
SHORTEST = 3  # letters beside a star: with fewer it would match everything
_WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"[^\w\x00-\x7f]")
_NOT_SEEN = frozenset({"Mn", "Me", "Cf"})


class Fault(StrEnum):
    """Why a text is no rule."""

    EMPTY = "empty"
    STAR_INSIDE = "star_inside"
    SHORT = "short"
    LONG = "long"


class NotARule(ValueError):
    """The text cannot be a rule."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a rule: letters, and on which sides others may stand."""

    core: str
    open_before: bool = False
    open_after: bool = False

    def fits(self, form: str) -> bool:
        if self.open_before and self.open_after:
            return self.core in form
        if self.open_before:
            return form.endswith(self.core)
        return form.startswith(self.core) if self.open_after else form == self.core


@dataclass(frozen=True, slots=True)
class Phrase:
    """A rule, read. asks: only where something is asked."""

    pieces: tuple[Piece, ...]
    asks: bool


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text. form: what is compared; start, end: where it stands. odd: it was disguised."""

    form: str
    start: int
    end: int
    odd: bool = False


def phrase(text: str) -> Phrase:
    """The rule that a text stands for. Raises NotARule."""
    words = text.strip()
    if len(words) > LONGEST:
        raise NotARule(Fault.LONG)
    chunks = words.rstrip("? ").split()
    pieces = tuple(piece for chunk in chunks for piece in _pieces(chunk))
    if not pieces:
        raise NotARule(Fault.EMPTY)
    return Phrase(pieces, asks=words.endswith("?"))


def same_rule(text: str) -> str:
    """The same for two ways to write the same rule. Raises NotARule."""
    read = phrase(text)
    words = (f"{'*' * piece.open_before}{piece.core}{'*' * piece.open_after}" for piece in read.pieces)
    return " ".join(words) + "?" * read.asks


def _pieces(chunk: str) -> list[Piece]:
    core = chunk.removeprefix("*").removesuffix("*")
    if "*" in core:
        raise NotARule(Fault.STAR_INSIDE)
    forms = [token.form for token in tokens_of(seen_by_readers(core))]
    if not forms:
        raise NotARule(Fault.EMPTY)
    last = len(forms) - 1
    pieces = [
        Piece(form, chunk.startswith("*") and place == 0, chunk.endswith("*") and place == last)
        for place, form in enumerate(forms)
    ]
    if any(len(each.core) < SHORTEST and (each.open_before or each.open_after) for each in pieces):
        raise NotARule(Fault.SHORT)
    return pieces


def seen_by_readers(text: str) -> str:
    """What a reader sees: one way to write each letter, and nothing that is invisible or only strikes letters out."""
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text)
    return _SIGN.sub(lambda sign: "" if unicodedata.category(sign[0]) in _NOT_SEEN else sign[0], normal)


def form_of(word: str) -> str:
    """As words are compared: ẞ is ss, and the dot that small letters make of İ is none."""
    form = word.casefold()
    return form if form.isalnum() else seen_by_readers(form)


def tokens_of(seen: str) -> list[Token]:
    return [Token(form_of(found[0]), *found.span()) for found in _WORD.finditer(seen)]
