"""Decisions on the web: read, made, renewed, confirmed; and who may not."""

import html

import pytest

from monitor.register.models import Channel, DecisionReceipt, Person
from tests.monitor.days.almanac import MONDAY
from tests.web.register.office import Office

FORM = {
    "purpose": "Dialog med invånare",
    "address": "https://www.facebook.com/tibrokommun",
    "audience": "Kommuninvånare",
    "responsible": "redaktor",
    "valid_until": "2027-06-30",
    "decided_on": str(MONDAY),
    "authorised": ["ersattare", "kommunikator"],
}
STEPS = ("preview", "decide")  # both look at everything
LABELS = ("Syfte", "Social mediekanal (adress)", "Huvudsaklig målgrupp", "Ansvarig för kanalen")


def test_the_form_asks_for_the_four_contents_in_the_guidelines_own_words(office: Office) -> None:
    text = office.client("chef").get("/channels/fb/decision").text
    for label in LABELS:
        assert f">{label}</label>" in text
    assert "Dialog med invånare</textarea>" in text, "what the latest version says"
    assert 'value="ersattare" checked' in text
    assert "Behöriga användare" in text


def test_a_manager_looks_at_the_decision_and_makes_it(office: Office) -> None:
    device = office.client("chef")
    seen = device.post("/channels/fb/decision", data=FORM | {"step": "preview"})
    assert (seen.status_code, len(office.decisions("fb"))) == (200, 1), "nothing is decided yet"
    assert "Erik Ersättare; Kommunikator" in seen.text
    assert '<input type="hidden" name="valid_until" value="2027-06-30">' in seen.text
    made = device.post("/channels/fb/decision", data=FORM | {"step": "decide"})
    assert "Beslutet är fattat." in made.text
    [_first, second] = office.decisions("fb")
    assert made.url.path == f"/decisions/{second.id}"
    assert (second.version, second.decided_by_id, str(second.valid_until)) == (2, "chef", "2027-06-30")
    assert second.authorised == ["ersattare", "kommunikator"]
    assert office.acts("decision.made") == [("chef", "fb/2")]


def test_to_change_something_keeps_what_was_typed(office: Office) -> None:
    text = office.client("chef").post("/channels/fb/decision", data=FORM | {"purpose": "Annat", "step": "change"}).text
    assert "Annat</textarea>" in text
    assert 'value="2027-06-30"' in text


def test_the_first_decision_begins_with_what_the_register_says(office: Office) -> None:
    text = office.client("barnchef").get("/channels/forskola/decision").text
    assert "Besluta om Förskolan" in text
    assert '<option value="barnchef" selected>' in text
    form = FORM | {"responsible": "barnchef", "authorised": [], "step": "decide"}
    office.client("barnchef").post("/channels/forskola/decision", data=form)
    assert [each.version for each in office.decisions("forskola")] == [1]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("purpose", " ", "Syfte saknas"),
        ("address", "ftp:/x", "Social mediekanal (adress)"),
        ("audience", "", "Huvudsaklig målgrupp saknas"),
        ("responsible", "", "Ansvarig för kanalen saknas"),
        ("responsible", "ingen", "Det finns ingen person ingen"),
        ("valid_until", "", "Gäller t.o.m. saknas"),
        ("valid_until", "i morgon", "i morgon är ingen dag"),
        ("valid_until", "2040-01-01", "för långt fram"),
        ("valid_until", "2026-01-01", "före beslutsdatumet"),
        ("decided_on", "2026-12-24", "Beslutsdatumet har inte kommit än"),
        ("authorised", "ingen", "Det finns ingen person ingen"),
    ],
)
def test_what_is_wrong_stands_at_its_field(office: Office, field: str, value: str, sentence: str) -> None:
    answer = office.client("chef").post(
        "/channels/fb/decision", data=FORM | {field: value, "step": STEPS[len(value) % 2]}
    )
    assert answer.status_code == 422
    fault = answer.text[answer.text.index(f'id="{field}-fault"') :]
    assert sentence in html.unescape(fault[: fault.index("</p>")])
    assert FORM["audience"] in answer.text or field == "audience", "what was typed is kept"
    assert len(office.decisions("fb")) == 1


def test_what_a_form_of_ours_never_holds_is_refused(office: Office) -> None:
    answer = office.client("chef").post("/channels/fb/decision", data=FORM | {"purpose": "å" * 100_000})
    assert (answer.status_code, "För mycket text" in answer.text) == (413, True)


@pytest.mark.parametrize(("person", "expected"), [("barnchef", 404), ("kommunikator", 403), ("redaktor", 403)])
def test_only_the_manager_of_the_unit_decides(office: Office, person: str, expected: int) -> None:
    device = office.client(person)
    assert device.get("/channels/fb/decision").status_code == expected
    assert device.post("/channels/fb/decision", data=FORM | {"step": "decide"}).status_code == expected
    assert len(office.decisions("fb")) == 1


def test_the_list_shows_what_needs_somebody_first_and_only_ones_own(office: Office) -> None:
    text = office.client("kommunikator").get("/decisions").text
    assert text.index("Förskolan") < text.index("Tibro kommun på fb")
    assert "Förnya beslutet" not in text
    text = office.client("chef").get("/decisions").text
    assert "Förskolan" not in text
    assert 'href="/channels/fb/decision">Förnya beslutet' in text
    assert 'href="/channels/grupp/decision">Fatta beslutet' in text


def test_the_communicator_confirms_that_it_has_arrived(office: Office) -> None:
    device = office.client("kommunikator")
    assert "Bekräfta mottaget" in device.get("/decisions/1").text
    answer = device.post("/decisions/1/confirm")
    assert "Du har bekräftat att beslutet är mottaget." in answer.text
    assert "Bekräfta mottaget" not in answer.text
    with office.db.snapshot() as session:
        assert session.get_one(DecisionReceipt, 1).confirmed_by_id == "kommunikator"
    assert office.acts("decision.confirmed") == [("kommunikator", "fb/1")]


def test_a_decision_that_was_replaced_cannot_be_confirmed(office: Office) -> None:
    office.client("chef").post("/channels/fb/decision", data=FORM | {"step": "decide"})
    answer = office.client("kommunikator").post("/decisions/1/confirm")
    assert (answer.status_code, "Ett nyare beslut har ersatt det." in answer.text) == (409, True)
    assert 'href="/decisions/2"' in answer.text


@pytest.mark.parametrize(("person", "expected"), [("barnchef", 403), ("chef", 403), ("revisor", 403)])
def test_nobody_else_confirms(office: Office, person: str, expected: int) -> None:
    assert office.client(person).post("/decisions/1/confirm").status_code == expected


def test_the_paper_and_the_other_units_decisions(office: Office) -> None:
    paper = office.client("revisor").get("/decisions/1/decision.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    other = office.client("barnchef")
    assert other.get("/decisions/1").status_code == other.get("/decisions/1/decision.pdf").status_code == 404
    assert office.client("revisor").get("/decisions/99").status_code == 404
    assert office.client("revisor").get("/decisions/0").status_code == 404


def test_two_people_of_the_same_name_can_be_told_apart(office: Office) -> None:
    office.town.person("rut2", name="Rut Redaktör")
    assert "Rut Redaktör (rut2)" in office.client("chef").get("/channels/fb/decision").text


def test_an_address_that_has_changed_is_said_to_have(office: Office) -> None:
    office.town.change(Channel, "fb", address="https://www.facebook.com/tibro")
    text = office.client("chef").get("/channels/fb/decision").text
    assert "Kanalens adress har ändrats" in text
    assert 'value="https://www.facebook.com/tibro"' in text


def test_who_has_left_cannot_be_named(office: Office) -> None:
    office.town.change(Person, "ersattare", retired=True)
    answer = office.client("chef").post("/channels/fb/decision", data=FORM | {"step": "decide"})
    assert (answer.status_code, "finns inte längre i registret" in answer.text) == (422, True)
