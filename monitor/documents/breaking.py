"""Texts of any shape on paper of one width: what somebody writes without a blank must not run over the edge."""

import re

LONGEST = 30  # signs of a word that stays on one line
STEP = 15
MOST_LINES = 100
"""A text has at most so many lines of its own; later line breaks are shown as a sign, so that a picture of thousands of
empty lines does not fill the memory."""
BREAK = "\u200b"  # nothing to be seen, and a line may end there
RETURN = " ↵ "
LONG_WORD = re.compile(rf"[^\s]{{{LONGEST},}}")


def breakable(text: str) -> str:
    """The text as it can be set: every sign of it is shown, and none beside the page."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tail = lines[MOST_LINES - 1 :]
    shaped = "\n".join([*lines[: MOST_LINES - 1], RETURN.join(tail)] if tail else lines)
    return LONG_WORD.sub(lambda word: _split(word[0]), shaped)


def _split(word: str) -> str:
    return BREAK.join(word[start : start + STEP] for start in range(0, len(word), STEP))
