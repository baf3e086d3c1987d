"""Whatever the register holds can be written and read again."""

import json
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.db import Database
from monitor.register.account_text import POINTS
from monitor.register.decision_rules import latest_end
from monitor.register.exporting import export
from monitor.register.file import RegisterFile, parse, parse_sheet
from monitor.register.importing import import_register
from monitor.register.lines import line_numbers
from monitor.register.writing import toml

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROLES = ["communicator", "moderator", "crisis_staff", "registrar", "auditor", "administrator"]
signs = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\"'\\[]=#")
texts = st.text(signs, min_size=1, max_size=20).filter(str.strip)
ids = st.from_regex(r"[a-z0-9åäö]([a-z0-9_-]{0,6})", fullmatch=True)
roles = st.lists(st.sampled_from(ROLES), unique=True)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


clocks = st.times().map(lambda each: f"{each:%H:%M}")


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"hours": draw(st.integers(0, 400))}
    return {"days": draw(st.integers(0, 60))} | draw(st.just({}) | st.fixed_dictionaries({"at": clocks}))


answers = st.fixed_dictionaries({}, optional=dict.fromkeys(("comment", "held", "interim"), terms()))
escalations = st.sampled_from(
    [
        {},
        {"responsible": {"hours": 4}, "manager": {"days": 3, "at": "09:00"}},
        {"deputy": {"days": 2}},
        {"responsible": {"days": 1, "at": "10:00"}, "deputy": {"days": 1}, "manager": {"days": 60}},
    ]
)
routes = st.lists(st.sampled_from(["sms", "teams", "matrix", "mattermost", "webhook"]), unique=True)


def falling(numbers: list[int]) -> list[int]:
    return sorted(numbers, reverse=True)


@st.composite
def decisions(draw: st.DrawFn, people: list[str], manager: str, longest: int) -> dict[str, Any]:
    begin = draw(days)
    return {
        "purpose": draw(texts),
        "address": draw(st.none() | st.just("https://www.example.org/before")),
        "audience": draw(texts),
        "responsible": draw(st.sampled_from(people)),
        "decided_by": manager,
        "decided_on": begin,
        "valid_until": draw(st.dates(begin, latest_end(begin, longest))),
        "authorised": draw(st.lists(st.sampled_from(people), max_size=2, unique=True)),
        "communicated_to": draw(st.none() | st.sampled_from(people)),
        "communicated_on": draw(st.none() | days),
    }


@st.composite
def channels(
    draw: st.DrawFn, id_: str, number: int, people: list[str], unit: dict[str, Any], longest: int
) -> dict[str, Any]:
    responsible, deputy = draw(st.permutations(people))[:2]
    manual = draw(st.booleans())
    platform = draw(st.sampled_from(["facebook", "facebook_group", "other", "website"])) if manual else "youtube"
    closed = draw(st.booleans()) and platform in {"facebook_group", "other"}
    return {
        "id": id_,
        "platform": platform,
        "kind": draw(st.sampled_from(["official", "unit"])),
        "name": draw(texts),
        "address": f"https://www.example.org/{number}",
        "external_id": str(number),
        "unit": unit["id"],
        "responsible": responsible,
        "deputy": deputy,
        "has_comments": draw(st.booleans()),
        "watch_mode": "manual" if manual else "automatic",
        "credential": {}
        if manual
        else draw(st.sampled_from([{}, {"api_key_env": "KEY"}, {"api_key_file": "a/b c;%3B=d"}])),
        "closed": closed,
        "publish_address": draw(st.booleans()) or not closed,
        "administrators": draw(st.lists(st.sampled_from(people), max_size=2)),
        "account_text": {
            "points": draw(st.lists(st.sampled_from(list(POINTS)), max_size=3)),
            "checked_on": draw(st.none() | days),
        },
        "answer_within": draw(answers),
        "escalation": draw(escalations),
        "decision": draw(
            st.lists(decisions(people, unit["manager"], longest), max_size=2, unique_by=lambda each: each["decided_on"])
        ),
    }


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """A register without faults, in the file's form."""
    people = draw(st.lists(ids, min_size=2, max_size=4, unique=True))
    unit = {"id": draw(ids), "name": draw(texts), "manager": people[0]}
    names = draw(st.lists(ids, max_size=3, unique=True))
    longest = draw(st.integers(1, 120))
    return {
        "organisation": {
            "name": draw(texts),
            "timezone": draw(st.sampled_from(["Europe/Stockholm", "Europe/Helsinki", "UTC"])),
            "language": draw(st.sampled_from(["sv", "en"])),
            "municipality_code": draw(st.none() | st.just("0123")),
            "website": draw(st.none() | st.just("https://www.example.org/å?a=1#b")),
            "service_hours": draw(
                st.sampled_from([{"mon-fri": "07:30-16:00"}, {"mon-thu": "08:00-17:00", "fri": "08:00-12:00"}])
            ),
            "first_import": draw(st.sampled_from(["recent", "all"])),
            "policy_url": None,
            "phone": draw(st.none() | st.just("+46 504-180 00")),
            "email": draw(st.none() | st.just("kommun@example.org")),
            "rules_url": draw(st.none() | st.just("https://www.example.org/;a,b=c")),
            "privacy_url": None,
            "closed_days": draw(st.lists(days, max_size=3)),
            "other_hours": draw(st.sampled_from([{}, {"2031-04-30": "07:30-12:00", "2031-05-04": "08:00-09:00"}])),
            "reminder_minutes": draw(st.lists(st.integers(0, 600), min_size=3, max_size=3).map(falling)),
            "longest_decision_months": longest,
            "hub_hosts": draw(st.sampled_from([[], ["vastsverige.com"], ["example.org", "räksmörgås.example"]])),
            "answer_within": draw(answers),
            "escalation": draw(st.just({}) | st.just({"deputy": {"hours": 8}})),
            "first_import_days": draw(st.integers(0, 60)),
            "excerpts": draw(st.booleans()),
            "on_call": draw(st.none() | st.sampled_from(people)),
        },
        "unit": [unit],
        "person": [
            {
                "id": person,
                "name": draw(texts),
                "email": f"person{number}@example.org",
                "phone": draw(st.none() | st.just("+46700000001")),
                "roles": [*draw(roles), *(["unit_manager"] if person == people[0] else [])],
                "language": draw(st.none() | st.sampled_from(["sv", "en"])),
                "routes": draw(st.permutations(["mail", *draw(routes)])),
                "quiet_hours": draw(st.none() | st.sampled_from(["21:00-07:00", "00:00-06:30", "12:00-13:00"])),
            }
            for number, person in enumerate(people)
        ],
        "channel": [draw(channels(name, number, people, unit, longest)) for number, name in enumerate(names)],
    }


@given(registers())
def test_what_is_written_as_toml_reads_the_same(register: dict[str, Any]) -> None:
    assert RegisterFile.model_validate(tomllib.loads(toml(register))) == RegisterFile.model_validate(register)


@given(registers())
def test_every_table_and_key_is_found_on_its_line(register: dict[str, Any]) -> None:
    text = toml(register)
    lines = text.splitlines()
    for path, number in line_numbers(text).items():
        name = next(step for step in reversed(path) if isinstance(step, str))
        assert name in lines[number - 1]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
@hypothesis_settings(max_examples=25)
@given(data=st.data())
def test_a_register_survives_the_way_through_the_database(
    kind: str, data: st.DataObject, request: pytest.FixtureRequest
) -> None:
    db: Database = request.getfixturevalue(kind)
    register = RegisterFile.model_validate(data.draw(registers()))
    with db.transaction() as session:
        import_register(session, register, NOW)
        first = export(session, "toml")
        again = parse(first)
        import_register(session, again, NOW)
        assert export(session, "toml") == first
        assert sorted_(again) == sorted_(with_addresses(register))
        assert parse_sheet(export(session, "csv")) == again
        session.rollback()


def with_addresses(register: RegisterFile) -> RegisterFile:
    """A decision that does not say so is about the channel's address."""
    whole = register.model_dump()
    for channel in whole["channel"]:
        for decision in channel["decision"]:
            decision["address"] = decision["address"] or channel["address"]
    return RegisterFile.model_validate(whole)


def sorted_(register: RegisterFile) -> str:
    """A form that does not depend on the order in the file."""
    whole = register.model_dump(mode="json")
    for table in ("unit", "person", "channel"):
        whole[table].sort(key=lambda entry: entry["id"])
    for channel in whole["channel"]:
        channel["decision"].sort(key=lambda decision: decision["decided_on"])
    return json.dumps(whole, sort_keys=True)
