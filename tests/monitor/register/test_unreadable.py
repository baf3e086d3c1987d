"""Why a register file cannot be read at all is said in the language in use, with its line."""

import pytest

from config.language import use_language
from monitor.register.faults import RegisterFaults
from monitor.register.file import parse, parse_sheet


def fault(text: str, *, sheet: bool = False) -> str:
    with use_language("sv"), pytest.raises(RegisterFaults) as raised:
        (parse_sheet if sheet else parse)(text)
    [only] = raised.value.faults
    return str(only)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = ", "ett värde saknas"),
        ("[x]\na = x", "rad 2: Filen följer inte TOML: ett värde saknas, eller är en text utan citattecken."),
        ('a = "x', "en text saknar sitt sista citattecken"),
        ('a = "x\n"', "en text saknar sitt sista citattecken"),
        ("a b", "likhetstecknet saknas"),
        ("[x", "en rubrik saknar"),
        ("[[x]", "en rubrik saknar"),
        ("a = 1\na = 2", "en nyckel finns två gånger"),
        ("a = {b = 1, b = 2}", "en nyckel finns två gånger"),
        ("[a]\n[a]", "rad 2: Filen följer inte TOML: en tabell finns två gånger"),
        ("a = 1 2", "det står något efter värdet"),
        (r'a = "C:\q"', "skriv två"),
        ("a = [1", "en lista saknar"),
        ("a = {b = 1", "en liten tabell saknar"),
        ("= 1", "varken en rubrik eller en nyckel"),
        ("a = 2026-02-30", "det datumet"),
    ],
)
def test_why_it_is_not_toml(text: str, says: str) -> None:
    assert says in fault(text)


def test_what_we_do_not_know_is_said_as_python_says_it() -> None:
    assert "character" in fault("# \x01").lower()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('table,name\nunit,"a"b\n', "det står något efter en cells sista citattecken"),
        ('table,name\nunit,"a\n', "en cell saknar sitt sista citattecken"),
        (f"table,name\nunit,{'x' * 200_000}\n", "en cell är för lång"),
    ],
)
def test_why_it_is_not_csv(text: str, says: str) -> None:
    assert says in fault(text, sheet=True)
