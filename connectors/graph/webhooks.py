"""Meta's webhooks: whether a delivery is genuine, and which accounts it says something happened on. Pure.

A delivery is a hint and never the truth: deliveries come up to 1,000 changes at once, doubled, in any order, late (Meta
tries for 36 hours) or not at all. Nothing of what residents wrote is looked at.

Sources: Meta, "Webhooks: Getting Started" and the references of Page `feed` and Instagram `comments`.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

OLDEST = timedelta(hours=48)  # Meta gives up after 36
EARLY = timedelta(minutes=10)  # clocks differ
PREFIX = "sha256="
FIELDS = {"page": ("facebook", {"feed", "mention"}), "instagram": ("instagram", {"comments", "mentions"})}
SILENT = {"reaction", "like"}  # items of `feed` that neither make nor change a comment

Place = tuple[str, str]
"""A platform, and the account's id on it."""


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """What to answer to Meta's verification of the address; None for whoever does not know the token."""
    known = _same(query.get("hub.verify_token", ""), verify_token)
    return query.get("hub.challenge", "") if known and query.get("hub.mode") == "subscribe" else None


def is_genuine(body: bytes, signature: str, app_secret: str) -> bool:
    """Did somebody sign this who knows the app's secret? `signature`: the header X-Hub-Signature-256.

    The raw bytes count: the same JSON written again (ä for \\u00e4, / for \\/) has another signature.
    """
    return _same(signature, PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest())


def hinted(body: bytes, now: datetime) -> frozenset[Place]:
    """The accounts on which something happened lately that a reading would show. Ignores what it does not know."""
    try:
        delivery = json.loads(body)
    except (ValueError, RecursionError):
        return frozenset()
    kind = delivery.get("object") if isinstance(delivery, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        return frozenset()
    platform, fields = FIELDS[kind]
    entries = _objects(delivery.get("entry"))
    return frozenset((platform, entry["id"]) for entry in entries if _is_news(entry, fields, now))


def _is_news(entry: dict[str, Any], fields: set[str], now: datetime) -> bool:
    time, earliest, latest = entry.get("time"), (now - OLDEST).timestamp(), (now + EARLY).timestamp()
    if type(time) is not int or not earliest <= time <= latest or not isinstance(entry.get("id"), str):
        return False
    return any(_is_heard(change, fields) for change in _objects(entry.get("changes")))


def _is_heard(change: dict[str, Any], fields: set[str]) -> bool:
    field, value = change.get("field"), change.get("value")
    item = value.get("item") if isinstance(value, dict) else None
    return isinstance(field, str) and field in fields and not (isinstance(item, str) and item in SILENT)


def _objects(list_: object) -> Iterator[dict[str, Any]]:
    return (each for each in list_ if isinstance(each, dict)) if isinstance(list_, list) else iter(())


def _same(given: str, right: str) -> bool:
    """In a time that tells nothing of how much was right."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), right.encode())
