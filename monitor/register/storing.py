"""Writing the register's rows so that each change stands in the audit log, with the acts of one actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from monitor.audit import audited
from monitor.db.turns import AUDIT, take_turns
from monitor.register import routes
from monitor.register.models import Channel, Organisation, Person, Unit

Row = Organisation | Unit | Person | Channel
CONTACTS = frozenset({"email", "phone"})
WAYS = {"email": "mail", "phone": "sms"}


class Done(StrEnum):
    """What became of a row; the last word of the act in the audit log."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Storing:
    """Rows written by one actor (a person's id, SYSTEM or COMMAND) at one time, in the caller's transaction."""

    session: Session
    actor: str
    now: datetime

    def add(self, row: Row, values: Mapping[str, Any]) -> None:
        """Adds a row that was made of these values."""
        self.session.add(row)
        self.session.flush()
        act = Done.CHANGED if isinstance(row, Organisation) else Done.ADDED
        self._note(row, act, None, _shown({}, {key: value for key, value in values.items() if value is not None}))

    def change(self, row: Row, values: Mapping[str, Any], act: Done = Done.CHANGED) -> bool:
        """Sets what differs; says whether anything did."""
        before = {key: getattr(row, key) for key, value in values.items() if getattr(row, key) != value}
        after = {key: values[key] for key in before}
        if before:
            take_turns(self.session, AUDIT)  # first the log, then rows: two who change many never deadlock
        for key, value in after.items():
            setattr(row, key, value)
        if before:
            self.session.flush()
            self._put_right(row, before)
            hidden = {key: value for key, value in before.items() if key not in CONTACTS}
            self._note(row, act, hidden, _shown(before, after))
        return bool(before)

    def _put_right(self, row: Row, before: Mapping[str, Any]) -> None:
        """A new address or number is used again, though the old one failed."""
        for key in before:
            if isinstance(row, Person) and (name := WAYS.get(key)):
                routes.enable(self.session, row.id, name, self.actor, self.now)

    def _note(self, row: Row, act: Done, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        kind = row.__tablename__
        audited(self.session, self.actor, f"{kind}.{act}", (kind, str(row.id)), self.now, before=before, after=after)


def _shown(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What the log shows of new values; of contact details only that they were set, changed or removed."""
    return {key: _contact(before.get(key), value) if key in CONTACTS else value for key, value in after.items()}


def _contact(before: object, after: object) -> str:
    if after is None:
        return "removed"
    return "set" if before is None else "changed"
