"""What people said is held against the log too: attested, gone through, corrected, received, said of a post."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from monitor.db import Database
from monitor.records.auditing import Agreement, Difference, agreement
from monitor.register.deciding import add_version, confirm, receipt_of
from monitor.register.models import DecisionReceipt, Organisation, Person
from monitor.watch.day_models import Attestation, Correction, Review
from monitor.watch.day_rules import Verdict
from monitor.watch.hub import dismiss, link, reopen
from monitor.watch.models import HubNote, Post
from tests.monitor.days.almanac import FRIDAY, MONDAY, THURSDAY, Almanac, at
from tests.monitor.records.test_auditing import DRAFT

NOON = at(MONDAY, "12.00")
PAGE = "https://www.tibro.se/badhuset"


class Desk(Almanac):
    """Thursday was read and gone through, and attested a day late; Friday has been corrected twice; a post was linked,
    taken back and dismissed; a decision has been confirmed. And somebody owns the database."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.comes("c1", THURSDAY, "08.00")
        self.reviews(THURSDAY, "09.00")
        self.attests(THURSDAY, "10.00", count=3)
        self.keep_over(FRIDAY)
        self.attests(MONDAY, "08.00", for_day=FRIDAY)
        self.corrects(MONDAY, FRIDAY, Verdict.WATCHED, reason="Gjordes på papper.")
        self.corrects(MONDAY, FRIDAY, Verdict.NOT_WATCHED, reason="Nej.")
        self.town.change(Organisation, 1, website="https://www.tibro.se")
        self.town.post("p/1", text="Badhuset öppnar", author_id="page-1")
        with db.transaction() as session:
            post = session.scalars(select(Post).where(Post.external_id == "p/1")).one()
            link(session, post, PAGE, "redaktor", NOON)
            reopen(session, post, "redaktor", NOON)
            dismiss(session, post, "Bara en hälsning", "redaktor", NOON)
        with db.transaction() as session:
            decision = add_version(session, "fb", DRAFT, "redaktor", NOON, actor="redaktor")
            confirm(session, decision, session.get_one(Person, "kommunikator"), NOON)

    def tamper(self, *statements: Any) -> None:
        with self.db.transaction() as session:
            for table in ("audit_entry", "attestation", "review", "correction"):
                for act in ("update", "delete"):
                    on = "" if self.db.is_sqlite else f" ON {table}"
                    session.execute(text(f"DROP TRIGGER {table}_no_{act}{on}"))
            for statement in statements:
                session.execute(statement)

    def differing(self) -> list[tuple[str, str, list[str]]]:
        return [(each.kind, each.subject, each.fields) for each in self.agreement().differing]

    def agreement(self) -> Agreement:
        with self.db.snapshot() as session:
            return agreement(session)


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db)


def test_what_people_really_said_is_what_the_log_says(desk: Desk) -> None:
    found = desk.agreement()
    assert (found.unlogged, found.differing) == (0, [])
    days, said = 4, 2 + 1 + 3 + 3 + 2  # attested, gone through, put right, said of the post, decided and confirmed
    assert found.agree == days + said


@pytest.mark.parametrize(
    ("table", "values", "subject"),
    [
        (Attestation, {"by_id": "ersattare"}, "grupp/2026-06-11/1"),
        (Attestation, {"at": NOON}, "grupp/2026-06-11/1"),
        (Attestation, {"count": 30}, "grupp/2026-06-11/1"),
        (Review, {"by_id": "ersattare"}, "fb/1"),
        (Review, {"at": NOON}, "fb/1"),
        (Correction, {"verdict": "partly"}, "grupp/2026-06-12/1"),
        (Correction, {"how": "automatic"}, "grupp/2026-06-12/1"),
        (Correction, {"reason": "corrected"}, "grupp/2026-06-12/1"),
        (Correction, {"by_id": "ersattare"}, "grupp/2026-06-12/1"),
        (Correction, {"at": NOON}, "grupp/2026-06-12/1"),
        (Correction, {"attestation_id": 1}, "grupp/2026-06-12/1"),
        (HubNote, {"kind": "dismissed"}, "fb/p/1/1"),
        (HubNote, {"url": "https://example.org/"}, "fb/p/1/1"),
        (HubNote, {"reason": "Därför"}, "fb/p/1/1"),
        (HubNote, {"by_id": "ersattare"}, "fb/p/1/1"),
    ],
)
def test_a_word_that_was_changed_is_named_with_the_field(
    desk: Desk, table: Any, values: dict[str, object], subject: str
) -> None:
    desk.tamper(update(table).where(table.id == 1).values(values))
    field = next(iter(values)).removesuffix("_id")
    assert desk.differing() == [(table.__tablename__, subject, [field])]


def test_a_correction_whose_reason_was_rewritten_is_named(desk: Desk) -> None:
    desk.tamper(update(Correction).where(Correction.id == 2).values(note="Gjordes."))
    assert desk.differing() == [("correction", "fb/2026-06-12/2", ["note"])]


@pytest.mark.parametrize("values", [{"confirmed_by_id": "ersattare"}, {"confirmed_at": at(FRIDAY, "12.00")}])
def test_a_receipt_that_was_changed_is_named(desk: Desk, values: dict[str, object]) -> None:
    desk.tamper(update(DecisionReceipt).values(values))
    assert desk.differing() == [("decision_confirmed", "fb/1", [next(iter(values)).removesuffix("_id")])]


def test_words_that_are_gone_are_missed(desk: Desk) -> None:
    desk.tamper(*(delete(table) for table in (Correction, HubNote, Review, DecisionReceipt)))
    found = desk.agreement().differing
    assert [each.kind for each in found if each.entry and not each.fields] == [each.kind for each in found]
    assert sorted(each.kind for each in found) == ["correction"] * 3 + ["decision_confirmed"] + ["hub_note"] * 3 + [
        "review"
    ]


def test_a_forged_correction_is_named_however_old_it_says_it_is(desk: Desk) -> None:
    forged = {"how": "automatic", "reason": "reviewed", "by_id": "kommunikator", "note": "Gjordes."}
    with desk.db.transaction() as session:
        days = {"channel_id": "fb", "day": FRIDAY, "verdict": "watched", "at": at(THURSDAY, "00.00")}
        session.execute(insert(Correction).values(forged | days))
    assert desk.agreement().differing == [Difference("correction", "fb/2026-06-12/4", None, [])]


def test_forged_words_are_named(desk: Desk) -> None:
    said = {"by_id": "redaktor", "at": NOON}
    with desk.db.transaction() as session:
        session.execute(insert(Attestation).values(channel_id="grupp", day=THURSDAY, note="", **said))
        session.execute(insert(Review).values(channel_id="fb", **said))
        session.execute(insert(HubNote).values(post_id=1, kind="linked", url=PAGE, **said))
    assert sorted(desk.differing()) == [
        ("attestation", "grupp/2026-06-11/3", []),
        ("hub_note", "fb/p/1/4", []),
        ("review", "fb/2", []),
    ]


def test_a_receipt_that_nobody_gave_is_named(desk: Desk) -> None:
    with desk.db.transaction() as session:
        decision = add_version(session, "fb", DRAFT, "redaktor", NOON, actor="redaktor")
        receipt = receipt_of(session, decision)
        receipt.sent_to_id, receipt.sent_at = "kommunikator", at(MONDAY, "13.00")
        receipt.confirmed_by_id, receipt.confirmed_at = "kommunikator", at(MONDAY, "13.00")
    assert desk.differing() == [("decision_sent", "fb/2", []), ("decision_confirmed", "fb/2", [])]


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE attestation SET at = 'soon' WHERE id = 1",
        "UPDATE review SET at = 'soon' WHERE id = 1",
        "UPDATE correction SET at = 'soon' WHERE id = 1",
        "UPDATE decision_receipt SET confirmed_at = 'soon'",
        "UPDATE hub_note SET at = 'soon' WHERE id = 1",
    ],
)
def test_a_word_that_cannot_be_read_any_more_is_named(sqlite: Database, words: str) -> None:
    desk = Desk(sqlite)
    desk.tamper(text(words))
    [found] = desk.agreement().differing
    assert found.entry is not None
    assert len(found.fields) > 1


def test_an_entry_whose_words_are_none_is_no_fault_of_ours(sqlite: Database) -> None:
    desk = Desk(sqlite)
    desk.tamper(text("""UPDATE audit_entry SET after = '["x"]' WHERE act = 'channel.reviewed'"""))
    assert ("review", "fb/1", []) in desk.differing()
