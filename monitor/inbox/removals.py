"""Cases of comments that were taken away: what was saved, the steps so far, and what is still to be answered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Executable, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer

from monitor.db.bulk import among
from monitor.db.within import within
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_models import RemovalStep, SavedCopy
from monitor.inbox.removal_rules import Kind, Question, Rule, Step, latest, missing, question

FAILED = (Fate.REFUSED, Fate.NEEDS_HUMAN, Fate.ASKS)
RULES = [kind for kind in Kind if question(kind) is Question.RULE]
MOST = 500
"""Cases in one list."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken. state: what became of the action, where it is one."""

    step: Step
    by: str
    at: datetime
    statute: str | None = None
    action: int | None = None
    state: Fate | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One comment that was taken away. id: of its first copy. copies: ids of all, oldest first. missing: in order."""

    id: int
    channel: str
    comment_id: int
    by: str
    at: datetime
    sha256: str
    copies: tuple[int, ...]
    steps: tuple[Taken, ...]

    @property
    def said(self) -> list[Step]:
        return [taken.step for taken in self.steps]

    @property
    def missing(self) -> tuple[Question, ...]:
        return missing(self.said)

    @property
    def act(self) -> Kind | None:
        """How it was taken away, or is being; None where nothing came of it."""
        found = latest(self.said, Question.ACT)
        return found.kind if found is not None else None

    @property
    def rule(self) -> Rule | None:
        found = latest(self.said, Question.RULE)
        return found.rule if found is not None else None

    @property
    def secret(self) -> bool:
        """Does the comment hold what is secret? Then only those who may remove comments read it."""
        return self.rule is Rule.SECRECY


def cases(
    session: Session,
    channels: Collection[str] | None = None,
    *,
    open_only: bool = False,
    before: int | None = None,
    most: int = MOST,
) -> list[Case]:
    """The newest first. channels: ids of those to look at; None for all. before: only cases with a lower number."""
    query = _beginnings()
    if before is not None:
        query = query.where(SavedCopy.id < before)
    if channels is not None:
        query = query.where(among(session, SavedCopy.channel_id, sorted(channels)))
    if not open_only:
        return _read(session, session.scalars(query.limit(most)).all())
    found: list[Case] = []
    for some in session.scalars(query.execution_options(yield_per=MOST)).partitions():
        found += [each for each in _read(session, some) if each.missing]
        if len(found) >= most:
            break
    return found[:most]


def case(session: Session, number: int) -> Case | None:
    """The case with that number; None where there is none."""
    found = _read(session, session.scalars(_beginnings().where(SavedCopy.id == number)).all())
    return found[0] if found else None


def case_of(session: Session, comment_id: int) -> Case | None:
    """The latest case of a comment."""
    begun = session.scalars(_beginnings().where(SavedCopy.comment_id == comment_id).limit(1)).all()
    return next(iter(_read(session, begun)), None)


def secret_comments(session: Session, comment_ids: Sequence[int]) -> set[int]:
    """Which of these comments are said to hold what is secret: whoever lists comments leaves out their text."""
    if not comment_ids:
        return set()
    return set(session.scalars(_secret_comments(), {"ids": list(comment_ids)}))


@cache
def _secret_comments() -> Executable:
    there = within(SavedCopy.comment_id, "ids")
    return select(SavedCopy.comment_id).where(there, says_secret(SavedCopy.comment_id))


def says_secret(comment_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The same as `Case.secret` of any of a comment's cases, in SQL: the last rule that was named is secrecy."""
    begun, earlier = aliased(SavedCopy), aliased(RemovalStep)
    last = select(func.max(earlier.id)).where(earlier.case_id == begun.id, earlier.kind.in_(RULES)).scalar_subquery()
    secrecy = (RemovalStep.case_id == begun.id, RemovalStep.id == last, RemovalStep.rule == Rule.SECRECY)
    return exists().where(begun.comment_id == comment_id, begun.case_id.is_(None), *secrecy)


def _beginnings() -> Select[SavedCopy]:
    light = defer(SavedCopy.content)  # long, and no list shows it
    return select(SavedCopy).where(SavedCopy.case_id.is_(None)).order_by(SavedCopy.id.desc()).options(light)


def _read(session: Session, begun: Iterable[SavedCopy]) -> list[Case]:
    copies = {copy.id: copy for copy in begun}
    if not copies:
        return []
    more: dict[int, list[int]] = {id_: [id_] for id_ in copies}
    steps: dict[int, list[Taken]] = {id_: [] for id_ in copies}
    later = select(SavedCopy.case_id, SavedCopy.id).where(among(session, SavedCopy.case_id, list(copies)))
    for case_id, id_ in session.execute(later.order_by(SavedCopy.id)):
        more[case_id or 0].append(id_)
    query = select(RemovalStep, Action.state).outerjoin(Action, Action.id == RemovalStep.action_id)
    query = query.where(among(session, RemovalStep.case_id, list(copies))).order_by(RemovalStep.id)
    for row, state in session.execute(query):
        steps[row.case_id].append(_taken(row, Fate(state) if state else None))
    return [_case(copy, tuple(more[copy.id]), tuple(steps[copy.id])) for copy in copies.values()]


def _case(copy: SavedCopy, copies: tuple[int, ...], steps: tuple[Taken, ...]) -> Case:
    return Case(copy.id, copy.channel_id, copy.comment_id, copy.by_id, copy.at, copy.sha256, copies, steps)


def _taken(row: RemovalStep, state: Fate | None) -> Taken:
    step = Step(
        Kind(row.kind),
        answer=row.answer,
        rule=Rule(row.rule) if row.rule else None,
        number=row.number,
        note=row.note,
        failed=state in FAILED,
        done=state is Fate.DONE or row.kind == Kind.BY_HAND,
    )
    return Taken(step, row.by_id, row.at, row.statute, row.action_id, state)
