"""People on the web: who has which duties, and who is away."""

import pytest
from sqlalchemy import select

from monitor.register.models import Absence
from tests.web.register.office import Office

WEEK = {"first": "2026-07-06", "last": "2026-07-10"}


def away(office: Office) -> list[tuple[str, str, str]]:
    with office.db.snapshot() as session:
        rows = session.scalars(select(Absence).order_by(Absence.id))
        return [(row.person_id, str(row.first_day), str(row.last_day)) for row in rows]


def test_everybody_is_listed_with_roles_and_channels_and_addresses_only_for_the_register(office: Office) -> None:
    text = office.client("redaktor").get("/people").text
    assert "enhetschef" in text
    assert 'href="/channels/fb"' in text
    assert "Förskolan" not in text
    assert "@example.org" not in text
    assert "redaktor@example.org" in office.client("admin").get("/people").text
    assert "@example.org" not in office.client("chef").get("/people/redaktor").text
    assert "chef@example.org" in office.client("chef").get("/people/chef").text, "one's own"


def test_who_keeps_no_channel_and_has_no_role_sees_only_oneself(office: Office) -> None:
    office.town.person("ny")
    device = office.client("ny")
    assert device.get("/people").status_code == 403
    assert device.get("/people/redaktor").status_code == 404
    assert device.get("/people/me").url.path == "/people/ny"
    assert device.get("/").status_code == 200


def test_everybody_notes_their_own_absence_and_takes_it_back(office: Office) -> None:
    office.town.person("ny")
    device = office.client("ny")
    answer = device.post("/people/ny/absences", data=WEEK)
    assert "Frånvaron är antecknad." in answer.text
    assert "2026-07-06 till 2026-07-10" in answer.text
    assert away(office) == [("ny", "2026-07-06", "2026-07-10")]
    answer = device.post("/people/ny/absences/1/remove")
    assert "Frånvaron är borttagen." in answer.text
    assert office.acts("absence.added") == office.acts("absence.removed") == [("ny", "ny")]
    assert away(office) == []


def test_a_channel_that_nobody_is_left_for_is_told(office: Office) -> None:
    text = office.client("barnchef").post("/people/barnchef/absences", data=WEEK).text
    assert "Ingen finns kvar för Förskolan från 2026-07-06 till 2026-07-10" in text


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"first": "", "last": "2026-07-10"}, "first", "Ange första och sista dagen"),
        ({"first": "2026-07-06", "last": "fredag"}, "last", "fredag är ingen dag"),
        ({"first": "2026-07-10", "last": "2026-07-06"}, "first", "kommer först"),
        ({"first": "2026-07-06", "last": "2030-07-06"}, "first", "mer än två år"),
    ],
)
def test_what_is_wrong_stands_at_its_field(office: Office, sent: dict[str, str], field: str, sentence: str) -> None:
    answer = office.client("redaktor").post("/people/redaktor/absences", data=sent)
    fault = answer.text[answer.text.index(f'id="{field}-fault"') :]
    assert (answer.status_code, sentence in fault[: fault.index("</p>")]) == (422, True)
    assert sent["last"] in answer.text
    assert away(office) == []


def test_days_that_are_noted_already_are_refused(office: Office) -> None:
    device = office.client("redaktor")
    device.post("/people/redaktor/absences", data=WEEK)
    answer = device.post("/people/redaktor/absences", data=WEEK)
    assert (answer.status_code, "redan antecknad" in answer.text) == (422, True)
    assert "--remove" not in answer.text, "words of the command line"


def test_what_is_gone_cannot_be_taken_back_and_nobody_elses_can(office: Office) -> None:
    office.client("redaktor").post("/people/redaktor/absences", data=WEEK)
    answer = office.client("ersattare").post("/people/ersattare/absences/1/remove")
    assert (answer.status_code, "finns inte längre" in answer.text) == (409, True)
    assert len(away(office)) == 1


@pytest.mark.parametrize("person", ["chef", "kommunikator", "admin"])
def test_managers_communicators_and_administrators_note_others_absences(office: Office, person: str) -> None:
    answer = office.client(person).post("/people/redaktor/absences", data=WEEK)
    assert answer.status_code == 200
    assert office.acts("absence.added") == [(person, "redaktor")]


@pytest.mark.parametrize("person", ["ersattare", "barnchef", "revisor"])
def test_others_do_not_not_even_managers_of_other_units(office: Office, person: str) -> None:
    device = office.client(person)
    assert device.post("/people/redaktor/absences", data=WEEK).status_code == 403
    assert device.post("/people/redaktor/absences/1/remove").status_code == 403
    assert "Anteckna frånvaro" not in device.get("/people/redaktor").text
    assert device.post("/people/nope/absences", data=WEEK).status_code == 404
    assert away(office) == []
