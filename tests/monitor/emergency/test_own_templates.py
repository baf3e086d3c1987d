"""The municipality's own templates: what they may hold, and where they are offered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.emergency import own_templates
from monitor.emergency.beginning import from_template
from monitor.emergency.composing import what_is_wrong
from monitor.emergency.message_rules import OTHERS, PARTS, What
from monitor.emergency.models import Incident
from monitor.emergency.own_templates import CannotKeep, Given
from monitor.emergency.wording import wording, wordings
from tests.monitor.emergency.crises import incident, register

NOW = datetime.now(UTC)
GOOD = Given("Strömavbrott i Tibro", "sv", "Strömavbrott i [område]", {"happened": "Mörkt sedan [tid]."}, "power.sv")


@pytest.fixture
def crisis(sqlite: Database) -> Database:
    with sqlite.transaction() as session:
        register(session)
        incident(session)
    return sqlite


def test_one_is_offered_before_the_built_in_ones_with_the_gravity_of_what_it_copies(crisis: Database) -> None:
    with crisis.transaction() as session:
        made = own_templates.add(session, GOOD, "anna", NOW)
        offered = own_templates.offered(session)
        assert (offered[0].key, offered[0].is_own, len(offered)) == (f"own-{made.id}", True, len(wordings()) + 1)
        assert offered[0].cap == wording("power", "sv").cap
        own_templates.change(
            session, made, Given("Ny", "plain", "Mörkt", {"happened": "Ljuset är borta."}), "anna", NOW
        )
        own_templates.retire(session, made, "anna", NOW)
        own_templates.retire(session, made, "anna", NOW)
        assert own_templates.offered(session) == wordings()
        with pytest.raises(KeyError):
            own_templates.named(session, f"own-{made.id}.plain")
        own_templates.offer_again(session, made, "anna", NOW)
        assert own_templates.named(session, f"own-{made.id}.plain").headline == "Mörkt"
        acts = [each.act.removeprefix("crisis_template.") for each in session.query(AuditEntry).order_by(AuditEntry.id)]
        assert acts == ["added", "changed", "retired", "restored"]


def test_a_draft_begun_with_one_is_not_sent_before_its_gaps_are_filled_in(crisis: Database) -> None:
    with crisis.transaction() as session:
        made = own_templates.add(session, GOOD, "anna", NOW)
        words = own_templates.named(session, f"own-{made.id}.sv")
        draft = from_template(session, session.get_one(Incident, 1), "anna", NOW, words)
        draft.next_update_at = NOW + timedelta(hours=1)
        assert {each.what for each in what_is_wrong(session, draft, NOW, Settings())} == {What.GAP}


@pytest.mark.parametrize("name", ["own-99.sv", "own-.sv", "own-x.sv", "own-1.en", "power", "", "own-99999999999.sv"])
def test_a_name_that_is_no_templates_is_none(crisis: Database, name: str) -> None:
    with crisis.transaction() as session:
        own_templates.add(session, GOOD, "anna", NOW)
        with pytest.raises(KeyError):
            own_templates.named(session, name)
        with pytest.raises(CannotKeep):
            own_templates.add(session, Given("N", "sv", "H", {"happened": "h"}, name or "."), "anna", NOW)


@pytest.mark.parametrize(
    ("bad", "fields"),
    [
        (Given(" ", "sv", "", {}), {"name", "headline", "happened"}),
        (Given("VMA-mall", "sv", "H", {"happened": "Faran över"}), {"name", "happened"}),
        (
            Given("N" * 81, "de", "H" * 101, {"happened": "h", "doing": "x" * 5001}),
            {"name", "language", "headline", "doing"},
        ),
        (Given("N", "sv", "Utan slut [plats", {"happened": "[" + "x" * 41 + "]"}), {"headline", "happened"}),
    ],
)
def test_what_is_wrong_stands_at_its_field(crisis: Database, bad: Given, fields: set[str]) -> None:
    with crisis.transaction() as session:
        with pytest.raises(CannotKeep) as refused:
            own_templates.add(session, bad, "anna", NOW)
        assert set(refused.value.faults) == fields


@given(st.sampled_from(OTHERS), st.sampled_from(("headline", *PARTS)), st.text(" .,-", min_size=1, max_size=2))
def test_no_warning_word_is_kept_wherever_it_stands(word: str, field: str, around: str) -> None:
    said = {"headline": "Rubrik", "happened": "Något."} | {field: f"a{around}{word.upper()}{around}b"}
    headline = said.pop("headline")
    assert set(own_templates.wrong(Given("Namn", "sv", headline, said), NOW)) == {field}


@given(st.text("abcåäö ", min_size=1, max_size=38).filter(str.strip))
def test_a_gap_that_fits_is_always_allowed(words: str) -> None:
    assert own_templates.wrong(Given("Namn", "sv", f"I [{words}]", {"happened": f"[{words}] hände."}), NOW) == {}
