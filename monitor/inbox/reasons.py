"""Why an obligation stands where it stands, in words for the person who looks at it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from config.language import N_, _, clock, written
from monitor import State
from monitor.inbox.mark_rules import Kind, Reason, Standing
from monitor.inbox.rules import Verdict, Why

STATES = {
    State.OPEN: N_("not answered"),
    State.ACKNOWLEDGED: N_("acknowledged"),
    State.SNOOZED: N_("put off"),
    State.INTERIM_ANSWERED: N_("answered for the time being"),
    State.PROBABLY_ANSWERED: N_("check who was meant"),
    State.ANSWERED: N_("answered"),
    State.ANSWERED_PRIVATELY: N_("answered privately"),
    State.CLOSED_NO_REPLY: N_("needs no reply"),
    State.HELD: N_("held for approval"),
    State.HIDDEN_BY_US: N_("hidden by us"),
    State.REMOVED_BY_US: N_("removed by us"),
    State.REMOVED_BY_AUTHOR: N_("deleted"),
    State.UNAVAILABLE: N_("gone"),
    State.HISTORIC: N_("historic"),
}
SENTENCES = {
    Why.NOBODY_ANSWERED: N_("Nobody has answered yet."),
    Why.EDITED: N_("The text was changed on {day}, after the answer."),
    Why.ANSWER_GONE: N_("Our answer can no longer be seen. That was noticed on {day}."),
    Why.NOT_MEANT: N_("A person has said that what we wrote on {day} is no answer to this."),
    Why.REOPENED: N_("Opened again by a person on {day}."),
    Why.INTERIM: N_("We wrote on {day} that an answer will come."),
    Why.ANSWERED: N_("Answered by the organisation on {day}."),
    Why.SEVERAL_WAITED: N_("{people} residents were waiting when we answered on {day}: check who was meant."),
    Why.NOBODY_ADDRESSED: N_("We wrote in the thread on {day} without saying to whom: check who was meant."),
    Why.HELD: N_("The platform holds it until we approve it."),
    Why.HIDDEN: N_("Hidden by the organisation."),
    Why.GONE: N_("No longer shown by the platform."),
    Why.DELETED: N_("Deleted by its author or by the platform, which confirmed it on {day}."),
    Why.REMOVED: N_("Removed by the organisation."),
    Why.HISTORIC: N_("Written before the watch began on {day}."),
}
MARKED = {
    Kind.ACKNOWLEDGE: N_("Acknowledged by {person}. Notices pause until {until}."),
    Kind.SNOOZE: N_("Put off by {person}. Notices pause until {until}."),
    Kind.PRIVATE: N_("Answered privately, says {person} on {day}."),
    Kind.CLOSE: N_("Needs no reply, says {person} on {day}: {reason}."),
}
REASONS = {
    Reason.THANKS: N_("thanks"),
    Reason.TAG: N_("somebody is only tagged"),
    Reason.NOT_FOR_US: N_("not for us"),
    Reason.OPINION: N_("an opinion, no question"),
    Reason.SPAM: N_("spam"),
    Reason.REFERRED: N_("referred to somebody else"),
    Reason.REGISTERED: N_("registered as a case"),
}


def sentence(verdict: Verdict, stands: Standing, person: str, zone: ZoneInfo) -> str:
    """The reason in the language in use, its dates in the organisation's zone. person: the name of who said it, where a
    person's word is the reason."""
    if stands.mark is None:
        return _(SENTENCES[verdict.why], day=day(verdict.at, zone), people=verdict.people)
    said = stands.mark.said
    return _(
        MARKED[said.kind],
        person=person,
        day=day(stands.mark.at, zone),
        until=moment(stands.quiet_until, zone) if stands.quiet_until else "",
        reason=_(REASONS[said.reason]) if said.reason else "",
    )


def day(moment: datetime, zone: ZoneInfo) -> str:
    """'18 juni 2026' / '18 June 2026'."""
    return written(moment.astimezone(zone).date(), "d MMMM y")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """'18 juni 2026 kl. 16.00' / '18 June 2026 at 16:00'."""
    return _("{day} at {time}", day=day(at, zone), time=clock(at.astimezone(zone)))
