"""What the forms of a comment's page do, each in the transaction that it is given. Answers: answering.

Each says where to go on: NEXT to the next comment that waits, HERE back to the thread, both with a word of what was
done and a way back; one of comment_words.KEPT likewise to the thread, with its sentence; or an address.
"""

from datetime import UTC, datetime

from fastapi import Request

from config.language import _
from monitor.access.visitors import Visitor
from monitor.inbox.assigning import CannotAssign, assign
from monitor.inbox.claims import Taken, claim, give_back
from monitor.inbox.faults import Fault
from monitor.inbox.forwarding import LONGEST, CannotForward, forward
from monitor.inbox.going_on import next_for
from monitor.inbox.handling import FINISHES, ON_PLATFORM, act, say, take_back
from monitor.inbox.mark_rules import Kind, Reason, Said, Wrong
from monitor.inbox.marking import WRONGS
from monitor.inbox.notes import CannotNote, add_note
from monitor.inbox.opened import Opened
from monitor.web.comment.forms import Typed
from monitor.web.comment.moments import moment_in
from monitor.web.comment.words import KEPT

NEXT, HERE = "next", "here"
DOMAIN = (CannotNote, CannotAssign, CannotForward)


def marked(place: Opened, sent: Typed) -> str:
    """What a person says of it. Raises Fault."""
    sent.form = sent["kind"]
    if sent["kind"] not in set(Kind):
        raise Fault(_("Choose one of the buttons."))
    kind = Kind(sent["kind"])
    said = Said(kind, _until(place, sent, kind), _reason(sent, kind), note=sent["note"].strip())
    say(place, said, stays=bool(sent["stay"]))
    return NEXT if kind in FINISHES and not sent["stay"] else HERE


def _reason(sent: Typed, kind: Kind) -> Reason | None:
    if kind is not Kind.CLOSE:
        return None
    if sent["reason"] not in set(Reason):
        raise Fault(_(WRONGS[Wrong.NO_REASON]), "reason")
    return Reason(sent["reason"])


def _until(place: Opened, sent: Typed, kind: Kind) -> datetime | None:
    if kind is not Kind.SNOOZE:
        return None
    if not sent["until"].strip():
        raise Fault(_(WRONGS[Wrong.NO_UNTIL]), "until")
    until = moment_in(sent["until"], place.owner)
    if until is None:
        raise Fault(_("Write a day and a time, such as 2026-06-18 12:00."), "until")
    return until


def noted(place: Opened, sent: Typed) -> str:
    sent.form = "note"
    try:
        add_note(place.session, place.comment, sent["note"], place.who.person_id, place.now)
    except CannotNote as why:
        raise Fault(str(why), "note") from None
    return "note"


def claimed(place: Opened, sent: Typed) -> str:
    sent.form = "claim"
    if sent["what"] == "back":
        give_back(place.session, place.comment.id, place.who.person_id, place.now)
        return "given_back"
    try:
        claim(place.session, place.comment.id, place.who.person_id, place.now, over=sent["what"] == "over")
    except Taken as taken:
        raise Fault(_("{name} is at it already.", name=taken.name)) from None
    return "claim"


def assigned(place: Opened, sent: Typed) -> str:
    try:
        assign(place.session, place.comment, sent["to"] or None, place.who.person_id, place.now)
    except CannotAssign as why:
        raise Fault(str(why), "to") from None
    return "assign"


def forwarded(place: Opened, sent: Typed) -> str:
    try:
        forward(place.session, place.comment, sent["unit"], sent["note"], place.who.person_id, place.now)
    except CannotForward as why:
        raise Fault(str(why), "note" if len(sent["note"].strip()) > LONGEST else "unit") from None
    return "forward"


def on_platform(place: Opened, sent: Typed) -> str:
    if sent["kind"] not in ON_PLATFORM:
        raise Fault(_("Choose one of the buttons."))
    act(place, _key(sent), sent["kind"])
    return NEXT if sent["kind"] == "reject" else HERE


def taken_back(place: Opened, sent: Typed) -> str:
    """Back to whom the answer was for, where it was sent from here."""
    _action, asked = take_back(place, _key(sent))
    return f"/comment/{asked}?after={place.comment.id}" if asked is not None else HERE


def _key(sent: Typed) -> str:
    if not sent.key:
        raise Fault(_("The page was too old. Press the button again."))
    return sent.key


def where_next(asked: Request, who: Visitor, comment_id: int, leads: str) -> str:
    """The address to go to after something was done to a comment."""
    if leads.startswith("/"):
        return leads
    if leads in KEPT:
        return f"/comment/{comment_id}?kept={leads}"
    following = None
    if leads == NEXT:
        with asked.app.state.db.snapshot() as session:
            following = next_for(session, who, comment_id, datetime.now(UTC))
        if following is None:
            return f"/comment/{comment_id}?after={comment_id}&kept=last"
    return f"/comment/{following or comment_id}?after={comment_id}"
