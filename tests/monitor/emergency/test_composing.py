"""What goes out: all of it in a long text, something that fits everywhere in a short one, and what no text lacks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.language import _
from config.settings import Settings
from connectors import PLATFORMS
from connectors.facebook.publishing import FacebookPublishing
from connectors.instagram.publishing import InstagramPublishing
from connectors.youtube.publishing import YouTubePublishing
from monitor.db import Database
from monitor.emergency import incidents
from monitor.emergency.cards import alt_text, shown_text
from monitor.emergency.composing import channels_of, long_text, short_text, texts, titled, what_is_wrong
from monitor.emergency.drafting import TAKES_BACK, Own, Written, begin, edit
from monitor.emergency.message_rules import OTHERS, PARTS, SHORT, Kind, What, others_word
from monitor.emergency.models import Incident, Message
from monitor.emergency.wording import LANGUAGES, wordings
from monitor.register.organisation import organisation
from tests.monitor.town import Town

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
SETTINGS = Settings()
LONG = "Vattnet i Tibro är förorenat och måste kokas. " * 60


@pytest.fixture
def town(sqlite: Database) -> Town:
    made = Town(sqlite)
    made.channel("ig", platform="instagram")
    made.channel("webb", platform="website")
    return made


def written(town: Town, mode: str, text: str = "Strömmen är borta.", **places: Own) -> tuple[Message, dict[str, str]]:
    with town.db.transaction() as session:
        incident = incidents.start(session, "redaktor", mode, "elevated", "Ström", "", NOW)
        message = begin(session, incident, "redaktor", NOW)
        promise = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)
        said = Written("Strömavbrott", {"happened": text}, next_update_at=promise, places=places)
        edit(session, message, "redaktor", 0, said, NOW)
        return message, texts(session, message, channels_of(session), SETTINGS)


def test_what_is_too_long_for_a_place_goes_there_in_its_short_form(town: Town) -> None:
    _message, said = written(town, "actual", LONG)
    assert set(said) == {"hub", "fb", "ig"}
    assert said["fb"] == said["hub"]
    assert LONG.strip() in said["hub"]
    assert "Nästa uppdatering senast kl. 15.30 lördag 28 november." in said["hub"]
    assert len(said["ig"]) <= SHORT


def test_every_text_of_an_exercise_says_so_first_and_none_lacks_the_link(town: Town) -> None:
    message, said = written(town, "exercise", LONG, fb=Own("Bara här."), ig=Own(left_out=True))
    assert set(said) == {"hub", "fb"}
    assert all(text.startswith("ÖVNING") for text in said.values())
    link = said["hub"].split()[-1]
    assert said["fb"] == f"ÖVNING: Bara här.\n\nNästa uppdatering senast kl. 15.30 lördag 28 november.\n\n{link}"
    assert titled(message, "exercise") == "ÖVNING: Strömavbrott"
    with town.db.transaction() as session:
        incident = session.get_one(Incident, message.incident_id)
        for language in ("sv", "en"):
            message.language = language
            assert short_text(message, incident, link).startswith("ÖVNING")


def test_what_takes_back_has_words_of_its_own_and_nothing_is_wrong_with_them(town: Town) -> None:
    first, _said = written(town, "actual")
    with town.db.transaction() as session:
        earlier = session.get_one(Message, first.id)
        earlier.committed_at = NOW
        session.flush()
        for kind in (Kind.CORRECTION, Kind.CANCEL):
            incident = session.get_one(Incident, first.incident_id)
            message = begin(session, incident, "redaktor", NOW, kind=kind, earlier=earlier)
            assert what_is_wrong(session, message, NOW + timedelta(days=3), SETTINGS) == []


@pytest.mark.parametrize(("kind", "band"), [(Kind.CORRECTION, "Rättelse"), (Kind.CANCEL, "Återkallat")])
def test_what_takes_back_never_begins_with_what_is_taken_back(town: Town, kind: Kind, band: str) -> None:
    first, _said = written(town, "actual")
    with town.db.transaction() as session:
        earlier, incident = session.get_one(Message, first.id), session.get_one(Incident, first.incident_id)
        earlier.committed_at = NOW
        message = begin(session, incident, "redaktor", NOW, kind=kind, earlier=earlier)
        sentence = TAKES_BACK[kind]
        assert shown_text(message) == f"{_(sentence)}\nGällde: Strömavbrott"
        assert alt_text(message, False).startswith(f"{band}: {_(sentence)}")
        assert short_text(message, incident, "x").startswith(f"{band.upper()}: {_(sentence)}")
        edit(session, message, "redaktor", 0, Written("Strömavbrott", {"happened": "Inget är fel."}), NOW)
        assert not shown_text(message).startswith("Strömavbrott")
        own = {"fb": Own("Strömmen är där."), "ig": Own(f"{band.upper()}: Strömmen är där.")}
        edit(session, message, "redaktor", 1, Written("Ström finns", {"happened": "Ja."}, places=own), NOW)
        said = texts(session, message, channels_of(session), SETTINGS)
        assert said["fb"] == said["ig"]
        assert said["fb"].startswith(f"{band.upper()}: Strömmen är där.")
        assert shown_text(message) == "Ström finns"


def test_templates_are_whole_short_and_look_like_nobody_elses(town: Town) -> None:
    found = wordings()
    assert {each.variety for each in found} == set(LANGUAGES)
    assert len(found) == 9 * len(LANGUAGES)
    with town.db.transaction() as session:
        incident = incidents.start(session, "redaktor", "exercise", "elevated", "Ström", "", NOW)
        for each in found:
            assert all(each.parts[name] for name in PARTS), each.key
            assert not [text for text in (each.headline, *each.parts.values()) if others_word(text)], OTHERS
            message = begin(session, incident, "redaktor", NOW, wording=each)
            wrong = {fault.what for fault in what_is_wrong(session, message, NOW, SETTINGS)}
            assert wrong == (set() if each.key == "holding" else {What.GAP}), each.key


def test_a_text_in_english_is_english_all_through(town: Town) -> None:
    message, _said = written(town, "actual")
    message.language = "en"
    with town.db.snapshot() as session:
        incident, zone = session.get_one(Incident, message.incident_id), organisation(session).timezone
    assert zone == "Europe/Stockholm"
    assert "Next update at the latest" in long_text(message, incident, "https://x.se", ZoneInfo(zone))


@pytest.mark.parametrize(
    ("name", "publisher"),
    [("facebook", FacebookPublishing), ("instagram", InstagramPublishing), ("youtube", YouTubePublishing)],
)
def test_what_is_said_of_a_platform_is_what_its_publisher_does(name: str, publisher: Any) -> None:
    about = PLATFORMS[name].publishes
    assert about is not None
    assert about.longest_post == publisher.longest_post
    assert (about.needs_image, about.best_effort) == (publisher.needs_image, publisher.best_effort)
