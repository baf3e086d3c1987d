"""Adding to the log, in the caller's transaction: an act and its entry are written together, or neither is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry, AuditHead
from monitor.audit.rules import BEGINNING, Entry, chained

SYSTEM = "system"
COMMAND = "command"


def audited(
    session: Session,
    actor: str,
    act: str,
    subject: tuple[str, str],
    now: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Adds an entry and gives its id. subject: kind and id. before, after: values that JSON has, else text of them.

    actor: a person's id, SYSTEM or COMMAND. Writers wait for each other until the transaction ends.
    """
    head = session.scalars(select(AuditHead).with_for_update()).one_or_none()
    if head is None:
        head = AuditHead(id=1, entry_id=0, hash=BEGINNING)
        session.add(head)
    entry = Entry(head.entry_id + 1, now, actor, act, *subject, before=_plain(before), after=_plain(after))
    head.entry_id, head.hash = entry.id, chained(entry, head.hash)
    session.add(_row(entry, head.hash))
    session.flush()
    return entry.id


def _row(entry: Entry, hash_: str) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        act=entry.act,
        subject_kind=entry.subject_kind,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
        hash=hash_,
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: _value(value) for key, value in values.items()} if values is not None else None


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(each) for each in (value if isinstance(value, list | tuple) else sorted(value))]
    if isinstance(value, Mapping):
        return {str(key): _value(each) for key, each in value.items()}
    return str(value)
