"""Which words make a comment a flagged one. Pure: texts in, matches out, each with its rule and the words as written.

Simple disguises are seen through (d0da, m.ö.r.d.a, dööööda), where no other word looks so. That a word is found says
nothing of what was meant by it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from monitor.inbox.flag_phrases import SHORTEST, Phrase, Token, form_of, phrase, seen_by_readers, tokens_of


class Kind(StrEnum):
    """Why a comment is flagged. RUSH is a channel's: many comments at once."""

    BREACH = "breach"
    REPORT = "report"
    DANGER = "danger"
    RUSH = "rush"


@dataclass(frozen=True, slots=True)
class Word:
    """A rule of the word list. rule: its number. kind: Kind, or of another list's kinds. text: as somebody wrote it."""

    rule: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a text fulfils, and the words that do, as they stand in it."""

    word: Word
    words: tuple[str, ...] = field(repr=False)


SHOWN = 10  # words of a text that one match names
_LETTER = r"[^\W\d_]"
_ASKED = re.compile(r"\?(?![\w=&])")  # no part of a web address
_QUESTION_WORD = re.compile(
    r"(?:^|[.!?:\n])[\W_]*(?:hur|varför|vad|vart|vem|vilka|vilken|vilket|är|kan|kommer|får|finns|ska|går|vågar"
    r"|how|why|what|who|which|where|is|are|can|could|does|should|has)(?![^\W_])",
    re.IGNORECASE,
)  # none that begins other sentences as well: "var försiktig", "när det regnar"
_DIGITS_FOR_LETTERS = re.compile(rf"{_LETTER}+(?:[01345]{_LETTER}+)+")
_SPREAD = re.compile(rf"(?<!\w){_LETTER}(?:([.\-*_·/ ]){_LETTER})(?:\1{_LETTER})+(?!\1?\w)")
_DRAWN_OUT = re.compile(rf"({_LETTER})\1\1")
_REPEATED = re.compile(rf"({_LETTER})\1+")
_LETTER_OF = str.maketrans("01345", "oieas")
_BARE = str.maketrans("åäö", "aao")


class Index:
    """Rules by how the word begins or ends that they begin with: a text is gone through once however many there are."""

    def __init__(self, rules: Iterable[tuple[Word, Phrase]]) -> None:
        self._whole: defaultdict[str, list[tuple[Word, Phrase]]] = defaultdict(list)
        self._begins: defaultdict[str, list[tuple[Word, Phrase]]] = defaultdict(list)
        self._ends: defaultdict[str, list[tuple[Word, Phrase]]] = defaultdict(list)
        self._within: list[tuple[Word, Phrase]] = []
        for rule in rules:
            first = rule[1].pieces[0]
            if first.open_before and first.open_after:
                self._within.append(rule)
            elif first.open_before:
                self._ends[first.core[-SHORTEST:]].append(rule)
            elif first.open_after:
                self._begins[first.core[:SHORTEST]].append(rule)
            else:
                self._whole[first.core].append(rule)

    def found(self, tokens: Sequence[Token]) -> Iterator[tuple[Word, Phrase, Sequence[Token]]]:
        """Each place where a rule is fulfilled, with the words there."""
        for place, token in enumerate(tokens):
            for word, read in self._candidates(token.form):
                there = tokens[place : place + len(read.pieces)]
                fits = (piece.fits(each.form) for piece, each in zip(read.pieces, there, strict=False))
                if len(there) == len(read.pieces) and all(fits):
                    yield word, read, there

    def _candidates(self, form: str) -> Iterable[tuple[Word, Phrase]]:
        known = (self._whole.get(form), self._begins.get(form[:SHORTEST]), self._ends.get(form[-SHORTEST:]))
        return [rule for rules in (*known, self._within) if rules for rule in rules]


@dataclass(frozen=True)
class Rules:
    """A word list, ready for many texts. bare, short: as words look once a disguise is taken off."""

    plain: Index
    bare: Index
    short: Index


@lru_cache(maxsize=32)
def compiled(words: tuple[Word, ...]) -> Rules:
    """The list made ready, once for each list there is. Raises NotARule."""
    read = [(word, phrase(word.text)) for word in words]
    return Rules(Index(read), Index(_changed(read, _bare)), Index(_changed(read, _squeezed)))


def matches(text: str, rules: Rules) -> list[Match]:
    """Every rule that the text fulfils, the lowest number first."""
    seen = seen_by_readers(text)
    tokens = tokens_of(seen)
    asked: bool | None = None
    hits: defaultdict[Word, list[tuple[int, int]]] = defaultdict(list)
    for index, reading in _readings(seen, tokens, rules):
        for word, read, there in index.found(reading):
            if reading is not tokens and not any(token.odd for token in there):
                continue
            if read.asks and asked is None:
                asked = asks(seen)
            if asked or not read.asks:
                hits[word].append((there[0].start, there[-1].end))
    return [Match(word, _as_written(seen, hits[word])) for word in sorted(hits, key=lambda each: each.rule)]


def asks(text: str) -> bool:
    """Does it ask something: with a question mark, or a sentence that begins as questions do?"""
    return _ASKED.search(text) is not None or _QUESTION_WORD.search(text) is not None


def _readings(seen: str, tokens: list[Token], rules: Rules) -> Iterator[tuple[Index, Sequence[Token]]]:
    """The text as it stands, and with each kind of disguise that it has taken off."""
    yield rules.plain, tokens
    if any(_DIGITS_FOR_LETTERS.fullmatch(token.form) for token in tokens):
        yield rules.bare, [_letters_for_digits(token) for token in tokens]
    if any(_DRAWN_OUT.search(token.form) for token in tokens):
        short = (replace(token, odd=_DRAWN_OUT.search(token.form) is not None) for token in tokens)
        yield rules.short, [replace(token, form=_squeezed(token.form)) for token in short]
    if spread := list(_SPREAD.finditer(seen)):
        yield rules.plain, _joined(tokens, spread)


def _letters_for_digits(token: Token) -> Token:
    odd = _DIGITS_FOR_LETTERS.fullmatch(token.form) is not None
    return replace(token, form=_bare(token.form.translate(_LETTER_OF) if odd else token.form), odd=odd)


def _joined(tokens: Sequence[Token], spread: Iterable[re.Match[str]]) -> list[Token]:
    """With m.ö.r.d.a as one word."""
    words = [
        Token("".join(form_of(sign) for sign in found[0] if sign.isalpha()), *found.span(), odd=True)
        for found in spread
    ]
    alone = [each for each in tokens if not any(word.start <= each.start < word.end for word in words)]
    return sorted([*alone, *words], key=lambda each: each.start)


def _changed(rules: Iterable[tuple[Word, Phrase]], how: Callable[[str], str]) -> Iterator[tuple[Word, Phrase]]:
    """The rules as disguised words are compared with; not where too little is left of one to be sure of it."""
    for word, read in rules:
        pieces = tuple(replace(piece, core=how(piece.core)) for piece in read.pieces)
        if all(len(piece.core) >= SHORTEST or piece in read.pieces for piece in pieces):
            yield word, replace(read, pieces=pieces)


def _bare(form: str) -> str:
    return form.translate(_BARE)


def _squeezed(form: str) -> str:
    return _REPEATED.sub(r"\1", form)


def _as_written(seen: str, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    words = (" ".join(seen[start:end].split()) for start, end in sorted(set(spans)))
    return tuple(dict.fromkeys(words))[:SHOWN]
