"""Channels on the web: the list, one with everything about it, and pausing its reading."""

import pytest
from sqlalchemy import select

from monitor.register.models import Channel
from monitor.register.people import escalation
from monitor.register.routes import disable
from monitor.watch.models import TokenHealth
from tests.monitor.days.almanac import MONDAY
from tests.web.register.office import NOW, Office


def test_the_list_shows_ones_own_and_leads_to_each(office: Office) -> None:
    text = office.client("kommunikator").get("/channels").text
    assert text.count('href="/channels/') == 3
    assert "Förnya kanalens token" in text
    assert "Förskolan" not in office.client("redaktor").get("/channels").text


def test_a_channels_page_says_everything_but_its_secrets(office: Office) -> None:
    office.almanac.read(MONDAY, "09.55", "failed", error_kind="auth_expired")
    with office.db.transaction() as session:
        session.add(TokenHealth(channel_id="fb", checked_at=NOW, token_kind="page", can_read=True))
    text = office.client("redaktor").get("/channels/fb").text
    for said in (
        "Rut Redaktör",
        "Erik Ersättare",
        "Kommunikation",
        "Version 1 gäller t.o.m. 2026-06-30",
        "Misslyckades",
    ):
        assert said in text
    assert f'href="/watch/fb/{MONDAY}"' in text
    assert "Inloggningen på plattformen" in text
    assert "TIBRO_FB_TOKEN" not in text, "only for whoever keeps the register"
    assert "Pausa hämtningen" not in text


def test_whoever_keeps_the_register_sees_where_secrets_lie_and_who_administers(office: Office) -> None:
    text = office.client("admin").get("/channels/fb").text
    assert "token_env = TIBRO_FB_TOKEN" in text
    assert "registerfilen" in text


@pytest.mark.parametrize("person", ["barnchef", "ingen"])
def test_another_units_channel_is_no_page(office: Office, person: str) -> None:
    office.town.person("ingen")
    assert office.client(person).get("/channels/fb").status_code == (404 if person == "barnchef" else 403)
    assert office.client("admin").get("/channels/nope").status_code == 404


def test_reading_is_paused_with_a_reason_and_resumed(office: Office) -> None:
    device = office.client("admin")
    answer = device.post("/channels/fb/pause", data={"reason": "Sommaruppehåll <b>"})
    assert "Kanalen hämtas inte längre." in answer.text
    assert "Sommaruppehåll &lt;b&gt;" in answer.text
    assert office.acts("channel.paused") == [("admin", "fb")]
    answer = device.post("/channels/fb/resume")
    assert "Kanalen hämtas igen, genast." in answer.text
    assert office.acts("channel.resumed") == [("admin", "fb")]


def test_who_takes_care_of_a_channel_is_changed_on_its_page_and_told_from_then_on(office: Office) -> None:
    device = office.client("kommunikator")
    assert 'value="ersattare" selected' in device.get("/channels/fb").text
    answer = device.post("/channels/fb/people", data={"responsible": "chef", "deputy": "redaktor"})
    assert "är det de som får veta" in answer.text
    assert ('value="chef" selected' in answer.text, 'value="redaktor" selected' in answer.text) == (True, True)
    device.post("/channels/fb/people", data={"responsible": "chef", "deputy": "redaktor"})
    assert office.acts("channel.changed") == [("kommunikator", "fb")], "the same again is no change"
    with office.db.snapshot() as session:
        assert escalation(session, [session.get_one(Channel, "fb")], MONDAY)["fb"][:2] == (("chef",), ("redaktor",))


@pytest.mark.parametrize(
    ("charge", "field"),
    [
        ({"responsible": "redaktor", "deputy": ""}, "deputy"),
        ({"responsible": "redaktor", "deputy": "redaktor"}, "deputy"),
        ({"responsible": "redaktor", "deputy": "stum"}, "deputy"),
        ({"responsible": "stum", "deputy": "redaktor"}, "responsible"),
        ({"responsible": "studsar", "deputy": "redaktor"}, "responsible"),
        ({"responsible": "nobody", "deputy": "redaktor"}, "responsible"),
        ({}, "responsible"),
    ],
)
def test_nobody_who_cannot_be_told_is_put_in_charge(office: Office, charge: dict[str, str], field: str) -> None:
    office.town.person("stum", email=None)
    office.town.person("studsar")
    with office.db.transaction() as session:
        disable(session, "studsar", "mail", "550", NOW)
    answer = office.client("admin").post("/channels/fb/people", data=charge)
    assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True)
    with office.db.snapshot() as session:
        channel = session.get_one(Channel, "fb")
        assert (channel.responsible_id, channel.deputy_id) == ("redaktor", "ersattare")


@pytest.mark.parametrize("reason", ["  ", "x" * 501])
def test_without_a_reason_nothing_is_paused(office: Office, reason: str) -> None:
    answer = office.client("admin").post("/channels/fb/pause", data={"reason": reason})
    assert (answer.status_code, 'id="reason-fault"' in answer.text) == (422, True)
    with office.db.snapshot() as session:
        assert session.scalars(select(Channel.state).where(Channel.id == "fb")).one() == "active"


def test_what_cannot_be_paused_or_resumed_says_why(office: Office) -> None:
    device = office.client("admin")
    answer = device.post("/channels/grupp/pause", data={"reason": "Ledigt"})
    assert (answer.status_code, "bevakas av människor" in answer.text) == (409, True)
    answer = device.post("/channels/fb/resume")
    assert (answer.status_code, "är inte pausad" in answer.text) == (409, True)


@pytest.mark.parametrize(("person", "expected"), [("redaktor", 403), ("barnchef", 403), ("revisor", 403)])
def test_others_pause_nothing(office: Office, person: str, expected: int) -> None:
    device = office.client(person)
    assert device.post("/channels/fb/pause", data={"reason": "x"}).status_code == expected
    assert device.post("/channels/fb/resume").status_code == expected
    charge = {"responsible": person, "deputy": "redaktor"}
    assert device.post("/channels/fb/people", data=charge).status_code in {expected, 404}
    assert "/channels/fb/people" not in device.get("/channels/fb").text
