"""The order in which a comment is taken away: its copy saved first, then the steps that people answer for. Pure.

A case begins with the copy; what is asked after that comes in one order: hidden or removed, which rule it broke, was
its author told, was it reported to the police, where is it registered. A later word about the same goes before an
earlier one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A step. by_hand: taken away on the platform itself."""

    HIDE = "hide"
    REMOVE = "remove"
    REJECT = "reject"
    BY_HAND = "by_hand"
    RULE = "rule"
    TOLD = "told"
    POLICE = "police"
    REGISTERED = "registered"


ACTS = frozenset({Kind.HIDE, Kind.REMOVE, Kind.REJECT, Kind.BY_HAND})
FOR_GOOD = frozenset({Kind.REMOVE, Kind.REJECT})


class Question(StrEnum):
    """What a case is asked, in this order."""

    ACT = "act"
    RULE = "rule"
    TOLD = "told"
    POLICE = "police"
    REGISTERED = "registered"


ORDER = tuple(Question)


class Rule(StrEnum):
    """The comment rules, as codes; first the offences that the law names, and then the organisation's own."""

    THREAT = "threat"
    PRIVACY = "privacy"
    INCITEMENT = "incitement"
    AGITATION = "agitation"
    CHILD_ABUSE = "child_abuse"
    VIOLENCE = "violence"
    TERRORISM = "terrorism"
    COPYRIGHT = "copyright"
    SECRECY = "secrecy"
    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISING = "advertising"
    OTHER = "other"


OBVIOUS = frozenset(
    {
        Rule.THREAT,
        Rule.PRIVACY,
        Rule.INCITEMENT,
        Rule.AGITATION,
        Rule.CHILD_ABUSE,
        Rule.VIOLENCE,
        Rule.TERRORISM,
        Rule.COPYRIGHT,
    }
)
"""What must be taken away where it is obvious: section 5 of the act 1998:112. That it is, only people say."""
STATUTE = "1998:112 5 §"
OWED = {Rule.CHILD_ABUSE: Question.POLICE, Rule.SECRECY: Question.REGISTERED}
"""What stays open until it is answered with yes."""


class Wrong(StrEnum):
    """Why a step is not taken in."""

    ACT_FIRST = "act_first"
    RULE_FIRST = "rule_first"
    TOLD_FIRST = "told_first"
    POLICE_FIRST = "police_first"
    GONE_ALREADY = "gone_already"
    NO_RULE = "no_rule"
    NO_ANSWER = "no_answer"
    NO_NUMBER = "no_number"
    NO_NOTE = "no_note"


FIRST = {
    Question.ACT: Wrong.ACT_FIRST,
    Question.RULE: Wrong.RULE_FIRST,
    Question.TOLD: Wrong.TOLD_FIRST,
    Question.POLICE: Wrong.POLICE_FIRST,
}
BEFORE = {Wrong.TOLD_FIRST: Kind.TOLD, Wrong.POLICE_FIRST: Kind.POLICE}
"""What has to be said first."""


@dataclass(frozen=True, slots=True)
class Step:
    """answer: yes or no, where that is asked. failed: an act that came to nothing; done: one that is known to be."""

    kind: Kind
    answer: bool | None = None
    rule: Rule | None = None
    number: str = ""
    note: str = ""
    failed: bool = False
    done: bool = False


def question(kind: Kind) -> Question:
    """What a step of this kind answers."""
    return Question.ACT if kind in ACTS else Question(kind)


def latest(steps: Sequence[Step], asked: Question) -> Step | None:
    """The answer that counts. An act that came to nothing is none."""
    return next((step for step in reversed(steps) if question(step.kind) is asked and not step.failed), None)


def wrong(steps: Sequence[Step], step: Step) -> Wrong | None:
    """Why `step` may not follow these; None: it may. steps: in the order in which they were taken."""
    asked = question(step.kind)
    if asked is Question.ACT:
        return _wrong_act(steps, step)
    for earlier in ORDER[: ORDER.index(asked)] if asked is not Question.RULE else ():
        if latest(steps, earlier) is None:
            return FIRST[earlier]
    return _wrong_words(step, asked)


def missing(steps: Sequence[Step]) -> tuple[Question, ...]:
    """What is still to be answered, in order. An act under way is not missing until it has come to nothing."""
    rule = latest(steps, Question.RULE)
    owed = OWED.get(rule.rule) if rule is not None and rule.rule is not None else None
    return tuple(asked for asked in ORDER if _is_open(latest(steps, asked), owed=asked is owed))


def _is_open(found: Step | None, *, owed: bool) -> bool:
    return found is None or (owed and not found.answer)


def _wrong_act(steps: Sequence[Step], step: Step) -> Wrong | None:
    before = latest(steps, Question.ACT)
    if before is not None and before.kind in FOR_GOOD:
        return Wrong.GONE_ALREADY
    if step.kind is Kind.REMOVE and latest(steps, Question.RULE) is None:
        return Wrong.RULE_FIRST  # it cannot be taken back, so it is said first why
    return Wrong.NO_NOTE if step.kind is Kind.BY_HAND and not step.note.strip() else None


def _wrong_words(step: Step, asked: Question) -> Wrong | None:
    note = bool(step.note.strip())
    if asked is Question.RULE:
        if step.rule is None:
            return Wrong.NO_RULE
        return Wrong.NO_NOTE if step.rule is Rule.OTHER and not note else None
    if step.answer is None:
        return Wrong.NO_ANSWER
    if asked is Question.REGISTERED and step.answer:
        return None if step.number.strip() else Wrong.NO_NUMBER
    needed = asked is Question.TOLD or not step.answer  # how the author was told, or why something was not done
    return Wrong.NO_NOTE if needed and not note else None
