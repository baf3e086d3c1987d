"""A whole live crisis on a phone, in the small hours: one person without scripts writes and sends, another one approves
in another language, and what was wrong is taken back by one press."""

import pytest
from playwright.sync_api import Browser

from connectors.emulator.effects import Effect
from tests.monitor.watch.conftest import until
from tests.web.days.walking import Walk, WalkTown, walking

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ADDRESS = "/crisis/1/messages/1"


def test_a_crisis_on_a_phone(town: WalkTown, browser: Browser) -> None:
    with walking(town, browser, "crisis", "sv", script=False) as writer:
        writer.comes_in("kommunikator")
        _begins(writer)
        _writes(writer)
        with walking(town, browser, "crisis, approving", "en") as approver:
            approver.comes_in("chef")
            _approves(approver)
            _sends(writer)
            approver.go(ADDRESS)  # and does not load it again
            approver.sees("Published and seen there")
        _takes_back(writer)
        _ends(writer)


def _begins(walk: Walk) -> None:
    walk.go("/")
    walk.press("Crisis")
    walk.stop("no incident")
    walk.page.locator("#title").fill("Strömavbrott i Tibro")
    walk.page.locator("#mode-actual").check()
    walk.page.locator("#sure").fill("övning")
    walk.press("Begin the incident")
    walk.sees("Not saved yet. Correct this first:")
    walk.page.locator("#sure").fill("skarpt")
    walk.press("Begin the incident")
    walk.page.locator(".crisis-band.live").wait_for()
    walk.stop("begun")


def _writes(walk: Walk) -> None:
    walk.unfold("Begin with a template")
    walk.page.locator("#template").select_option("power.sv")
    walk.press("Use it")
    walk.stop("a template")
    walk.press("Save and ask for approval")
    walk.page.locator("#headline-fault").wait_for()  # nothing has been filled in
    walk.stop("what is missing")
    for id_ in ("headline", "happened", "meaning", "doing", "to_do", "learn_more"):
        field = walk.page.locator(f"#{id_}")
        field.fill(field.input_value().replace("[", "").replace("]", ""))
    walk.press("Save and ask for approval")
    walk.sees("Waits for approval")
    walk.stop("waits")


def _approves(walk: Walk) -> None:
    walk.go("/crisis")
    walk.page.get_by_role("link", name="Strömavbrott i Tibro").click()
    walk.page.get_by_role("link", name="Strömavbrott i område").click()
    walk.sees("Read what goes out below. Then:")
    walk.stop("to be approved")
    walk.press("Approve, let somebody else send it")
    walk.page.get_by_text("Approved", exact=True).first.wait_for()


def _sends(walk: Walk) -> None:
    walk.go(ADDRESS)
    walk.stop("ready")
    walk.page.locator("#sure").fill("SKARPT")
    with walk.page.expect_navigation():
        walk.page.get_by_role("button", name="Skicka SKARPT").click()
    walk.sees("Where it has come")
    walk.stop("sent")


def _takes_back(walk: Walk) -> None:
    until(lambda: len(published(walk)) == 1)
    walk.press("Correct it now")
    walk.page.wait_for_url("**/messages/2")
    walk.sees("Where it has come")
    walk.stop("corrected")
    until(lambda: len(published(walk)) == 2)
    assert [each.target for each in published(walk)] == [walk.town.desk.stage.account.id] * 2


def published(walk: Walk) -> list[Effect]:
    """What came out on the emulated page: the message and its correction, once each."""
    return [each for each in walk.town.desk.effects if each.kind == "publish"]


def _ends(walk: Walk) -> None:
    walk.go("/crisis/1")
    walk.unfold("Close the incident")
    walk.page.locator("#why").fill("Strömmen är tillbaka.")
    walk.press("Close the incident")
    walk.sees("Closed")
    walk.stop("closed")


def test_an_exercise_looks_and_reads_otherwise_and_counts_while_one_writes(town: WalkTown, browser: Browser) -> None:
    with walking(town, browser, "exercise", "en") as walk:
        walk.comes_in("kommunikator")
        walk.go("/crisis")
        walk.page.locator("#title").fill("Öva strömavbrott")
        walk.page.locator("#mode-exercise").check()
        walk.page.locator("#sure").fill("exercise")
        walk.press("Begin the incident")
        walk.page.locator(".crisis-band.exercise").wait_for()
        walk.press("Write a new message")
        walk.page.locator("#headline").fill("Strömmen är borta")
        walk.page.get_by_text("17 / 100", exact=True).wait_for()
        walk.stop("an exercise")
        walk.press("Save")
        walk.page.get_by_text("ÖVNING: Strömmen är borta").first.wait_for()
