"""A manager's day in a browser: a decision is renewed on a telephone, another one is made, and the figures are read."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from monitor.register.models import Decision
from tests.web.days.walking import Walk, WalkTown, walking, ways

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "script"), ways(("sv", False), ("en", True)))
def test_a_managers_day(town: WalkTown, browser: Browser, language: str, script: bool) -> None:
    with walking(town, browser, "manager", language, script=script) as walk:
        walk.comes_in("chef")
        walk.go("/")
        walk.sees("Decisions that wait for me")
        walk.stop("today")
        _renews(walk)
        _reads(walk)
    with town.db.snapshot() as session:
        made = select(Decision).where(Decision.channel_id == "fb").order_by(Decision.version)
        assert [each.version for each in session.scalars(made)] == [1, 2]


def _renews(walk: Walk) -> None:
    walk.follow(walk.page.locator("main a[href='/channels/fb/decision']"))
    walk.field("Purpose").wait_for()
    walk.stop("renewing")
    walk.field("Purpose").fill("")
    walk.press("Look at the decision")
    walk.page.get_by_role("alert").wait_for()
    walk.stop("renewing, faults")
    walk.field("Purpose").fill("Dialog med invånare och företag 🌻\n\nمرحبا")
    walk.field("Valid until").fill("2027-06-30")
    walk.press("Look at the decision")
    walk.stop("looking at it")
    walk.press("Decide")
    walk.sees("You have decided. The decision is sent to the communicator, who confirms that it has arrived.")
    walk.stop("decided")


def _reads(walk: Walk) -> None:
    for path, name in (
        ("/decisions", "decisions"),
        ("/channels", "channels"),
        ("/channels/fb", "a channel"),
        ("/people", "people"),
        ("/people/me", "my absences"),
        ("/watch", "the watch"),
        ("/watch/grupp/2026-11-13", "a day that nobody watched"),
        ("/reports", "reports"),
        ("/reports?from=2026-12-31&to=2026-11-01", "reports, a fault"),
        ("/repairs", "repairs"),
    ):
        walk.go(path)
        walk.stop(name)
