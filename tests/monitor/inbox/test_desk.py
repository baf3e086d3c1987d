"""Several people at one inbox: who is at a comment, what they tell each other, and whom they ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from monitor import State
from monitor.alerts.forwarded import FORWARD, KIND
from monitor.alerts.judging import judge
from monitor.alerts.models import Notice
from monitor.alerts.telling import NoLongerTrue, Scene
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.inbox import removal_rules
from monitor.inbox.assigning import CannotAssign, assign, assignable, assigned_to
from monitor.inbox.claims import LASTS, Taken, claim, claim_of, claims_of, give_back
from monitor.inbox.desk_models import Assignment, Forward, Note
from monitor.inbox.forwarding import CannotForward, forward, forwards_of, units_to_ask, waits_for_unit
from monitor.inbox.notes import LONGEST, CannotNote, add_note
from monitor.inbox.removal_rules import Rule, Step
from monitor.inbox.removal_steps import write
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.register.organisation import organisation
from monitor.watch.models import Comment
from tests.monitor.copies import keep_copy
from tests.monitor.days.almanac import MONDAY, at
from tests.monitor.town import Town

NOW = at(MONDAY, "10.00")
SECRET = "Anna ringde om sin dotter"


@pytest.fixture
def asked(db: Database) -> int:
    return town_of(db).comment("asks", at(MONDAY, "08.00"))


@pytest.fixture
def town(sqlite: Database) -> Town:
    return town_of(sqlite)


def town_of(db: Database) -> Town:
    town = Town(db)
    town.person("chef", name="Karin Chef", roles=["unit_manager"])
    town.person("annan", name="Olle Annan")
    town.change(Unit, "kommunikation", manager_id="chef")
    return town


def acts(db: Database) -> list[tuple[str, str]]:
    with db.snapshot() as session:
        return [(row.actor, row.act) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_of_many_who_begin_at_once_one_is_at_it_and_the_others_hear_who(db: Database, asked: int) -> None:
    def tries(person: str) -> str:
        try:
            with db.transaction() as session:
                return claim(session, asked, person, NOW).person_id
        except Taken as taken:
            return taken.person_id

    with ThreadPoolExecutor(6) as hands:
        told = set(hands.map(tries, ["redaktor", "ersattare"] * 3))
    assert len(told) == 1
    assert [act for _who, act in acts(db)] == ["comment.claimed"]


def test_a_claim_lapses_is_prolonged_taken_over_and_given_back(db: Database, asked: int) -> None:
    with db.transaction() as session:
        assert claim(session, asked, "redaktor", NOW).until == NOW + LASTS
        later = NOW + timedelta(minutes=10)
        assert claim(session, asked, "redaktor", later).until == later + LASTS
        with pytest.raises(Taken) as taken:
            claim(session, asked, "ersattare", later + LASTS - timedelta(seconds=1))
        assert (taken.value.name, taken.value.until) == ("Rut Redaktör", later + LASTS)
        assert claim(session, asked, "ersattare", later, over=True).person_id == "ersattare"
        assert not give_back(session, asked, "redaktor", later)
        assert claims_of(session, [asked, 99], later)[asked].person_id == "ersattare"
        assert give_back(session, asked, "ersattare", later)
        assert claim_of(session, asked, later) is None
        claim(session, asked, "redaktor", later)
        assert claim_of(session, asked, later + LASTS) is None
        assert claim(session, asked, "ersattare", later + LASTS).person_id == "ersattare"
    assert [act.partition(".")[2] for _who, act in acts(db)] == [
        *("claimed", "taken_over", "given_back", "claimed", "claimed")
    ]


def test_what_colleagues_said_is_neither_changed_nor_removed(db: Database, asked: int) -> None:
    with db.transaction() as session:
        comment = session.get_one(Comment, asked)
        add_note(session, comment, SECRET, "redaktor", NOW)
        assign(session, comment, "ersattare", "redaktor", NOW)
        forward(session, comment, "kommunikation", "", "redaktor", NOW)
    tables = (Note, Assignment, Forward)
    for statement in [each for table in tables for each in (update(table).values(by_id="chef"), delete(table))]:
        with pytest.raises(DBAPIError, match="never changed"), db.transaction() as session:
            session.execute(statement)


def test_a_note_is_kept_and_the_log_has_none_of_its_words(town: Town) -> None:
    id_ = town.comment("asks", at(MONDAY, "08.00"))
    with town.db.transaction() as session:
        comment = session.get_one(Comment, id_)
        made = add_note(session, comment, f"  {SECRET}\n", "redaktor", NOW)
        assert SECRET not in repr(made)
        for text, by, said in (
            (" \n", "redaktor", "Skriv något"),
            ("å" * (LONGEST + 1), "redaktor", "högst 2000"),
            (SECRET, "annan", "Olle Annan sköter inte"),
        ):
            with pytest.raises(CannotNote, match=said):
                add_note(session, comment, text, by, NOW)
        assert [(note.by_id, note.text) for note in session.scalars(select(Note))] == [("redaktor", SECRET)]
        assert SECRET not in str([vars(row) for row in session.scalars(select(AuditEntry))])


def test_a_comment_is_given_to_who_may_answer_it_and_back(town: Town) -> None:
    id_ = town.comment("asks", at(MONDAY, "08.00"))
    with town.db.transaction() as session:
        comment = session.get_one(Comment, id_)
        assert assign(session, comment, "ersattare", "redaktor", NOW)
        assert not assign(session, comment, "ersattare", "redaktor", NOW)
        assert assigned_to(session, [id_]) == {id_: "ersattare"}
        with pytest.raises(CannotAssign, match="Olle Annan sköter inte"):
            assign(session, comment, "annan", "redaktor", NOW)
        with pytest.raises(CannotAssign):
            assign(session, comment, "chef", "annan", NOW)
        channel = session.get_one(Channel, "fb")
        assert [each.id for each in assignable(session, channel, NOW)] == ["ersattare", "chef", "redaktor"]
        assert assign(session, comment, None, "chef", NOW)
        assert assigned_to(session, [id_]) == {}
        assign(session, comment, "ersattare", "redaktor", NOW)
    town.change(Person, "ersattare", retired=True)
    with town.db.snapshot() as session:
        assert assigned_to(session, [id_]) == {}


def test_a_unit_is_asked_once_and_its_manager_told_once(town: Town) -> None:
    id_ = town.comment("asks", at(MONDAY, "08.00"), SECRET)
    with town.db.transaction() as session:
        comment = session.get_one(Comment, id_)
        assert [unit.id for unit in units_to_ask(session)] == ["kommunikation"]
        made = forward(session, comment, "kommunikation", "När öppnar ni?", "redaktor", NOW)
        assert (made.to_id, made.at) == ("chef", NOW)
        for unit, said in (("kommunikation", "redan"), ("nowhere", "Välj")):
            with pytest.raises(CannotForward, match=said):
                forward(session, comment, unit, "", "redaktor", NOW)
        session.add(Unit(id="tom", name="Utan chef"))
        session.flush()
        with pytest.raises(CannotForward, match="Utan chef har ingen chef"):
            forward(session, comment, "tom", "", "redaktor", NOW)
        assert [each.unit_id for each in forwards_of(session, [id_])] == ["kommunikation"]
    for _time in range(2):
        judge(town.db, NOW + timedelta(minutes=1))
    with town.db.snapshot() as session:
        found = session.scalars(select(Notice).where(Notice.subject_kind == FORWARD)).all()
        assert [(notice.recipient_id, notice.subject) for notice in found] == [("chef", str(made.id))]


def test_only_an_interim_answer_shows_a_resident_that_a_unit_is_asked() -> None:
    asked = Forward(channel_id="fb", comment_id=1, unit_id="u", to_id="p", by_id="p", at=NOW)
    shown = [state for state in State if waits_for_unit(state, [asked])]
    assert shown == [State.INTERIM_ANSWERED]
    assert not waits_for_unit(State.INTERIM_ANSWERED, [])


@pytest.mark.parametrize(("excerpts", "secret"), [(True, False), (False, False), (True, True)])
def test_the_mail_to_a_unit_says_what_is_asked_and_quotes_no_more_than_mails_may(
    town: Town, excerpts: bool, secret: bool
) -> None:
    id_ = town.comment("asks", at(MONDAY, "08.00"), "Mitt nummer är 811228-9874, när öppnar badet?")
    town.change(Organisation, 1, excerpts=excerpts)
    with town.db.transaction() as session:
        forward(session, session.get_one(Comment, id_), "kommunikation", "Vet ni det?", "redaktor", NOW)
        if secret:
            copy = keep_copy(session, id_)
            write(session, copy.id, Step(removal_rules.Kind.RULE, rule=Rule.SECRECY), "redaktor", NOW)
    judge(town.db, NOW)
    with town.db.snapshot() as session:
        notice = session.scalars(select(Notice).where(Notice.subject_kind == FORWARD)).one()
        scene = Scene(session, organisation(session), NOW, Settings())
        KIND.check(scene, notice)
        letter = KIND.letter(scene, notice)
        assert (f"/comment/{id_}" in letter.text, "redaktor@example.org" in letter.text) == (True, True)
        assert ("[personnummer], när öppnar badet?" in letter.text, "Vet ni det?" in letter.text) == (
            excerpts and not secret,
        ) * 2
        assert ("Den innehåller sekretess." in letter.text) == secret
        assert "811228" not in letter.text + letter.html
    town.answer("done", at(MONDAY, "10.05"), to="asks")
    with town.db.snapshot() as session, pytest.raises(NoLongerTrue):
        KIND.check(Scene(session, organisation(session), NOW, Settings()), notice)
