"""/crisis/templates: the municipality's own words, from the form to a draft and to the paper."""

from collections.abc import Callable

from starlette.testclient import TestClient

from monitor.db import Database
from monitor.emergency.models import CrisisTemplate
from monitor.register.models import Person
from tests.web.emergency.test_crisis_pages import begin

SignedIn = Callable[[str], TestClient]
PAGE = "/crisis/templates"


def test_a_copy_of_a_built_in_one_is_changed_offered_printed_and_taken_out_of_use(
    filled: Database, signed_in: SignedIn
) -> None:
    with filled.transaction() as session:
        session.get_one(Person, "redaktor").roles = ["crisis_staff"]
    client = signed_in("redaktor")
    assert "Strömavbrott i [område]" in client.get(f"{PAGE}?copy=power.sv").text
    assert client.get(f"{PAGE}?copy=nothing.sv").status_code == 404
    form = {"name": "Mörkt i Tibro", "language": "sv", "headline": "VMA", "happened": "Mörkt.", "copied": "power.sv"}
    wrong = client.post(PAGE, data=form)
    assert wrong.status_code == 422
    assert 'href="#headline"' in wrong.text
    assert 'value="power.sv"' in wrong.text, "what it is a copy of was lost with the fault"
    assert "erbjuds från och med nu" in client.post(PAGE, data=form | {"headline": "Mörkt i [område]"}).text
    with filled.snapshot() as session:
        made = session.query(CrisisTemplate).one()
        assert made.urgency == "Immediate"
    changed = form | {"headline": "Mörkt i hela [område]"}
    assert client.post(f"{PAGE}/{made.id}", data=changed).status_code == 200
    incident = begin(client)
    shown = client.get(incident).text
    assert f'value="own-{made.id}.sv">Mörkt i Tibro' in shown
    assert "Mörkt i hela [område]" in client.get("/crisis/kit").text
    draft = client.post(f"{incident}/messages", data={"template": f"own-{made.id}.sv"}).text
    assert "Mörkt i hela [område]" in draft
    client.post(f"{PAGE}/{made.id}/retire")
    assert "Mörkt i Tibro" not in client.get(incident).text
    assert "Mörkt i Tibro" in client.post(f"{PAGE}/{made.id}/restore").text
