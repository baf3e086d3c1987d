"""A week of Tibro's in which most of what can happen to a day happens, and its report."""

from datetime import date

from monitor.records.watch_report import WatchReport, full_report
from monitor.watch.day_rules import Verdict
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at


def made(almanac: Almanac, first: date, last: date, now: date, clock: str = "10.00", **more: object) -> WatchReport:
    almanac.keep(now, clock)
    with almanac.db.snapshot() as session:
        return full_report(session, first, last, at(now, clock), **more)  # type: ignore[arg-type]


def happens(almanac: Almanac) -> None:
    """Thursday: read and gone through; Friday: read, and nobody looked, which a person puts right; Monday: half over.

    Nobody goes through the group.
    """
    almanac.comes("c1", THURSDAY, "08.00")
    almanac.reviews(THURSDAY, "09.00")
    almanac.keep(THURSDAY, "15.00")
    almanac.keep_over(THURSDAY)
    almanac.comes("c2", FRIDAY, "08.00")
    almanac.keep(FRIDAY, "15.00")
    almanac.keep_over(FRIDAY)
    almanac.corrects(MONDAY, FRIDAY, Verdict.WATCHED, reason="Gjordes på papper.")
    almanac.read(MONDAY, "08.00", "failed", error_kind="auth_expired")


def a_week(almanac: Almanac) -> WatchReport:
    """Made on Monday at 10.00."""
    happens(almanac)
    return made(almanac, THURSDAY, MONDAY, MONDAY)
