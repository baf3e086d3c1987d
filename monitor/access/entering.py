"""Coming in: a name and a password, then a second factor, then a session. Whoever fails learns nothing of why."""

from dataclasses import dataclass
from datetime import datetime

from monitor.access import accounts, passwords
from monitor.access.entering_rules import Step, after_password
from monitor.access.models import Account
from monitor.db import Database


@dataclass(frozen=True, slots=True)
class Half:
    """Whose password was right, and what comes next. set_at: of that password, so that a new one ends it."""

    person_id: str
    step: Step
    set_at: str


def by_password(db: Database, name: str, password: str, now: datetime) -> Half | None:
    """None for a wrong password and for an unknown name alike, and after the same time."""
    with db.snapshot() as session:
        person = accounts.person_called(session, name)
        account = session.get(Account, person.id) if person is not None else None
        known = account.password if account is not None else None
    if not passwords.matches(password, known) or person is None or account is None:
        return None
    with db.snapshot() as session:
        second = accounts.has_second(session, person.id)
        step = after_password(accounts.granted(session, person, now), has_second=second)
    return Half(person.id, step, str(account.password_set_at))
