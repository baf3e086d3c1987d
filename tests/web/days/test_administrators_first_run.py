"""The first run: the register is imported, and one link leads an administrator to everybody else's way in."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Browser

from config.settings import settings
from monitor.access import one_time
from monitor.cli.logins import say_how_to_begin
from monitor.cli.setup import opened_database
from tests.monitor.cli.conftest import imported, kanalvakt
from tests.monitor.days.almanac import at
from tests.web.conftest import serve
from tests.web.days.town import MONDAY
from tests.web.days.walking import Walk, walking, ways
from tests.web.login.house import NEW

__all__ = ["imported", "kanalvakt"]
pytestmark = pytest.mark.browser


@dataclass
class EmptyHouse:
    """A served installation in which nobody has an account yet."""

    url: str
    faults: list[str] = field(default_factory=list)

    def hears(self, kind: str, said: str) -> None:
        if kind in {"error", "warning"} and "status of 4" not in said:
            self.faults.append(said)


@pytest.fixture
def house(imported: None) -> Iterator[EmptyHouse]:
    logging.getLogger().handlers.clear()  # the command's, which write where capsys no longer listens; put back later
    with time_machine.travel(at(MONDAY, "10.00")):
        for url in serve(opened_database(), settings()):
            yield EmptyHouse(url)


@pytest.mark.parametrize(("language", "script"), ways(("sv", True), ("en", False)))
def test_an_administrators_first_run(
    house: EmptyHouse, browser: Browser, capsys: pytest.CaptureFixture[str], language: str, script: bool
) -> None:
    say_how_to_begin(house.url)
    link = capsys.readouterr().out.split()[-1]
    with walking(house, browser, "administrator", language, script=script) as walk:  # type: ignore[arg-type]
        _chooses_a_password(walk, link.removeprefix(house.url))
        _sets_up_the_app(walk)
        codes = _prints_codes(walk)
        _invites(walk)
        _sees_the_register(walk)
        _comes_back_by_a_code(walk, codes)


def _chooses_a_password(walk: Walk, link: str) -> None:
    walk.go("/accessibility")
    walk.stop("accessibility, nobody signed in")
    walk.go(link)
    walk.stop("a password")
    _writes(walk, NEW, "something else")
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("a password, a fault")
    _writes(walk, NEW, NEW)
    walk.page.locator("#secret").wait_for()


def _writes(walk: Walk, password: str, again: str) -> None:
    walk.page.locator("#password").fill(password)
    walk.page.locator("#again").fill(again)
    walk.follow(walk.page.locator("main button[type=submit]").first)


def _sets_up_the_app(walk: Walk) -> None:
    walk.stop("the app")
    walk.page.locator("#code").fill("123")
    walk.follow(walk.page.locator("main button[type=submit]").first)
    walk.page.locator("#code-fault").wait_for()
    walk.stop("the app, a fault")
    secret = "".join(walk.page.locator("#secret").inner_text().split())
    now = int(datetime.now(UTC).timestamp())
    walk.page.locator("#code").fill(one_time.code_at(secret, now // one_time.SECONDS))
    walk.press("Save and go on")
    walk.page.wait_for_url(walk.town.url + "/")
    walk.stop("inside")
    walk.go("/setup/used")
    walk.stop("a link that was used")


def _prints_codes(walk: Walk) -> list[str]:
    walk.go("/accounts")
    walk.stop("accounts")
    walk.follow(walk.page.locator("form[action='/accounts/kommunikator/codes'] button"))
    walk.page.locator("main ol code").first.wait_for()
    walk.stop("emergency codes")
    return walk.page.locator("main ol code").all_inner_texts()


def _invites(walk: Walk) -> None:
    walk.go("/accounts")
    walk.follow(walk.page.locator("form[action='/accounts/redaktor/invite'] button"))
    walk.page.locator("main code").first.wait_for()
    assert f"{walk.town.url}/setup/" in walk.page.locator("main code").first.inner_text()
    walk.stop("an invitation")


def _sees_the_register(walk: Walk) -> None:
    for path in ("people", "channels", "decisions", "settings", "account", "audit"):
        walk.go(f"/{path}")
        walk.stop(path)
    walk.go("/settings")
    walk.press("Add the word")
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("settings, a fault")
    walk.page.locator("#word").fill("brunt vatten")
    walk.press("Add the word")
    walk.page.get_by_role("status").first.wait_for()
    walk.stop("settings, a word more")
    walk.page.locator("#rules ~ .folds summary").first.click()
    walk.page.locator("main .rules li").first.wait_for()
    walk.go("/people/redaktor/ways")
    walk.stop("how somebody is reached")
    _offers_a_template(walk)
    _names_another_system(walk)
    walk.go("/repairs")
    walk.stop("repairs")


def _offers_a_template(walk: Walk) -> None:
    walk.go("/settings/templates")
    walk.stop("templates, none")
    walk.press("Add the template")
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("templates, a fault")
    walk.page.locator("#name").fill("Tack")
    walk.page.locator("#text").fill("Tack för att du hör av dig till {organisation}! 🙏\n\nشكرا")
    walk.press("Add the template")
    walk.page.get_by_role("status").first.wait_for()
    walk.stop("templates")


def _names_another_system(walk: Walk) -> None:
    walk.go("/settings/webhooks")
    walk.press("Add the system")
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("other systems, a fault")


def _comes_back_by_a_code(walk: Walk, codes: list[str]) -> None:
    walk.press("Sign out")
    walk.go("/login/code")
    walk.page.locator("#code").fill("nonsense")
    walk.follow(walk.page.locator("main button[type=submit]"))
    walk.page.locator("#code-fault").wait_for()
    walk.stop("emergency login, a fault")
    walk.page.locator("#code").fill(codes[0])
    walk.follow(walk.page.locator("main button[type=submit]"))
    walk.page.wait_for_url(walk.town.url + "/")
    walk.go("/account")
    walk.stop("one code less")
