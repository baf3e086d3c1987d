"""One snapshot for all that is read for one purpose: the same one each time, until somebody writes."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.db import Database
from monitor.db.once import once_in_a_snapshot
from monitor.db.one_view import leave, one_view
from monitor.register.models import Person


def people(session: Session) -> list[str]:
    return list(session.scalars(select(Person.id).order_by(Person.id)))


def arrives(db: Database, id_: str) -> None:
    with db.transaction() as session:
        session.add(Person(id=id_, name=id_))


def elsewhere(do: Callable[[], None]) -> None:
    """As somebody else, who has a view of their own."""
    thread = threading.Thread(target=do)
    thread.start()
    thread.join()


def test_what_is_read_first_and_last_stood_at_the_same_moment(db: Database) -> None:
    with one_view():
        with db.snapshot() as first:
            assert people(first) == []
        elsewhere(lambda: arrives(db, "anna"))
        with db.snapshot() as last:
            assert people(last) == []
    with db.snapshot() as session:
        assert people(session) == ["anna"]


def test_what_was_found_for_one_is_known_to_the_other(sqlite: Database) -> None:
    looks = []

    @once_in_a_snapshot
    def look(session: Session) -> int:
        looks.append(people(session))
        return len(looks)

    with one_view():
        for _each in range(2):
            with sqlite.snapshot() as session:
                assert look(session) == 1


def test_after_a_write_the_new_is_seen_and_who_was_reading_goes_on(db: Database) -> None:
    with one_view():
        with db.snapshot() as before:
            assert people(before) == []
            arrives(db, "anna")
            with db.snapshot() as after:
                assert people(after) == ["anna"]
            assert people(before) == []
        with db.snapshot() as session:
            assert people(session) == ["anna"]


def test_after_an_error_nobody_goes_on_in_the_view(sqlite: Database) -> None:
    with one_view():
        seen = []

        def fail() -> None:
            with sqlite.snapshot() as broken:
                seen.append(broken)
                people(broken)
                raise ValueError("x")

        with pytest.raises(ValueError, match="x"):
            fail()
        with sqlite.snapshot() as session:
            assert session is not seen[0]


def test_what_has_been_left_holds_no_connection(sqlite: Database) -> None:
    with one_view():
        with sqlite.snapshot() as session:
            people(session)
        assert sqlite.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
        leave()
        assert sqlite.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        with sqlite.snapshot() as session:
            people(session)
    assert sqlite.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
