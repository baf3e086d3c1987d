"""The rows that the audit log tells of, named as it names them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from monitor.audit.reading import UNREADABLE
from monitor.db import Base
from monitor.records.facts_told import Fact
from monitor.register.models import Decision, DecisionReceipt
from monitor.watch.day_models import Attestation, Correction, Review, WatchDay
from monitor.watch.models import HubNote, Post


@dataclass(frozen=True, slots=True)
class Kind:
    """named: the name of each row, and its key. written: the column that tells when it was, of rows that there have
    been for longer than the log.
    """

    table: type[Base]
    named: Select[*tuple[Any, ...]]
    written: str | None = None


def _decision() -> Any:
    return Decision.channel_id + "/" + cast(Decision.version, String)


def _receipts(has: Any) -> Select[*tuple[Any, ...]]:
    return select(_decision(), DecisionReceipt.decision_id).join(Decision).where(has.is_not(None))


def _of_day(table: type[WatchDay | Attestation | Correction]) -> Any:
    return table.channel_id + "/" + cast(table.day, String)


KINDS = {
    "decision": Kind(Decision, select(_decision(), Decision.id).order_by(Decision.id), "created_at"),
    "decision_sent": Kind(DecisionReceipt, _receipts(DecisionReceipt.sent_at), "sent_at"),
    "decision_confirmed": Kind(DecisionReceipt, _receipts(DecisionReceipt.confirmed_at), "confirmed_at"),
    "watch_day": Kind(
        WatchDay,
        select(_of_day(WatchDay), WatchDay.channel_id, cast(WatchDay.day, String)).where(
            WatchDay.concluded_at.is_not(None)
        ),
    ),
    "attestation": Kind(Attestation, select(_of_day(Attestation) + "/" + cast(Attestation.id, String), Attestation.id)),
    "review": Kind(Review, select(Review.channel_id + "/" + cast(Review.id, String), Review.id)),
    "correction": Kind(Correction, select(_of_day(Correction) + "/" + cast(Correction.id, String), Correction.id)),
    "hub_note": Kind(
        HubNote,
        select(Post.channel_id + "/" + Post.external_id + "/" + cast(HubNote.id, String), HubNote.id).join(Post),
    ),
}


def kept(session: Session) -> Iterator[tuple[Fact, Base | None]]:
    """Every row that the log should tell of; None for one that cannot be read."""
    for name, kind in KINDS.items():
        _at_once = _all(session, kind.table)  # else each is a question of its own
        for subject, *key in session.execute(kind.named).all():
            yield (name, subject), _read(session, kind.table, key)


def written_at(fact: Fact, row: Base) -> datetime | None:
    """When it was written; None for what there has been no longer than the log."""
    column = KINDS[fact[0]].written
    return getattr(row, column) if column else None


def _all(session: Session, table: type[Base]) -> list[Base]:
    try:
        return list(session.scalars(select(table)))
    except UNREADABLE:
        return []


def _read(session: Session, table: type[Base], key: list[Any]) -> Base | None:
    try:
        if table is WatchDay:
            key[-1] = date.fromisoformat(key[-1])
        return session.get(table, tuple(key))
    except UNREADABLE:
        return None
