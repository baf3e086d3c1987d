"""Taking a comment away, and closing its case, for whoever asks: how it can be, all at once, and what is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from config.language import _
from connectors import PLATFORMS
from connectors.about import About
from monitor.access.permission_rules import READS_SECRETS, Permission
from monitor.access.visitors import Visitor
from monitor.inbox.removal_rules import ORDER, Kind, Question, Rule, Step, latest, question
from monitor.inbox.removal_steps import CannotStep, note
from monitor.inbox.removals import Case, case_of
from monitor.inbox.removing import Because, take_away
from monitor.inbox.requesting import CannotAct
from monitor.register.models import Channel
from monitor.watch.models import Comment

LATER = (Kind.TOLD, Kind.POLICE, Kind.REGISTERED)
"""What may be answered at once, and can be answered later."""
NEEDED = {Kind.HIDE: Permission.HIDE, Kind.REJECT: Permission.HIDE, Kind.REMOVE: Permission.REMOVE}
ASKED = (Kind.RULE, *LATER)


class NotTaken(Exception):
    """Nothing was done. faults: sentences by what they are about (how, rule, note, or told_answer and the like)."""

    def __init__(self, **faults: str) -> None:
        super().__init__(*faults.values())
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to a comment, why, and what is known already. key: the same one does it once."""

    key: str
    how: Kind | None
    rule: Rule | None
    note: str = field(default="", repr=False)
    later: Sequence[Step] = ()


def ways(comment: Comment, channel: Channel, who: Visitor) -> tuple[Kind, ...]:
    """How it can be taken away from here by that person, what can be taken back first."""
    offered = PLATFORMS.get(channel.platform, About("")).takes_away
    kinds = [Kind.REJECT] if comment.held and "reject" in offered else [Kind.HIDE, Kind.REMOVE]
    may = [kind for kind in kinds if kind in offered and who.may(NEEDED[kind], channel.id)]
    return tuple(kind for kind in may if not (kind is Kind.HIDE and comment.hidden))


def take(session: Session, comment: Comment, can: Sequence[Kind], wish: Wish, by: str, now: datetime) -> Case:
    """Saves the copy, asks for what is to be done, and writes down what is known already: all of it, or, where NotTaken
    is raised and the transaction undone, nothing. can: of `ways`."""
    how, rule = wish.how, wish.rule
    faults = dict[str, str]()
    if how not in can:
        faults["how"] = _("Choose whether to hide or to remove the comment.")
    if rule is None:
        faults["rule"] = _("Choose the rule that the comment breaks.")
    if how is None or rule is None or faults:
        raise NotTaken(**faults)
    if rule is Rule.OTHER and not wish.note:
        raise NotTaken(note=_("Write a few words in the note: how, or why not."))
    try:
        take_away(session, wish.key, comment, how, by, now, Because(rule, wish.note))
    except CannotAct as why:
        raise NotTaken(how=str(why)) from None
    return _with_answers(session, comment, how, wish.later, by, now)


def _with_answers(session: Session, comment: Comment, how: Kind, later: Sequence[Step], by: str, now: datetime) -> Case:
    begun = case_of(session, comment.id)
    if begun is None:
        raise LookupError(comment.id)
    if begun.said and begun.said[-1].kind is not how:  # the button pressed twice writes nothing twice
        return begun
    for each in later:
        try:
            begun = note(session, begun.id, each, by, now)
        except CannotStep as why:
            raise NotTaken(**{f"{why.about or each.kind}_answer": str(why)}) from None
    return begun


def reads(who: Visitor, found: Case) -> bool:
    """May that person read the comment's text?"""
    return not found.secret or any(who.may(each, found.channel) for each in READS_SECRETS)


def answerable(found: Case) -> list[Kind]:
    """What can be said of the case now: what waits for an earlier answer is not among it."""
    kinds = (*((Kind.BY_HAND,) if latest(found.said, Question.ACT) is None else ()), *ASKED)
    return [kind for kind in kinds if not _waits(found, kind)]


def _waits(found: Case, kind: Kind) -> bool:
    """Has something else to be answered before?"""
    before = ORDER[: ORDER.index(question(kind))] if kind not in (Kind.RULE, Kind.BY_HAND) else ()
    return any(latest(found.said, each) is None for each in before)
