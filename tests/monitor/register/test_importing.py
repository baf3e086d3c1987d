"""The register file in the database: again and again, changed, shortened, refused."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from monitor.db import Base, Database
from monitor.register.exporting import export
from monitor.register.file import ChannelEntry, RegisterFile, parse
from monitor.register.importing import Imported, import_register
from monitor.register.models import Channel, Decision, Organisation, Person, Unit
from monitor.register.organisation import NotSetUp, organisation
from monitor.register.rows import register_file
from monitor.watch.overview import channels

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def bring_in(db: Database, register: RegisterFile) -> Imported:
    with db.transaction() as session:
        return import_register(session, register, NOW)


def count(db: Database, table: type[Base]) -> int:
    with db.snapshot() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def without_channel(register: RegisterFile, id_: str) -> RegisterFile:
    return register.model_copy(update={"channel": [each for each in register.channel if each.id != id_]})


def with_channel(register: RegisterFile, id_: str, **changes: object) -> RegisterFile:
    def changed(each: ChannelEntry) -> ChannelEntry:
        return each.model_copy(update=changes) if each.id == id_ else each

    return register.model_copy(update={"channel": [changed(each) for each in register.channel]})


def channel(db: Database, id_: str) -> Channel:
    with db.snapshot() as session:
        return session.get_one(Channel, id_)


def test_everything_in_the_file_is_in_the_database(db: Database, sample: RegisterFile) -> None:
    done = bring_in(db, sample)
    assert sorted(done.added) == sorted(each.id for each in sample.channel)
    tables = (Organisation, Person, Unit, Channel, Decision)
    assert [count(db, table) for table in tables] == [1, 5, 2, 6, 1]
    found = channel(db, "facebook")
    assert (found.unit_id, found.responsible_id, found.deputy_id) == ("kommunikation", "redaktor", "kommunikator")
    assert found.credential == {"token_env": "TIBRO_FACEBOOK_TOKEN", "app_secret_env": "META_APP_SECRET"}


def test_importing_again_changes_nothing(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    assert bring_in(db, sample) == Imported()
    assert count(db, Decision) == 1


def test_what_is_changed_in_the_file_changes(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    done = bring_in(db, with_channel(sample, "instagram", name="Insta", responsible="enhetschef"))
    assert done == Imported(changed=["instagram"])
    assert channel(db, "instagram").responsible_id == "enhetschef"


def test_a_channel_that_left_the_file_is_retired_with_its_decisions(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    assert bring_in(db, without_channel(sample, "facebook")) == Imported(retired=["facebook"])
    assert channel(db, "facebook").state == "retired"
    assert channel(db, "facebook").state_reason
    assert count(db, Decision) == 1
    assert bring_in(db, without_channel(sample, "facebook")) == Imported()


def test_a_channel_that_comes_back_is_watched_again(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    bring_in(db, without_channel(sample, "facebook"))
    assert bring_in(db, sample) == Imported(changed=["facebook"])
    assert (channel(db, "facebook").state, channel(db, "facebook").state_reason) == ("active", None)


def test_a_paused_channel_stays_paused(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    with db.transaction() as session:
        session.get_one(Channel, "youtube").state = "paused"
    bring_in(db, with_channel(sample, "youtube", name="Film"))
    assert channel(db, "youtube").state == "paused"


def test_a_changed_decision_is_a_new_version_and_the_old_one_stays(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    first = sample.channel[0].decision[0]
    renewed = first.model_copy(update={"valid_until": date(2028, 6, 30)})
    bring_in(db, with_channel(sample, "facebook", decision=[renewed]))
    with db.snapshot() as session:
        rows = session.scalars(select(Decision).order_by(Decision.version)).all()
        assert [(row.version, row.valid_until) for row in rows] == [(1, date(2027, 12, 31)), (2, date(2028, 6, 30))]
        overview = next(row for row in channels(session, date(2028, 1, 1)) if row.id == "facebook")
    assert overview.decision is not None
    assert overview.decision.status == "valid"


def test_decisions_count_in_the_order_they_were_made(db: Database, sample: RegisterFile) -> None:
    old = sample.channel[0].decision[0]
    new = old.model_copy(update={"decided_on": date(2027, 12, 1), "valid_until": date(2029, 12, 31)})
    bring_in(db, with_channel(sample, "facebook", decision=[new]))
    bring_in(db, with_channel(sample, "facebook", decision=[new, old]))
    with db.snapshot() as session:
        overview = next(row for row in channels(session, date(2028, 1, 1)) if row.id == "facebook")
    assert overview.decision is not None
    assert overview.decision.valid_until == date(2029, 12, 31)


def test_somebody_who_left_keeps_the_name_alone(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    remaining = [each for each in sample.person if each.id != "larare"]
    successor = with_channel(sample, "foraldragrupp", responsible="kommunikator")
    bring_in(db, successor.model_copy(update={"person": remaining}))
    with db.snapshot() as session:
        person = session.get_one(Person, "larare")
    assert (person.name, person.email, person.roles, person.retired) == ("Lärare", None, [], True)


def test_a_decision_by_somebody_who_left_is_kept_but_not_written(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    remaining = [each.model_copy(update={"id": "ny"}) if each.id == "redaktor" else each for each in sample.person]
    later = sample.model_copy(update={"person": remaining})
    roles = {"facebook": "responsible", "instagram": "responsible", "youtube": "deputy", "linkedin": "deputy"}
    for id_, key in roles.items():
        later = with_channel(later, id_, **{key: "ny"}, administrators=["ny"], decision=[])
    bring_in(db, later)
    assert count(db, Decision) == 1
    with db.snapshot() as session:
        parse(export(session, "toml"))


def test_an_error_half_way_imports_nothing(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    broken = with_channel(sample, "facebook", name="Changed")
    broken = with_channel(broken, "youtube", responsible="nobody")  # cannot come out of `load`
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        bring_in(db, broken)
    assert channel(db, "facebook").name == "Tibro kommun på Facebook"


def test_the_register_comes_back_as_it_went_in(db: Database, sample: RegisterFile) -> None:
    bring_in(db, sample)
    with db.snapshot() as session:
        found = register_file(session)
    assert found.organisation == sample.organisation
    decided = sample.channel[0].decision[0].model_copy(update={"address": sample.channel[0].address})
    expected = with_channel(sample, "facebook", decision=[decided])
    assert sorted(found.channel, key=lambda each: each.id) == sorted(expected.channel, key=lambda each: each.id)


def test_without_a_register_a_sentence_says_what_to_do(db: Database) -> None:
    with db.snapshot() as session, pytest.raises(NotSetUp, match="kanalvakt register import"):
        organisation(session)
