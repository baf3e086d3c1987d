"""Codes and one-time passwords count once, also where two come at the same moment; on both databases."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from monitor.access import accounts, codes, one_time
from monitor.access.models import Account
from monitor.access.outside import person_of
from monitor.access.throttling import Throttle, throttle
from monitor.db import Database
from monitor.register import secrets
from monitor.register.models import Person
from tests.monitor.town import Town

NOW = datetime(2026, 6, 8, 8, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def at_once(times: int, what: Callable[[], bool]) -> list[bool]:
    with ThreadPoolExecutor(times) as threads:
        return sorted(each.result() for each in [threads.submit(what) for _ in range(times)])


def test_of_several_who_use_one_code_at_once_one_comes_in(db: Database) -> None:
    Town(db)
    with db.transaction() as session:
        code = codes.new_sheet(session, session.get_one(Person, "redaktor"), "command", NOW)[0]

    def use() -> bool:
        with db.transaction() as session:
            return codes.use(session, codes.EMERGENCY, code, NOW) is not None

    assert at_once(4, use) == [False, False, False, True]


def test_of_several_who_type_the_same_digits_at_once_one_comes_in(db: Database) -> None:
    Town(db)
    with db.transaction() as session:
        accounts.keep_one_time(session, session.get_one(Person, "redaktor"), SECRET, 0, NOW)
    digits = one_time.code_at(SECRET, int(NOW.timestamp()) // 30)

    def check() -> bool:
        with db.transaction() as session:
            return accounts.check_one_time(session, "redaktor", digits, NOW)

    assert at_once(4, check) == [False, False, False, True]


def test_a_code_is_of_its_kind_only(sqlite: Database) -> None:
    Town(sqlite)
    with sqlite.transaction() as session:
        person = session.get_one(Person, "redaktor")
        word = codes.new_setup(session, person, "command", NOW)
        assert codes.use(session, codes.EMERGENCY, word, NOW) is None
        assert codes.owner_of(session, codes.SETUP, word, NOW) is person
        assert codes.owner_of(session, codes.SETUP, word, NOW + codes.GOOD_FOR) is None


def test_a_question_is_answered_once_and_forgotten_later(sqlite: Database) -> None:
    Town(sqlite)
    with sqlite.transaction() as session:
        person = session.get_one(Person, "redaktor")
        codes.count_once(session, person, "q", NOW)
        with pytest.raises(IntegrityError), session.begin_nested():
            codes.count_once(session, person, "q", NOW)
        codes.count_once(session, person, "another", NOW + timedelta(hours=2))
        codes.count_once(session, person, "q", NOW + timedelta(hours=2))


def test_the_secret_of_one_time_passwords_follows_the_keys(sqlite: Database) -> None:
    Town(sqlite)
    with sqlite.transaction() as session:
        accounts.keep_one_time(session, session.get_one(Person, "redaktor"), SECRET, 0, NOW)
    assert secrets.rotate(sqlite).secrets == 1
    with sqlite.snapshot() as session:
        assert session.get_one(Account, "redaktor").one_time.decrypt() == SECRET


def test_without_the_key_no_digits_count_and_the_sheet_still_does(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.register import keys

    Town(sqlite)
    with sqlite.transaction() as session:
        person = session.get_one(Person, "redaktor")
        accounts.keep_one_time(session, person, SECRET, 0, NOW)
        code = codes.new_sheet(session, person, "command", NOW)[0]
    keys.key_file().unlink()
    with sqlite.transaction() as session:
        digits = one_time.code_at(SECRET, int(NOW.timestamp()) // 30)
        assert not accounts.check_one_time(session, "redaktor", digits, NOW)
        assert codes.use(session, codes.EMERGENCY, code, NOW) is not None


def test_an_address_that_two_have_is_nobodys(sqlite: Database) -> None:
    Town(sqlite)
    claims = {"iss": "i", "sub": "s", "email": "delad@example.org", "email_verified": True}
    with sqlite.transaction() as session:
        session.add_all([Person(id=each, name=each, email="delad@example.org") for each in ("a", "b")])
        session.flush()
        assert accounts.person_called(session, "DELAD@example.org") is None
        assert person_of(session, claims, NOW) is None


@pytest.mark.redis
def test_two_processes_count_together_where_there_is_a_broker_and_alone_when_it_is_gone() -> None:
    chosen = Settings(redis_url=SecretStr(os.environ["TEST_REDIS_URL"]))
    first, second, name = throttle(chosen), throttle(chosen), f"rut {os.getpid()} {datetime.now(UTC)}"
    for _ in range(10):
        first.failed(name, "192.0.2.1")
    assert second.wait(name, "192.0.2.1") > 800
    gone = throttle(Settings(redis_url=SecretStr("redis://127.0.0.1:9/0")))
    assert gone.wait(name, "192.0.2.1") == 0
    for _ in range(10):
        gone.failed(name, "192.0.2.1")
    assert gone.wait(name, "192.0.2.1") > 800


def test_no_name_is_kept_where_tries_are_counted() -> None:
    counting = Throttle()
    counting.failed("password typed here", "192.0.2.1")
    assert "password" not in repr(counting.own.__dict__)
    assert "192.0.2.1" not in repr(counting.own.__dict__)


def test_from_everywhere_one_account_can_be_tried_a_hundred_times_an_hour() -> None:
    counting = Throttle()
    for number in range(100):
        counting.failed("rut", f"192.0.2.{number}")
    assert counting.wait("rut", "198.51.100.1") > 3000
    assert counting.wait("eva", "198.51.100.1") == 0
