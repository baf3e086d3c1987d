"""A deputy's day: the colleague is away, the channels are the deputy's, and a link in a mail is enough to answer."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from monitor.alerts.tasks import ATTEST, FINISH, HANDLE
from monitor.register.absences import add_absence
from monitor.register.links import Link, sealed
from monitor.register.models import Person
from tests.monitor.inbox.desk import CHANNEL
from tests.web.days.town import FRIDAY, MONDAY
from tests.web.days.walking import Walk, WalkTown, walking, ways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("language", "script"), ways(("sv", False), ("en", True)))
def test_a_deputys_day(town: WalkTown, browser: Browser, language: str, script: bool) -> None:
    with town.db.transaction() as session:
        away, now = session.get_one(Person, "redaktor"), datetime.now(UTC)
        add_absence(session, away, MONDAY, MONDAY + timedelta(days=9), "redaktor", now)
    with walking(town, browser, "deputy", language, script=script) as walk:
        _handles_by_link(walk)
        walk.comes_in("ersattare")
        walk.go("/")
        walk.sees("Waiting for me")
        walk.stop("today")
        walk.follow(walk.page.locator("#found a, .items h3 a").first)
        walk.page.get_by_role("heading", level=1).wait_for()
        walk.stop("a comment")
        walk.page.locator("#text").fill("Anmälan öppnar i morgon kl. 8.")
        walk.press("Send the answer")
        walk.stop("answered")
        walk.go("/people/me")
        walk.stop("my absences")


def _handles_by_link(walk: Walk) -> None:
    """Without signing in."""
    ids = walk.town.ids
    walk.go(_link(HANDLE, f"{CHANNEL}/{ids['leak']}/acknowledge"))
    walk.stop("a link, a comment")
    walk.follow(walk.page.locator("main form button").first)
    walk.page.get_by_role("status").first.wait_for()
    walk.stop("a link, acknowledged")
    walk.go(_link(HANDLE, f"{CHANNEL}/{ids['thanks']}/close"))
    walk.stop("a link, to close")
    walk.page.locator("main form input[type=radio]").first.check()
    walk.follow(walk.page.locator("main form button[value=close]"))
    walk.page.get_by_role("status").first.wait_for()
    walk.stop("a link, closed")
    walk.go(_link(HANDLE, f"{CHANNEL}/{ids['bath']}/confirm"))
    walk.stop("a link, perhaps answered")
    walk.go(_link(ATTEST, f"grupp/{MONDAY}"))
    walk.stop("a link, to attest")
    walk.page.locator("#count").fill("tre")
    walk.follow(walk.page.locator("main form button"))
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("a link, a fault")
    walk.page.locator("#count").fill("3")
    walk.follow(walk.page.locator("main form button"))
    walk.page.get_by_role("status").first.wait_for()
    walk.stop("a link, attested")
    walk.go(_link(FINISH, f"{CHANNEL}/{FRIDAY}"))
    walk.stop("a link, to finish a day")
    walk.go("/task/nonsense")
    walk.stop("a link, broken")


def _link(purpose: str, subject: str) -> str:
    return f"/task/{sealed(Link(purpose, 'ersattare', subject), datetime.now(UTC) + timedelta(days=2))}"
