"""Nothing of a resident's is taken away without a copy, and what becomes of it is written down step by step.

Effects are what the emulator counts.
"""

import json
from hashlib import sha256

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import undefer

from connectors.emulator.server import Emulator
from connectors.emulator.world import Comment as Written
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.inbox.action_rules import Fate
from monitor.inbox.models import Action
from monitor.inbox.removal_models import RemovalStep, SavedCopy
from monitor.inbox.removal_rules import Kind, Question, Rule, Step
from monitor.inbox.removal_steps import CannotStep, note
from monitor.inbox.removals import Case, case, case_of, cases, secret_comments
from monitor.inbox.removing import Because, take_away
from monitor.inbox.requesting import CannotAct
from monitor.inbox.saving import check, read
from monitor.watch.models import Comment
from tests.monitor.copies import keep_copy
from tests.monitor.inbox.desk import CHANNEL, Desk

THREAT = Because(Rule.THREAT, "Hotar en namngiven person")


@pytest.fixture
def desk(request: pytest.FixtureRequest, sqlite: Database, emulator: Emulator) -> Desk:
    return Desk(sqlite, emulator, getattr(request, "param", "facebook"))


def takes(desk: Desk, written: Written, kind: Kind, because: Because | None = THREAT, by: str = "redaktor") -> Action:
    """Somebody fills in the one form."""
    with desk.db.transaction() as session:
        row = session.get_one(Comment, desk.row(written).id)
        return take_away(session, f"form {kind} {desk.clock()}", row, kind, by, desk.clock(), because)


def says(desk: Desk, number: int, step: Step, by: str = "redaktor") -> Case:
    with desk.db.transaction() as session:
        return note(session, number, step, by, desk.clock())


def the_case(desk: Desk) -> Case:
    with desk.db.snapshot() as session:
        [found] = cases(session)
        return found


def copies(desk: Desk) -> list[SavedCopy]:
    with desk.db.snapshot() as session:
        return list(session.scalars(select(SavedCopy).order_by(SavedCopy.id).options(undefer(SavedCopy.picture))))


# -- no copy, no removal


def test_the_database_itself_takes_nothing_away_of_which_there_is_no_copy(db: Database, emulator: Emulator) -> None:
    desk = Desk(db, emulator, "facebook")
    row = desk.row(desk.asked())
    values = "(key, channel_id, comment_id, kind, by_id, created_at, next_at, text, state, attempts, looks, baseline, "
    values += "confirmed, interim) VALUES (:key, :channel, :comment, :kind, 'redaktor', :now, :now, '', 'pending', "
    plain = text(f"INSERT INTO action {values}0, 0, '[]', :no, :no)")
    sent = {"channel": CHANNEL, "comment": row.id, "now": desk.clock(), "no": False}
    with desk.db.transaction() as session:
        session.execute(plain, sent | {"key": "other", "kind": "unhide"})
    for kind in ("hide", "remove", "reject"):
        with pytest.raises(DBAPIError, match="no copy"), desk.db.transaction() as session:
            session.execute(plain, sent | {"key": "k", "kind": kind})
        with pytest.raises(DBAPIError, match="no copy"), desk.db.transaction() as session:
            session.execute(text("UPDATE action SET kind = :kind WHERE key = 'other'"), {"kind": kind})
    with desk.db.snapshot() as session:
        assert session.scalars(select(Action.kind)).all() == ["unhide"]
    with desk.db.transaction() as session:
        keep_copy(session, row.id, CHANNEL)
        session.execute(plain, sent | {"key": "k", "kind": "hide"})


def test_what_is_kept_of_a_case_never_changes(db: Database, emulator: Emulator) -> None:
    desk = Desk(db, emulator, "facebook")
    takes(desk, desk.asked(), Kind.HIDE)
    for table, values in ((SavedCopy, {"content": "{}"}), (RemovalStep, {"note": "nej"})):
        for statement in (update(table).values(values), delete(table)):
            with pytest.raises(DBAPIError), desk.db.transaction() as session:
                session.execute(statement)
    assert (len(copies(desk)), len(the_case(desk).steps)) == (1, 2)


@pytest.mark.parametrize(
    ("desk", "kind", "effect"),
    [
        ("facebook", Kind.HIDE, "hide"),
        ("facebook", Kind.REMOVE, "delete"),
        ("instagram", Kind.REMOVE, "delete"),
        ("youtube", Kind.REMOVE, "reject"),
    ],
    indirect=["desk"],
)
def test_one_form_saves_hides_or_removes_and_says_why(desk: Desk, kind: Kind, effect: str) -> None:
    asked = desk.asked()
    action = takes(desk, asked, kind)
    assert desk.effects == [], "the copy is there before anything is sent"
    assert [each.comment_id for each in copies(desk)] == [desk.row(asked).id]
    assert desk.to_the_end(action).state == Fate.DONE
    assert [(each.kind, each.target) for each in desk.effects] == [(effect, asked.id)]
    found = the_case(desk)
    assert [each.step.kind for each in found.steps] == [Kind.RULE, kind]
    assert (found.act, found.rule) == (kind, Rule.THREAT)
    assert found.missing == (Question.TOLD, Question.POLICE, Question.REGISTERED)


def test_hiding_without_a_word_saves_a_copy_and_leaves_the_rest_open(desk: Desk) -> None:
    assert desk.does("hide").state == Fate.DONE
    assert len(copies(desk)) == 1
    assert the_case(desk).missing == (Question.RULE, Question.TOLD, Question.POLICE, Question.REGISTERED)


def test_nothing_is_removed_for_good_without_a_rule(desk: Desk) -> None:
    asked = desk.asked()
    with pytest.raises(CannotAct, match="regel"):
        takes(desk, asked, Kind.REMOVE, None)
    assert (copies(desk), desk.effects) == ([], [])


def test_pressed_twice_it_is_one_case_and_one_effect(desk: Desk) -> None:
    asked = desk.asked()
    one, two = takes(desk, asked, Kind.HIDE), takes(desk, asked, Kind.HIDE)
    assert one.id == two.id
    desk.to_the_end(one)
    assert (len(copies(desk)), len(desk.effects), len(the_case(desk).steps)) == (1, 1, 2)


def test_who_may_not_saves_nothing_either(desk: Desk) -> None:
    asked = desk.asked()
    desk.town.person("frammande")
    with pytest.raises(CannotAct):
        takes(desk, asked, Kind.HIDE, by="frammande")
    assert copies(desk) == []


# -- one case, or another


def test_what_was_hidden_can_be_removed_in_the_same_case(desk: Desk) -> None:
    asked = desk.asked()
    desk.to_the_end(takes(desk, asked, Kind.HIDE))
    desk.world.advance(60)
    assert desk.to_the_end(takes(desk, asked, Kind.REMOVE)).state == Fate.DONE
    assert [each.kind for each in desk.effects] == ["hide", "delete"]
    assert the_case(desk).act is Kind.REMOVE
    with pytest.raises(CannotAct):
        takes(desk, asked, Kind.HIDE)


def test_what_was_shown_again_and_hidden_again_is_another_case(desk: Desk) -> None:
    asked = desk.asked()
    desk.does("hide", asked)
    desk.does("unhide", asked)
    desk.does("hide", asked)
    with desk.db.snapshot() as session:
        assert len(cases(session)) == 2
        assert len(cases(session, open_only=True)) == 2


def test_what_was_changed_before_it_was_sent_is_saved_once_more(desk: Desk) -> None:
    asked = desk.asked()
    action = takes(desk, asked, Kind.REMOVE)
    desk.world.edit(asked, "Jag vet var du bor")
    desk.world.comment(asked, desk.stage.resident, "Håller med")
    assert desk.to_the_end(action).state == Fate.DONE
    first, last = copies(desk)
    assert the_case(desk).copies == (first.id, last.id)
    assert read(first)["comment"]["text"] != read(last)["comment"]["text"] == "Jag vet var du bor"
    assert [each["text"] for each in read(last)["thread"]] == ["Håller med"], "which went with it"


def test_what_the_platform_refused_is_still_to_be_taken_away(desk: Desk) -> None:
    desk.emulator.graph.writing.blocked = (368, None)
    asked = desk.asked()
    assert desk.to_the_end(takes(desk, asked, Kind.HIDE)).state == Fate.REFUSED
    found = the_case(desk)
    assert found.missing[0] is Question.ACT
    again = says(desk, found.id, Step(Kind.BY_HAND, note="Dold i Business Suite"))
    assert Question.ACT not in again.missing


# -- the copy


def test_a_copy_holds_all_that_is_known(desk: Desk) -> None:
    post = desk.stage.post("Badet är stängt")
    asked = desk.stage.comment(post, "Jag ska hitta dig 😡")
    desk.read()
    desk.world.advance(60)
    desk.world.edit(asked, "Jag ska hitta er 😡")
    desk.read()
    takes(desk, asked, Kind.HIDE)
    [copy] = copies(desk)
    kept = read(copy)
    assert kept["post"]["text"] == "Badet är stängt"
    assert (kept["comment"]["external_id"], kept["comment"]["text"]) == (asked.id, "Jag ska hitta er 😡")
    assert [(each["kind"], each["text"]) for each in kept["changes"]] == [("edited", "Jag ska hitta dig 😡")]
    assert kept["saved"] == {"by": "redaktor", "name": "Rut Redaktör", "at": desk.clock().isoformat()}
    assert kept["channel"]["id"] == CHANNEL
    assert copy.sha256 == sha256(copy.content.encode()).hexdigest()
    assert copy.picture is not None
    assert copy.picture.startswith(b"\x89PNG")
    assert kept["picture_sha256"] == sha256(copy.picture).hexdigest()
    assert "hitta" not in repr(copy)


def test_of_suspected_abuse_of_a_child_no_picture_is_kept(desk: Desk) -> None:
    takes(desk, desk.asked(), Kind.REMOVE, Because(Rule.CHILD_ABUSE))
    [copy] = copies(desk)
    assert (copy.picture, copy.picture_sha256, read(copy)["images"]) == (None, None, "suspected_abuse")
    assert read(copy)["comment"]["text"] == "Hur länge är badet stängt?"
    with desk.db.snapshot() as session:
        assert check(session, session.get_one(SavedCopy, copy.id)).whole


@pytest.mark.parametrize("column", ["content", "picture", "sha256", "all of it"])
def test_a_copy_that_somebody_has_changed_is_found(db: Database, emulator: Emulator, column: str) -> None:
    desk = Desk(db, emulator, "facebook")
    takes(desk, desk.asked(), Kind.HIDE)
    [copy] = copies(desk)
    content = json.dumps(json.loads(copy.content) | {"organisation": "En annan"})
    forged = {
        "content": {"content": copy.content.replace("Hur länge", "Hur kort")},
        "picture": {"picture": b"\x89PNG"},
        "sha256": {"sha256": "0" * 64},
        "all of it": {"content": content, "sha256": sha256(content.encode()).hexdigest()},
    }[column]
    with desk.db.transaction() as session:
        assert check(session, session.get_one(SavedCopy, copy.id)).whole
        off = "DROP TRIGGER saved_copy_no_update" + (" ON saved_copy" if not desk.db.is_sqlite else "")
        session.execute(text(off))
        session.execute(update(SavedCopy).values(forged))
    with desk.db.snapshot() as session:
        sound = check(session, session.get_one(SavedCopy, copy.id))
    assert not sound.whole
    assert sound.logged is (column in ("content", "picture"))


# -- the steps after it


def test_each_step_says_who_and_when_and_the_last_closes_the_case(desk: Desk) -> None:
    desk.town.person("registrator", roles=["registrar"])
    desk.to_the_end(takes(desk, desk.asked(), Kind.HIDE))
    number = the_case(desk).id
    with pytest.raises(CannotStep):
        says(desk, number, Step(Kind.POLICE, answer=True))
    says(desk, number, Step(Kind.TOLD, answer=False, note="Kontot finns inte mer"))
    says(desk, number, Step(Kind.POLICE, answer=True, number="5000-K1-26"))
    with pytest.raises(CannotStep):
        says(desk, number, Step(Kind.POLICE, answer=False, note="Nej"), by="registrator")
    found = says(desk, number, Step(Kind.REGISTERED, answer=True, number="KS 2026/114"), by="registrator")
    assert found.missing == ()
    assert [(each.step.kind, each.by) for each in found.steps[2:]] == [
        (Kind.TOLD, "redaktor"),
        (Kind.POLICE, "redaktor"),
        (Kind.REGISTERED, "registrator"),
    ]
    with desk.db.snapshot() as session:
        assert cases(session, open_only=True) == []
        assert cases(session, ["another channel"]) == []
        acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        said = [entry.act for entry in acts if entry.subject_kind in ("saved_copy", "removal")]
        assert "Kontot" not in str([entry.after for entry in acts])
    assert said == [
        *("copy.saved", "removal.ruled", "removal.hidden"),
        *("removal.told", "removal.police", "removal.registered"),
    ]
    assert found.steps[0].statute == "1998:112 5 §"


def test_who_does_not_take_care_of_the_channel_writes_nothing_down(desk: Desk) -> None:
    takes(desk, desk.asked(), Kind.HIDE)
    desk.town.person("frammande")
    with pytest.raises(CannotStep, match="Frammande"):
        says(desk, the_case(desk).id, Step(Kind.TOLD, answer=True, note="I tråden"), by="frammande")


def test_what_is_secret_is_known_to_be_so(desk: Desk) -> None:
    asked = desk.asked()
    takes(desk, asked, Kind.HIDE, Because(Rule.SECRECY))
    number = desk.row(asked).id
    with desk.db.snapshot() as session:
        assert secret_comments(session, [number, 999]) == {number}
        found = case_of(session, number)
        assert found is not None
        assert found.secret
        assert case(session, 999) is None
