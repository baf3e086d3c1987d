"""Settings on the web: words that flag comments, and what only the register file changes."""

import pytest
from sqlalchemy import select

from monitor.inbox.flag_listing import seed
from monitor.inbox.models import FlagRule
from tests.web.register.office import NOW, Office

WORD = {"word": "gäddsoppa*", "kind": "danger", "language": "sv", "channel": ""}


def rules(office: Office, word: str) -> list[tuple[str, bool]]:
    with office.db.snapshot() as session:
        return [(row.kind, row.retired) for row in session.scalars(select(FlagRule).where(FlagRule.word == word))]


def test_a_word_is_added_and_taken_out_of_use(office: Office) -> None:
    device = office.client("kommunikator")
    answer = device.post("/settings/words", data=WORD)
    assert "Ordet flaggar kommentarer från och med nu" in answer.text
    assert rules(office, "gäddsoppa*") == [("danger", False)]
    with office.db.snapshot() as session:
        number = session.scalars(select(FlagRule.id).where(FlagRule.word == "gäddsoppa*")).one()
    answer = device.post(f"/settings/rules/{number}/remove")
    assert "Regeln flaggar inget mer." in answer.text
    assert rules(office, "gäddsoppa*") == [("danger", True)]
    assert office.acts("flag_rule.added")[-1] == office.acts("flag_rule.removed")[-1] == ("kommunikator", str(number))
    again = device.post(f"/settings/rules/{number}/remove")
    assert (again.status_code, "inte i bruk" in again.text or "längre" in again.text) == (409, True)
    assert device.post("/settings/rules/99999/remove").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"word": " "}, "word"),
        ({"word": "*"}, "word"),
        ({"word": "a*b*c"}, "word"),
        ({"kind": "rush"}, "kind"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_is_no_rule_is_refused_at_its_field(office: Office, change: dict[str, str], field: str) -> None:
    answer = office.client("kommunikator").post("/settings/words", data=WORD | change)
    assert (answer.status_code, f'id="{field}-fault"' in answer.text) == (422, True)
    assert 'id="word"' in answer.text
    assert rules(office, WORD["word"]) == []


def test_a_word_that_is_there_already_is_refused(office: Office) -> None:
    device = office.client("kommunikator")
    device.post("/settings/words", data=WORD)
    answer = device.post("/settings/words", data=WORD)
    assert (answer.status_code, 'value="gäddsoppa*"' in answer.text) == (422, True)


def test_a_rush_is_set_for_one_channel(office: Office) -> None:
    device = office.client("admin")
    answer = device.post("/settings/rush", data={"comments": "9", "minutes": "5", "rush_channel": "fb"})
    assert "9 kommentarer på 5 minuter" in answer.text
    for sent in ({"comments": "nio", "minutes": "5"}, {"comments": "1", "minutes": "5"}):
        assert device.post("/settings/rush", data=sent).status_code == 422
    assert device.post("/settings/rush", data={"comments": "9", "minutes": "5", "rush_channel": "x"}).status_code == 404


def test_the_list_is_filtered(office: Office) -> None:
    with office.db.transaction() as session:
        seed(session, NOW)
    device = office.client("kommunikator")
    device.post("/settings/words", data=WORD | {"channel": "fb"})
    assert "gäddsoppa*" in device.get("/settings?kind=danger&channel=fb").text
    assert "gäddsoppa*" not in device.get("/settings?kind=breach").text
    assert device.get("/settings?kind=breach").text.count('id="rule-') > 1


def test_the_organisations_own_is_shown_with_where_it_is_changed(office: Office) -> None:
    page = office.client("admin").get("/settings").text
    assert "https://www.tibro.se" in page
    assert "kanalvakt register import" in page
    assert "Ingen regel är i bruk." in page, "looking writes nothing"
    with office.db.snapshot() as session:
        assert session.scalars(select(FlagRule)).all() == []


@pytest.mark.parametrize("person", ["chef", "redaktor", "revisor"])
def test_others_set_nothing(office: Office, person: str) -> None:
    device = office.client(person)
    assert device.get("/settings").status_code == 403
    assert device.post("/settings/words", data=WORD).status_code == 403
    assert device.post("/settings/rush", data={}).status_code == 403
    assert device.post("/settings/rules/1/remove").status_code == 403
