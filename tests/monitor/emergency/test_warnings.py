"""The authorities' feeds, read over HTTP: what they say wrong, late, twice or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency import warnings
from monitor.emergency.models import Delivery, Feed, Message, OutsideWarning
from monitor.emergency.warning_reading import Answer, read
from monitor.emergency.warning_rules import Source, Worth
from tests.monitor.emergency.crises import incident, register

FIRST_MOMENT = "0001-01-01T00:00:00+14:00"
"""Of which there is no time in UTC."""


class Watch:
    """Reads the feeds, a minute later each time."""

    def __init__(self, db: Database, emulator: Emulator) -> None:
        self.db, self.emulator = db, emulator
        self.settings = Settings(emergency={"feeds": True, **_urls(emulator)})  # type: ignore[arg-type]

    @property
    def now(self) -> datetime:
        return self.emulator.world.now

    def read(self) -> list[tuple[str, Worth]]:
        """Text and worth of what is to be looked at afterwards."""
        self.emulator.world.advance(61)
        warnings.read_due(self.db, self.settings, lambda: self.now)
        with self.db.snapshot() as session:
            return [(row.text, worth) for row, worth in warnings.to_look_at(session, self.now)]

    def feed(self, source: str) -> Feed:
        with self.db.snapshot() as session:
            return session.get_one(Feed, source)

    def asked(self) -> list[int | None]:
        return [entry.status for entry in self.emulator.ledger.entries if entry.site == "warnings"]


def _urls(emulator: Emulator) -> dict[str, str]:
    urls = {name: value for name, value in emulator.settings().items() if "EMERGENCY" in name}
    return {name.partition("__")[2].lower(): value for name, value in urls.items()}


@pytest.fixture
def watch(sqlite: Database, emulator: Emulator) -> Iterator[Watch]:
    with sqlite.transaction() as session:
        register(session)
    yield Watch(sqlite, emulator)
    with sqlite.snapshot() as session:  # never, whatever they say
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_an_alert_is_shown_until_its_cancel_which_has_no_info(watch: Watch) -> None:
    watch.emulator.warnings.warn("0", "Giftig rök i Skövde", code="1496")
    alert = watch.emulator.warnings.warn("1", "Giftig rök i Tibro")
    assert watch.read() == [("Giftig rök i Tibro", Worth.SUGGESTION)]
    watch.emulator.world.advance(600)
    watch.emulator.warnings.cancel("2", alert)
    assert watch.read() == []
    watch.emulator.warnings.alerts.clear()
    assert watch.read() == []


def test_an_exercise_in_the_production_feed_is_one(watch: Watch) -> None:
    alert = watch.emulator.warnings.warn("1", "Prov av varningssystemet", code="00", status="Exercise")
    assert watch.read() == [("Prov av varningssystemet", Worth.BANNER)]
    watch.emulator.world.advance(600)
    watch.emulator.warnings.cancel("2", alert)
    assert watch.read() == []


def test_a_cancel_that_names_only_what_it_takes_back_is_understood(watch: Watch) -> None:
    alert = watch.emulator.warnings.warn("1", "Rök")
    watch.read()
    watch.emulator.warnings.cancel("2", alert)["incidents"] = None
    assert watch.read() == []


def test_what_somebody_has_let_be_stays_away_until_there_is_news(watch: Watch) -> None:
    watch.emulator.warnings.warn("1", "Rök", incident="SRVMA1")
    watch.read()
    with watch.db.transaction() as session:
        found = session.scalars(select(OutsideWarning)).one()
        warnings.let_be(session, found.id, "anna", watch.now)
        warnings.let_be(session, found.id, "anna", watch.now)
    assert watch.read() == []
    watch.emulator.warnings.warn("2", "Mer rök", incident="SRVMA1", msgType="Update")
    assert watch.read() == [("Mer rök", Worth.SUGGESTION)]


def test_an_exercise_because_of_a_warning_leaves_it_for_those_who_have_to_act(watch: Watch) -> None:
    watch.emulator.warnings.warn("1", "Rök")
    watch.read()
    for mode, left in (("exercise", [("Rök", Worth.SUGGESTION)]), ("actual", [])):
        with watch.db.transaction() as session:
            found = session.scalars(select(OutsideWarning)).one()
            warnings.begun(session, str(found.id), incident(session, mode))
        assert watch.read() == left


def test_weather_and_news_that_concern_us(watch: Watch) -> None:
    watch.emulator.warnings.weather_warning(1, "RED")
    watch.emulator.warnings.weather_warning(2, "ORANGE", county=1)
    watch.emulator.warnings.weather_warning(3, "YELLOW")
    watch.emulator.warnings.tell("k1", "Elavbrott i länet")
    watch.emulator.warnings.tell("k2", "Prov", IsTest=True)
    watch.emulator.warnings.tell("k3", "Annat", Area=[{"Type": "County", "Description": "Skåne län"}])
    assert watch.read() == [("Mycket snö.", Worth.SUGGESTION), ("Kort.", Worth.BANNER)]
    watch.emulator.warnings.weather.clear()
    assert watch.read() == [("Kort.", Worth.BANNER)]


def test_a_public_warning_that_both_tell_is_shown_once_and_stays_away_when_it_is_taken_back(watch: Watch) -> None:
    watch.emulator.warnings.retell("v1", "Giftig rök i länet")
    alert = watch.emulator.warnings.warn("1", "Rök i Tibro")
    assert watch.read() == [("Rök i Tibro", Worth.SUGGESTION)]
    watch.emulator.world.advance(600)
    watch.emulator.warnings.cancel("2", alert)
    assert watch.read() == []


def test_while_the_radio_says_nothing_the_other_one_is_heard_until_it_says_that_it_is_over(watch: Watch) -> None:
    watch.emulator.faults.add(Fault("status", site="warnings", path="/vma$", times=None, status=500))
    told = watch.emulator.warnings.retell("v1", "Giftig rök i länet", Preamble="Stäng fönstren.")
    watch.emulator.warnings.retell("v2", "Prov", IsTest=True, Preamble="Prov.")
    watch.emulator.warnings.retold.append({"Identifier": "v3", "Published": None, "info": None})
    assert watch.read() == [("Stäng fönstren.", Worth.SUGGESTION), ("Prov.", Worth.BANNER)]
    watch.emulator.world.advance(600)
    later = (watch.now + timedelta(seconds=30)).isoformat()
    told |= {"Headline": "VMA: Faran över för rök", "Updated": later}
    assert watch.read() == [("Prov.", Worth.BANNER)]
    watch.emulator.warnings.retold.clear()
    assert watch.read() == []


def test_what_stands_on_top_is_heard_whatever_its_age_and_once_with_the_news(watch: Watch) -> None:
    made = watch.emulator.warnings.tell("k1", "Elavbrott i länet")
    watch.emulator.warnings.top.append(made)
    assert watch.read() == [("Kort.", Worth.BANNER)]
    watch.emulator.warnings.news.clear()
    assert watch.read() == [("Kort.", Worth.BANNER)]
    with watch.db.snapshot() as session:
        assert [row.source for row in session.scalars(select(OutsideWarning))] == ["krisinformation"]


def test_odd_items_hide_no_others(watch: Watch) -> None:
    feed = watch.emulator.warnings
    feed.alerts += [None, 5, {}, {"identifier": "x", "sent": "yesterday"}, {"identifier": None, "sent": None}]
    feed.alerts += [{"identifier": "y", "sent": FIRST_MOMENT}]
    feed.warn("1", "Rök\x00", code="14", msgType="Revise", status="Whatever")
    feed.warn("2", "Utan plats")["info"][0]["area"] = "Tibro"
    feed.weather += [{}, {"id": 1, "warningAreas": [None, {"id": 2}]}]
    feed.weather_warning(4, "RED", descriptions=None)
    feed.news += [[], {"Identifier": "a", "Published": "2026"}]
    assert watch.read() == [("Rök", Worth.SUGGESTION), ("", Worth.SUGGESTION)]


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_while_a_feed_fails_what_is_known_stays_and_it_is_said(watch: Watch, kind: str) -> None:
    watch.emulator.warnings.warn("1", "Rök")
    watch.read()
    watch.emulator.faults.add(Fault(kind, site="warnings", path="/vma$", times=2, status=500))  # type: ignore[arg-type]
    for _again in range(2):
        assert watch.read() == [("Rök", Worth.SUGGESTION)]
    failing = watch.feed("vma")
    assert failing.failing_since is not None
    assert watch.now - failing.failing_since >= timedelta(seconds=61)
    assert failing.problem == ("refused" if kind == "status" else "unreachable")
    watch.read()
    assert (watch.feed("vma").failing_since, watch.feed("vma").problem) == (None, "")


def test_a_feed_that_stands_still_is_no_news(watch: Watch) -> None:
    watch.emulator.warnings.made_at = watch.now - timedelta(hours=6)
    watch.read()
    assert watch.feed("vma").problem == "stale"


def test_a_time_that_cannot_be_reckoned_with_is_none() -> None:
    body = json.dumps({"timestamp": FIRST_MOMENT, "alerts": []}).encode()
    assert read(Source.VMA, body, datetime.now(UTC)) == Answer(())


@pytest.mark.parametrize("body", ["<html>", "{}", '{"alerts": {}}', "[1]", "[" * 100_000])
def test_what_is_no_feed_is_asked_for_again_whole(watch: Watch, body: str) -> None:
    watch.read()
    watch.emulator.faults.add(Fault("status", site="warnings", path="/vma$", times=1, status=200, body=body))
    watch.read()
    assert watch.feed("vma").problem == "unreadable"


def test_what_has_not_changed_is_not_sent_again_and_nothing_is_asked_twice_a_minute(watch: Watch) -> None:
    watch.emulator.warnings.warn("1", "Rök")
    watch.read()
    warnings.read_due(watch.db, watch.settings, lambda: watch.now)
    assert watch.asked() == [200] * 5
    assert watch.read() == [("Rök", Worth.SUGGESTION)]
    assert watch.asked() == [200] * 5 + [304] * 5
    assert watch.feed("vma").read_at == watch.now


def test_a_clock_that_was_set_back_leaves_no_warning_unread(watch: Watch) -> None:
    watch.read()
    warnings.read_due(watch.db, watch.settings, lambda: watch.now - timedelta(hours=1))
    assert len(watch.asked()) == 10


def test_nothing_is_read_where_it_is_not_asked_for(sqlite: Database, emulator: Emulator) -> None:
    settings = Settings(emergency=_urls(emulator))  # type: ignore[arg-type]
    assert warnings.read_due(sqlite, settings, lambda: datetime.now(UTC)) == 0
    assert emulator.ledger.entries == []
