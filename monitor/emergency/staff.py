"""Who works in a crisis, who approves, and who is told when something out of the ordinary is done."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from monitor.access.permission_rules import MATRIX, Permission
from monitor.register.models import Person
from monitor.register.people import everybody, with_role


def with_permission(session: Session, *permissions: Permission) -> list[Person]:
    """Who has one of these by a role, by id."""
    roles = {role for role, (_reach, granted) in MATRIX.items() if granted & set(permissions)}
    return [person for person in everybody(session) if roles & set(person.roles)]


def approvers(session: Session, but: Iterable[str | None] = ()) -> list[Person]:
    """Who may approve somebody else's message."""
    left_out = set(but)
    return [each for each in with_permission(session, Permission.APPROVE_CRISIS) if each.id not in left_out]


def at_work(session: Session) -> list[Person]:
    """Who works in a crisis; where nobody does, the administrators, so that somebody hears of it."""
    return with_permission(session, Permission.WORK_IN_CRISIS) or with_role(session, "administrator")


def told_of_everything(session: Session) -> list[Person]:
    """All who work in a crisis or approve there, and the administrators."""
    people = with_permission(session, Permission.WORK_IN_CRISIS, Permission.APPROVE_CRISIS)
    return list({each.id: each for each in [*people, *with_role(session, "administrator")]}.values())


def on_duty(session: Session) -> list[str]:
    """Ids of those who hear of what residents write: the crisis staff, else the communicators."""
    people = with_role(session, "crisis_staff") or with_role(session, "communicator")
    return [each.id for each in people]
