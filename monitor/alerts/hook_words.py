"""Events, states and answers in words."""

from config.language import N_, _
from monitor.alerts.hook_posting import in_words
from monitor.alerts.hook_rules import Problem, State
from monitor.audit.outgoing_models import Dispatch
from monitor.audit.outgoing_rules import Event

EVENTS = {
    Event.COMMENT_RECEIVED: N_("A resident has written a comment"),
    Event.COMMENT_ANSWERED: N_("We have replied below a comment"),
    Event.COMMENT_EDITED: N_("A resident has changed a comment"),
    Event.COMMENT_PUBLISHED: N_("A comment that was held has been published"),
    Event.COMMENT_HIDDEN: N_("A comment has been hidden"),
    Event.COMMENT_UNHIDDEN: N_("A comment is shown again that was hidden"),
    Event.COMMENT_GONE: N_("A comment is not shown any more"),
    Event.COMMENT_BACK: N_("A comment that was gone is back"),
    Event.COMMENT_DELETED: N_("A comment has been deleted, says the platform"),
    Event.COMMENT_FLAGGED: N_("A comment has been flagged"),
    Event.COMMENT_OVERDUE: N_("A comment is past its deadline"),
    Event.COMMENT_CLOSED: N_("A comment has been closed without a reply here"),
    Event.COMMENT_REOPENED: N_("A comment needs an answer after all"),
    Event.COMMENT_ASSIGNED: N_("Somebody's turn with a comment has been noted"),
    Event.COMMENT_FORWARDED: N_("A unit has been asked about a comment"),
    Event.COPY_SAVED: N_("A copy of a comment has been saved"),
    Event.REMOVAL_NOTED: N_("A step of taking a comment away has been noted"),
    Event.DAY_ENDED: N_("A watch day has ended, with its verdict"),
    Event.DAY_ATTESTED: N_("Somebody has attested to have gone through a channel"),
    Event.DAY_CORRECTED: N_("A watch day has been corrected"),
    Event.CHANNEL_FAILING: N_("A channel cannot be read"),
    Event.CHANNEL_RECOVERED: N_("A channel can be read again"),
    Event.CHANNEL_CHANGED: N_("A channel has been added, changed, paused, resumed or retired"),
    Event.DECISION_MADE: N_("A decision about a channel has been made"),
    Event.DECISION_CONFIRMED: N_("A communicator has confirmed a decision"),
}
STATES = {State.ACTIVE: N_("in use"), State.PAUSED: N_("paused"), State.DISABLED: N_("stopped")}
DISPATCHES = {"waiting": N_("waits"), "delivered": N_("delivered"), "withheld": N_("not sent")}


def event_in_words(kind: str) -> str:
    """In the language in use; its own name where it is not known here."""
    return _(EVENTS[Event(kind)]) if kind in set(Event) else kind


def answer_in_words(status: int | None, problem: str | None, host: str) -> str:
    """What the receiver answered last, or why nothing; empty where it was not asked yet."""
    if problem is not None:
        return in_words(Problem(problem), host)
    return _("The answer was {status}.", status=status) if status is not None else ""


def dispatch_in_words(dispatch: Dispatch, host: str) -> str:
    """What became of a message."""
    state = _(DISPATCHES[dispatch.state])
    answer = "" if dispatch.state == "delivered" else answer_in_words(dispatch.status, dispatch.problem, host)
    return f"{state}: {answer}" if answer else state
