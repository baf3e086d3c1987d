"""What people and programs see, on a terminal and in a pipe."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.output import cell, local, show_json, show_table

WIDE = """
from monitor.cli.output import show_table
show_table(["one", "two"], [["[bold]x[/bold]", "word " * 60], ["\\x1b[31mred", "y"]])
"""


def on_terminal(code: str, columns: int) -> str:
    """What a program shows on a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "LINES"}}
    environment |= {"TERM": "xterm", "NO_COLOR": "1"}
    subprocess.run([sys.executable, "-c", code], stdout=theirs, env=environment, check=True)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    return re.sub(r"\x1b\[[01]m", "", shown.decode())  # bold on, bold off


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux: nobody writes any more
        return b""


DAYS = """
from monitor.cli.output import show_table
show_table(["Answer by", "State", "Comment"], [["2026-06-18 15.00", "overdue, open", "word " * 60]])
"""


@pytest.mark.parametrize("columns", [60, 80])
def test_days_and_short_words_are_never_cut_where_there_is_room(columns: int) -> None:
    lines = on_terminal(DAYS, columns).splitlines()
    assert any(line.startswith("2026-06-18") for line in lines)
    assert any("overdue," in line for line in lines)
    assert max(len(line) for line in lines) <= columns


def test_a_terminal_that_is_too_narrow_for_that_still_shows_everything() -> None:
    shown = on_terminal(DAYS, 20)
    assert max(len(line) for line in shown.splitlines()) <= 20
    assert "".join(shown.split()).count("word") > 0


@pytest.mark.parametrize(("columns", "widest"), [(200, 100), (60, 60)])
def test_a_table_fits_the_terminal_and_100_columns(columns: int, widest: int) -> None:
    shown = on_terminal(WIDE, columns)
    assert max(len(line) for line in shown.splitlines()) <= widest
    assert shown.count("word") == 60


def test_what_residents_write_neither_formats_nor_steers_the_terminal() -> None:
    shown = on_terminal(WIDE, 100)
    assert "[bold]x[/bold]" in shown
    assert "\x1b[31m" not in shown


def test_a_pipe_gets_everything_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["one", "two"], [["a\tb\nc", "word " * 60]])
    assert capsys.readouterr().out.splitlines()[1] == "a b c\t" + "word " * 60


@given(st.text())
def test_a_cell_is_always_one_line_without_control_characters(text: str) -> None:
    assert len(cell(text).splitlines()) == 1
    assert not any(sign in cell(text) for sign in "\t\x00\x1b\x9b")


def test_cells_say_yes_no_and_nothing() -> None:
    assert [cell(value) for value in (True, False, None, "", [])] == ["ja", "nej", "–", "–", "–"]
    assert [cell(value) for value in (["a", "b"], 0)] == ["a, b", "0"]


def test_json_has_times_with_offset_and_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    moment = datetime(2026, 6, 18, 13, 0, tzinfo=UTC)
    show_json({"at": moment, "day": date(2026, 6, 18), "name": "Åsa", "set": {"b", "a"}})
    out = capsys.readouterr().out
    assert '"2026-06-18T13:00:00+00:00"' in out
    assert '"2026-06-18"' in out
    assert "Åsa" in out
    assert out.index('"a"') < out.index('"b"')


def test_json_refuses_what_has_no_form() -> None:
    with pytest.raises(TypeError, match="object"):
        show_json(object())


def test_people_read_the_time_of_the_place() -> None:
    assert local(datetime(2026, 6, 18, 13, 0, tzinfo=UTC), "Europe/Stockholm") == "2026-06-18 15.00"
    assert local(None, "Europe/Stockholm") is None
