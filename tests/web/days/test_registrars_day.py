"""The days of those who keep the records: communicator, registrar and auditor, on every page of theirs."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from monitor.inbox.day_keeping import keep_days
from tests.web.days.walking import Walk, WalkTown, walking, ways

pytestmark = pytest.mark.browser
REGISTRAR = (
    ("/", "today"),
    ("/inbox", "inbox"),
    ("/watch", "the watch"),
    ("/watch/2026-11", "a month"),
    ("/watch/2026-10", "a month before the watch"),
    ("/channels/yt", "a channel"),
    ("/decisions/1", "a decision"),
    ("/people/lang", "a person with a long name"),
    ("/hub", "missing on the web"),
    ("/crisis", "crises"),
    ("/reports", "reports"),
    ("/reports?from=2026-01-01&to=2026-01-31", "reports, nothing"),
    ("/account", "my login"),
    ("/accessibility", "accessibility"),
)
AUDITOR = (
    ("/audit", "the log"),
    ("/audit?kind=channel&subject=nothing", "the log, nothing found"),
    ("/audit?first=2026-11-16&last=2026-11-12", "the log, a fault"),
    ("/audit/verification", "is the log whole"),
    ("/audit/verification?noted=x", "is the log whole, a fault"),
    ("/inbox", "not allowed"),
    ("/no-such-page", "no such page"),
)


def _goes_through(walk: Walk, pages: tuple[tuple[str, str], ...]) -> None:
    for path, name in pages:
        keep_days(walk.town.db, datetime.now(UTC))  # as the worker does
        walk.go(path)
        walk.stop(name)


@pytest.mark.parametrize(("language", "script"), ways(("sv", True), ("en", False)))
def test_a_registrars_day(town: WalkTown, browser: Browser, language: str, script: bool) -> None:
    number = town.ids["insult"]
    town.town.person("revisor", name="Rev Revisor", roles=["auditor"])
    with walking(town, browser, "communicator", language, script=script) as walk:
        walk.comes_in("kommunikator")
        walk.go(f"/comment/{number}/remove")
        walk.stop("taking away")
        walk.page.locator("main input[name=how]").first.check()
        walk.page.locator("#rule").select_option(index=1)
        walk.follow(walk.page.locator("main form button").last)
        walk.page.wait_for_url("**/removals/1")
        walk.stop("a case")
        _goes_through(walk, (("/repairs", "repairs"), ("/removals", "what was taken away")))
    with walking(town, browser, "registrar", language, script=script) as walk:
        walk.comes_in("registrator")
        _goes_through(walk, REGISTRAR[:-2])
        walk.go("/removals/1")
        walk.stop("a case")
        _goes_through(walk, REGISTRAR[-2:])
    with walking(town, browser, "auditor", language, script=script) as walk:
        walk.comes_in("revisor")
        _goes_through(walk, AUDITOR)
        walk.go("/audit/verification")
        assert walk.page.locator(".ds-alert[data-color=danger]").count() == 0, "the sample world's log is not whole"
