"""How a letter is made to fit where there is little room. Standard library only."""

import re
import unicodedata

ONE_SMS = 160
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€")
PLAIN = str.maketrans({"–": "-", "—": "-", "…": "...", "’": "'", "‘": "'", "”": '"', "“": '"', "\u00a0": " "})
CALLS_SOMEBODY = re.compile(r"(?<![\w.])@(?=\w)|<(?=at>)")
MARKUP = re.compile(r"[\\`*_\[\]<>]")
APART = "\u200b"


def gsm_length(text: str) -> int:
    """How many of the 160 characters of an SMS a text takes that has only characters of its alphabet."""
    return sum(2 if char in GSM_TWICE else 1 for char in text)


def gsm(text: str) -> str:
    """The text in the alphabet of SMS, which has å, ä and ö; one other letter makes a message take twice the room."""
    return "".join(_gsm(char) for char in " ".join(text.translate(PLAIN).split()))


def sms_text(subject: str, url: str) -> str:
    """Subject and link, in one SMS; the link is never cut, and at least 20 characters say what it is about."""
    room = max(ONE_SMS - gsm_length(url) - 1, 20)
    words = gsm(subject)
    if gsm_length(words) > room:
        while gsm_length(words) > room - 3:
            words = words[:-1]
        words = words.rstrip() + "..."
    return f"{words} {url}"


def chat_text(text: str, url: str, limit: int) -> str:
    """The text, and the link where it does not have it; at most `limit` characters where the link allows it.

    What looks like a call to people ("@all") calls nobody: residents wrote some of it.
    """
    quiet = CALLS_SOMEBODY.sub(lambda found: found[0] + APART, text.strip())
    ending = "" if url in quiet else f"\n\n{url}"
    if len(quiet) + len(ending) <= limit:
        return quiet + ending
    ending = f"…\n\n{url}"
    return quiet[: max(limit - len(ending), 0)].rstrip() + ending


def card_text(text: str) -> str:
    """The text as the Markdown of a Teams card: its lines stay lines, its addresses are links, the rest is plain."""
    parts = re.split(r"(https?://\S+)", text.replace("\n\n", "\n").replace("\n", "\n\n"))
    parts[::2] = [MARKUP.sub(r"\\\g<0>", words) for words in parts[::2]]
    parts[1::2] = [f"[{link}]({link})" for link in parts[1::2]]
    return "".join(parts)


def _gsm(char: str) -> str:
    if char in GSM or char in GSM_TWICE:
        return char
    return "".join(each for each in unicodedata.normalize("NFKD", char) if each in GSM or each in GSM_TWICE)
