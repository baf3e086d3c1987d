"""Adding to the log, in the caller's transaction: an act and its entry are written together, or neither is."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.audit.models import AuditEntry, AuditHead
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_rules import of_act
from monitor.audit.rules import BEGINNING, Entry, chained
from monitor.db.turns import AUDIT, take_turns

SYSTEM = "system"
COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says beside who did what and when; fields as in `audited`."""

    subject: tuple[str, str]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


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

    actor: a person's id, SYSTEM or COMMAND. Writers wait for each other until the transaction ends: call it late there.
    """
    return audited_all(session, actor, act, [Said(subject, before, after)], now)


def audited_all(session: Session, actor: str, act: str, all_said: Iterable[Said], now: datetime) -> int:
    """Adds an entry for each, as `audited`, and gives the last one's id: many in one step, as after a long outage."""
    take_turns(session, AUDIT)
    head = session.get(AuditHead, 1, populate_existing=True)  # as the last writer left it
    if head is None:
        head = AuditHead(id=1, entry_id=0, hash=BEGINNING)
        session.add(head)
    happened = []
    for said in all_said:
        before, after = _plain(said.before), _plain(said.after)
        happened.append(of_act(act, said.subject, after))
        entry = Entry(head.entry_id + 1, now, actor, act, *said.subject, before=before, after=after)
        head.entry_id, head.hash = entry.id, chained(entry, head.hash)
        session.add(AuditEntry(**asdict(entry), hash=head.hash))
    session.flush()
    tell(session, filter(None, happened), now)
    return head.entry_id


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {str(key): plain(value) for key, value in values.items()} if values is not None else None


def plain(value: object) -> object:
    """The value as the log keeps it."""
    match value:
        case None | bool() | int() | str():
            return value
        case Mapping():
            return _plain(value)
        case list() | tuple():
            return [plain(each) for each in value]
        case set() | frozenset():
            return sorted((plain(each) for each in value), key=str)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _:
            return str(value)
