"""Writing down the steps of a case: nothing is changed later, a later word about the same goes before another."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import _
from monitor.audit import audited
from monitor.inbox.marking import why_not
from monitor.inbox.models import Action
from monitor.inbox.removal_models import RemovalStep, SavedCopy
from monitor.inbox.removal_rules import ACTS, BEFORE, FOR_GOOD, OBVIOUS, STATUTE, Kind, Rule, Step, wrong
from monitor.inbox.removal_words import AUDITED, WRONGS
from monitor.inbox.removals import Case, case, case_of
from monitor.inbox.saving import holds, read, save
from monitor.register.models import Channel, Person
from monitor.watch.models import Observation

REGISTRAR = "registrar"


class CannotStep(Exception):
    """It was not written down. The text says why and what to do, in the language in use, to the person who asked.
    about: what has to be said first, where that is why."""

    def __init__(self, why: str, about: Kind | None = None) -> None:
        super().__init__(why)
        self.about = about


def note(session: Session, number: int, step: Step, by: str, now: datetime) -> Case:
    """Writes down what a person says of a case, with an audit entry; gives the case as it stands then.

    Not for what is done on the platform from here (monitor.inbox.removing). Raises CannotStep.
    """
    copy = session.get(SavedCopy, number, with_for_update={"key_share": True})  # two at once take turns
    found = case(session, number)
    if copy is None or found is None:
        raise CannotStep(_("There is no case {number}.", number=number))
    if why := _not_charged(session, copy.channel_id, step.kind, by, now):
        raise CannotStep(why)
    check_order(found, step)
    write(session, found.id, step, by, now)
    return _again(session, number)


def begun(session: Session, comment_id: int, kind: Kind, by: str, now: datetime, rule: Step | None = None) -> Case:
    """The case in which a comment is taken away, with a copy of it as it stands: a case that goes on, or a new one.

    rule: which rule it breaks, where that is said at once. Raises CannotStep where the act may not follow.
    """
    before = case_of(session, comment_id)
    if before is not None and not _goes_on(session, before):
        before = None
    abuse = rule is not None and rule.rule is Rule.CHILD_ABUSE
    if before is not None and before.act in FOR_GOOD:
        check_order(before, Step(kind))
    if before is not None:
        number = before.id
        keep(session, before, by, now, abuse=abuse)
    else:
        number = save(session, comment_id, by, now, abuse=abuse).id
    if rule is not None:
        check_order(_again(session, number), rule)
        write(session, number, rule, by, now)
    found = _again(session, number)
    check_order(found, Step(kind))
    return found


def keep(session: Session, found: Case, by: str, now: datetime, *, abuse: bool = False) -> None:
    """Saves one more copy where the latest one is not as the comment and its thread stand now."""
    copy = session.get_one(SavedCopy, found.copies[-1])
    if holds(session, copy) != (True, True):
        abuse = abuse or read(copy)["images"] == "suspected_abuse" or found.rule is Rule.CHILD_ABUSE
        save(session, found.comment_id, by, now, case=found.id, abuse=abuse)


def acted(session: Session, found: Case, action: Action, now: datetime) -> None:
    """Notes that the action was asked for in the case."""
    write(session, found.id, Step(Kind(action.kind)), action.by_id, now, action=action.id)


def check_order(found: Case, step: Step) -> None:
    """Raises CannotStep where the step may not follow those of the case."""
    why = wrong(found.said, step)
    if why is not None:
        raise CannotStep(_(WRONGS[why]), BEFORE.get(why))


def write(session: Session, number: int, step: Step, by: str, now: datetime, action: int | None = None) -> None:
    """The row and its audit entry."""
    statute = STATUTE if step.rule in OBVIOUS else None
    told: dict[str, Any] = {"answer": step.answer, "rule": step.rule, "number": step.number.strip()}
    more: dict[str, Any] = {"action_id": action, "statute": statute, "note": step.note.strip()}
    session.add(RemovalStep(case_id=number, kind=step.kind, by_id=by, at=now, **told, **more))
    session.flush()
    said = told | {"action": action, "statute": statute}
    after = {name: value for name, value in said.items() if value not in (None, "")}
    if step.note.strip():
        after["note"] = "set"
    audited(session, by, AUDITED[step.kind], ("removal", str(number)), now, after=after)


def _goes_on(session: Session, before: Case) -> bool:
    """Not where the text is another one, or where the comment has been to be seen again since it was taken away."""
    if before.act not in FOR_GOOD and not holds(session, session.get_one(SavedCopy, before.copies[-1]))[0]:
        return False
    acts = [taken for taken in before.steps if taken.step.kind in ACTS]
    if not acts:
        return True
    shown = (Action.comment_id == before.comment_id, Action.kind == "unhide", Action.state == "done")
    unhidden = select(Action.id).where(*shown, Action.id > (acts[-1].action or 0))
    seen = (Observation.comment_id == before.comment_id, Observation.kind.in_(("back", "unhidden", "published")))
    back = select(Observation.id).where(*seen, Observation.seen_at > acts[-1].at)
    return all(session.scalar(query.limit(1)) is None for query in (unhidden, back))


def _again(session: Session, number: int) -> Case:
    found = case(session, number)
    if found is None:
        raise LookupError(number)
    return found


def _not_charged(session: Session, channel_id: str, kind: Kind, by: str, now: datetime) -> str | None:
    """Registrars write down numbers on every channel; else who takes care of the channel."""
    person = session.get(Person, by)
    if kind is Kind.REGISTERED and person is not None and not person.retired and REGISTRAR in person.roles:
        return None
    return why_not(session, session.get_one(Channel, channel_id), by, now)
