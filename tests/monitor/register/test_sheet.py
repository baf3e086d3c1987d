"""The whole register as CSV: written for spreadsheets, read back from them, its faults told by row and column."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedcsv import csv as defused
from hypothesis import given
from hypothesis import strategies as st

from config.language import use_language
from monitor.db import Database
from monitor.register.exporting import columns, export
from monitor.register.faults import Fault, RegisterFaults
from monitor.register.file import RegisterFile, load, parse_sheet
from monitor.register.importing import Imported, import_register
from monitor.register.sheet import sheet
from monitor.register.sheet_cells import guarded, read, unguarded, written
from tests.monitor.register.test_round_trip import registers, signs, sorted_

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Change = Callable[[list[dict[str, str]]], None]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with use_language("en"):
        yield


def text_of(register: RegisterFile) -> str:
    return sheet(register.model_dump(), columns())


def saved_again(text: str, separator: str) -> str:
    """As a spreadsheet saves it: its own separator, quotes only where needed, rows filled up."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(RegisterFaults) as refused:
        parse_sheet(text)
    return refused.value.faults


def changed(register: RegisterFile, change: Change) -> str:
    rows = list(csv.DictReader(io.StringIO(text_of(register), newline="")))
    change(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row_of(rows: list[dict[str, str]], table: str, id_: str = "") -> dict[str, str]:
    return next(row for row in rows if row["table"] == table and row["id"] == id_)


@given(registers(), st.sampled_from(",;\t"))
def test_what_is_written_as_csv_reads_the_same(register: dict[str, Any], separator: str) -> None:
    whole = RegisterFile.model_validate(register)
    assert sorted_(parse_sheet(saved_again(text_of(whole), separator))) == sorted_(whole)


@given(st.text(signs, min_size=1) | st.from_regex(r"['@+\-=|%\\]{1,4}x", fullmatch=True))
def test_a_text_survives_what_keeps_spreadsheets_from_calculating_it(text: str) -> None:
    out = io.StringIO()
    defused.writer(out).writerow([guarded(text)])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert unguarded(cell) == text
    assert cell[0] not in "=+@|%"


def test_the_sheet_comes_back_through_the_database(db: Database, sample: RegisterFile) -> None:
    with db.transaction() as session:
        import_register(session, sample, NOW)
        text = export(session, "csv")
        assert import_register(session, parse_sheet(text), NOW) == Imported()
        assert export(session, "csv") == text


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_sheet_that_swedish_excel_saved_is_read(
    tmp_path: Path, sample: RegisterFile, separator: str, mark: str
) -> None:
    path = tmp_path / "register.CSV"
    ragged = saved_again(text_of(sample), separator) + separator * 50 + "\r\n"
    path.write_text(mark + ragged.replace("true", "SANT").replace("false", "FALSKT"), encoding="utf-8", newline="")
    assert sorted_(load(path)) == sorted_(sample)


def test_a_person_can_read_the_sheet(sample: RegisterFile) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(sample), newline="")))
    assert list(rows[0])[:3] == ["table", "channel", "id"]
    assert [row["table"] for row in rows].count("channel") == len(sample.channel)
    facebook = row_of(rows, "channel", "facebook")
    assert facebook["credential"] == "token_env=TIBRO_FACEBOOK_TOKEN; app_secret_env=META_APP_SECRET"
    assert facebook["administrators"] == "redaktor; kommunikator"
    assert facebook["account_text_checked_on"] == "2026-01-12"
    assert row_of(rows, "organisation")["service_hours"] == "mon-fri=07:30-16:00"
    assert row_of(rows, "person", "enhetschef")["phone"] == "'+46700000001"
    assert row_of(rows, "person", "enhetschef")["routes"] == "mail; sms"
    assert next(row for row in rows if row["table"] == "decision")["channel"] == "facebook"


@pytest.mark.parametrize(
    ("table", "id_", "column", "value", "says"),
    [
        ("person", "rektor", "email", "rektor@", "is no e-mail address"),
        ("person", "rektor", "roles", "unit_manager; rektorr", "must be one of"),
        ("person", "rektor", "website", "https://example.org", "There is no key website here."),
        ("unit", "kommunikation", "manager", "enhetschefen", "Did you mean enhetschef?"),
        ("channel", "facebook", "unit", "kommunikationen", "Did you mean kommunikation?"),
        ("channel", "facebook", "has_comments", "kanske", "must be true or false"),
        ("channel", "facebook", "administrators", "redaktor; ingen", "There is no person with the id ingen."),
        ("channel", "facebook", "credential", "tokn_env=X", "facebook has no credential tokn_env"),
        ("channel", "facebook", "credential", "X", "must be a table"),
        ("channel", "facebook", "account_text", "who; whom", "Did you mean who?"),
        ("channel", "facebook", "account_text_checked_on", "i fjol", "must be a date"),
        ("channel", "facebook", "channel", "facebook", "There is no key channel here."),
        ("organisation", "", "closed_days", "2026-05-15; snart", "must be a date"),
        ("organisation", "", "other_hours", "2026-04-30=12:00-07:30", "cannot be read"),
        ("organisation", "", "reminder_minutes", "60; 30", "three numbers"),
        ("organisation", "", "longest_decision_months", "två", "must be a whole number"),
        ("organisation", "", "first_import_days", "fem", "must be a whole number"),
        ("organisation", "", "excerpts", "kanske", "must be true or false"),
        ("organisation", "", "answer_within", "comment=days ett", "must be a whole number"),
        ("organisation", "", "answer_within", "comment=1", "must be a table"),
        ("organisation", "", "answer_within", "comment=days 1 days 2", "must be a table"),
        ("organisation", "", "answer_within", "comment=hours 4 at 12:00", "a time of day without days"),
        ("channel", "facebook", "escalation", "manager=hours 1", "manager would be told before deputy"),
        ("person", "rektor", "routes", "mail; mail", "one of them twice"),
        ("person", "rektor", "quiet_hours", "kvällar", "also past midnight"),
        ("organisation", "", "table", "organization", "Did you mean organisation?"),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(
    sample: RegisterFile, table: str, id_: str, column: str, value: str, says: str
) -> None:
    numbers: list[int] = []

    def change(rows: list[dict[str, str]]) -> None:
        row = row_of(rows, table, id_)
        row[column] = value
        numbers.append(rows.index(row) + 2)

    fault = faults_of(changed(sample, change))[0 if column != "table" else -1]
    assert str(fault).startswith(f"row {numbers[0]}, column {column}: ")
    assert says in str(fault)


def test_a_decision_about_no_channel_is_told(sample: RegisterFile) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["table"] == "decision")["channel"] = "facebok"

    (fault,) = faults_of(changed(sample, change))
    assert "column channel: There is no channel with the id facebok. Did you mean facebook?" in str(fault)


def test_a_fault_in_a_decision_is_told_on_its_own_row(sample: RegisterFile) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["table"] == "decision")["purpose"] = ""

    rows = list(csv.DictReader(io.StringIO(text_of(sample), newline="")))
    number = 2 + [row["table"] for row in rows].index("decision")
    (fault,) = faults_of(changed(sample, change))
    assert str(fault) == f"row {number}, column purpose: purpose is missing. Add it."


def test_a_column_that_is_there_twice_is_told(sample: RegisterFile) -> None:
    head, *rows = text_of(sample).splitlines()
    [fault] = faults_of("\n".join([f"{head},name", *(f"{row}," for row in rows)]))
    assert (fault.path, fault.what) == ((1, "name"), "The column name is there twice.")


def test_a_name_that_is_twice_in_a_small_table_is_told(sample: RegisterFile) -> None:
    hours = "mon-fri=07:30-16:00"
    [fault] = faults_of(text_of(sample).replace(hours, f"{hours}; {hours}"))
    assert fault.path == (2, "service_hours")


@pytest.mark.parametrize("number", ["17841400000000001", "123456789012", "0701234567", "0114"])
def test_a_number_that_a_spreadsheet_would_alter_is_written_as_text(number: str) -> None:
    cell = guarded(written(number))
    assert cell == f"'{number}"
    assert unguarded(cell) == number
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("number", ["1122334455", "0504-180 00", "24", "0"])
def test_other_numbers_are_left_alone(number: str) -> None:
    assert guarded(written(number)) == number


def test_two_rows_for_the_organisation_are_told(sample: RegisterFile) -> None:
    (fault,) = faults_of(changed(sample, lambda rows: rows.append(rows[0])))
    assert "second row for the organisation" in str(fault)


def test_cells_beyond_the_last_column_are_told(sample: RegisterFile) -> None:
    lines = text_of(sample).split("\r\n")
    lines[1] += ",more"
    assert "more cells than there are columns" in str(faults_of("\r\n".join(lines))[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The first column must be table."),
        ("name,table\nx,unit\n", "The first column must be table."),
        ('table,name\nunit,"a"b\n', "This is not CSV"),
        ("table,id\n", "organisation is missing"),
    ],
)
def test_what_is_no_sheet_is_refused(text: str, says: str) -> None:
    assert says in str(faults_of(text)[0])


def test_every_fault_is_told_at_once(sample: RegisterFile) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        row_of(rows, "person", "rektor")["email"] = "x"
        row_of(rows, "unit", "kommunikation")["manager"] = "y"
        row_of(rows, "channel", "facebook")["address"] = "z"
        rows[-1]["table"] = "chanel"

    assert len(faults_of(changed(sample, change))) == 4


def test_cells_are_values_of_the_register() -> None:
    assert read("closed_days", "2026-05-15; 2026-06-05") == [date(2026, 5, 15), date(2026, 6, 5)]
    assert written([date(2026, 5, 15), date(2026, 6, 5)]) == "2026-05-15; 2026-06-05"
    assert read("publish_address", "Nej") is False
    assert read("name", " 07 ") == " 07 "


def test_terms_are_words_in_a_cell() -> None:
    terms = {"comment": {"days": 1, "at": "12:00"}, "held": {"hours": 4}}
    assert written(terms) == "comment=days 1 at 12:00; held=hours 4"
    assert read("answer_within", " comment = days 1 at 12:00 ;held=hours 4") == terms
