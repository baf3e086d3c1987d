"""A moderator's day in a browser: from signing in to signing out, every page looked at on the way."""

import pytest
from playwright.sync_api import Browser

from tests.web.days.walking import Walk, WalkTown, walking, ways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("language", "script"), ways(("sv", True), ("en", False)))
def test_a_moderators_day(town: WalkTown, browser: Browser, language: str, script: bool) -> None:
    with walking(town, browser, "moderator", language, script=script) as walk:
        walk.signs_in("redaktor")
        _looks_around(walk)
        _answers(walk)
        _handles(walk)
        _takes_away(walk)
        _meets_hard_comments(walk)
        _ends_the_day(walk)


def _looks_around(walk: Walk) -> None:
    walk.stop("today")
    walk.unfold("More")
    walk.stop("the menu")
    walk.press("Inbox")
    walk.stop("inbox")
    walk.field("Search in comments and posts").fill("läcka")
    walk.follow(walk.button("Show"))
    walk.page.get_by_text("vattenläckan").first.wait_for()
    walk.stop("inbox, searched")
    for path, name in (
        ("q=finnsinte", "inbox, nothing found"),
        ("since=2026-11-16&until=2026-11-13", "inbox, a fault"),
    ):
        walk.go(f"/inbox?{path}")
        walk.stop(name)
    if walk.script:
        walk.go("/inbox")
        walk.page.keyboard.press("j")
        walk.page.keyboard.press("j")
        walk.stop("inbox, by keyboard")
        walk.page.keyboard.press("r")
        walk.page.wait_for_url("**/comment/*#text")
        walk.page.locator("#text:focus").wait_for()
        walk.page.go_back()
        walk.page.keyboard.press("j")
        walk.page.keyboard.press("e")
        walk.page.wait_for_url("**/comment/*#close")
        walk.page.locator("#close button").wait_for()
        walk.stop("closing, by keyboard")


def _answers(walk: Walk) -> None:
    walk.go(f"/comment/{walk.town.ids['leak']}")
    walk.stop("a comment")
    walk.press("I am on this")
    walk.stop("claimed")
    walk.press("Send the answer")
    walk.stop("nothing written")
    walk.unfold("Begin with a template")
    walk.field("Template").select_option(label="Vattenavstängning")
    walk.press("Use the template")
    walk.stop("a template")
    walk.press("Preview")
    walk.stop("preview")
    walk.press("Send the answer")
    walk.sees("Your answer is being sent.")
    walk.stop("on its way")
    walk.town.work()
    walk.page.reload()
    walk.sees("Your answer is sent.")
    walk.stop("sent")
    walk.press("Undo")
    walk.town.work()
    walk.page.reload()
    walk.stop("taken back")


def _handles(walk: Walk) -> None:
    walk.go(f"/comment/{walk.town.ids['thanks']}")
    walk.unfold("Close without a reply")
    walk.stop("closing")
    walk.page.locator("#close input[type=radio]").first.check()
    walk.follow(walk.page.locator("#close button"))
    walk.stop("closed")
    here = f"/comment/{walk.town.ids['snow']}"
    walk.go(here)
    walk.unfold("Put off")
    walk.follow(walk.page.locator("#snooze button"))
    walk.page.get_by_role("alert").first.wait_for()
    walk.stop("put off until nothing")
    walk.go(here)
    walk.press("Acknowledge")
    walk.stop("acknowledged")
    walk.go(here)
    walk.unfold("Write an internal note")
    walk.page.locator("#note").fill("Jag har ringt gatukontoret. 📞 " + "De återkommer. " * 30)
    walk.press("Save the note")
    walk.stop("a note")
    walk.go(f"{here}/assign")
    walk.stop("whose turn")
    walk.page.locator("#to").select_option("ersattare")
    walk.press("Save")
    walk.go(f"{here}/forward")
    walk.stop("asking a unit")
    walk.field("Unit").select_option("barn")
    walk.page.locator("#note").fill("Vem plogar skolvägen?")
    walk.press("Ask the unit")
    walk.stop("a unit was asked")
    walk.go(f"/comment/{walk.town.ids['bath']}")
    walk.stop("probably answered")
    walk.press("Yes, it is answered")
    walk.stop("confirmed")


def _takes_away(walk: Walk) -> None:
    walk.go(f"/comment/{walk.town.ids['insult']}")
    walk.press("Breaks the rules: save a copy and remove")
    walk.stop("taking away")
    walk.page.locator("#rule").select_option("insult")
    walk.unfold("What you know already (can wait)")
    walk.page.locator("#police_answer-yes").check()
    walk.press("Save a copy and hide it")
    walk.stop("taking away, a fault")
    walk.page.locator("#told_answer-yes").check()
    walk.page.locator("#told_note").fill("I ett svar i tråden")
    walk.page.locator("#police_answer-no").check()
    walk.page.locator("#police_note").fill("Inte brottsligt")
    walk.press("Save a copy and hide it")
    walk.stop("a case")
    walk.town.work()
    walk.go("/removals")
    walk.stop("cases")
    walk.go("/removals/1")
    walk.page.locator("#registered-answer-yes").check()
    walk.page.locator("#registered-number").fill("KS 2026/114")
    walk.follow(walk.button("Save"))
    walk.sees("The case is complete.")
    walk.stop("a case, complete")
    walk.go("/removals")
    walk.stop("no cases")


def _meets_hard_comments(walk: Walk) -> None:
    for name in ("essay", "arabic", "nasty", "late", "flagged", "held"):
        walk.go(f"/comment/{walk.town.ids[name]}")
        walk.stop(f"a comment, {name}")


def _ends_the_day(walk: Walk) -> None:
    walk.go("/")
    walk.follow(walk.page.locator("form[action^='/watch/grupp'] button"))
    walk.sees("Signed in:")
    walk.stop("attested")
    walk.press("Sign out")
    walk.stop("signed out")
