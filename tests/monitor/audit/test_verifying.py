"""Whatever somebody does to the log behind our back is found, at the entry where it was done."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update

from monitor.audit.rules import BEGINNING, Entry, chained
from monitor.audit.verifying import Head
from monitor.db import Database
from tests.conftest import Measured
from tests.monitor.audit.histories import ENTRY, FIELDS, HEAD, Act, Tamperer, acts, histories, verified, write

TRIED = settings(max_examples=40)
PAUSED = Act("redaktor", "channel.paused", ("channel", "fb-tibro"), {"state": "active"}, {"state": "paused"})
FORGED = Act("nobody", "unit.changed", ("unit", "x"), None, None)
data = st.data()


@pytest.fixture
def log(db: Database) -> Tamperer:
    return Tamperer(db)


def forged(row: dict[str, object], previous: str) -> dict[str, object]:
    """The row with a hash that fits, as somebody who knows the rule would make it."""
    entry = Entry(**{key: value for key, value in row.items() if key != "hash"})  # type: ignore[arg-type]
    return row | {"hash": chained(entry, previous)}


def test_an_empty_log_is_whole(db: Database) -> None:
    found = verified(db)
    assert (found.entries, found.head, found.broken) == (0, None, None)


def test_an_untouched_log_is_whole_and_vouches_for_itself_later(log: Tamperer, measured: Measured) -> None:
    tried = 0

    @TRIED
    @given(histories, histories)
    def holds(history: list[Act], later: list[Act]) -> None:
        nonlocal tried
        tried += 1
        log.begin_anew(history)
        first = verified(log.db)
        assert (first.entries, first.broken) == (len(history), None)
        write(log.db, later)
        assert verified(log.db, first.head).broken is None
        assert verified(log.db).entries == len(history) + len(later)

    holds()
    measured("audit log, histories verified", tried)


@TRIED
@given(history=histories, data=data)
def test_an_altered_field_is_found_at_its_entry(log: Tamperer, history: list[Act], data: st.DataObject) -> None:
    log.begin_anew(history)
    id_, field = data.draw(st.integers(1, len(history))), data.draw(st.sampled_from(FIELDS))
    log.alter(id_, field)
    found = verified(log.db)
    assert (found.broken, found.head) == (id_, None)


@TRIED
@given(history=histories, data=data)
def test_a_removed_entry_is_missed_also_at_the_end(log: Tamperer, history: list[Act], data: st.DataObject) -> None:
    log.begin_anew(history)
    id_ = data.draw(st.integers(1, len(history)))
    log.remove(id_)
    assert verified(log.db).broken == id_


@TRIED
@given(history=histories, cut=st.integers(1, 8))
def test_a_log_cut_off_at_the_end_is_found(log: Tamperer, history: list[Act], cut: int) -> None:
    log.begin_anew(history)
    first = max(1, len(history) - cut + 1)
    log.do(delete(ENTRY).where(ENTRY.c.id >= first))
    assert verified(log.db).broken == first


@TRIED
@given(history=histories, data=data)
def test_two_entries_that_changed_places_are_found(log: Tamperer, history: list[Act], data: st.DataObject) -> None:
    assume(len(history) > 1)
    log.begin_anew(history)
    first, second = sorted(data.draw(st.sets(st.integers(1, len(history)), min_size=2, max_size=2)))
    for old, new in ((first, 0), (second, first), (0, second)):
        log.renumber(old, new)
    assert verified(log.db).broken == first


@TRIED
@given(history=histories, data=data)
def test_an_inserted_entry_is_found(log: Tamperer, history: list[Act], data: st.DataObject) -> None:
    log.begin_anew(history)
    place = data.draw(st.integers(1, len(history) + 1))
    row, previous = log.row(min(place, len(history))), log.row(place - 1)["hash"] if place > 1 else BEGINNING
    for id_ in range(len(history), place - 1, -1):
        log.renumber(id_, id_ + 1)
    log.put(forged(row | {"id": place, "actor": "nobody"}, previous))
    assert verified(log.db).broken in {place, place + 1}  # a forged hash fits to what is before, never to what follows


@TRIED
@given(history=histories, extra=acts, data=data)
def test_a_log_rewritten_from_somewhere_on_betrays_itself_to_who_noted_its_head(
    log: Tamperer, history: list[Act], extra: Act, data: st.DataObject
) -> None:
    log.begin_anew(history)
    noted = verified(log.db).head
    changed = data.draw(st.integers(1, len(history)))
    log.begin_anew(
        [*history[: changed - 1], Act("nobody", "unit.changed", ("unit", "x"), None, None), *history[changed:]]
    )
    assert verified(log.db).broken is None  # nothing inside shows it
    write(log.db, [extra])
    assert verified(log.db, noted).broken == len(history)


@pytest.mark.parametrize("values", [{"hash": BEGINNING}, {"entry_id": 1}, {"entry_id": 3}])
def test_a_head_that_was_altered_is_found(log: Tamperer, values: dict[str, object]) -> None:
    write(log.db, [PAUSED, PAUSED])
    log.do(update(HEAD).values(values))
    assert verified(log.db).broken is not None


def test_a_head_that_is_gone_is_found_and_nothing_more_is_written(log: Tamperer) -> None:
    write(log.db, [PAUSED, PAUSED])
    log.do(delete(HEAD))
    assert verified(log.db).broken == 1
    with pytest.raises(Exception, match=r"(?i)unique"):
        write(log.db, [PAUSED])


def test_all_entries_gone_but_not_the_head_are_missed(log: Tamperer) -> None:
    write(log.db, [PAUSED])
    log.do(delete(ENTRY))
    assert verified(log.db).broken == 1


def test_a_log_emptied_wholly_is_missed_by_who_noted_its_head(log: Tamperer) -> None:
    write(log.db, [PAUSED])
    noted = verified(log.db).head
    log.do(delete(ENTRY), delete(HEAD))
    assert (verified(log.db).broken, verified(log.db, noted).broken) == (None, 1)


def test_a_row_with_a_number_below_one_is_found(log: Tamperer) -> None:
    write(log.db, [PAUSED])
    log.do(insert(ENTRY).values(log.row(1) | {"id": 0}))
    assert verified(log.db).broken == 1


@pytest.mark.parametrize("word", ["7", "x:abc", "0:" + "0" * 64, "-1:" + "0" * 64, "1:" + "G" * 64, "1:" + "0" * 63])
def test_a_noted_head_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        Head.of(word)


def test_a_head_is_read_as_it_is_written() -> None:
    head = Head(12, "ab" * 32)
    assert Head.of(str(head)) == Head.of(f" {head}\n") == head


@pytest.mark.parametrize(
    "change", ["at = 'garbage'", "after = 'garbage'", "after = '[1]'", "actor = x'ff'", "hash = x'ff'", "at = 5"]
)
def test_an_entry_that_cannot_be_read_any_more_is_found_like_any_other(sqlite: Database, change: str) -> None:
    log = Tamperer(sqlite)
    log.begin_anew([PAUSED] * 4)
    with sqlite.transaction() as session:
        session.execute(text(f"UPDATE audit_entry SET {change} WHERE id = 3"))  # noqa: S608 - ours
    found = verified(sqlite)
    assert (found.entries, found.broken, found.head) == (4, 3, None)


@pytest.mark.parametrize("statement", ["UPDATE audit_head SET id = 2", "DELETE FROM audit_head"])
def test_a_head_that_writers_would_not_find_is_missed(log: Tamperer, statement: str) -> None:
    log.begin_anew([PAUSED] * 2)
    with log.db.transaction() as session:
        session.execute(text(statement))
    assert verified(log.db).broken == 1
