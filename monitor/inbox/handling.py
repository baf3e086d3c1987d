"""What somebody who has opened a comment does with it besides answering: what is said of it, and done to it there."""

from sqlalchemy import select

from config.language import _
from monitor.inbox.claims import give_back
from monitor.inbox.faults import Fault
from monitor.inbox.mark_rules import Kind, Said
from monitor.inbox.marking import CannotMark, mark
from monitor.inbox.models import Action
from monitor.inbox.obligations import Obligation
from monitor.inbox.opened import Opened
from monitor.inbox.requesting import CannotAct, request

FINISHES = frozenset({Kind.ACKNOWLEDGE, Kind.SNOOZE, Kind.CLOSE, Kind.PRIVATE, Kind.CONFIRM})
"""After these there is nothing more to do with a comment now."""
ON_PLATFORM = frozenset({"hide", "unhide", "release", "reject"})
LONGEST_NOTE = 1000  # characters


def say(here: Opened, said: Said, *, stays: bool = False) -> Obligation:
    """Writes down what is said of it; whoever is finished with it is not at it any more, unless `stays`.

    Gives the obligation as it stands then. Raises Fault.
    """
    if len(said.note) > LONGEST_NOTE:
        told = {"count": len(said.note), "most": LONGEST_NOTE}
        raise Fault(_("The note has {count} characters. Shorten it to at most {most}.", **told), "note")
    try:
        found = mark(here.session, here.comment.id, said, here.who.person_id, here.now)
    except CannotMark as why:
        raise Fault(str(why), _field(said)) from None
    if said.kind in FINISHES and not stays:
        give_back(here.session, here.comment.id, here.who.person_id, here.now)
    return found


def _field(said: Said) -> str:
    """Where it can be put right."""
    if said.kind is Kind.SNOOZE:
        return "until" if said.note else "note"
    if said.kind is Kind.CLOSE and said.reason is None:
        return "reason"
    return "note" if said.kind in {Kind.CLOSE, Kind.PRIVATE} else ""


def act(here: Opened, key: str, kind: str) -> Action:
    """Asks for it to be done on the platform; the same key is the same action. kind: of ON_PLATFORM, or delete.

    Raises CannotAct.
    """
    if here.writes is None or kind not in here.writes.kinds:
        raise CannotAct(_("This cannot be done from here on this platform: do it on the platform itself."))
    return request(here.session, key, here.comment, kind, here.who.person_id, "", here.now)


def take_back(here: Opened, key: str) -> tuple[Action, int | None]:
    """Asks for our own comment to be taken away; and gives the comment that it answered, where it was sent from here.

    Raises CannotAct.
    """
    action = act(here, key, "delete")
    about = (Action.channel_id == here.channel.id, Action.remote_id == here.comment.external_id)
    return action, here.session.scalar(select(Action.comment_id).where(*about))
