"""What the visitor did last to a comment, told where the visitor is now, with a way back where there is one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from config.language import N_, _
from monitor.access.permission_rules import Permission
from monitor.access.visitors import Visitor
from monitor.db.numbered import is_number
from monitor.inbox.action_rules import UNDER_WAY, Fate
from monitor.inbox.mark_rules import Kind
from monitor.inbox.models import Action, Mark
from monitor.watch.models import Comment

FRESH = timedelta(minutes=10)
"""What was done longer ago is history, and stands in the thread."""
DONE = {
    Kind.ACKNOWLEDGE: N_("You have acknowledged it. Reminders pause."),
    Kind.SNOOZE: N_("You have put it off."),
    Kind.WAKE: N_("Reminders come again."),
    Kind.INTERIM: N_("Noted: our answer was only a first one."),
    Kind.CONFIRM: N_("Noted: it is answered."),
    Kind.REJECT: N_("Noted: it is not answered."),
    Kind.PRIVATE: N_("Noted: it was answered elsewhere."),
    Kind.CLOSE: N_("You have closed it without a reply."),
    Kind.REOPEN: N_("It is open again."),
}
UNDONE_BY = {
    Kind.ACKNOWLEDGE: Kind.WAKE,
    Kind.SNOOZE: Kind.WAKE,
    Kind.PRIVATE: Kind.REOPEN,
    Kind.CLOSE: Kind.REOPEN,
    Kind.CONFIRM: Kind.REOPEN,
}
"""What takes back each; nothing else can be taken back."""
STAYS = {
    Kind.WAKE: N_("To pause them again, acknowledge the comment or put it off."),
    Kind.INTERIM: N_("It waits until the whole answer is there."),
    Kind.REJECT: N_("It waits for an answer. If that was a mistake, close it."),
    Kind.REOPEN: N_("If that was a mistake, close it again."),
    "reply": N_("It can be taken back as soon as it has been fetched from the platform."),
    "delete": N_("It cannot be shown again: write a new answer if one is needed."),
    "remove": N_("The platform cannot bring it back. The saved copy is kept."),
    "release": N_("It cannot be held again, as others may have read it. It can still be hidden or removed."),
    "reject": N_("The platform cannot bring it back. The saved copy is kept."),
}
"""Why there is no way back, and what there is instead."""
SENT = {
    "reply": (N_("Your answer is being sent."), N_("Your answer is sent.")),
    "hide": (N_("The comment is being hidden."), N_("The comment is hidden.")),
    "unhide": (N_("The comment is being shown again."), N_("The comment is shown again.")),
    "delete": (N_("Your answer is being taken back."), N_("Your answer is taken back.")),
    "remove": (N_("The comment is being removed."), N_("The comment is removed.")),
    "release": (N_("The comment is being published."), N_("The comment is published.")),
    "reject": (N_("The comment is being rejected."), N_("The comment is rejected. It is never shown.")),
}
"""While it is under way, and when it is done."""
HELD_BACK = N_("Your answer is not sent yet: somebody answered meanwhile. Read that answer, and decide.")
TURNED = {"hide": "unhide", "unhide": "hide"}


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes it back. what: mark (kind: of mark_rules.Kind), act (kind: hide or unhide) or take-back, of that
    comment."""

    what: str
    comment_id: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """kind: good, info while it is under way, warn where a person has to look. pending: what is told soon changes.
    leads: to the comment; not to an answer of our own that is taken back, as it stands in the thread below. stays: why
    there is no way back, where something is done and there is none."""

    comment_id: int
    author: str = field(repr=False)
    sentence: str
    kind: str
    undo: Undo | None = None
    pending: bool = False
    leads: bool = True
    stays: str = ""


def after_of(session: Session, who: Visitor, comment_id: int, now: datetime) -> After | None:
    """None where the visitor did nothing to it lately, or may not see it."""
    if not is_number(comment_id):
        return None
    found = session.execute(_last(comment_id, who.person_id, now)).one_or_none()
    if found is None or not who.may(Permission.READ_INBOX, found[0].channel_id):
        return None
    comment, mark, act, made = found
    if act is not None and (mark is None or act.created_at >= mark.at):
        return _of_action(comment, act, made)
    return _of_mark(comment, mark) if mark is not None else None


def _last(comment_id: int, person_id: str, now: datetime) -> Select[Comment, Mark, Action, int]:
    """The comment, what the person said and did last there, and the number of the reply, once a reading has brought
    it."""
    mine = (Mark.comment_id == comment_id, Mark.by_id == person_id, Mark.at > now - FRESH)
    done = (Action.comment_id == comment_id, Action.by_id == person_id, Action.created_at > now - FRESH)
    mark, act = (select(func.max(table.id)).where(*which) for table, which in ((Mark, mine), (Action, done)))
    made = aliased(Comment)
    same = (made.channel_id == Comment.channel_id) & (made.external_id == Action.remote_id)
    query = (
        select(Comment, Mark, Action, made.id).select_from(Comment).outerjoin(Mark, Mark.id == mark.scalar_subquery())
    )
    query = query.outerjoin(Action, Action.id == act.scalar_subquery())
    return query.outerjoin(made, same & made.missing_since.is_(None)).where(Comment.id == comment_id)


def _of_mark(comment: Comment, mark: Mark) -> After:
    back = UNDONE_BY.get(Kind(mark.kind))
    undo = Undo("mark", comment.id, back) if back else None
    stays = "" if undo else _(STAYS[Kind(mark.kind)])
    return After(comment.id, _author(comment), _(DONE[Kind(mark.kind)]), "good", undo, stays=stays)


def _of_action(comment: Comment, act: Action, made: int | None) -> After:
    """made: the number of the reply."""
    under_way, done = SENT[act.kind]
    why, kind, back, stays = HELD_BACK if act.state == Fate.ASKS else act.remedy or "", "warn", None, ""
    if act.state in UNDER_WAY:
        why, kind = under_way, "info"
    elif act.state == Fate.DONE:
        why, kind, back = done, "good", _back(comment, act, made)
        stays = "" if back else _(STAYS[act.kind])
    pending, leads = act.state in UNDER_WAY, act.kind != "delete"
    return After(comment.id, _author(comment), _(why), kind, back, pending, leads, stays)


def _back(comment: Comment, act: Action, made: int | None) -> Undo | None:
    """A reply is taken back by taking away our own comment, once a reading has brought it."""
    if act.kind in TURNED:
        return Undo("act", comment.id, TURNED[act.kind])
    return Undo("take-back", made) if act.kind == "reply" and made is not None else None


def _author(comment: Comment) -> str:
    return comment.author_name or comment.author_handle or ""
