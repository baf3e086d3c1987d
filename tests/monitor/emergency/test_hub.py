"""The crisis page's files: what holds, what is history, and that nobody ever reads half of anything."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from lxml import etree
from sqlalchemy import select

from config.settings import Settings
from monitor.db import Database
from monitor.emergency import by_hand, hub, hub_turn
from monitor.emergency.faults import CannotSend
from monitor.emergency.hub_turn import TURNS
from monitor.emergency.models import Delivery, Hold, Incident, Topic
from monitor.register.models import Organisation
from tests.monitor.emergency.crises import HASH, NOW, incident, registered, sent, shown_to_all
from tests.monitor.emergency.test_cap import assert_valid


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return shown_to_all(tmp_path)


@pytest.fixture
def town(sqlite: Database) -> Database:
    return registered(sqlite)


def page(settings: Settings, name: str = "index.html") -> str:
    return (hub.folder(settings) / name).read_text()


def test_what_holds_stands_first_and_what_it_replaced_is_history(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session, stage="ongoing")
        first = sent(session, event, "tibro-1", at=NOW - timedelta(hours=1))
        sent(session, event, "tibro-2", "correction", earlier_id=first.id, headline="Bara i Häggetorp")
        asked = {"incident_id": event.id, "made_at": NOW}
        session.add(Topic(title="Kan jag duscha?", answer="Ja.", shown_at=NOW, by_id="anna", **asked))
        session.add(Topic(title="Är det gift?", answer="Utkast", **asked))
    hub.publish_hub(town, settings, NOW)
    front = page(settings)
    assert front.index("RÄTTELSE: Bara i Häggetorp") < front.index("Tidigare budskap") < front.index("tibro-1")
    assert "Pågår" in front
    assert "Nästa uppdatering senast lör 28 nov. kl. 18.00." in front
    assert "Kan jag duscha?" in front
    assert "Är det gift?" not in front
    assert "gäller inte längre" in page(settings, "tibro-1.html")
    assert "gäller inte längre" not in page(settings, "tibro-2.html")
    assert 'lang="en"' in page(settings, "en.html")


def test_machines_read_the_same(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session)
        first = sent(session, event, "tibro-1", headline="Koka <vattnet> & \x0b vänta", at=NOW - timedelta(hours=1))
        sent(session, event, "tibro-2", "update", earlier_id=first.id)
    hub.publish_hub(town, settings, NOW)
    for name in ("tibro-1", "tibro-2"):
        assert_valid((hub.folder(settings) / "cap" / f"{name}.xml").read_bytes())
    update = etree.fromstring((hub.folder(settings) / "cap" / "tibro-2.xml").read_bytes())
    assert update.findtext("{*}references") == "www.tibro.se,tibro-1,2026-11-28T16:00:00+01:00"
    feed = etree.fromstring((hub.folder(settings) / "feed.atom").read_bytes())
    assert [each.text for each in feed.findall("{*}entry/{*}id")] == [
        hub.address(settings, name) for name in ("tibro-2", "tibro-1")
    ]
    messages = json.loads(page(settings, "index.json"))["incidents"][0]["messages"]
    assert [(each["identifier"], each["holds"]) for each in messages] == [("tibro-2", True), ("tibro-1", False)]


def test_a_machine_reads_all_clear_in_what_says_that_it_is_over_and_never_in_a_withdrawal(
    town: Database, settings: Settings
) -> None:
    grave = {"category": "Fire", "urgency": "Immediate", "severity": "Severe", "certainty": "Observed"}
    with town.transaction() as session:
        event = incident(session)
        first = sent(session, event, "tibro-1", **grave)
        for kind in ("update", "cancel", "correction"):
            sent(session, event, f"tibro-{kind}", kind, earlier_id=first.id, final=True, **grave)
        sent(session, event, "tibro-free")
    hub.publish_hub(town, settings, NOW)
    told = dict[str, list[str | None]]()
    for name in ("1", "update", "cancel", "correction", "free"):
        written = (hub.folder(settings) / "cap" / f"tibro-{name}.xml").read_bytes()
        assert_valid(written)
        info = etree.fromstring(written).find("{*}info")
        told[name] = [info.findtext(f"{{*}}{each}") for each in ("responseType", "urgency", "severity")]
    assert told == {
        "1": ["Monitor", "Immediate", "Severe"],
        "update": ["AllClear", "Past", "Minor"],
        "cancel": ["Monitor", "Unknown", "Unknown"],
        "correction": ["Monitor", "Immediate", "Severe"],
        "free": ["Monitor", "Unknown", "Unknown"],
    }


def test_where_there_is_no_file_in_cap_nothing_leads_to_one(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        session.scalars(select(Organisation)).one().municipality_code = None  # then CAP has no words for the place
        sent(session, incident(session), "tibro-1")
    hub.publish_hub(town, settings, NOW)
    assert not (hub.folder(settings) / "cap").exists()
    assert json.loads(page(settings, "index.json"))["incidents"][0]["messages"][0]["cap"] is None
    assert "/cap/" not in page(settings, "feed.atom")


def test_what_follows_something_that_nobody_saw_is_an_alert_of_its_own(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session)
        first = sent(session, event, "tibro-1", hub="held")
        sent(session, event, "tibro-2", "correction", earlier_id=first.id)
    hub.publish_hub(town, settings, NOW)
    written = (hub.folder(settings) / "cap" / "tibro-2.xml").read_bytes()
    assert_valid(written)
    assert etree.fromstring(written).findtext("{*}msgType") == "Alert"


def test_an_exercise_lies_elsewhere_and_says_what_it_is(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        sent(session, incident(session, "exercise"), "tibro-x")
    hub.publish_hub(town, settings, NOW)
    assert "tibro-x" not in page(settings) + page(settings, "index.json") + page(settings, "feed.atom")
    served = {path.name for path in hub.folder(settings).rglob("*tibro-x*")}
    assert served == {"tibro-x.jpg"}  # its card, which says ÖVNING: platforms fetch it for test accounts
    rehearsed = hub.folder(settings, exercise=True)
    assert "ÖVNING: Koka vattnet" in (rehearsed / "index.html").read_text()
    written = etree.fromstring((rehearsed / "cap" / "tibro-x.xml").read_bytes())
    assert (written.findtext("{*}status"), written.findtext("{*}note")) == ("Exercise", "ÖVNING")
    assert hub.verify(settings, "tibro-x", HASH)
    assert not hub.verify(settings, "tibro-x", "b" * 64)


def test_what_is_held_back_does_not_slip_out_with_the_next_message(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session)
        for state in ("held", "expired", "rejected", "pending", "verified"):
            sent(session, event, f"tibro-{state}", hub=state)
        session.add(Hold(place="", by_id="anna", at=NOW, until=NOW + timedelta(hours=1)))
    hub.publish_hub(town, settings, NOW)
    made = {path.stem for path in hub.folder(settings).glob("tibro-*.html")}
    assert made == {"tibro-verified"}
    hub.publish_hub(town, settings, NOW + timedelta(hours=2))
    assert (hub.folder(settings) / "tibro-pending.html").exists()


def test_what_was_written_once_stays_whatever_becomes_of_its_delivery(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session)
        for state in ("rejected", "expired", "held"):
            sent(session, event, f"tibro-{state}", hub=state)
        for delivery in session.scalars(select(Delivery).where(Delivery.state != "held")):
            delivery.confirmed_at = NOW
    hub.publish_hub(town, settings, NOW)
    told = json.loads(page(settings, "index.json"))["incidents"][0]["messages"]
    assert {each["identifier"] for each in told} == {"tibro-rejected", "tibro-expired"}


def test_what_cannot_be_seen_from_outside_is_not_left_out_by_a_person(town: Database) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-1", hub="needs_human")
        asked = session.scalars(select(Delivery)).one()
        with pytest.raises(CannotSend):
            by_hand.answer(session, asked.id, "skip", "", "anna", NOW)
        by_hand.answer(session, asked.id, "seen", "", "anna", NOW)
        assert asked.state == "verified"


def test_when_its_time_is_over_a_message_is_history(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-1")
    hub.publish_hub(town, settings, NOW + timedelta(days=2))
    assert "gäller inte längre" in page(settings, "tibro-1.html")


def test_what_has_ended_promises_nothing_more_though_nobody_sent_a_last_message(
    town: Database, settings: Settings
) -> None:
    with town.transaction() as session:
        event = incident(session)
        sent(session, event, "tibro-1", next_update_at=NOW + timedelta(hours=1))
    hub.publish_hub(town, settings, NOW)
    assert json.loads(page(settings, "index.json"))["incidents"][0]["next_update_at"]
    with town.transaction() as session:
        session.merge(event).closed_at = NOW
    hub.publish_hub(town, settings, NOW)
    for name in ("index.html", "tibro-1.html"):
        assert "Nästa uppdatering" not in page(settings, name)
        assert "Detta avslutades lör 28 nov." in page(settings, name)
    [told] = json.loads(page(settings, "index.json"))["incidents"]
    assert (told["next_update_at"], told["messages"][0]["next_update_at"]) == (None, None)


def test_a_message_stays_in_its_own_language_on_the_page_in_another(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-1", "correction", meaning="Koka vattnet.")
    hub.publish_hub(town, settings, NOW)
    shown = page(settings, "en.html")
    assert "Published Sat 28 Nov" in shown
    assert "Det här betyder det för dig:" in shown
    assert "What this means for you:" not in shown
    assert "RÄTTELSE: " in shown


def test_a_copy_of_it_says_until_when_it_holds_and_when_it_was_written_though_nothing_runs(
    town: Database, settings: Settings
) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-1", at=NOW - timedelta(hours=1))
    for now, holds in ((NOW, True), (NOW + timedelta(days=1, minutes=1), False)):
        hub.publish_hub(town, settings, now)
        for name in ("index.html", "tibro-1.html", "feed.atom"):
            assert ("Gäller till sön 29 nov. kl. 17.00." in page(settings, name)) is holds, name
        assert ("gäller inte längre" in page(settings, "feed.atom")) is not holds
        told = json.loads(page(settings, "index.json"))
        [message] = told["incidents"][0]["messages"]
        assert (told["made"], message["holds"], message["expires"]) == (
            now.isoformat(),
            holds,
            "2026-11-29T16:00:00+00:00",
        )
    assert "Sidan skrevs sön 29 nov. kl. 17.01." in page(settings)


def test_nothing_is_written_where_nothing_has_changed(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        sent(session, incident(session), "tibro-1")
    hub.publish_hub(town, settings, NOW)
    before = {path: path.stat().st_ino for path in hub.folder(settings).rglob("*.*")}
    hub.publish_hub(town, settings, NOW + timedelta(hours=1))
    assert {path: path.stat().st_ino for path in hub.folder(settings).rglob("*.*")} == before


def test_a_reader_never_sees_half_a_page(town: Database, settings: Settings) -> None:
    with town.transaction() as session:
        event = incident(session)
        for number in range(8):
            sent(session, event, f"tibro-{number}", happened="Långt. " * 300)
    hub.publish_hub(town, settings, NOW)
    seen, done = list[str](), Event()

    def look() -> None:
        while not done.is_set():
            seen.append(page(settings))

    reader = Thread(target=look)
    reader.start()
    for hours in range(10):
        hub.publish_hub(town, settings, NOW + timedelta(hours=24 * (hours % 2)))
    done.set()
    reader.join()
    assert len({len(text) for text in seen}) == 2
    assert all(text.rstrip().endswith("</html>") for text in seen)


@pytest.mark.parametrize("word", ["VMA", "viktigt meddelande till allmänheten", "faran över", "myndighetsmeddelande"])
def test_it_is_never_called_what_others_send(town: Database, settings: Settings, word: str) -> None:
    with town.transaction() as session:
        sent(session, incident(session, stage="over"), "tibro-1", final=True)
    hub.publish_hub(town, settings, NOW)
    for path in hub.folder(settings).rglob("*.*"):
        if path.is_file() and path.suffix != ".jpg":
            assert word.lower() not in path.read_text().lower(), path


FREEZES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from config.settings import Settings
from monitor.db import Database
from monitor.emergency import hub, hub_pages
place, at, now, address = sys.argv[1:]
put, draw = Path.replace, hub_pages.files

def freeze():
    os.kill(os.getpid(), signal.SIGSTOP)

def replace(path, target):
    if target.name == "index.html" and at == "putting":
        freeze()
    return put(path, target)

def files(*words, **wanted):
    made = draw(*words, **wanted)
    if at == "drawn":
        freeze()
    return made

Path.replace, hub_pages.files = replace, files
settings = Settings(home=place, web={"public_url": "https://kris.tibro.se"})
hub.publish_hub(Database(address), settings, datetime.fromisoformat(now))
"""


@pytest.mark.parametrize("at", ["drawn", "putting"])
def test_a_writer_that_is_frozen_keeps_nobody_waiting_and_overwrites_nothing_when_it_wakes(
    town: Database, settings: Settings, at: str
) -> None:
    with town.transaction() as session:
        event = incident(session)
        sent(session, event, "tibro-1", headline="Det första")
    words = [str(settings.home), at, NOW.isoformat(), town.engine.url.render_as_string(hide_password=False)]
    with subprocess.Popen([sys.executable, "-c", FREEZES, *words], stderr=subprocess.PIPE) as frozen:
        try:
            _pid, status = os.waitpid(frozen.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            with town.transaction() as session:
                sent(session, session.get_one(Incident, 1), "tibro-2", headline="Det andra")
            began = monotonic()
            hub.publish_hub(town, settings, NOW)
            assert monotonic() - began < 5, "channels wait so long for the page"
            assert "Det andra" in page(settings)
        finally:
            frozen.send_signal(signal.SIGCONT)
        assert frozen.wait(20) == 1
    assert "Det andra" in page(settings)
    assert not [each for each in (hub.folder(settings) / TURNS).iterdir() if each.name.startswith(".")]


def test_a_writer_that_only_takes_long_is_waited_for(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_turn, "LIVES_EVERY", 0.05)
    monkeypatch.setattr(hub_turn, "PATIENCE", 0.5)
    place, entered = hub.folder(settings), Event()

    def wait_in_line() -> None:
        with hub_turn.turn(place, place) as mine:
            assert mine.number == 1
            entered.set()

    with hub_turn.turn(place, place) as slow:
        second = Thread(target=wait_in_line)
        second.start()
        assert not entered.wait(1.2)
        slow.check()
    second.join(5)
    assert entered.is_set()
