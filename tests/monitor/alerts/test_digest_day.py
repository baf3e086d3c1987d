"""What the digest says to do today, to whom, and of the manager's decision: as it arrives in people's mailboxes."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from monitor.alerts.judging import digest_now
from monitor.register.links import Link
from monitor.register.models import Channel
from monitor.watch.models import Schedule
from tests.monitor.alerts.mornings import Morning, bad, html, part, plain
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, at

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}  # landmarks are for pages, not for mails
ATTEST, REVIEW = "Jag har gått igenom kanalen", "Jag har gått igenom det nya"


def test_a_channel_that_people_watch_has_its_task_and_its_link(morning: Morning) -> None:
    morning.is_read()
    mail = morning.sends()["redaktor"]
    said = part(mail, "grupp")
    assert "Dagens bevakning: Ännu ej bevakad" in said
    steps = ["Gå igenom kanalen i dag och intyga det.", "Öppna kanalen: https://www.facebook.com/tibrokommun"]
    assert "\n".join([*steps, "Jag har gått igenom kanalen: https://"]) in said
    assert morning.links(mail) == [Link("attest", "redaktor", "grupp/2026-06-15")]
    assert str(mail["Subject"]).startswith("1 kanal att gå igenom själv –")
    assert ATTEST not in part(mail, "fb")
    assert "Dagens bevakning: Bevakad" in part(mail, "fb")


def test_what_is_done_already_is_asked_of_nobody(morning: Morning) -> None:
    morning.is_read()
    morning.almanac.attests(MONDAY, "07.00")
    mail = morning.sends()["redaktor"]
    assert "Dagens bevakning: Bevakad" in part(mail, "grupp")
    assert morning.links(mail) == []
    assert str(mail["Subject"]).startswith("Inget nytt, allt hämtat –")


def test_what_nobody_has_gone_through_has_a_link_to_say_so(morning: Morning) -> None:
    morning.almanac.comes("c1", MONDAY, "06.45")
    mail = morning.sends()["redaktor"]
    said = part(mail, "fb")
    assert "1 kommentar är inte genomgången: gå igenom den i dag och bekräfta." in said
    assert f"{REVIEW}: https://" in said
    assert Link("review", "redaktor", "fb") in morning.links(mail)


def test_a_channel_that_cannot_be_read_is_looked_at_by_hand_and_attested(morning: Morning) -> None:
    morning.fails()
    mail = morning.sends()["redaktor"]
    said = part(mail, "fb")
    assert "Kunde inte läsas: " in said
    assert "Titta i kanalen själv i dag och intyga det." in said
    assert Link("attest", "redaktor", "fb/2026-06-15") in morning.links(mail)
    assert "1 kanal kunde inte läsas, 1 kanal att gå igenom själv" in str(mail["Subject"])


def test_while_nobodys_word_counts_yet_there_is_no_link(morning: Morning) -> None:
    """It failed yesterday, and today's first reading is still to come."""
    yesterday = at(MONDAY - timedelta(days=1), "06.45")
    soon = at(MONDAY, "07.31")
    morning.town.change(Schedule, "fb", failing_since=yesterday, failure_kind="unavailable", next_poll_at=soon)
    mail = morning.sends()["redaktor"]
    assert "Titta i kanalen själv i dag.\nÖppna kanalen: https://www.facebook.com/" in part(mail, "fb")
    assert [link.subject for link in morning.links(mail)] == ["grupp/2026-06-15"]


def test_nobody_waits_for_a_reading_that_comes_when_the_day_has_closed(morning: Morning) -> None:
    morning.town.change(Schedule, "fb", next_poll_at=at(MONDAY, "18.00"))
    mail = morning.sends()["redaktor"]
    assert "Titta i kanalen själv i dag och intyga det." in part(mail, "fb")
    assert Link("attest", "redaktor", "fb/2026-06-15") in morning.links(mail)


def test_a_paused_channel_has_to_be_watched_all_the_same(morning: Morning) -> None:
    morning.almanac.changes(state="paused")
    mail = morning.sends()["redaktor"]
    assert "Hämtningen är pausad." in part(mail, "fb")
    assert Link("attest", "redaktor", "fb/2026-06-15") in morning.links(mail)
    assert str(mail["Subject"]).startswith("2 kanaler att gå igenom själv –")


def test_after_closing_time_an_unwatched_day_is_called_so(morning: Morning) -> None:
    morning.is_read()
    morning.almanac.keep(MONDAY, "16.30")
    digest_now(morning.town.db, at(MONDAY, "16.30"))
    mail = morning.arrive("16.30")["redaktor"]
    assert part(mail, "grupp").count("Ej bevakad") == 1
    assert "Dagens bevakning: Ej bevakad" in bad(mail)
    assert ATTEST in part(mail, "grupp")


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (MONDAY - timedelta(days=1), "Chefsbeslutet gick ut 14 juni 2026. Kanalen bevakas ändå."),
        (MONDAY, "Chefsbeslutet gäller t.o.m. 15 juni 2026. Det här är sista dagen."),
        (MONDAY + timedelta(days=60), "Chefsbeslutet gäller t.o.m. 14 aug. 2026. 60 dagar är kvar."),
        (MONDAY + timedelta(days=61), None),
    ],
)
def test_a_decision_that_ends_or_has_ended_is_said(morning: Morning, until: date, said: str | None) -> None:
    morning.is_read()
    morning.town.decision("fb", valid_until=until)
    mail = morning.sends()["redaktor"]
    assert ("Chefsbeslut" in part(mail, "fb")) == (said is not None)
    assert (said or "") in part(mail, "fb")
    assert (said or "") in html(mail)


def test_a_decision_that_is_missing_or_not_confirmed_is_said(morning: Morning) -> None:
    morning.is_read()
    morning.town.channel("ny", watch_mode="manual")
    morning.town.decision("fb", confirmed=False)
    mail = morning.sends()["redaktor"]
    assert "Chefsbeslut om kanalen saknas. Kanalen bevakas ändå." in part(mail, "ny")
    assert "Kommunikatören har inte bekräftat att chefsbeslutet är mottaget." in part(mail, "fb")
    assert "Chefsbeslut" not in part(mail, "grupp")


def test_a_channel_without_comments_is_not_said_to_be_watched_and_the_website_needs_no_decision(
    morning: Morning,
) -> None:
    morning.is_read()
    for channel, platform in (("tyst", "other"), ("slut", "other"), ("webb", "website")):
        morning.town.channel(channel, platform=platform, watch_mode="manual", has_comments=False)
    morning.town.decision("slut", valid_until=MONDAY - timedelta(days=1))
    mail = morning.sends()["redaktor"]
    assert "Chefsbeslut om kanalen saknas." in part(mail, "tyst")
    assert "Chefsbeslutet gick ut 14 juni 2026." in part(mail, "slut")
    assert "bevakas ändå" not in part(mail, "tyst") + part(mail, "slut")
    assert "Chefsbeslut" not in part(mail, "webb")


def test_missed_days_stay_shown(morning: Morning) -> None:
    morning.almanac.changes(watched_since=at(THURSDAY, "06.00"))
    morning.almanac.keep(THURSDAY, "06.00")
    morning.almanac.comes("c1", THURSDAY, "06.45")
    morning.almanac.keep_over(THURSDAY)
    morning.almanac.read(FRIDAY, "06.45", "partial")
    morning.almanac.keep_over(FRIDAY)
    morning.is_read()
    mail = morning.sends()["redaktor"]
    assert "Ej bevakad: fre 12 juni\nDelvis bevakad: tors 11 juni\n" in part(mail, "fb")
    assert "Delvis bevakad: tors 11 juni" in bad(mail)


def test_days_from_before_the_register_was_kept_are_history(morning: Morning) -> None:
    morning.almanac.changes(watched_since=at(THURSDAY, "06.00"))
    morning.is_read()
    morning.almanac.keep(MONDAY, "07.00")
    assert THURSDAY in morning.almanac.days()
    assert "juni" not in part(morning.sends()["redaktor"], "fb").replace("mån 15 juni", "")


def test_a_channel_whose_address_is_no_web_address_is_not_linked_to(morning: Morning) -> None:
    morning.is_read()
    morning.town.change(Channel, "grupp", address="javascript:alert(1)")
    mail = morning.sends()["redaktor"]
    assert "Öppna kanalen" not in part(mail, "grupp")
    assert "javascript" not in plain(mail) + html(mail)


@pytest.mark.browser
def test_it_fits_a_phone_and_every_reader(morning: Morning, browser: Browser) -> None:
    morning.fails()
    morning.almanac.changes("grupp", name="Föräldrar på Nyboskolan och Lärarförbundskonferensgruppen")
    morning.town.comment("c1", at(FRIDAY, "09.00"), "Hur länge är badet stängt? " * 5)
    morning.town.decision("fb", valid_until=FRIDAY)
    morning.away("redaktor", "ersattare")
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(html(morning.sends()["kommunikator"]))
    found, wide = Axe().run(page, options=WCAG), page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= 360


def test_text_and_html_say_the_same(morning: Morning) -> None:
    """Every line of the text, link labels and addresses apart, is in the HTML."""
    morning.fails()
    morning.away("redaktor")
    morning.town.decision("fb", valid_until=FRIDAY)
    mail = morning.sends()["ersattare"]
    said = [line.strip("* ") for line in plain(mail).splitlines() if line.strip(" -")]
    page = " ".join(html(mail).replace("&#39;", "'").split())
    for line in said:
        label, _colon, address = line.partition(": https://")
        assert label in page, line
        assert f"https://{address}" in page if address else True
