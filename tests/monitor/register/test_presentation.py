"""The text for an account's presentation, and the service hours in words."""

from datetime import UTC, date, datetime

import pytest

from config.language import use_language
from monitor.db import Database
from monitor.register.account_text import POINTS, needed
from monitor.register.file import RegisterFile
from monitor.register.hours import in_words
from monitor.register.importing import import_register
from monitor.register.models import Channel, Organisation
from monitor.register.presentation import Presentation, presentation

TODAY = date(2026, 11, 23)


def text_of(db: Database, channel: str, today: date = TODAY, language: str = "sv") -> Presentation:
    with db.snapshot() as session, use_language(language):
        return presentation(session, session.get_one(Channel, channel), today)


@pytest.fixture
def register(sqlite: Database, sample: RegisterFile) -> Database:
    with sqlite.transaction() as session:
        import_register(session, sample, datetime(2026, 11, 23, tzinfo=UTC))
    return sqlite


def test_the_text_tells_every_point_with_what_the_register_knows(register: Database) -> None:
    told = text_of(register, "facebook")
    assert len(told.paragraphs) == len(POINTS)
    assert told.lacking == []
    text = "\n".join(told.paragraphs)
    for value in (
        *("Tibro kommun", "Ansvarig enhet: Kommunikation", "Syftet med kanalen: Marknadsföra kommunen"),
        *("allmän handling hos Tibro kommun", "https://www.tibro.se/kommentarsregler", "sparar en kopia"),
        *("helgfria vardagar (mån–fre) 07.30–16.00", "0504-180 00, kommun@example.org, https://www.tibro.se"),
        *("Alla kan läsa", "https://www.tibro.se/personuppgifter"),
    ):
        assert value in text


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("channel", ["facebook", "foraldragrupp", "webbplats"])
def test_the_text_says_nothing_of_what_a_law_demands(register: Database, channel: str, language: str) -> None:
    text = " ".join(text_of(register, channel, language=language).paragraphs).lower()
    assert not {"lag", "lagen", "law", "kräver", "requires", "dagligen", "daily"} & set(text.replace(".", " ").split())


def test_a_closed_group_says_who_reads_it(register: Database) -> None:
    text = "\n".join(text_of(register, "foraldragrupp", language="en").paragraphs)
    assert "All members of the group can read what you write here." in text
    assert "working days (Mon–Fri) 07:30–16:00" in text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_without_comments_nothing_is_said_of_what_is_written_there(register: Database, language: str) -> None:
    with register.transaction() as session:
        session.get_one(Organisation, 1).rules_url = None
    told = text_of(register, "webbplats", language=language)
    text = "\n".join(told.paragraphs)
    assert len(told.paragraphs) == len(needed(has_comments=False))
    assert not any(
        words in text for words in ("skriver här", "write here", "kommentarer som bryter", "break the rules")
    )
    assert not any("rules_url" in each for each in told.lacking)


def test_without_comments_no_hours_are_promised(register: Database) -> None:
    assert "07.30" not in "\n".join(text_of(register, "webbplats").paragraphs)


def test_what_the_register_does_not_tell_is_said(register: Database) -> None:
    with register.transaction() as session:
        owner = session.get_one(Organisation, 1)
        owner.phone = owner.email = owner.website = owner.rules_url = owner.privacy_url = None
    told = text_of(register, "instagram", language="en")
    assert told.lacking == [
        "The purpose is missing: nothing has been decided about the channel.",
        *(f"{key} is missing in [organisation]." for key in ("phone", "email", "rules_url", "privacy_url")),
    ]
    text = "\n".join(told.paragraphs)
    for key in ("purpose", "rules_url", "phone, email", "privacy_url"):
        assert f"[missing: {key}]" in text


def test_the_purpose_is_that_of_the_decision_in_force(register: Database) -> None:
    assert "[saknas: purpose]" in text_of(register, "facebook", date(2026, 1, 11)).paragraphs[1]
    assert "Marknadsföra" in text_of(register, "facebook", date(2026, 1, 12)).paragraphs[1]
    assert "Marknadsföra" in text_of(register, "facebook", date(2028, 1, 1)).paragraphs[1]


@pytest.mark.parametrize(
    ("hours", "swedish", "english"),
    [
        (
            {"mon-fri": "07:30-16:00"},
            "helgfria vardagar (mån–fre) 07.30–16.00",
            "working days (Mon–Fri) 07:30–16:00",
        ),
        (
            {"mon-thu": "07:30-16:30", "fri": "07:30-15:00"},
            "helgfria dagar: mån–tors 07.30–16.30, fre 07.30–15.00",
            "days that are no public holidays: Mon–Thu 07:30–16:30, Fri 07:30–15:00",
        ),
        (
            {"mon-tue": "08:00-17:00", "wed": "08:00-18:00", "thu-sun": "08:00-17:00"},
            "helgfria dagar: mån–tis 08.00–17.00, ons 08.00–18.00, tors–sön 08.00–17.00",
            "days that are no public holidays: Mon–Tue 08:00–17:00, Wed 08:00–18:00, Thu–Sun 08:00–17:00",
        ),
        (
            {"mon-sat": "07:30-16:00"},
            "helgfria dagar: mån–lör 07.30–16.00",
            "days that are no public holidays: Mon–Sat 07:30–16:00",
        ),
        (
            {"mon-fri": "07:30-12:00 13:00-16:00"},
            "helgfria vardagar (mån–fre) 07.30–12.00 och 13.00–16.00",
            "working days (Mon–Fri) 07:30–12:00 and 13:00–16:00",
        ),
        (
            {"mon-thu": "07:30-10:00 10:15-12:00 13:00-16:00", "fri": "07:30-12:00"},
            "helgfria dagar: mån–tors 07.30–10.00, 10.15–12.00 och 13.00–16.00, fre 07.30–12.00",
            "days that are no public holidays: Mon–Thu 07:30–10:00, 10:15–12:00 and 13:00–16:00, Fri 07:30–12:00",
        ),
    ],
)
def test_service_hours_are_told_in_words(hours: dict[str, str], swedish: str, english: str) -> None:
    with use_language("sv"):
        assert in_words(hours) == swedish
    with use_language("en"):
        assert in_words(hours) == english
