"""What the audit log says of the rows that were written with its entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry
from monitor.audit.reading import readable
from monitor.watch.attesting import ATTESTED

Fact = tuple[str, str]
"""The kind and the name of a row, as both the log and the tables give them; see `facts_kept`."""
Values = dict[str, Any]
DECISION = {"decision.made": "decision", "decision.sent": "decision_sent", "decision.confirmed": "decision_confirmed"}
CONCLUDED, CORRECTED = "watch_day.concluded", "watch_day.corrected"
DAY = frozenset({CONCLUDED, ATTESTED, CORRECTED})
REVIEWED = "channel.reviewed"
HUB, SAID = frozenset({"hub.linked", "hub.dismissed", "hub.reopened"}), ("kind", "url", "reason")


@dataclass(frozen=True, slots=True)
class Told:
    """entry: the id of the one that tells. values: by column, with or without its `_id`; other keys say no value."""

    fact: Fact
    entry: int
    values: Values


def told(session: Session) -> dict[Fact, Told]:
    """The first that is told of each row: later entries could have been added to cover a change."""
    found: dict[Fact, Told] = {}
    wanted = AuditEntry.act.in_({*DECISION, *DAY, *HUB, REVIEWED})
    for entry in filter(None, readable(session, wanted)):
        for fact, values in _facts(entry):
            found.setdefault(fact, Told(fact, entry.id, values))
    return found


def _facts(entry: AuditEntry) -> Iterator[tuple[Fact, Values]]:
    after = entry.after if isinstance(entry.after, dict) else {}
    by_at = {"by": entry.actor, "at": entry.at}
    if entry.act in DECISION:
        yield _of_decision(entry, after)
    elif entry.act in DAY:
        yield from _of_day(entry, after, by_at)
    elif entry.act == REVIEWED:
        yield ("review", f"{entry.subject}/{after.get('review')}"), by_at
    elif entry.act in HUB:
        yield ("hub_note", f"{entry.subject}/{after.get('note')}"), by_at | {key: after.get(key) for key in SAID}


def _of_decision(entry: AuditEntry, after: Values) -> tuple[Fact, Values]:
    told = {"sent_to": after.get("to"), "sent_at": entry.at} if entry.act == "decision.sent" else after
    return (DECISION[entry.act], entry.subject), told


def _of_day(entry: AuditEntry, after: Values, by_at: Values) -> Iterator[tuple[Fact, Values]]:
    """An attestation of a day that is over is also a correction, unless the day was watched anyway."""
    number = after.get("attestation")
    if entry.act == CONCLUDED:
        yield ("watch_day", entry.subject), after
    if entry.act == ATTESTED:
        yield ("attestation", f"{entry.subject}/{number}"), by_at | {"count": after.get("count")}
    if "correction" in after:
        came_to = {key: after.get(key) for key in ("verdict", "how", "reason")} | {"attestation": number}
        note = {"note": after.get("note")} if entry.act == CORRECTED else {}
        yield ("correction", f"{entry.subject}/{after['correction']}"), by_at | came_to | note
