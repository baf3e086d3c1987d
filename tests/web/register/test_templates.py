"""Templates for answers and signatures on the web."""

import pytest
from sqlalchemy import select

from monitor.inbox.desk_models import ReplyTemplate, Signature
from monitor.inbox.templates import signature_of
from monitor.register.models import Organisation
from tests.queries import queries
from tests.web.conftest import NASTY
from tests.web.register.office import Office

PAGE = "/settings/templates"
THANKS = {"name": "Tack", "language": "sv", "unit": "", "text": "Tack! Ring {phone} till {organisation}."}


def added(office: Office, **change: str) -> ReplyTemplate:
    assert office.client("kommunikator").post(PAGE, data=THANKS | change).status_code == 200
    with office.db.snapshot() as session:
        return session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.id.desc())).first() or pytest.fail("none")


def test_a_template_is_added_changed_retired_and_put_into_use_again(office: Office) -> None:
    device, made = office.client("kommunikator"), added(office)
    assert office.acts("reply_template.added") == [("kommunikator", str(made.id))]
    assert 'value="Tack"' in device.get(f"{PAGE}/{made.id}").text
    page = device.post(f"{PAGE}/{made.id}", data=THANKS | {"text": NASTY, "unit": "barn"}).text
    assert "Mallen har sin nya text" in page
    assert ("&lt;script&gt;" in page, "<script>document" in page) == (True, False)
    page = device.post(f"{PAGE}/{made.id}/retire").text
    assert ("Ur bruk (1)" in page, f"{PAGE}/{made.id}/restore" in page) == (True, True)
    assert "Mallen erbjuds igen" in device.post(f"{PAGE}/{made.id}/restore").text
    device.post(f"{PAGE}/{made.id}", data=THANKS | {"channel": "fb", "kind": "interim"})
    with office.db.snapshot() as session:
        kept = session.get_one(ReplyTemplate, made.id)
        assert (kept.unit_id, kept.channel_id, kept.kind) == (None, "fb", "interim")
    page = device.get(f"{PAGE}/{made.id}").text
    assert ('value="fb" selected' in page, 'value="interim" selected' in page) == (True, True)
    device.post(f"{PAGE}/{made.id}", data=THANKS | {"text": NASTY, "unit": "barn"})
    for act, often in (("changed", 3), ("retired", 1), ("restored", 1)):
        assert office.acts(f"reply_template.{act}") == [("kommunikator", str(made.id))] * often
    device.post(f"{PAGE}/{made.id}", data=THANKS | {"text": NASTY, "unit": "barn"})
    assert len(office.acts("reply_template.changed")) == 3, "the same words again are no change"


def test_the_list_says_how_long_a_template_becomes_on_each_platform(office: Office) -> None:
    device = office.client("admin")
    added(office, text="Ring {phone}")
    page = device.get(PAGE).text
    assert ("12 av 8000 tecken" in page, "uppgift saknas i registret: {phone}" in page) == (True, True)
    office.town.change(Organisation, 1, phone="0504-180 00")
    device.post(f"{PAGE}/signature", data={"signature": "Tibro kommun"})
    page = device.get(PAGE).text
    assert ("30 av 8000 tecken" in page, "saknas i registret" in page) == (True, False)
    office.town.channel("ig", platform="instagram", name="Instagram")
    added(office, text="å" * 2300)
    page = device.get(PAGE).text
    assert "2314 av 2200 tecken" in page
    assert page.count("för lång") == 1


def test_many_templates_take_no_more_queries_than_one(office: Office) -> None:
    device = office.client("kommunikator")
    added(office)
    with queries(office.db) as few:
        device.get(PAGE)
    for number in range(3):
        added(office, name=f"Mall {number}")
    with queries(office.db) as many:
        device.get(PAGE)
    assert len(many) == len(few) <= 12


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"language": "fi"}, "language"),
        ({"text": " "}, "text"),
        ({"text": "å" * 5001}, "text"),
        ({"text": "Ring {telefon}"}, "text"),
        ({"text": "Se {website}"}, "text"),
        ({"unit": "finns-inte"}, "unit"),
        ({"channel": "finns-inte"}, "channel"),
        ({"kind": "hälsning"}, "kind"),
    ],
)
def test_what_is_no_template_is_refused_at_its_field(office: Office, change: dict[str, str], field: str) -> None:
    answer = office.client("kommunikator").post(PAGE, data=THANKS | change)
    assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True)
    with office.db.snapshot() as session:
        assert session.scalars(select(ReplyTemplate)).all() == []


def test_a_signature_is_everybodys_or_ones_own(office: Office) -> None:
    office.client("kommunikator").post(f"{PAGE}/signature", data={"signature": "Tibro kommun"})
    device = office.client("chef")
    assert "allas används: Tibro kommun" in device.get("/account").text
    device.post("/account/signature", data={"signature": "Karin, Tibro kommun"})
    with office.db.snapshot() as session:
        assert signature_of(session, "chef") == "Karin, Tibro kommun"
        assert signature_of(session, "redaktor") == "Tibro kommun"
    device.post("/account/signature", data={"signature": "Karin, Tibro kommun", "everybodys": "1"})
    with office.db.snapshot() as session:
        assert signature_of(session, "chef") == "Tibro kommun"
        assert [row.owner for row in session.scalars(select(Signature))] == [""]
    assert office.acts("signature.changed") == [("kommunikator", "everybody"), ("chef", "chef"), ("chef", "chef")]
    for address, who in (("/account/signature", device), (f"{PAGE}/signature", office.client("admin"))):
        answer = who.post(address, data={"signature": "å" * 201})
        assert (answer.status_code, 'id="signature-fault"' in answer.text) == (422, True)
    assert "Din signatur" not in office.client("revisor").get("/account").text, "who answers nothing signs nothing"


@pytest.mark.parametrize("person", ["chef", "redaktor", "revisor"])
def test_others_change_nothing(office: Office, person: str) -> None:
    made, device = added(office), office.client(person)
    assert [device.get(path).status_code for path in (PAGE, f"{PAGE}/{made.id}")] == [403, 403]
    for path in (PAGE, f"{PAGE}/{made.id}", f"{PAGE}/{made.id}/retire", f"{PAGE}/signature"):
        assert device.post(path, data=THANKS).status_code == 403


def test_there_is_no_such_template(office: Office) -> None:
    device = office.client("kommunikator")
    for number in (0, 99999, 2**31, -1):
        assert device.get(f"{PAGE}/{number}").status_code == 404
        assert device.post(f"{PAGE}/{number}/retire").status_code == 404
        assert device.post(f"{PAGE}/{number}", data=THANKS).status_code == 404
