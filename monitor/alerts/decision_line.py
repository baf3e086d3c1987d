"""What is wrong with the manager's decision about a channel, in the digest."""

from datetime import date

from babel.dates import format_date

from config.language import _, language
from monitor.alerts.todays_watch import Said
from monitor.alerts.wording import days_left
from monitor.register.decision_rules import REMINDER_DAYS
from monitor.watch.overview import DecisionOverview

SOON = max(REMINDER_DAYS)


def decision_line(decision: DecisionOverview | None, today: date) -> list[Said]:
    """Missing, ended, about to end, not confirmed in time; nothing where all is in order."""
    if decision is None:
        return [Said(_("There is no manager's decision about the channel. It is watched all the same."), bad=True)]
    day = format_date(decision.valid_until, "d MMM y", locale=language())
    if decision.status == "expired":
        ended = _("The manager's decision ended {day}. The channel is watched all the same.", day=day)
        return [Said(ended, bad=True)]
    said = []
    left = (decision.valid_until - today).days
    if left <= SOON:
        ends = _("The manager's decision is valid until {day}.", day=day)
        said.append(Said(f"{ends} {days_left(left)}"))
    if decision.unconfirmed:
        said.append(Said(_("The communicator has not confirmed that the manager's decision has arrived.")))
    return said
