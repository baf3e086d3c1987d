"""Who gets the digest, and why, when people are away or cannot be reached."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.alerts.judging import digest_now, judge
from monitor.alerts.models import Notice
from monitor.register.links import Link
from monitor.register.models import Channel, Person, Unit
from tests.monitor.alerts.mornings import Morning, bad, html, part, plain
from tests.monitor.alerts.test_digest import Page
from tests.monitor.days.almanac import FRIDAY, MONDAY, at


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
