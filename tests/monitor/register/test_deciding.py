"""A manager decides about a channel: what must be said, who may, versions, and the communicator's receipt."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from config.language import use_language
from monitor.audit.models import AuditEntry
from monitor.db import Database
from monitor.register.deciding import CannotDecide, add_version, confirm, latest_of, make_decision, renew
from monitor.register.decision_rules import Draft, Status
from monitor.register.decision_status import Standing, standings
from monitor.register.file import RegisterFile
from monitor.register.importing import import_register
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation, Person, Unit
from monitor.register.storing import Storing

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DRAFT = Draft("Nå invånare", "https://www.youtube.com/tibro", "Kommuninvånare", "redaktor", date(2027, 12, 31), TODAY)


@pytest.fixture
def register(db: Database, sample: RegisterFile) -> Database:
    """The sample register; nobody has decided about its YouTube channel."""
    with db.transaction() as session:
        import_register(session, sample, NOW)
    return db


def decide(db: Database, draft: Draft = DRAFT, by: str = "enhetschef", now: datetime = NOW) -> Decision:
    with db.transaction() as session:
        return make_decision(session, session.get_one(Channel, "youtube"), draft, by, now)


def refused(db: Database, draft: Draft = DRAFT, by: str = "enhetschef") -> list[str]:
    with pytest.raises(CannotDecide) as refusal:
        decide(db, draft, by)
    with db.snapshot() as session:
        made = session.scalars(select(Decision).where(Decision.channel_id == "youtube")).all()
        assert made == [], "nothing is written"
    return list(refusal.value.reasons)


def test_the_website_needs_no_decision_but_one_that_was_made_counts(register: Database) -> None:
    with register.snapshot() as session:
        assert standings(session, TODAY)["webbplats"] == Standing(Status.NOT_NEEDED)
        assert not Standing(Status.NOT_NEEDED).needs_somebody
        assert standings(session, TODAY)["youtube"].needs_somebody
    with register.transaction() as session:
        website = session.get_one(Channel, "webbplats")
        make_decision(session, website, replace(DRAFT, address=website.address), "enhetschef", NOW)
    with register.snapshot() as session:
        assert standings(session, TODAY)["webbplats"].status is Status.VALID
        later = standings(session, date(2029, 1, 1))["webbplats"]
    assert (later.status, later.needs_somebody) == (Status.EXPIRED, True)


def standing(db: Database, day: date = TODAY) -> Standing:
    with db.snapshot() as session:
        return standings(session, day)["youtube"]


def told(db: Database, act: str) -> list[AuditEntry]:
    with db.snapshot() as session:
        query = select(AuditEntry).where(AuditEntry.act == act, AuditEntry.subject.startswith("youtube"))
        return list(session.scalars(query.order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("purpose", "Syfte"),
        ("address", "Social mediekanal (adress)"),
        ("audience", "Huvudsaklig målgrupp"),
        ("responsible", "Ansvarig för kanalen"),
    ],
)
@pytest.mark.parametrize("empty", ["", " \n "])
def test_each_of_the_four_contents_left_empty_is_an_error_of_its_own(
    register: Database, key: str, label: str, empty: str
) -> None:
    [reason] = refused(register, replace(DRAFT, **{key: empty}))
    assert reason.startswith(f"{label} saknas:")


def test_everything_that_is_wrong_is_said_at_once(register: Database) -> None:
    reasons = refused(register, Draft("", "", "", "", None, TODAY), by="redaktor")
    assert [reason.split(" saknas")[0] for reason in reasons[:5]] == [
        "Syfte",
        "Social mediekanal (adress)",
        "Huvudsaklig målgrupp",
        "Ansvarig för kanalen",
        "Gäller t.o.m.",
    ]
    assert "är inte enhetschef" in reasons[5]
    assert len(reasons) == 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_until": None}, "Gäller t.o.m. saknas: ett beslut är tidsbegränsat, till högst 24 månader."),
        ({"valid_until": TODAY - timedelta(1)}, "Gäller t.o.m. ligger före beslutsdatumet"),
        ({"valid_until": date(2028, 11, 24)}, "högst 24 månader, det vill säga 2028-11-23."),
        ({"decided_on": TODAY + timedelta(1)}, "Beslutsdatumet har inte kommit än"),
        ({"address": "tibro på Facebook"}, "Social mediekanal (adress) är ingen webbadress"),
        ({"purpose": "a\x00b"}, "Syfte"),
        ({"responsible": "nobody"}, "Det finns ingen person nobody i registret"),
        ({"authorised": ("redaktor", "nobody")}, "Det finns ingen person nobody i registret"),
    ],
)
def test_what_cannot_be_decided(register: Database, changes: dict[str, object], sentence: str) -> None:
    [reason] = refused(register, replace(DRAFT, **changes))  # type: ignore[arg-type]
    assert sentence in reason


def test_somebody_who_has_left_can_neither_be_named_nor_decide(register: Database) -> None:
    with register.transaction() as session:
        for name in ("redaktor", "enhetschef"):
            session.get_one(Person, name).retired = True
    assert len(refused(register)) == 2


@pytest.mark.parametrize("by", ["redaktor", "kommunikator", "rektor", "nobody"])
def test_only_the_manager_of_the_channels_unit_decides(register: Database, by: str) -> None:
    [reason] = refused(register, by=by)
    with register.snapshot() as session:
        assert reason.endswith(f"det kan {session.get_one(Person, 'enhetschef').name}.")


def test_a_manager_without_the_role_is_refused(register: Database) -> None:
    with register.transaction() as session:
        session.get_one(Person, "enhetschef").roles = ["moderator"]
    assert "är inte enhetschef" in refused(register)[0]


def test_a_unit_without_a_manager_has_nobody_who_decides(register: Database) -> None:
    with register.transaction() as session:
        session.get_one(Unit, session.get_one(Channel, "youtube").unit_id).manager_id = None
    assert "ingen, förrän enheten har en chef" in refused(register)[0]


def test_the_longest_term_is_the_organisations(register: Database) -> None:
    with register.transaction() as session:
        session.scalars(select(Organisation)).one().longest_decision_months = 6
    assert "högst 6 månader, det vill säga 2027-05-23." in refused(register)[0]
    assert decide(register, replace(DRAFT, valid_until=date(2027, 5, 23))).version == 1


def test_a_decision_is_made_and_audited_with_its_whole_text(register: Database) -> None:
    made = decide(register, replace(DRAFT, authorised=("redaktor", "kommunikator", "redaktor")))
    assert (made.version, made.decided_by_id, made.authorised) == (1, "enhetschef", ["redaktor", "kommunikator"])
    [entry] = told(register, "decision.made")
    assert (entry.actor, entry.subject_kind, entry.subject, entry.before) == (
        "enhetschef",
        "decision",
        "youtube/1",
        None,
    )
    assert entry.after == {
        "channel": "youtube",
        "version": 1,
        "purpose": "Nå invånare",
        "address": "https://www.youtube.com/tibro",
        "audience": "Kommuninvånare",
        "responsible": "redaktor",
        "decided_by": "enhetschef",
        "decided_on": "2026-11-23",
        "valid_until": "2027-12-31",
        "authorised": ["redaktor", "kommunikator"],
    }


def test_a_decision_that_was_made_earlier_may_be_written_down_afterwards(register: Database) -> None:
    assert decide(register, replace(DRAFT, decided_on=date(2026, 1, 2))).decided_on == date(2026, 1, 2)
    with pytest.raises(CannotDecide, match="ligger före den förra versionens"):
        decide(register, replace(DRAFT, decided_on=date(2026, 1, 1)))


def test_an_edit_is_the_next_version_and_the_first_one_stays_as_it_was(register: Database) -> None:
    decide(register)
    decide(register, replace(DRAFT, purpose="Svara på frågor"))
    with register.snapshot() as session:
        rows = session.scalars(select(Decision).where(Decision.channel_id == "youtube").order_by(Decision.version))
        assert [(row.version, row.purpose) for row in rows] == [(1, "Nå invånare"), (2, "Svara på frågor")]
    assert standing(register).version == 2
    with pytest.raises(DBAPIError), register.transaction() as session:
        session.execute(update(Decision).values(purpose="Något annat"))


def test_a_renewal_says_the_same_until_a_later_day_and_about_the_address_of_now(register: Database) -> None:
    decide(register)
    later = datetime(2027, 12, 1, 8, 0, tzinfo=UTC)
    with register.transaction() as session:
        channel = session.get_one(Channel, "youtube")
        channel.address = "https://www.youtube.com/@nytt"
        made = renew(session, channel, "enhetschef", date(2029, 6, 30), later, audience="Alla")
    assert (made.version, made.purpose, made.audience, made.address) == (2, "Nå invånare", "Alla", channel.address)
    assert (made.decided_on, made.valid_until) == (date(2027, 12, 1), date(2029, 6, 30))
    entry = told(register, "decision.made")[-1]
    assert entry.before is not None
    assert (entry.before["version"], entry.subject) == (1, "youtube/2")


def test_what_nobody_has_decided_cannot_be_renewed(register: Database) -> None:
    with register.transaction() as session, pytest.raises(CannotDecide, match="inget beslut om youtube att förnya"):
        renew(session, session.get_one(Channel, "youtube"), "enhetschef", date(2027, 1, 1), NOW)


def test_a_communicator_confirms_once(register: Database) -> None:
    decide(register)
    for hours in (1, 2):
        with register.transaction() as session:
            decision = session.scalars(select(Decision).where(Decision.channel_id == "youtube")).one()
            confirm(session, decision, session.get_one(Person, "kommunikator"), NOW + timedelta(hours=hours))
    with register.snapshot() as session:
        receipt = session.get_one(DecisionReceipt, decision.id)
    assert (receipt.confirmed_by_id, receipt.confirmed_at) == ("kommunikator", NOW + timedelta(hours=1))
    [entry] = told(register, "decision.confirmed")
    assert (entry.actor, entry.subject) == ("kommunikator", "youtube/1")


def test_nobody_else_can_confirm(register: Database) -> None:
    decision = decide(register)
    with register.transaction() as session, pytest.raises(CannotDecide, match="är inte kommunikatör"):
        confirm(session, decision, session.get_one(Person, "redaktor"), NOW)
    assert not standing(register).confirmed


def test_without_a_communicator_who_can_be_reached_an_administrator_confirms(register: Database) -> None:
    decision = decide(register)
    with register.transaction() as session:
        session.get_one(Person, "kommunikator").retired = True
        session.add(Person(id="it", name="Drift", email="it@example.org", roles=["administrator"]))
    with register.transaction() as session:
        confirm(session, decision, session.get_one(Person, "it"), NOW)
    assert standing(register).confirmed


def test_a_version_that_another_has_replaced_cannot_be_confirmed_any_more(register: Database) -> None:
    first, second = decide(register), decide(register)
    with register.transaction() as session:
        person = session.get_one(Person, "kommunikator")
        with pytest.raises(CannotDecide, match="Ett nyare beslut har ersatt det"):
            confirm(session, first, person, NOW)
        confirm(session, second, person, NOW)
    decide(register)
    with register.transaction() as session:
        again = confirm(session, second, session.get_one(Person, "kommunikator"), NOW + timedelta(1))
    assert again.confirmed_at == NOW, "what was said stays said"


def test_an_older_decision_that_is_written_down_later_takes_no_ones_place(register: Database) -> None:
    made = decide(register)
    with register.transaction() as session:
        old = replace(DRAFT, decided_on=date(2025, 1, 1), valid_until=date(2025, 12, 31), purpose="Gammalt")
        add_version(session, "youtube", old, "enhetschef", NOW, actor="command")
        latest = latest_of(session, "youtube")
        assert latest is not None
        assert latest.id == made.id
        confirm(session, latest, session.get_one(Person, "kommunikator"), NOW)
    assert (standing(register).version, standing(register).status) == (1, "valid")
    with register.transaction() as session:
        channel = session.get_one(Channel, "youtube")
        renewed = renew(session, channel, "enhetschef", date(2028, 1, 1), NOW)
        assert (renewed.version, renewed.purpose) == (3, DRAFT.purpose)


def test_where_a_decision_stands_from_day_to_day(register: Database) -> None:
    assert standing(register).status == "missing"
    decide(register)
    assert (standing(register).status, standing(register).days_left) == ("valid", 403)
    assert standing(register, date(2027, 12, 31)).status == "valid"
    expired = standing(register, date(2028, 1, 1))
    assert (expired.status, expired.days_left, expired.valid_until) == ("expired", -1, date(2027, 12, 31))
    assert standing(register, date(2026, 11, 22)).status == "missing", "it was not made yet"


def test_a_decision_is_listed_as_unconfirmed_after_three_working_days(register: Database) -> None:
    decide(register, now=datetime(2026, 11, 26, 8, 0, tzinfo=UTC))  # a Thursday
    days = [date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 1)]
    assert [standing(register, day).unconfirmed_for for day in days] == [0, 1, 1, 2, 3]
    assert [standing(register, day).unconfirmed for day in days] == [False] * 4 + [True]


def test_a_decision_about_another_address_than_the_channels_needs_somebody(register: Database) -> None:
    with register.transaction() as session:
        session.get_one(Channel, "youtube").address = DRAFT.address
    decide(register)
    assert not standing(register).needs_somebody
    with register.transaction() as session:
        session.get_one(Channel, "youtube").address = "https://www.youtube.com/@nytt"
    assert standing(register).moved
    assert standing(register).needs_somebody


def test_the_sentences_are_there_in_english_too(register: Database) -> None:
    with use_language("en"):
        assert refused(register, replace(DRAFT, purpose=""))[0].startswith("Purpose is missing:")


@pytest.mark.postgresql
@pytest.mark.parametrize("act", ["decide", "confirm"])
def test_who_decides_while_the_register_is_changed_waits_and_neither_is_refused(
    postgresql: Database, sample: RegisterFile, act: str
) -> None:
    """Both need the log and the channel: in different orders, the database would have to break one of them off."""
    with postgresql.transaction() as session:
        import_register(session, sample, NOW)
    if act == "confirm":
        decide(postgresql)
    with ThreadPoolExecutor(1) as other:
        with postgresql.transaction() as session:
            storing = Storing(session, "command", NOW)
            storing.change(session.get_one(Person, "redaktor"), {"name": "Rut"})
            waits = other.submit(decide if act == "decide" else confirms, postgresql)
            until_somebody_waits(postgresql)
            storing.change(session.get_one(Channel, "youtube"), {"name": "Filmer"})
        waits.result()


def confirms(db: Database) -> None:
    with db.transaction() as session:
        decision = session.scalars(select(Decision).where(Decision.channel_id == "youtube")).one()
        confirm(session, decision, session.get_one(Person, "kommunikator"), NOW)


def until_somebody_waits(db: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE NOT granted AND datname = current_database()"
    )
    for _each in range(200):
        with db.snapshot() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
