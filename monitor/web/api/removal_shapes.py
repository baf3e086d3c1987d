"""Removals as programs read and write them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints
from sqlalchemy.orm import Session

from monitor.inbox.action_rules import Fate
from monitor.inbox.removal_models import SavedCopy
from monitor.inbox.removal_rules import Kind, Question, Rule
from monitor.inbox.removals import Case, Taken
from monitor.register.models import Person
from monitor.web.api.comment_forms import Note
from monitor.web.api.shapes import CLEAN, In, Moment, Out

Number = Annotated[str, StringConstraints(max_length=60), CLEAN]


class Stepping(In):
    """What a person says of a case. answer: of told, police and registered. rule: of rule. number: of the police
    report, or in the register of records. note: how, or why not."""

    kind: Literal["by_hand", "rule", "told", "police", "registered"]
    answer: StrictBool | None = None
    rule: Rule | None = None
    number: Number = ""
    note: Note = Field(default="", repr=False)


class Told(Stepping):
    kind: Literal["told"] = "told"


class Police(Stepping):
    kind: Literal["police"] = "police"


class Registered(Stepping):
    kind: Literal["registered"] = "registered"


class Removing(In):
    """rule: that the comment breaks; other needs a note. told, police, registered: where that is known already."""

    how: Literal["hide", "remove", "reject"]
    rule: Rule
    note: Note = Field(default="", repr=False)
    told: Told | None = None
    police: Police | None = None
    registered: Registered | None = None


class RemovalWays(Out):
    """before: the comment's latest case. rules: what can be said to be broken, in words."""

    ways: list[Kind]
    before: int | None
    rules: dict[Rule, str]


class Removal(Out):
    """The case of a comment that was taken away. act: how, or null where nothing came of it. missing: what is still to
    be answered. secret: only few may read its text."""

    id: int
    channel: str
    comment_id: int
    by: str
    name: str
    at: Moment
    sha256: str
    act: Kind | None
    rule: Rule | None
    missing: list[Question]
    secret: bool


class Copy(Out):
    id: int
    by: str
    name: str
    at: Moment
    sha256: str
    picture_sha256: str | None

    @classmethod
    def of(cls, row: SavedCopy, name: str) -> Self:
        """name: of who saved it."""
        hashes = {"sha256": row.sha256, "picture_sha256": row.picture_sha256}
        return cls(id=row.id, by=row.by_id, name=name, at=row.at, **hashes)


class CaseStep(Out):
    """state: what became of the action, where it is one."""

    kind: Kind
    by: str
    name: str
    at: Moment
    answer: bool | None
    rule: Rule | None
    statute: str | None
    number: str
    note: str
    action: int | None
    state: Fate | None


class RemovalCase(Removal):
    """whole: every copy is what was saved. author, text: of the latest copy; null where they are secret to this token.
    answerable: steps that can be written down now; questions: those in words. hidden, gone: the comment now."""

    copies: list[Copy]
    whole: bool
    author: str | None
    text: str | None
    steps: list[CaseStep]
    answerable: list[Kind]
    questions: dict[Kind, str]
    hidden: bool
    gone: bool


def removal(session: Session, found: Case) -> Removal:
    return Removal(
        id=found.id,
        channel=found.channel,
        comment_id=found.comment_id,
        by=found.by,
        name=session.get_one(Person, found.by).name,
        at=found.at,
        sha256=found.sha256,
        act=found.act,
        rule=found.rule,
        missing=list(found.missing),
        secret=found.secret,
    )


def taken(each: Taken, name: str) -> CaseStep:
    """name: of who took it."""
    said = each.step
    return CaseStep(
        kind=said.kind,
        by=each.by,
        name=name,
        at=each.at,
        answer=said.answer,
        rule=said.rule,
        statute=each.statute,
        number=said.number,
        note=said.note,
        action=each.action,
        state=each.state,
    )
