"""Who may act: whom the valid decision names may answer; what is unlawful can be hidden whatever became of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.inbox.acting import CannotAct, request
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.register.decision_rules import Refusal, Status, Version, answering, in_force, moderating, status
from monitor.register.models import Person, Unit
from monitor.watch.models import Comment
from tests.monitor.inbox.desk import CHANNEL, TEXT, Desk

PEOPLE = ("redaktor", "ersattare", "chef", "kommunikator", "named", "other")
CHARGED = ("redaktor", "ersattare", "chef", "kommunikator")


@pytest.fixture
def desk(db: Database, emulator: Emulator) -> Desk:
    """A Facebook page: a resident has asked. The decision names `redaktor`, who wrote it, and `named`; until 2030."""
    desk = Desk(db, emulator, "facebook")
    desk.town.person("chef", name="Karin Chef", roles=["unit_manager"])
    desk.town.person("kommunikator", name="Klas Kommunikatör", roles=["communicator"])
    desk.town.person("named", name="Nina Nämnd")
    desk.town.person("other", name="Olle Annan")
    desk.town.change(Unit, "kommunikation", manager_id="chef")
    desk.town.decision(CHANNEL, authorised=["named"])
    return desk


def expire(desk: Desk) -> None:
    """The manager decides anew, and for a time that is over."""
    day = date(2026, 1, 13)
    desk.town.decision(CHANNEL, authorised=["named"], decided_on=day, valid_until=day)


def ask(desk: Desk, by: str, kind: str = "reply") -> Action:
    written = desk.asked(kind)
    with desk.db.transaction() as session:
        comment = session.get_one(Comment, desk.row(written).id)
        text = TEXT if kind == "reply" else ""
        return request(session, f"{by} {kind} {written.id}", comment, kind, by, text, desk.clock())


def refused(desk: Desk, by: str, kind: str = "reply") -> str:
    with pytest.raises(CannotAct) as refusal:
        ask(desk, by, kind)
    assert desk.effects == []
    return str(refusal.value)


def test_who_is_named_in_a_valid_decision_answers(desk: Desk) -> None:
    assert [desk.to_the_end(ask(desk, by)).state for by in ("redaktor", "named")] == [Fate.DONE, Fate.DONE]
    assert len(desk.effects) == 2


@pytest.mark.parametrize("kind", ["reply", "delete"])
@pytest.mark.parametrize("by", ["other", "ersattare", "chef", "kommunikator"])
def test_who_is_not_named_neither_answers_nor_takes_back_and_is_told_who_may(desk: Desk, kind: str, by: str) -> None:
    sentence = refused(desk, by, kind)
    assert "nämner inte" in sentence
    assert sentence.endswith("Det nämner Nina Nämnd; Rut Redaktör.")


def test_after_the_last_day_nobody_answers_and_is_told_who_can_renew(desk: Desk) -> None:
    expire(desk)
    sentence = refused(desk, "redaktor")
    assert sentence.endswith("gick ut 2026-01-13: ingen får svara där förrän Karin Chef har förnyat det.")
    assert "gick ut 2026-01-13" in refused(desk, "named", "delete")


def test_without_a_decision_nobody_answers_but_can_hide(db: Database, emulator: Emulator) -> None:
    desk = Desk(db, emulator, "facebook", decided_on=date(2031, 1, 1))
    sentence = refused(desk, "redaktor")
    assert (
        sentence == "Chefsbeslut om Tibro kommun på here saknas: ingen får svara där förrän enhetens chef har beslutat."
    )
    assert desk.does("hide").state == Fate.DONE


@pytest.mark.parametrize("by", [*CHARGED, "named"])
@pytest.mark.parametrize("expired", [True, False])
def test_what_residents_wrote_can_be_hidden_whatever_became_of_the_decision(desk: Desk, by: str, expired: bool) -> None:
    if expired:
        expire(desk)
    assert desk.to_the_end(ask(desk, by, "hide")).state == Fate.DONE
    assert len(desk.effects) == 1


def test_who_has_nothing_to_do_with_the_channel_hides_nothing(desk: Desk) -> None:
    sentence = refused(desk, "other", "hide")
    assert sentence.startswith("Olle Annan har inte hand om ")
    assert sentence.endswith("Erik Ersättare; Karin Chef; Klas Kommunikatör; Nina Nämnd; Rut Redaktör.")


def test_who_has_left_is_charged_with_nothing(desk: Desk) -> None:
    desk.town.change(Person, "named", retired=True)
    for kind in ("hide", "reply"):
        assert refused(desk, "named", kind).startswith("Nina Nämnd har inte hand om")


def test_an_answer_that_waits_while_the_decision_ends_is_not_sent(desk: Desk) -> None:
    action = ask(desk, "named")
    expire(desk)
    after = desk.carry_out(action)
    assert (after.state, after.reason) == (Fate.REFUSED, Refusal.EXPIRED)
    assert after.remedy is not None
    assert after.remedy.startswith("Not sent: the manager's decision about the channel has expired.")
    assert desk.effects == []


def test_an_answer_by_somebody_whom_the_next_version_does_not_name_is_not_sent(desk: Desk) -> None:
    action = ask(desk, "named")
    desk.town.decision(CHANNEL, authorised=[], decided_on=date(2026, 1, 14))
    after = desk.carry_out(action)
    assert (after.state, after.reason, desk.effects) == (Fate.REFUSED, Refusal.NOT_NAMED, [])


def test_hiding_that_waits_while_the_decision_ends_goes_on(desk: Desk) -> None:
    action = ask(desk, "named", "hide")
    expire(desk)
    assert desk.to_the_end(action).state == Fate.DONE


def test_what_was_refused_for_the_decision_can_be_asked_for_again_when_it_is_renewed(desk: Desk) -> None:
    written = desk.asked()
    action = desk.wants(written)
    expire(desk)
    assert desk.carry_out(action).state == Fate.REFUSED
    desk.town.decision(CHANNEL, decided_on=date(2026, 1, 15))
    assert desk.does(written=written).state == Fate.DONE
    assert len(desk.effects) == 1


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
people = st.sampled_from(PEOPLE)


@st.composite
def versions(draw: st.DrawFn) -> list[Version]:
    made = draw(st.lists(st.tuples(days, days, people, st.lists(people, max_size=2)), max_size=4))
    return [
        Version(number, min(a, b), max(a, b), responsible, tuple(named))
        for number, (a, b, responsible, named) in enumerate(made, 1)
    ]


@given(versions(), people, days)
def test_nobody_answers_without_a_valid_decision_that_names_the_person(
    made: list[Version], person: str, day: date
) -> None:
    current = in_force(made, day)
    may = answering(made, person, day) is None
    assert may == (status(made, day) is Status.VALID and current is not None and person in current.named)
    assert (status(made, day) is Status.MISSING) == all(each.decided_on > day for each in made)


@given(versions(), people, days)
def test_who_may_answer_may_also_hide_and_an_end_takes_that_from_nobody(
    made: list[Version], person: str, day: date
) -> None:
    if answering(made, person, day) is None:
        assert moderating(made, person, day, CHARGED) is None
    assert (moderating(made, person, day, CHARGED) is None) >= (person in CHARGED)
    endless = [Version(each.version, each.decided_on, date.max, each.responsible, each.authorised) for each in made]
    assert moderating(endless, person, day, CHARGED) == moderating(made, person, day, CHARGED)


@given(versions(), days)
def test_of_several_versions_the_one_decided_last_speaks(made: list[Version], day: date) -> None:
    current = in_force(made, day)
    known = [each for each in made if each.decided_on <= day]
    assert (current is None) == (known == [])
    if current is not None:
        assert all((each.decided_on, each.version) <= (current.decided_on, current.version) for each in known)
