"""At opening one person gets one mail: the digest, with what is overdue on channels of others and what was put off."""

from datetime import date
from email.message import EmailMessage

import pytest

from config.settings import Settings
from monitor.alerts.models import Notice
from monitor.db import Database
from monitor.register.models import Unit
from monitor.watch.models import Schedule
from tests.monitor.alerts.mornings import html, plain
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.alerts.test_digest import Page
from tests.monitor.alerts.vigil import Vigil
from tests.monitor.days.almanac import at

MON, TUE, WED, THU, FRI = (date(2026, 6, day) for day in range(8, 13))


class OneMail(Vigil):
    """`fb` is redaktor's, `skola` ersattare's; chef manages their unit. A comment of Monday waits on fb; both deadlines
    end on Tuesday at 16.00."""

    def __init__(self, db: Database, mail: Settings, office: PostOffice) -> None:
        super().__init__(db, mail, office)
        self.town.person("chef", name="Kim Chef")
        self.town.change(Unit, "kommunikation", manager_id="chef")
        self.town.channel("skola", external_id="page-2", responsible_id="ersattare", deputy_id=None)
        self.town.schedule("skola")
        self.changes("grupp", state="retired")
        self.comes("c1", MON, "09.00", text="När öppnar badet?")

    def opens(self, day: date) -> dict[str, list[EmailMessage]]:
        """The mails that arrive when service hours begin, by person."""
        for channel in ("fb", "skola"):
            self.town.change(Schedule, channel, last_complete_at=at(day, "06.45"))
        seen = len(self.office.mails)
        self.run(day, "07.30", "07.31")
        found: dict[str, list[EmailMessage]] = {}
        for each in self.office.mails[seen:]:
            found.setdefault(str(each["To"]).partition("@")[0], []).append(each)
        return found


@pytest.fixture
def house(sqlite: Database, mail: Settings, post_office: PostOffice) -> OneMail:
    return OneMail(sqlite, mail, post_office)


def only(mails: list[EmailMessage]) -> EmailMessage:
    [mail] = mails
    return mail


def test_who_is_responsible_finds_what_is_overdue_in_the_digest_and_gets_no_second_mail(house: OneMail) -> None:
    mail = only(house.opens(WED)["redaktor"])
    assert str(mail["Subject"]).startswith("1 obesvarad, 1 försenad")
    assert plain(mail).count("När öppnar badet?") == 1
    assert "FÖRSENAD. När öppnar badet?" in plain(mail)
    assert "annan kanal" not in str(mail["Subject"])
    assert ("redaktor", "responsible", "sent") in house.notices("overdue")


def test_a_deputy_finds_it_in_the_own_digest_as_a_part_that_says_why(house: OneMail) -> None:
    assert house.opens(WED)["ersattare"] != []
    mail = only(house.opens(THU)["ersattare"])
    assert "1 försenad på en annan kanal" in str(mail["Subject"])
    assert "Inget nytt" not in str(mail["Subject"])
    assert Page(html(mail)).headings[1:] == ["Tibro kommun på fb: försenat", "Tibro kommun på skola"]
    part = plain(mail).partition("Tibro kommun på fb: försenat")[2].partition("Tibro kommun på skola")[0]
    assert "ersättare för kanalen" in part or "kanalens ersättare" in part or "som ersättare" in part
    assert "FÖRSENAD. När öppnar badet?" in part
    assert "Rut Redaktör" in part
    assert "/task/" in part


def test_who_takes_care_of_nothing_gets_what_is_overdue_in_a_mail_of_its_own(house: OneMail) -> None:
    house.opens(WED)
    house.opens(THU)
    mail = only(house.opens(FRI)["chef"])
    assert "skulle ha besvarats" in str(mail["Subject"])
    assert "varje arbetsdag" not in plain(mail)


def test_both_parts_of_the_mail_say_it(house: OneMail) -> None:
    house.opens(WED)
    mail = only(house.opens(THU)["ersattare"])
    page = " ".join(html(mail).split())
    for line in plain(mail).splitlines():
        words = line.strip("* ").partition(": https://")[0].replace("FÖRSENAD. ", "")
        assert words.strip("-") in page, line


def test_what_was_put_off_to_the_digest_is_said(house: OneMail) -> None:
    house.opens(WED)
    for channel in ("fb", "skola"):
        house.town.change(Schedule, channel, last_complete_at=at(THU, "06.45"))
    house.judged(THU, "07.30")
    with house.town.db.transaction() as session:
        for notice in session.query(Notice).filter_by(subject_kind="overdue", state="due"):
            notice.folded = True
    mail = only(house.opens(THU)["ersattare"])
    assert "Här är också det som sköts upp när du hade fått 12 meddelanden på en timme." in plain(mail)
    assert "Här är också det som sköts upp när du hade fått 12 meddelanden på en timme." in html(mail)


def test_many_overdue_comments_of_others_do_not_make_it_long(house: OneMail) -> None:
    for number in range(100):
        house.comes(f"m{number}", MON, "09.00", text=f"Fråga {number}", author_id=f"a{number}")
    house.opens(WED)
    mail = only(house.opens(THU)["ersattare"])
    assert "101 försenade på andra kanaler" in str(mail["Subject"])
    assert "Och 51 till på Tibro kommun på fb: försenat" not in plain(mail)
    assert "Och 51 till på Tibro kommun på fb: öppna dem i Kanalvakt" in plain(mail)


def test_a_channel_of_others_that_was_retired_is_no_part(house: OneMail) -> None:
    house.opens(WED)
    house.changes("fb", state="retired")
    assert Page(html(only(house.opens(THU)["ersattare"]))).headings[1:] == ["Tibro kommun på skola"]
