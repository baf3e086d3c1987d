"""Answering a comment: once, and a question first where somebody else has answered, is about to, or is at it."""

from dataclasses import dataclass, field

from sqlalchemy import select

from config.language import N_, _, moment
from monitor.audit import audited
from monitor.inbox.action_rules import Fate
from monitor.inbox.claims import give_back
from monitor.inbox.faults import Fault
from monitor.inbox.models import Action
from monitor.inbox.opened import ANSWERED, Opened, View, draft_of, replies_in, seen_in, view_of
from monitor.inbox.permitting import in_words, refusal
from monitor.inbox.requesting import CannotAct, request, take_turns_at
from monitor.inbox.withdrawing import withdraw
from monitor.inbox.writing import Draft, Unfit

UNFITS = {
    Unfit.EMPTY: N_("Write an answer first."),
    Unfit.TOO_LONG: N_("The answer is {over} characters too long: {channel} takes {longest}."),
    Unfit.LEFT_OPEN: N_("Write something instead of {fields}: the register does not say what belongs there."),
}


class Asks(Exception):
    """A person has to say whether to answer all the same. reasons: sentences; seen: what was there then."""

    def __init__(self, reasons: tuple[str, ...], seen: str) -> None:
        super().__init__(seen)
        self.reasons, self.seen = reasons, seen


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody wants to send. seen: of the thread that was answered from; confirmed: of the question that was said
    yes to."""

    key: str
    text: str = field(repr=False)
    seen: str
    confirmed: str = ""
    sign: bool = False
    interim: bool = False


def send(here: Opened, wanted: Answer) -> Action:
    """Asks for it to be sent; the same key is the same answer. Raises Fault, Asks, CannotAct."""
    take_turns_at(here.session, here.comment)  # else the same press, a moment earlier, would look like somebody else's
    earlier = here.session.scalar(select(Action).where(Action.key == wanted.key))
    view = view_of(here)
    made = draft_of(here, view, wanted.text, sign=wanted.sign)
    if earlier is None:
        _check(here, view, made, wanted)
    about = (here.session, wanted.key, here.comment, "reply", here.who.person_id, made.text if made else "", here.now)
    action = request(*about, confirmed=bool(wanted.confirmed), interim=wanted.interim)
    give_back(here.session, here.comment.id, here.who.person_id, here.now)
    return action


def unfit(here: Opened, made: Draft | None) -> str | None:
    """Why it cannot be sent as it is, in the language in use."""
    if made is None:
        return _("This cannot be done from here on this platform: do it on the platform itself.")
    if made.unfit is None:
        return None
    told = {"over": -made.left, "longest": made.longest, "fields": ", ".join(made.open_fields)}
    return _(UNFITS[made.unfit], channel=here.channel.name, **told)


def decide(here: Opened, action_id: int, *, goes: bool) -> Action:
    """What becomes of an answer that was held back, as somebody had answered meanwhile. Nothing where it does not ask
    any more. Raises Fault, CannotAct."""
    held = here.session.get(Action, action_id)
    if held is None or held.comment_id != here.comment.id:
        raise Fault(_("There is no such answer any more."))
    who = here.who.person_id
    if not goes:
        withdraw(here.session, held.id, who, here.now)
    elif why := refusal(here.session, here.channel, who, held.kind, here.now):
        raise CannotAct(in_words(here.session, here.channel, who, why, here.now))
    elif held.state == Fate.ASKS:
        request(here.session, held.key, here.comment, held.kind, held.by_id, held.text, here.now, confirmed=True)
        subject = ("comment", str(here.comment.id))
        audited(here.session, who, "action.confirmed", subject, here.now, after={"action": held.id})
    here.session.refresh(held)
    return held


def _check(here: Opened, view: View, made: Draft | None, wanted: Answer) -> None:
    if sentence := unfit(here, made):
        raise Fault(sentence, "text")
    same = next((act for act in replies_in(view.thread) if made and act.text == made.text), None)
    if same is not None and same in view.thread.asked.actions:
        raise Fault(_("{name} has sent the same answer already.", name=same.person), "text")
    seen = seen_in(view, here.who.person_id)
    if wanted.confirmed == seen:
        return
    reasons = _reasons(here, view)
    if wanted.seen != seen and not reasons:
        reasons = [_("Something in the thread has changed since you opened the page: read it once more.")]
    if reasons:
        raise Asks(tuple(reasons), seen)


def _reasons(here: Opened, view: View) -> list[str]:
    """Why to think twice before answering: who has answered, who is about to, who is at it."""
    zone, item, found = view.thread.zone, view.obligation, list[str]()
    own = [entry for entry in view.thread.entries if entry.own]
    if item is not None and item.state in ANSWERED and own:
        name = own[-1].sent_by or _("Somebody on the platform")
        found.append(_("{name} answered {moment}.", name=name, moment=moment(own[-1].comment.posted_at, zone)))
    for act in view.thread.asked.actions:
        if act.kind == "reply" and act.state not in {Fate.DONE, Fate.REFUSED}:
            told = {"name": act.person, "moment": moment(act.created_at, zone)}
            found.append(_("{name} has an answer on its way since {moment}.", **told))
    busy = view.colleagues.busy(here.who.person_id)
    if busy is not None:
        told = {"name": view.colleagues.names[busy.person_id], "moment": moment(busy.since, zone)}
        found.append(_("{name} is at it since {moment}.", **told))
    return found
