"""Why an obligation stands where it stands, in words for the person who looks at it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from config.language import N_, _, language
from monitor.inbox.rules import Verdict, Why

SENTENCES = {
    Why.NOBODY_ANSWERED: N_("Nobody has answered yet."),
    Why.EDITED: N_("The text was changed on {day}, after the answer."),
    Why.ANSWERED: N_("Answered by the organisation on {day}."),
    Why.SEVERAL_WAITED: N_("{people} residents were waiting when we answered on {day}: check who was meant."),
    Why.NOBODY_ADDRESSED: N_("We wrote in the thread on {day} without saying to whom: check who was meant."),
    Why.HELD: N_("The platform holds it until we approve it."),
    Why.HIDDEN: N_("Hidden by the organisation."),
    Why.GONE: N_("No longer shown by the platform."),
    Why.DELETED: N_("Deleted by its author or by the platform, which confirmed it on {day}."),
    Why.HISTORIC: N_("Written before the watch began on {day}."),
}


def sentence(verdict: Verdict, zone: ZoneInfo) -> str:
    """The reason in the language in use, its dates in the organisation's zone."""
    return _(SENTENCES[verdict.why], day=day(verdict.at, zone), people=verdict.people)


def day(moment: datetime, zone: ZoneInfo) -> str:
    """'18 juni 2026' / '18 June 2026'."""
    return format_date(moment.astimezone(zone), "d MMMM y", locale=language())
