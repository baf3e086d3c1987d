"""Terms, escalation, routes and who is on call in the register file: each fault with its key, in both languages."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import select

from config.language import use_language
from monitor import Term
from monitor.db import Database
from monitor.register.calendar import full_day
from monitor.register.faults import Fault, RegisterFaults
from monitor.register.fields import Escalation
from monitor.register.file import RegisterFile, parse
from monitor.register.importing import import_register
from monitor.register.models import Channel, Organisation, Person, Route
from monitor.register.term_words import in_words
from monitor.register.terms import OURS, RUNGS, Terms, falling, terms_of, told

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTES = "reminder_minutes = [60, 30, 0]"
RECTOR = 'email = "rektor@example.org"'
FACEBOOK = 'external_id = "1122334455"'
NO_SECRET: Any = ""  # stored without a key
OFFICE = {"mon-fri": "07:30-16:00"}


def faults_of(text: str) -> tuple[Fault, ...]:
    with use_language("en"), pytest.raises(RegisterFaults) as refused:
        parse(text)
    return refused.value.faults


@pytest.mark.parametrize(
    ("beside", "line", "key", "says"),
    [
        (MINUTES, "answer_within = { coment = { days = 1 } }", "coment", "Did you mean comment?"),
        (MINUTES, "answer_within = { comment = { day = 1 } }", "day", "Did you mean days?"),
        (MINUTES, "answer_within = { comment = 1 }", "comment", "must be a table"),
        (MINUTES, "answer_within = 1", "answer_within", "must be a table"),
        (MINUTES, "answer_within = { comment = {} }", "comment", "either days or hours"),
        (MINUTES, "answer_within = { comment = { days = 1, hours = 1 } }", "comment", "either days or hours"),
        (MINUTES, 'answer_within = { held = { hours = 1, at = "12:00" } }', "held", "a time of day without days"),
        (MINUTES, 'answer_within = { held = { at = "12:00" } }', "held", "either days or hours"),
        (MINUTES, 'answer_within = { held = { days = 1, at = "24:00" } }', "at", "no time of day"),
        (MINUTES, 'answer_within = { held = { days = 1, at = "9:00" } }', "at", "no time of day"),
        (MINUTES, "answer_within = { interim = { days = 61 } }", "days", "from 0 to 60"),
        (MINUTES, "answer_within = { interim = { days = -1 } }", "days", "from 0 to 60"),
        (MINUTES, "answer_within = { interim = { hours = 401 } }", "hours", "from 0 to 400"),
        (MINUTES, "answer_within = { interim = { hours = 1.5 } }", "hours", "a whole number"),
        (MINUTES, "answer_within = { interim = { days = true } }", "days", "a whole number"),
        (MINUTES, "escalation = { chief = { days = 1 } }", "chief", "responsible, deputy, manager"),
        (MINUTES, "escalation = { deputy = { days = 3 } }", "escalation", "manager would be told before deputy."),
        (
            MINUTES,
            "escalation = { responsible = { hours = 9 } }",
            "escalation",
            "deputy would be told before responsib",
        ),
        (MINUTES, "escalation = { manager = { hours = 8 } }", "escalation", "manager would be told before deputy."),
        (MINUTES, "first_import_days = 61", "first_import_days", "from 0 to 60"),
        (MINUTES, 'first_import_days = "5"', "first_import_days", "a whole number"),
        (MINUTES, 'excerpts = "nej"', "excerpts", "true or false"),
        (MINUTES, 'on_call = "beredskap"', "on_call", "There is no person with the id beredskap."),
        (MINUTES, 'on_call = "rekor"', "on_call", "Did you mean rektor?"),
        (RECTOR, "routes = []", "routes", "names no way, or one of them twice"),
        (RECTOR, 'routes = ["mail", "mail"]', "routes", "names no way, or one of them twice"),
        (RECTOR, 'routes = ["mail", "team"]', "routes", "Did you mean teams?"),
        (RECTOR, 'routes = ["sms"]', "phone", "rektor cannot be reached: phone is missing."),
        (RECTOR, 'routes = ["teams", "webhook"]', "routes", "routes names neither mail nor sms"),
        (RECTOR, 'quiet_hours = "21-07"', "quiet_hours", "cannot be read"),
        (RECTOR, 'quiet_hours = "07:00-07:00"', "quiet_hours", "also past midnight"),
        (FACEBOOK, "answer_within = { comment = { days = 100 } }", "days", "from 0 to 60"),
        (FACEBOOK, "escalation = { deputy = { days = 0 }, manager = { hours = 0 } }", "escalation", "manager would be"),
        ('{ mon-fri = "07:30-16:00" }', None, "service_hours", "07:30-12:00 13:00-16:00"),
    ],
)
def test_one_fault_is_told_with_its_key_and_its_remedy(
    sample_text: str, beside: str, line: str | None, key: str, says: str
) -> None:
    assert beside in sample_text
    new = f"{beside}\n{line}" if line else '{ mon-fri = "07:30-13:00 12:00-16:00" }'
    (fault,) = faults_of(sample_text.replace(beside, new, 1))
    assert key in fault.path
    assert key in fault.table
    assert says in str(fault)
    with use_language("sv"), pytest.raises(RegisterFaults) as refused:
        parse(sample_text.replace(beside, new, 1))
    assert str(refused.value.faults[0]) != str(fault)


@pytest.mark.parametrize(
    ("beside", "line"),
    [
        (MINUTES, 'answer_within = { comment = { days = 1, at = "12:00" }, held = { hours = 4 } }'),
        (MINUTES, "answer_within = {}"),
        (MINUTES, "escalation = { responsible = { hours = 8 }, deputy = { days = 1 }, manager = { days = 1 } }"),
        (MINUTES, 'on_call = "rektor"\nexcerpts = false\nfirst_import_days = 0'),
        (RECTOR, 'routes = ["mail", "teams", "matrix", "mattermost", "webhook", "sms"]'),
        (RECTOR, 'quiet_hours = "21:00-07:00"'),
        ('{ mon-fri = "07:30-16:00" }', '{ mon-thu = "07:30-12:00 13:00-16:00", fri = "07:30-12:00" }'),
    ],
)
def test_what_is_sound_is_taken(sample_text: str, beside: str, line: str) -> None:
    parse(sample_text.replace(beside, line if beside.startswith("{") else f"{beside}\n{line}", 1))


def test_a_telephone_is_an_address_too(sample_text: str) -> None:
    parse(sample_text.replace(RECTOR, 'phone = "+46700000003"', 1))


def test_who_is_on_call_needs_an_address(sample_text: str) -> None:
    somebody = '[[person]]\nid = "jour"\nname = "Jour"\n'
    (fault,) = faults_of(sample_text.replace(MINUTES, f'{MINUTES}\non_call = "jour"', 1) + somebody)
    assert "jour cannot be reached: email is missing." in str(fault)
    parse(sample_text + somebody)  # without a duty it is none


def test_who_is_told_of_decisions_needs_an_address_for_mail(sample_text: str) -> None:
    (fault,) = faults_of(sample_text.replace('email = "kommunikator@example.org"', 'routes = ["sms"]', 1))
    assert "kommunikator cannot be reached: email is missing." in str(fault)


def test_a_channel_is_held_against_what_it_leaves_to_the_organisation(sample_text: str) -> None:
    said = "escalation = { deputy = { days = 4 }, manager = { days = 5 } }"
    late = sample_text.replace(MINUTES, f"{MINUTES}\n{said}", 1)
    parse(late)
    (fault,) = faults_of(late.replace(FACEBOOK, f"{FACEBOOK}\nescalation = {{ manager = {{ days = 3 }} }}", 1))
    assert fault.path == ("channel", 0, "escalation")
    parse(sample_text.replace(FACEBOOK, f"{FACEBOOK}\nescalation = {{ manager = {{ days = 3 }} }}", 1))


def test_a_full_day_is_the_longest_of_the_week(sample_text: str) -> None:
    nine = sample_text.replace(MINUTES, f"{MINUTES}\nescalation = {{ responsible = {{ hours = 9 }} }}", 1)
    faults_of(nine)
    parse(nine.replace('{ mon-fri = "07:30-16:00" }', '{ mon-thu = "07:00-12:00 13:00-18:00", fri = "07:00-12:00" }'))


def test_a_fault_in_one_place_does_not_hide_the_others(sample_text: str) -> None:
    lines = 'answer_within = { comment = {} }\nescalation = { deputy = { days = "2" } }\non_call = "ingen"'
    found = faults_of(sample_text.replace(MINUTES, f"{MINUTES}\n{lines}", 1))
    assert [fault.path[1] for fault in found] == ["answer_within", "escalation", "on_call"]


terms = st.fixed_dictionaries({"hours": st.integers(0, 400)}) | st.fixed_dictionaries(
    {"days": st.integers(0, 60)}, optional={"at": st.times().map(lambda each: f"{each:%H:%M}")}
)
escalations = st.fixed_dictionaries({}, optional=dict.fromkeys(RUNGS, terms))


@given(escalations, escalations)
def test_rungs_fall_exactly_when_they_are_not_in_order(general: Escalation, own: Escalation) -> None:
    TypeAdapter(Escalation).validate_python(general, strict=True)
    found = told(general, own)
    days = [_days(getattr(found, rung)) for rung in RUNGS]
    pair = falling(found, full_day(OFFICE))
    assert (pair is None) == (days == sorted(days))
    if pair is not None:
        earlier, later = map(RUNGS.index, pair)
        assert later == earlier + 1
        assert days[later] < days[earlier]


def _days(term: Term) -> tuple[float, time]:
    """The slow way: hours as parts of eight and a half."""
    if term.hours is None:
        return float(term.days or 0), term.at or time.max
    return term.hours * 60 / 510, time.min


def test_the_channels_word_goes_before_the_organisations_and_that_before_ours(db: Database, sample_text: str) -> None:
    said = 'answer_within = { comment = { days = 2, at = "12:00" }, held = { hours = 4 } }'
    text = sample_text.replace(MINUTES, f"{MINUTES}\n{said}\nescalation = {{ manager = {{ days = 9 }} }}", 1)
    text = text.replace(FACEBOOK, f"{FACEBOOK}\nanswer_within = {{ comment = {{ hours = 2 }} }}", 1)
    with db.transaction() as session:
        import_register(session, parse(text), NOW)
        owner = session.scalars(select(Organisation)).one()
        facebook, youtube = (terms_of(owner, session.get_one(Channel, id_)) for id_ in ("facebook", "youtube"))
    held, manager = Term(hours=4), Term(days=9)
    assert youtube == Terms(Term(days=2, at=time(12)), held, OURS.interim, OURS.responsible, OURS.deputy, manager)
    assert facebook == Terms(Term(hours=2), held, OURS.interim, OURS.responsible, OURS.deputy, manager)


def test_who_leaves_takes_the_ways_along(db: Database, sample: RegisterFile, sample_text: str) -> None:
    more = '[[person]]\nid = "jour"\nname = "Jour"\nemail = "jour@example.org"\nquiet_hours = "21:00-07:00"\n'
    with db.transaction() as session:
        import_register(session, parse(sample_text + more), NOW)
        session.add_all([Route(person_id=id_, name="teams", address=NO_SECRET) for id_ in ("jour", "rektor")])
    with db.transaction() as session:
        import_register(session, sample, NOW)
    with db.snapshot() as session:
        assert session.get_one(Person, "jour").quiet_hours is None
        assert [route.person_id for route in session.scalars(select(Route))] == ["rektor"]


def test_what_a_file_does_not_say_is_as_before(sample: RegisterFile) -> None:
    owner = sample.organisation
    assert (owner.answer_within, owner.escalation, owner.first_import_days, owner.excerpts) == ({}, {}, 5, True)
    assert {(tuple(each.routes), each.quiet_hours) for each in sample.person} == {(("mail", "sms"), None)}


def test_terms_are_told_in_words() -> None:
    with use_language("en"):
        answers, late = (sentence for _label, sentence in in_words(OURS))
    assert answers == (
        "the next working day; one that the platform holds: the next working day; "
        "after an interim answer: within 5 working days"
    )
    assert late == "the responsible person at once, the deputy after one working day, the manager after 2 working days"
    said = {"comment": {"days": 1, "at": "12:00"}, "held": {"hours": 1}, "interim": {"days": 0}}
    with use_language("sv"):
        answers, late = (sentence for _label, sentence in in_words(told(said)))
    assert answers == (
        "nästa arbetsdag, senast kl. 12.00; en som väntar på granskning: inom en timme då ni har öppet; "
        "efter ett svar så länge: samma dag"
    )
    assert late == "den ansvariga genast, ersättaren efter en arbetsdag, chefen efter 2 arbetsdagar"


def test_the_commented_examples_of_the_sample_are_sound(sample_text: str) -> None:
    """Each line that begins with '#   key = ' is one that people may take the # from."""
    found = [line for line in sample_text.splitlines() if line.startswith("#   ") and " = " in line]
    keys = {line.split(" = ")[0].removeprefix("#   ") for line in found}
    assert keys >= {"answer_within", "escalation", "first_import_days", "excerpts", "on_call", "routes", "quiet_hours"}
    parse("\n".join(line.removeprefix("#   ") if line in found else line for line in sample_text.splitlines()))
