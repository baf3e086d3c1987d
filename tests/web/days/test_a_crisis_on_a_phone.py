"""A whole live crisis on a phone, in the small hours: one person without scripts writes and sends, another one approves
in another language, and what was wrong is taken back by one press. And an exercise, which looks otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from connectors.emulator.effects import Effect
from monitor.emergency.models import OutsideWarning, Readiness
from monitor.emergency.readiness_rules import Facts, Seen, judge
from tests.waiting import eventually
from tests.web.conftest import LONG_WORD
from tests.web.days.town import ARABIC, WalkTown
from tests.web.days.walking import Walk, walking, ways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
INCIDENT = "/crisis/1"
ADDRESS = f"{INCIDENT}/messages/1"
WRITTEN = (
    "Mormor behöver hjälp, trygghetslarmet är dött! 🆘",
    "Jag hörde att vattnet är förgiftat",
    "Gatlyktorna är släckta på hela Fredsgatan " + LONG_WORD,
    ARABIC,
    *("När kommer strömmen tillbaka?", "när är strömmen tillbaka??", "Strömmen tillbaka när?"),
    *("Är strömmen tillbaka, när?", "NÄR kommer strömmen TILLBAKA"),
)


@pytest.mark.parametrize(("language", "script"), ways(("sv", False)))
def test_a_crisis_on_a_phone(prepared: WalkTown, browser: Browser, language: str, script: bool) -> None:
    with walking(prepared, browser, "crisis", language, script=script) as writer:
        _is_warned(prepared)
        writer.comes_in("kommunikator")
        _looks_at_what_is_prepared(writer)
        _begins(writer)
        _writes(writer)
        with walking(prepared, browser, "crisis, approving", "sv" if language == "en" else "en") as approver:
            approver.comes_in("chef")
            _approves(approver)
            _sends(writer)
            approver.go(ADDRESS)  # and does not load it again
            approver.sees("Published and seen there")
        _hears_residents(writer)
        _is_read(writer)
        _takes_back(writer)
        _ends(writer)


def _looks_at_what_is_prepared(walk: Walk) -> None:
    for path, name in (
        ("warnings", "warnings"),
        ("readiness", "readiness"),
        ("vma", "should the public be warned"),
        ("kit", "on paper"),
    ):
        walk.go(f"/crisis/{path}")
        walk.stop(name)
    walk.go("/crisis/warnings")
    walk.follow(walk.page.locator("form[action='/crisis/warnings/1'] button").first)
    walk.page.wait_for_load_state()


def _is_warned(town: WalkTown) -> None:
    now = datetime.now(UTC)
    with town.db.transaction() as session:
        facts = Facts((), ("Karin Chef",), None, Seen.OURS, True, None)
        session.add(Readiness(at=now, ok=False, findings={"checks": [one.as_json() for one in judge(facts, now)]}))
        told = {"source": "vma", "status": "Actual", "kind": "Alert", "ours": True, "expires": now + timedelta(hours=1)}
        ids = {"identifier": "SR1", "thread": "t1", "text": "Giftig rök i Tibro. Gå inomhus och stäng fönster."}
        session.add(OutsideWarning(sent=now, seen_at=now, **told, **ids))  # type: ignore[arg-type]


def _begins(walk: Walk) -> None:
    walk.go("/")
    walk.press("Crisis")
    walk.stop("no incident")
    walk.page.locator("#title").fill("Strömavbrott i Tibro")
    walk.page.locator("#mode-actual").check()
    walk.page.locator("#sure").fill(walk.word("EXERCISE"))
    walk.press("Begin the incident")
    walk.sees("Not saved yet. Correct this first:")
    walk.stop("the wrong word")
    walk.page.locator("#sure").fill(walk.word("LIVE").lower())
    walk.press("Begin the incident")
    walk.page.locator(".crisis-band.live").wait_for()
    walk.stop("begun")


def _writes(walk: Walk) -> None:
    walk.unfold("Begin with a template")
    walk.page.locator("#template").select_option(f"power.{walk.language}")
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
    walk.follow(walk.page.get_by_role("link", name="Strömavbrott i Tibro"))
    walk.follow(walk.page.locator(f"a[href='{ADDRESS}']"))
    walk.sees("Read what goes out below. Then:")
    walk.stop("to be approved")
    walk.press("Approve, let somebody else send it")
    walk.page.get_by_text(walk.word("Approved"), exact=True).first.wait_for()


def _sends(walk: Walk) -> None:
    walk.go(ADDRESS)
    walk.stop("ready")
    walk.page.locator("#sure").fill(walk.word("LIVE"))
    walk.follow(walk.page.locator("form:has(input[value=send]) button"))
    walk.sees("Where it has come")
    walk.stop("sent")


def _hears_residents(walk: Walk) -> None:
    """The board, empty and full; a topic, its answer, and what is written down meanwhile."""
    walk.go(f"{INCIDENT}/board")
    walk.stop("the board, empty")
    for number, text in enumerate(WRITTEN):
        own = {"channel_id": "fb", "author_id": f"b{number}", "author_name": f"Bo {number}"}
        walk.town.town.comment(f"n{number}", datetime.now(UTC), text, **own)
    walk.go(f"{INCIDENT}/board")
    walk.stop("the board")
    walk.page.locator("#title-1").fill("När strömmen är tillbaka")
    walk.follow(walk.page.locator("form:has(#title-1) button"))
    walk.page.locator("#answer-1").fill("Vi räknar med klockan 14. Läs mer på tibro.se.")
    walk.follow(walk.page.locator("form:has(#answer-1) button[value=show]"))
    walk.page.locator("form:has(#answer-1) button[value=hide]").wait_for()
    walk.stop("a topic")
    walk.go(f"{INCIDENT}/log")
    walk.page.locator("#text").fill("Räddningstjänsten är på plats.\nVi träffas igen klockan 13. 📞")
    walk.follow(walk.page.locator("form:has(#text) button"))
    walk.page.get_by_text("Räddningstjänsten är på plats.").first.wait_for()
    walk.stop("the log")
    walk.go(f"{INCIDENT}/handover")
    walk.stop("handing over")
    walk.go(INCIDENT)
    walk.stop("the incident")
    walk.go("/")
    walk.sees("A crisis is going on: {title}. Answers are due within an hour.", title="Strömavbrott i Tibro")
    walk.stop("today in a crisis")
    walk.press("To the incident")


def _is_read(walk: Walk) -> None:
    """What residents see."""
    for path, name in (("", "crisis page"), ("/en", "crisis page in English")):
        walk.go(f"/krisinformation{path}")
        walk.stop(name)
    walk.go("/krisinformation")
    walk.follow(walk.page.locator("article a, section a, main p a").first)
    walk.stop("one message")


def _takes_back(walk: Walk) -> None:
    walk.go(ADDRESS)
    eventually(lambda: len(published(walk)) == 1)
    walk.press("Correct it now")
    walk.page.wait_for_url("**/messages/2")
    walk.sees("Where it has come")
    walk.stop("corrected")
    eventually(lambda: len(published(walk)) == 2)
    assert [each.target for each in published(walk)] == [walk.town.desk.stage.account.id] * 2


def published(walk: Walk) -> list[Effect]:
    """What came out on the emulated page: the message and its correction, once each."""
    return [each for each in walk.town.desk.effects if each.kind == "publish"]


def _ends(walk: Walk) -> None:
    walk.go(INCIDENT)
    walk.unfold("Close the incident")
    walk.page.locator("#why").fill("Strömmen är tillbaka.")
    walk.press("Close the incident")
    walk.sees("Closed")
    walk.stop("closed")
    walk.go(f"{INCIDENT}/evaluation")
    walk.stop("evaluation")
    walk.go("/krisinformation")
    walk.stop("crisis page, over")


@pytest.mark.parametrize(("language", "script"), ways(("en", True)))
def test_an_exercise_looks_and_reads_otherwise_and_counts_while_one_writes(
    prepared: WalkTown, browser: Browser, language: str, script: bool
) -> None:
    with walking(prepared, browser, "exercise", language, script=script) as walk:
        walk.comes_in("kommunikator")
        for path, name in (("warnings", "warnings, none"), ("readiness", "readiness, not looked at")):
            walk.go(f"/crisis/{path}")
            walk.stop(name)
        walk.go("/crisis")
        walk.page.locator("#title").fill("Öva strömavbrott")
        walk.page.locator("#mode-exercise").check()
        walk.page.locator("#sure").fill(walk.word("EXERCISE").lower())
        walk.press("Begin the incident")
        walk.page.locator(".crisis-band.exercise").wait_for()
        walk.stop("an exercise")
        walk.press("Write a new message")
        walk.page.locator("#headline").fill("Strömmen är borta")
        if walk.script:
            walk.page.get_by_text("17 / 100", exact=True).wait_for()
        walk.stop("writing")
        walk.press("Save")
        walk.page.get_by_text("ÖVNING: Strömmen är borta").first.wait_for()
        walk.stop("what would go out")
        walk.go(f"{INCIDENT}/board")
        walk.stop("the board")
        walk.go("/krisinformation")
        walk.stop("crisis page, nothing")
