"""Is what a post says also to be found on the organisation's website? Pure.

A post counts when it leads to an allowed host: the website's, or one that the organisation has listed, each with its
subdomains. A host is compared whole and as the network writes it, so that nothing that only looks like it counts.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_NAME = r"[^\W_](?:[^\W_]|-){0,62}"
_TOP = r"(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})"
_FULL = r"https?://[^\s<>\"”’]+"
_BARE = (
    rf"(?<![\w@.#/\\-])(?:{_NAME}\.){{1,10}}{_TOP}(?::\d{{1,5}})?"
    r"(?![\w-]|\.[\w-]|[^\s/?#\\,;]*@)"  # not the beginning of another name, nor what stands before a mail host
    r"(?:[/?#\\][^\s<>\"”’]*)?"
)
_ADDRESS = re.compile(rf"(?P<full>{_FULL})|(?P<bare>{_BARE})", re.IGNORECASE)
_AFTER = ".,;:!?…'\"*_«»"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_READ_DIFFERENTLY = frozenset("ßς")
"""Signs that old and new programs turn into different hosts."""


class Hub(StrEnum):
    """How it stands with a post."""

    ON_WEBSITE = "on_website"  # it leads there itself, or stands there
    LINKED = "linked"  # a person has said where it is to be found
    DISMISSED = "dismissed"  # a person has said why it need not be there
    MISSING = "missing"


class Kind(StrEnum):
    """What a person says of a post; the latest word counts."""

    LINKED = "linked"
    DISMISSED = "dismissed"
    REOPENED = "reopened"  # neither of them holds any more


@dataclass(frozen=True, slots=True)
class Told:
    """What a post tells: its text, the addresses that it leads to besides those in it, and its own."""

    text: str = ""
    links: tuple[str, ...] = ()
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A person's latest word on a post. url: of LINKED; reason: of DISMISSED."""

    kind: Kind
    url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """because: the address that it is found at, or the reason why it need not be; empty where it is missing."""

    hub: Hub
    because: str = ""


def verdict(post: Told, word: Word | None, allowed: frozenset[str]) -> Verdict:
    """How it stands with an own post. allowed: as `allowed_hosts` gives them.

    What the post does itself counts before what anybody says of it. A link that a person gave counts only as long as
    its host is allowed.
    """
    for address in (*addresses(post.text), *post.links, post.permalink or ""):
        if is_allowed(address, allowed):
            return Verdict(Hub.ON_WEBSITE, address)
    if word is not None and word.kind == Kind.LINKED and is_allowed(word.url or "", allowed):
        return Verdict(Hub.LINKED, word.url or "")
    if word is not None and word.kind == Kind.DISMISSED:
        return Verdict(Hub.DISMISSED, word.reason or "")
    return Verdict(Hub.MISSING)


def allowed_hosts(website: str | None, others: Iterable[str]) -> frozenset[str]:
    """The hosts, each standing for its subdomains too, of a website's address and of others (addresses or hosts).

    `www.` is taken away: the website www.tibro.se stands for minasidor.tibro.se as well.
    """
    found = (host(one) for one in (website, *others) if one)
    return frozenset(one.removeprefix("www.") for one in found if one and "." in one.removeprefix("www."))


def is_allowed(address: str, allowed: frozenset[str]) -> bool:
    """Does it lead to one of these hosts, or to a subdomain of one?"""
    parts = (host(address) or "").split(".")
    return any(".".join(parts[at:]) in allowed for at in range(len(parts)))


def addresses(text: str) -> list[str]:
    """The web addresses in a text as it writes them, in order: with https:// or without, as people do.

    Neither a mail address nor a path of another address is one; nor is a sentence that begins right after a full stop
    ("i Tibro.Se mer").
    """
    found = (match for match in _ADDRESS.finditer(_seen(text)))
    told = (_without_what_follows(match[0]) for match in found if match["full"] or not _is_next_sentence(match[0]))
    return [address for address in told if host(address)]


def host(address: str) -> str | None:
    """Where an address, with or without https://, leads: as the network writes it, or None for none."""
    written = address.strip().replace("\\", "/")  # as browsers read it
    try:
        name = urlsplit(written if "://" in written else f"https://{written}").hostname
        return _as_the_network_writes_it(name.rstrip(".")) if name else None
    except ValueError:  # also what idna says
        return None


def _as_the_network_writes_it(name: str) -> str | None:
    if _READ_DIFFERENTLY & set(name):
        return None
    return name.lower().encode("idna").decode().lower() or None


def _seen(text: str) -> str:
    """The text as it is seen: invisible signs, which some platforms' line breaks are made of, are spaces."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(sign) in ("Cf", "Cc") else sign for sign in composed)


def _is_next_sentence(bare: str) -> bool:
    name = re.split(r"[/?#\\:]", bare, maxsplit=1)[0]
    return name == bare and name.rpartition(".")[2].istitle()


def _without_what_follows(address: str) -> str:
    """The address without the signs of the sentence around it: a full stop, or a parenthesis that it does not open."""
    while address and (address[-1] in _AFTER or _closes_nothing(address)):
        address = address[:-1]
    return address


def _closes_nothing(address: str) -> bool:
    opening = _PAIRS.get(address[-1])
    return opening is not None and address.count(address[-1]) > address.count(opening)
