"""The decision on paper: what the guideline asks for, in its words, in either language."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from config.language import use_language
from monitor.db import Database
from monitor.register.deciding import confirm, make_decision
from monitor.register.decision_paper import decision_pdf
from monitor.register.decision_rules import Draft
from monitor.register.decision_words import fingerprint
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel, Decision, Organisation, Person

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MARKUP = '#let *x* _y_ $z$ @a <b> \\ "c" å 😀'
ADDRESS = "https://www.youtube.com/@tibro_x"
DRAFT = Draft(MARKUP, ADDRESS, "Rad ett\nRad två", "redaktor", date(2027, 12, 31), NOW.date())


@pytest.fixture
def decided(db: Database, sample: RegisterFile) -> Database:
    with db.transaction() as session:
        import_register(session, sample, NOW)
        session.scalars(select(Organisation)).one().policy_url = "https://www.tibro.se/riktlinjer"
        draft = replace(DRAFT, authorised=("redaktor", "kommunikator"))
        make_decision(session, session.get_one(Channel, "youtube"), draft, "enhetschef", NOW)
    return db


def paper(db: Database) -> bytes:
    with db.snapshot() as session:
        return decision_pdf(session, session.scalars(select(Decision).where(Decision.channel_id == "youtube")).one())


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_four_contents_stand_there_under_the_guidelines_own_labels(decided: Database) -> None:
    text = words(paper(decided))
    assert "Beslut om social mediekanal" in text
    for label, value in {
        "Syfte": MARKUP.replace("😀", "[GRINNING FACE]"),
        "Social mediekanal (adress)": ADDRESS,
        "Huvudsaklig målgrupp": "Rad ett Rad två",
        "Ansvarig för kanalen": "Redaktör",
        "Behöriga användare": "Redaktör, sociala medier; Kommunikatör",
        "Gäller t.o.m.": "2027-12-31",
        "Beslutat av": "Enhetschef",
        "Beslutsdatum": "2026-11-23",
        "Enhet": "Kommunikation",
        "Styrdokument": "https://www.tibro.se/riktlinjer",
        "Version": "1",
    }.items():
        assert f"{label} {value}" in text


def test_that_nobody_else_may_answer_is_said(db: Database, sample: RegisterFile) -> None:
    with db.transaction() as session:
        import_register(session, sample, NOW)
        make_decision(session, session.get_one(Channel, "youtube"), DRAFT, "enhetschef", NOW)
    assert "Behöriga användare inga utöver den ansvariga" in words(paper(db))


def test_it_is_shown_in_english_to_who_reads_english(decided: Database) -> None:
    with use_language("en"):
        pdf = paper(decided)
    assert "Main target group Rad ett" in words(pdf)
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == "en"


def test_the_hash_of_the_text_stands_on_the_page_and_any_other_text_has_another(decided: Database) -> None:
    with decided.snapshot() as session:
        decision = session.scalars(select(Decision).where(Decision.channel_id == "youtube")).one()
        hash_ = fingerprint(decision)
    assert f"SHA-256 {hash_}" in words(paper(decided))
    decision.audience = "Andra"
    assert fingerprint(decision) != hash_


def test_the_same_decision_is_the_same_file_until_the_communicator_has_it(decided: Database) -> None:
    first = paper(decided)
    assert paper(decided) == first
    assert "Förmedlat till kommunikatören" not in words(first)
    with decided.transaction() as session:
        decision = session.scalars(select(Decision).where(Decision.channel_id == "youtube")).one()
        confirm(session, decision, session.get_one(Person, "kommunikator"), NOW + timedelta(days=1))
    assert "Förmedlat till kommunikatören bekräftat mottaget 2026-11-24 av Kommunikatör" in words(paper(decided))
