"""Going through a person's day in a real browser, and looking at every page on the way.

A walk goes from stop to stop. At each stop axe has nothing to object to, nothing is wider than the window, and buttons
are large enough for a thumb. With SCREENSHOTS (a folder) set, each stop is looked at in every look (in four with
LOOKS=quick, and where no script runs), and a picture of each is kept there; axe looks at four of them, each size and
each scheme. Without it in one look a stop, another one at the next, and by axe in one of the two languages: the suite
has to stay quick.

    with walking(town, browser, "moderator", "sv") as walk:
        walk.signs_in("redaktor")
        walk.stop("today")
        walk.press("Show")
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from config.language import _, use_language
from monitor.web.visiting import COOKIE
from tests.web.days.town import WalkTown
from tests.web.login.house import PASSWORD, digits

THUMB = 44
"""Pixels: no button is lower."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown. zoom: of the words alone, as whoever sees badly sets it in the browser."""

    scheme: str
    size: str
    width: int
    height: int = 900
    zoom: str = ""

    @property
    def name(self) -> str:
        return f"{self.size}-{self.scheme}"


SIZES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("360", {"width": 360, "height": 740}),
    ("1280", {"width": 1280}),
    ("zoom-200", {"width": 640, "height": 450}),  # a window of 1280 by 900 in which everything is twice as large
    ("text-200", {"width": 1280, "zoom": "200%"}),
)
LOOKS = tuple(Look(scheme, size, **how) for (size, how), scheme in product(SIZES, ("light", "dark")))
QUICK = (LOOKS[0], LOOKS[2], LOOKS[5], LOOKS[7])
"""Each size and each scheme: those that are taken in turn where no pictures are asked for."""


def pictures() -> Path | None:
    """The folder to keep pictures in."""
    named = os.environ.get("SCREENSHOTS")
    return Path(named) if named else None


def ways(*quick: tuple[str, bool]) -> tuple[tuple[str, bool], ...]:
    """Languages, each with a browser that runs scripts or does not: all of them for pictures, else those."""
    return tuple(product(("sv", "en"), (True, False))) if pictures() else quick


@dataclass
class Walk:
    """One person's way through the pages on one device. language: sv or en. script: does the browser run any?"""

    town: WalkTown
    context: BrowserContext
    name: str
    language: str
    script: bool
    page: Page = field(init=False)
    window: Page | None = None
    stops: int = 0

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.looks(QUICK[0])

    # ---- the ways to go on

    def go(self, path: str) -> None:
        self.page.goto(self.town.url + path)

    def word(self, sentence: str, **values: object) -> str:
        """What the page says for that English sentence."""
        with use_language("sv"):
            assert _(sentence) != sentence, f"nothing is called so: {sentence}"
        with use_language(self.language):
            return _(sentence, **values)

    def button(self, sentence: str, **values: object) -> Locator:
        return self.page.get_by_role("button", name=self.word(sentence, **values), exact=True).first

    def link(self, sentence: str, **values: object) -> Locator:
        return self.page.get_by_role("link", name=self.word(sentence, **values), exact=True).first

    def field(self, sentence: str, **values: object) -> Locator:
        return self.page.get_by_label(self.word(sentence, **values), exact=True).first

    def press(self, sentence: str, **values: object) -> None:
        """A button or a link, and the page that it leads to."""
        named = self.word(sentence, **values)
        role = self.page.get_by_role
        self.follow(role("button", name=named, exact=True).or_(role("link", name=named, exact=True)).first)

    def follow(self, found: Locator) -> None:
        """Presses it, and waits for the page that it leads to: a click alone may return before there is one."""
        with self.page.expect_navigation():
            found.click()

    def unfold(self, sentence: str, **values: object) -> None:
        """What stands behind a summary."""
        self.page.locator("summary", has_text=re.compile(f"^{re.escape(self.word(sentence, **values))}$")).first.click()

    def sees(self, sentence: str, **values: object) -> None:
        """Waits until the page says it, as a part of what it says."""
        self.page.get_by_text(self.word(sentence, **values)).first.wait_for()

    def comes_in(self, person_id: str) -> None:
        """Is signed in already."""
        self.context.add_cookies([{"name": COOKIE, "value": self.town.word(person_id), "url": self.town.url}])

    def signs_in(self, person_id: str) -> None:
        """By name, password and the code of an app, each page looked at."""
        self.town.account(person_id)
        self.go("/")
        self.stop("sign in")
        self.page.locator("#name").fill(person_id)
        self.page.locator("#password").fill(PASSWORD)
        self.follow(self.page.locator("main button[type=submit]").first)
        self.stop("second step")
        self.page.locator("input[inputmode=numeric], #code").first.fill(digits())
        self.follow(self.page.locator("main button[type=submit]").first)

    # ---- what is looked at

    def looks(self, look: Look) -> None:
        """Shows the page in another way, without loading it again."""
        self.page.set_viewport_size({"width": look.width, "height": look.height})
        self.page.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]
        self.page.evaluate("zoom => { document.documentElement.style.fontSize = zoom }", look.zoom)

    def stop(self, name: str) -> None:
        """Looks at the page as it stands."""
        self.stops += 1
        assert self.page.evaluate(BARE) == [], "bare pages: `make assets` (a link to the folder is not served)"
        folder = pictures()
        every = QUICK if os.environ.get("LOOKS") == "quick" or not self.script else LOOKS
        wanted = every if folder else (QUICK[(self.stops + (self.language == "en")) % len(QUICK)],)
        for look in wanted:
            self.looks(look)
            if folder:
                self._picture(folder, name, look)
            where = f"{self.name}, {name}, {self.language}, {look.name}"
            self._measure(where)
            if look in QUICK if folder else crc32(name.encode()) % 2 == (self.language == "en"):
                found = self._axe(look)
                assert found.violations_count == 0, f"{where}: {found.generate_report()}"
        self.looks(QUICK[0])

    def _picture(self, folder: Path, name: str, look: Look) -> None:
        kept = folder / self.name / f"{self.stops:02} {name}"
        kept.mkdir(parents=True, exist_ok=True)
        ending = "" if self.script else "-no-script"
        self.page.screenshot(path=kept / f"{self.language}-{look.name}{ending}.png", full_page=True)

    def _measure(self, where: str) -> None:
        wide = self.page.evaluate(WIDER)
        assert not wide, f"{where}: wider than the window: {wide}"
        low = self.page.evaluate(LOWER, THUMB)
        assert not low, f"{where}: lower than a thumb: {low}"

    def _axe(self, look: Look) -> Any:
        """axe needs a script: where there is none, the same page is looked at in a window that has one."""
        if self.script:
            return Axe().run(self.page)
        if self.window is None:
            assert self.context.browser
            self.window = self.context.browser.new_page(base_url=self.town.url)
            self.window.route("**/*.js*", lambda route: route.abort())
        window, html = self.window, self.page.content()
        window.set_viewport_size({"width": look.width, "height": look.height})
        window.route("**/looked-at", lambda route: route.fulfill(body=html, content_type="text/html"), times=1)
        window.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]
        window.goto("/looked-at")
        return Axe().run(window)


BARE = """() => [...document.querySelectorAll("link[rel=stylesheet]")]
  .filter(each => !each.sheet?.cssRules.length).map(each => each.href)"""
WIDER = """() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return ""
  const all = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > room + 1)
  const which = all.slice(-3).map(each => each.outerHTML.slice(0, 200)).join(" | ")
  return document.documentElement.scrollWidth + " > " + room + ": " + which
}"""
LOWER = """least => [...document.querySelectorAll("main button:not([aria-hidden]), main a.ds-button")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < least)
  .map(each => each.getBoundingClientRect().height + ": " + each.outerHTML.slice(0, 200))
  .join(" | ")"""


@contextmanager
def walking(
    town: WalkTown, browser: Browser, name: str, language: str = "sv", *, script: bool = True
) -> Iterator[Walk]:
    """name: of the folder of its pictures."""
    context = browser.new_context(java_script_enabled=script, locale="sv-SE" if language == "sv" else "en-GB")
    context.set_default_timeout(60_000 if pictures() else 30_000)  # machines are busy
    context.add_cookies([{"name": "language", "value": language, "url": town.url}])
    if script:
        context.on("weberror", lambda error: town.faults.append(str(error.error)))
        context.on("console", lambda said: town.hears(said.type, said.text))
    walk = Walk(town, context, name, language, script)
    yield walk
    context.close()
    if walk.window is not None:
        walk.window.close()
    assert town.faults == [], town.faults


__all__ = ["LOOKS", "Look", "Walk", "WalkTown", "walking", "ways"]
