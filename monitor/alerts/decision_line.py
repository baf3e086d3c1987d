"""What is wrong with the manager's decision about a channel, in the digest."""

from datetime import date

from babel.dates import format_date

from config.language import _, language
from monitor.alerts.todays_watch import Said
from monitor.alerts.wording import days_left
from monitor.register.decision_rules import REMINDER_DAYS
from monitor.watch.overview import ChannelOverview

SOON = max(REMINDER_DAYS)


def decision_line(row: ChannelOverview, today: date) -> list[Said]:
    """Missing, ended, about to end, not confirmed in time; nothing where all is in order."""
    decision = row.decision
    if decision is None:
        return [_without(_("There is no manager's decision about the channel."), row)] if row.decision_needed else []
    day = format_date(decision.valid_until, "d MMM y", locale=language())
    if decision.status == "expired":
        return [_without(_("The manager's decision ended {day}.", day=day), row)]
    said = []
    left = (decision.valid_until - today).days
    if left <= SOON:
        ends = _("The manager's decision is valid until {day}.", day=day)
        said.append(Said(f"{ends} {days_left(left)}"))
    if decision.unconfirmed:
        said.append(Said(_("The communicator has not confirmed that the manager's decision has arrived.")))
    return said


def _without(sentence: str, row: ChannelOverview) -> Said:
    """No decision holds; where there is something to watch, it is watched."""
    watched = _("The channel is watched all the same.") if row.has_comments else ""
    return Said(f"{sentence} {watched}".strip(), bad=True)
