"""What the digest says to do today, to whom, and of the manager's decision: as it arrives in people's mailboxes."""

from datetime import date, timedelta
from email.message import EmailMessage
from urllib.parse import urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from config.settings import Settings
from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.alerts.sending import send_due
from monitor.db import Database
from monitor.register.links import Link, opened
from monitor.register.models import Absence, Channel, Person, Unit
from monitor.watch.models import Schedule
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_digest import Page
from tests.monitor.days.almanac import FRIDAY, MONDAY, Almanac, at

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}  # landmarks are for pages, not for mails
ATTEST, REVIEW = "Jag har gått igenom kanalen", "Jag har gått igenom det nya"


class Morning:
    """Monday at 07.30: fb was read completely at 06.45, grupp is watched by people; both have a decision."""

    def __init__(self, almanac: Almanac, office: PostOffice, mail: Settings) -> None:
        self.almanac, self.town, self.office, self.mail = almanac, almanac.town, office, mail
        self.town.decision("fb")
        self.town.decision("grupp")
        self.town.change(Schedule, "fb", last_complete_at=at(MONDAY, "06.46"))

    def is_read(self) -> None:
        self.almanac.read(MONDAY, "06.45")

    def fails(self, kind: str = "auth_expired") -> None:
        """Reading fb has failed this morning, and since Sunday."""
        self.almanac.read(MONDAY, "06.45", "failed", error_kind=kind)
        since = at(MONDAY - timedelta(days=1), "06.45")
        self.town.change(Schedule, "fb", failing_since=since, failure_kind=kind, last_complete_at=at(FRIDAY, "06.46"))

    def away(self, *people: str, first: date = MONDAY, last: date = MONDAY) -> None:
        with self.town.db.transaction() as session:
            session.add_all([Absence(person_id=id_, first_day=first, last_day=last) for id_ in people])

    def sends(self, clock: str = "07.30") -> dict[str, EmailMessage]:
        """The digests that arrive, by person."""
        self.almanac.keep(MONDAY, clock)
        judge(self.town.db, at(MONDAY, clock), self.mail)
        return self.arrive(clock)

    def arrive(self, clock: str = "07.30") -> dict[str, EmailMessage]:
        send_due(self.town.db, at(MONDAY, clock), self.mail)
        digests = [mail for mail in self.office.mails if "varje arbetsdag" in plain(mail)]
        found = {str(mail["To"]).partition("@")[0]: mail for mail in digests}
        assert len(found) == len(digests)  # one each
        return found

    def links(self, mail: EmailMessage) -> list[Link]:
        """What the mail's links let their holder do."""
        words = [urlparse(link).path.removeprefix("/task/") for link in Page(html(mail)).links if "/task/" in str(link)]
        return [opened(str(word), at(MONDAY, "08.00")) for word in words]


@pytest.fixture
def morning(sqlite: Database, post_office: PostOffice, mail: Settings) -> Morning:
    return Morning(Almanac(sqlite), post_office, mail)


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def part(mail: EmailMessage, channel: str) -> str:
    """What the text says of one channel."""
    heading = f"Tibro kommun på {channel}\n"
    return plain(mail).partition(heading)[2].partition("\nTibro kommun på ")[0].partition("\n--\n")[0]


def bad(mail: EmailMessage) -> list[str]:
    """What is marked red in the HTML."""
    return [each.partition(">")[2].partition("</")[0] for each in html(mail).split('<p class="bad"')[1:]]


def test_a_channel_that_people_watch_has_its_task_and_its_link(morning: Morning) -> None:
    morning.is_read()
    mail = morning.sends()["redaktor"]
    said = part(mail, "grupp")
    assert "Dagens bevakning: Ännu ej bevakad" in said
    steps = ["Gå igenom kanalen i dag och bekräfta.", "Öppna kanalen: https://www.facebook.com/tibrokommun"]
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
    assert "Titta i kanalen själv i dag och bekräfta." in said
    assert Link("attest", "redaktor", "fb/2026-06-15") in morning.links(mail)
    assert "1 kanal kunde inte läsas, 1 kanal att gå igenom själv" in str(mail["Subject"])


def test_while_nobodys_word_counts_yet_there_is_no_link(morning: Morning) -> None:
    """It failed yesterday, and today's first reading is still to come."""
    yesterday = at(MONDAY - timedelta(days=1), "06.45")
    morning.town.change(Schedule, "fb", failing_since=yesterday, failure_kind="unavailable")
    mail = morning.sends()["redaktor"]
    assert "Titta i kanalen själv i dag.\nÖppna kanalen: https://www.facebook.com/" in part(mail, "fb")
    assert [link.subject for link in morning.links(mail)] == ["grupp/2026-06-15"]


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
    assert "Dagens bevakning: Ej bevakad" in part(mail, "grupp")
    assert bad(mail) == ["Dagens bevakning: Ej bevakad"]
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
    assert "Chefsbeslut om kanalen saknas. Den bevakas ändå." in part(mail, "ny")
    assert "Kommunikatören har inte bekräftat att chefsbeslutet är mottaget." in part(mail, "fb")
    assert "Chefsbeslut" not in part(mail, "grupp")


def test_who_is_away_gets_none_and_the_deputy_takes_care(morning: Morning) -> None:
    morning.is_read()
    morning.away("redaktor")
    mails = morning.sends()
    assert mails.keys() == {"ersattare"}
    for channel in ("fb", "grupp"):
        assert "Rut Redaktör är frånvarande: du tar hand om kanalen i dag." in part(mails["ersattare"], channel)
    assert morning.links(mails["ersattare"]) == [Link("attest", "ersattare", "grupp/2026-06-15")]


def test_an_absence_ends_with_its_last_day(morning: Morning) -> None:
    morning.is_read()
    morning.away("redaktor", first=FRIDAY, last=MONDAY - timedelta(days=1))
    assert morning.sends().keys() == {"redaktor"}


def test_a_deputy_with_own_channels_finds_everything_in_one_mail(morning: Morning) -> None:
    morning.is_read()
    morning.town.channel("skola", responsible_id="ersattare", deputy_id="redaktor", watch_mode="manual")
    morning.away("redaktor")
    mail = morning.sends()["ersattare"]
    assert sorted(Page(html(mail)).headings[1:]) == [f"Tibro kommun på {id_}" for id_ in ("fb", "grupp", "skola")]
    assert "frånvarande" not in part(mail, "skola")


def test_when_both_are_away_the_communicators_hear_and_the_channel_is_red(morning: Morning) -> None:
    morning.is_read()
    morning.town.person("annan", name="Ann Annan", roles=["communicator"])
    morning.away("redaktor", "ersattare")
    mails = morning.sends()
    assert mails.keys() == {"annan", "kommunikator"}
    red = "Ingen är på plats: varken den som är ansvarig för kanalen eller någon ersättare."
    shared = "Rut Redaktör är frånvarande: en av er tar hand om kanalen i dag (Ann Annan, Kommunikator)."
    for mail in mails.values():
        assert red in part(mail, "fb")
        assert shared in part(mail, "fb")
        assert bad(mail) == [red, red]
        assert "2 kanaler där ingen är på plats" in str(mail["Subject"])


@pytest.mark.parametrize(("manager", "recipient"), [("chef", "chef"), (None, "admin")])
def test_when_the_communicators_are_away_too_the_units_manager_is_next_then_the_administrators(
    morning: Morning, manager: str | None, recipient: str
) -> None:
    morning.is_read()
    morning.town.person("chef", roles=["unit_manager"])
    morning.town.person("admin", roles=["administrator"])
    morning.town.change(Unit, "kommunikation", manager_id=manager)
    morning.away("redaktor", "ersattare", "kommunikator")
    assert morning.sends().keys() == {recipient}


def test_who_has_no_mail_address_is_stood_in_for(morning: Morning) -> None:
    morning.is_read()
    morning.town.change(Person, "redaktor", email=None)
    mails = morning.sends()
    assert mails.keys() == {"ersattare"}
    said = "Rut Redaktör saknar e-postadress: du tar hand om kanalen i dag."
    assert said in part(mails["ersattare"], "fb")
    assert said in bad(mails["ersattare"])
    assert "Ingen är på plats" not in plain(mails["ersattare"])


def test_when_nobody_can_be_reached_the_communicators_are(morning: Morning) -> None:
    morning.is_read()
    for id_ in ("redaktor", "ersattare"):
        morning.town.change(Person, id_, email=None)
    assert morning.sends().keys() == {"kommunikator"}


def test_who_is_responsible_for_nothing_active_gets_none(morning: Morning) -> None:
    for id_ in ("fb", "grupp"):
        morning.town.change(Channel, id_, state="paused")
    assert morning.sends() == {}


def test_who_has_left_for_the_day_before_it_is_sent_gets_none(morning: Morning) -> None:
    morning.is_read()
    judge(morning.town.db, at(MONDAY, "07.30"), morning.mail)
    morning.away("redaktor")
    assert morning.arrive("07.31") == {}
    with morning.town.db.snapshot() as session:
        [notice] = session.scalars(select(Notice).where(Notice.subject_kind == "digest"))
    assert (notice.state, notice.reason) == ("cancelled", "Mottagaren tar inte hand om någon aktiv kanal i dag.")
    assert morning.sends("07.32").keys() == {"ersattare"}


def test_a_digest_out_of_turn_goes_to_who_stands_in_too(morning: Morning) -> None:
    morning.is_read()
    morning.away("redaktor")
    morning.almanac.keep(MONDAY, "13.00")
    digest_now(morning.town.db, at(MONDAY, "13.00"))
    assert morning.arrive("13.00").keys() == {"ersattare"}


def test_missed_days_stay_shown(morning: Morning) -> None:
    morning.almanac.read(FRIDAY, "06.45", "partial")
    morning.almanac.keep_over(FRIDAY)
    morning.is_read()
    assert "Ej bevakad: fre 12 juni" in part(morning.sends()["redaktor"], "fb")


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
