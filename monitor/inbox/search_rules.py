"""What somebody looks for among texts: words, or parts of them, that must all be there. Pure."""

import re
import unicodedata

MOST_WORDS = 8
LONGEST = 100
ESCAPE = "\\"
_PIECES = re.compile(r'"([^"]*)"|(\S+)')
_LETTERS = re.compile(r"[^\W_]{3}")


def words_of(text: str) -> tuple[str, ...]:
    """The words, and what stands between quotation marks as one; at most MOST_WORDS, each cut after LONGEST letters.

    What no text can hold (control and half characters) counts as a space. Stars and the like are what they are.
    """
    shown = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text)
    pieces = _PIECES.findall(unicodedata.normalize("NFC", shown))
    words = (" ".join((phrase or word).split()).strip('"').strip() for phrase, word in pieces)
    return tuple(word[:LONGEST] for word in dict.fromkeys(words) if word)[:MOST_WORDS]


def findable(word: str) -> bool:
    """Has an index of trigrams something to go by? Not so with less than three letters or digits side by side."""
    return _LETTERS.search(word) is not None


def pattern(word: str) -> str:
    """For LIKE, with ESCAPE: anywhere in a text."""
    escaped = re.sub(r"([%_\\])", r"\\\1", word)
    return f"%{escaped}%"


def near_pattern(word: str) -> str:
    """For LIKE, as `pattern`: what every text with the word fulfils, and few others. An index of trigrams is asked for
    every third one of the word's, as those between tell little more, and each is read from end to end."""
    pieces = [word[at : at + 3] for at in range(0, len(word) - len(word) % 3, 3)]
    return "".join(pattern(piece)[:-1] for piece in pieces) + "%" if pieces else pattern(word)


def phrase(word: str) -> str:
    """For a match in FTS5: nothing in it is a sign of its language."""
    return '"' + word.replace('"', '""') + '"'
