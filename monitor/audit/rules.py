"""How entries are chained. Pure: an entry's words and the hash before it in, its hash out."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

BEGINNING = "0" * 64
"""What the first entry is chained to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says; fields as in monitor.audit.models.AuditEntry."""

    id: int
    at: datetime
    actor: str
    act: str
    subject_kind: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def chained(entry: Entry, previous: str) -> str:
    """The entry's hash: SHA-256, in hex, over everything it says and over the hash of the entry before it."""
    words = [previous, entry.id, entry.at.astimezone(UTC).isoformat(), entry.actor, entry.act]
    words += [entry.subject_kind, entry.subject, entry.before, entry.after]
    return sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
