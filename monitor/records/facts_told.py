"""What the audit log says of the rows that were written with its entries."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry
from monitor.audit.reading import readable

Fact = tuple[str, str]
"""The kind and the name of a row, as both the log and the tables give them; see `facts_kept`."""
Values = dict[str, Any]
DECISION = {"decision.made": "decision", "decision.sent": "decision_sent", "decision.confirmed": "decision_confirmed"}
DAY = frozenset({"watch_day.concluded", "watch_day.attested", "watch_day.corrected"})
REVIEWED = "channel.reviewed"
HUB = frozenset({"hub.linked", "hub.dismissed", "hub.reopened"})


@dataclass(frozen=True, slots=True)
class Told:
    """entry: the id of the one that tells. values: by column, with or without its `_id`; other keys say no value."""

    fact: Fact
    entry: int
    values: Values


@dataclass(slots=True)
class Reader:
    """Goes through the log from its beginning. concluded: the days that are over by then. counts: see `numbered`."""

    concluded: set[str] = field(default_factory=set)
    counts: Counter[Fact] = field(default_factory=Counter)

    def facts(self, entry: AuditEntry) -> Iterator[tuple[Fact, Values]]:
        after = entry.after if isinstance(entry.after, dict) else {}
        by_at = {"by": entry.actor, "at": entry.at}
        if entry.act in DECISION:
            yield _of_decision(entry, after)
        elif entry.act in DAY:
            yield from self._of_day(entry, after, by_at)
        elif entry.act == REVIEWED:
            yield ("review", f"{entry.subject}/{after.get('review')}"), by_at
        elif entry.act in HUB:
            said = {key: after.get(key) for key in ("kind", "url", "reason")}
            yield numbered("hub_note", entry.subject, self.counts), by_at | said

    def _of_day(self, entry: AuditEntry, after: Values, by_at: Values) -> Iterator[tuple[Fact, Values]]:
        """An attestation of a day that is over is also a correction."""
        came_to = by_at | {key: after.get(key) for key in ("verdict", "how", "reason")}
        match entry.act:
            case "watch_day.concluded":
                self.concluded.add(entry.subject)
                yield ("watch_day", entry.subject), after
            case "watch_day.attested":
                number = after.get("attestation")
                yield ("attestation", f"{entry.subject}/{number}"), by_at | {"count": after.get("count")}
                if entry.subject in self.concluded:
                    yield self._correction(entry), came_to | {"attestation": number}
            case _:
                yield self._correction(entry), came_to | {"attestation": None, "note": after.get("note")}

    def _correction(self, entry: AuditEntry) -> Fact:
        return numbered("correction", entry.subject, self.counts)


def told(session: Session) -> dict[Fact, Told]:
    """The first that is told of each row: later entries could have been added to cover a change."""
    found: dict[Fact, Told] = {}
    reader = Reader()
    wanted = AuditEntry.act.in_({*DECISION, *DAY, *HUB, REVIEWED})
    for entry in filter(None, readable(session, wanted)):
        for fact, values in reader.facts(entry):
            found.setdefault(fact, Told(fact, entry.id, values))
    return found


def numbered(kind: str, name: str, counts: Counter[Fact]) -> Fact:
    """One of several rows of the same name: the first is name/1."""
    counts[kind, name] += 1
    return kind, f"{name}/{counts[kind, name]}"


def _of_decision(entry: AuditEntry, after: Values) -> tuple[Fact, Values]:
    told = {"sent_to": after.get("to"), "sent_at": entry.at} if entry.act == "decision.sent" else after
    return (DECISION[entry.act], entry.subject), told
