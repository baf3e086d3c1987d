"""What a resident's words during an incident are, and which of them are about the same thing. Pure.

A word is never a verdict: it says in which order people look. How rules are written is for monitor.inbox.flag_phrases.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.inbox.flag_phrases import seen_by_readers, tokens_of
from monitor.inbox.flag_rules import Match, Rules, Word, asks, compiled, matches


class Kind(StrEnum):
    """What a comment is on the board, in the order in which people look."""

    HELP = "help"
    RUMOUR = "rumour"
    OBSERVATION = "observation"
    QUESTION = "question"
    OTHER = "other"


BY_WORDS = (Kind.HELP, Kind.RUMOUR, Kind.OBSERVATION, Kind.QUESTION)
"""What words make a comment, the gravest first."""
IN_GROUPS = (Kind.RUMOUR, Kind.OBSERVATION, Kind.QUESTION)
"""Kinds of which many may say the same, each by itself; who needs help is nobody's crowd."""
TOGETHER = ("someone", "trouble")
"""Words that neither ask for help nor tell of it; both in one text do: somebody near, and something wrong."""
MANY = 5
"""So many that are alike are worth one answer to all of them."""
ALIKE = 0.55
"""So much of what two comments are about must be the same (Dice's measure, 0 to 1): more than one of two words each."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
STEM = 5
"""Letters of a word that count: "strömmen" and "strömmens" are the same, "vatten" and "vattnet" nearly."""
LOOKED_AT = 40
"""Groups that share words with a comment and are held against it: those that share most. Keeps it quick."""
MOST_WITH_WORD = 200
"""Groups that are found by one word, the first ones: what thousands begin with tells little. Keeps it quick, too."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """kind, and the rules that made it so: none for what asks without such words, or is other."""

    kind: Kind
    because: tuple[Match, ...] = ()


@dataclass(frozen=True)
class List:
    """The word list, ready for many texts. common: words that say nothing of what a text is about. same: words for the
    same thing."""

    rules: Rules = field(repr=False)
    common: frozenset[str] = field(repr=False)
    same: Rules = field(repr=False)


def listed(words: Mapping[str, Mapping[str, Sequence[str]]]) -> List:
    """The list from tables by kind and language, as intake_words.toml has it. Raises NotARule."""
    kinds: tuple[str, ...] = (*BY_WORDS, *TOGETHER)
    told = [(kind, word) for kind in kinds for language in sorted(words[kind]) for word in words[kind][language]]
    rules = compiled(tuple(Word(number, kind, word) for number, (kind, word) in enumerate(told)))
    same = compiled(tuple(Word(n, name, word) for n, (name, word) in enumerate(_pairs(words["same"]))))
    return List(rules, frozenset(word for some in words["common"].values() for word in some), same)


def _pairs(table: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for name, some in table.items():
        for word in some:
            yield name, word


def sort(text: str, known: List) -> Sorted:
    """What it is: the gravest that its words make it; help where somebody near is in trouble, unless it is hearsay; a
    question where it asks and no word says more."""
    found = matches(text, known.rules)
    asked = asks(text) or any(match.word.kind is Kind.QUESTION for match in found)
    near = tuple(match for match in found if match.word.kind in TOGETHER)
    graver = any(match.word.kind in (Kind.HELP, Kind.RUMOUR) for match in found)
    if {match.word.kind for match in near} == set(TOGETHER) and not graver:
        return Sorted(Kind.HELP, near)
    for kind in BY_WORDS:
        because = tuple(match for match in found if match.word.kind is kind)
        if because and not (kind is Kind.OBSERVATION and asked):
            return Sorted(kind, because)
    return Sorted(Kind.QUESTION if asked else Kind.OTHER)


def about(text: str, known: List) -> frozenset[str]:
    """What a text is about: its words but for the common ones, each by how it begins, and one name for all words of
    the same thing. Of what asks with a question mark only that sentence counts: the rest tells why it is asked."""
    tokens = tokens_of(seen_by_readers(_asked(text)))
    found = list(known.same.plain.found(tokens))
    named = {token.form for _word, _phrase, there in found for token in there}
    forms = {token.form for token in tokens} - named - known.common
    return frozenset(form[:STEM] for form in forms if len(form) > 1) | {
        f"={word.kind}" for word, _phrase, _there in found
    }


def _asked(text: str) -> str:
    asked = [each for each in _SENTENCE.split(text) if each.rstrip().endswith("?")]
    return " ".join(asked) or text


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of two texts is about the same, from 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def groups(texts: Iterable[tuple[int, str]], known: List) -> list[tuple[int, ...]]:
    """Ids of texts that are alike, the largest group first, each in the given order; alone ones too.

    A text joins the group whose first text it is most like, else begins one: so what comes later moves nobody from one
    group to another.
    """
    firsts: list[frozenset[str]] = []
    members: list[list[int]] = []
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for id_, text in texts:
        mine = about(text, known)
        best = _nearest(mine, firsts, with_word)
        if best is None:
            best = len(firsts)
            firsts.append(mine)
            members.append([])
            for word in mine:
                if len(with_word[word]) < MOST_WITH_WORD:
                    with_word[word].append(best)
        members[best].append(id_)
    return sorted((tuple(each) for each in members), key=len, reverse=True)


def nearest(text: str, others: Sequence[tuple[int, str]], known: List) -> int | None:
    """The id of the text that this one is most like; None where it is like none of them."""
    mine = about(text, known)
    scored = ((alike(mine, about(other, known)), -place) for place, (_id, other) in enumerate(others))
    score, place = max(scored, default=(0.0, 0))
    return others[-place][0] if score >= ALIKE else None


def _nearest(
    mine: frozenset[str], firsts: Sequence[frozenset[str]], with_word: Mapping[str, Sequence[int]]
) -> int | None:
    least = ALIKE * len(mine) / (2 - ALIKE)  # who shares fewer cannot be alike, however few words it has
    shared = {group: count for group, count in Counter(_sharing(mine, with_word)).items() if count >= least}
    tried = sorted(shared, key=lambda group: (-shared[group], group))[:LOOKED_AT]
    score, place = max(((alike(mine, firsts[group]), -group) for group in tried), default=(0.0, 0))
    return -place if score >= ALIKE else None


def _sharing(mine: frozenset[str], with_word: Mapping[str, Sequence[int]]) -> Iterator[int]:
    for word in sorted(mine):
        yield from with_word.get(word, ())
