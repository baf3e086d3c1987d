"""Which periods a report can be made of."""

from datetime import date, timedelta

from config.language import _

EARLIEST = date(2000, 1, 1)
LONGEST = timedelta(days=3 * 366)
AHEAD = timedelta(days=366)


class WrongPeriod(Exception):
    """No report is made of such a period. The text says what to choose instead, in the language in use."""


def check_period(first: date, last: date, today: date) -> None:
    """Both days are included. today: the organisation's. Raises WrongPeriod."""
    latest = today + AHEAD
    if last < first:
        raise WrongPeriod(_("{last} is before {first}: the earlier day comes first.", first=first, last=last))
    if first < EARLIEST or last > latest:
        raise WrongPeriod(_("Choose days between {first} and {last}.", first=EARLIEST, last=latest))
    if last - first > LONGEST:
        raise WrongPeriod(_("The period is too long: three years at most. Make several reports."))
