"""No mail carries a resident's personal identity number, however it was written; other numbers stay."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.alerts.masking_rules import MASK, masked, shortened
from monitor.alerts.wording import EXCERPT, excerpt

SEPARATORS = ("", "-", "+", " ", "–", "\u2011", " - ", "\u00a0")
letters = st.text(st.characters(exclude_categories=["Nd"]))


def luhn(digits: str) -> int:
    """The check digit of nine digits, as Skatteverket describes it: SKV 704."""
    doubled = "".join(str(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(digits))
    return (10 - sum(int(digit) for digit in doubled)) % 10


@st.composite
def numbers(draw: st.DrawFn, wrong: int = 0) -> str:
    """A number that somebody can have; `wrong`: so much is its check digit off."""
    born = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    day = born.day + draw(st.sampled_from([0, 60]))
    nine = f"{born.year % 100:02}{born.month:02}{day:02}{draw(st.integers(0, 999)):03}"
    century = draw(st.sampled_from(["", f"{born.year // 100}"]))
    check = (luhn(nine) + wrong) % 10
    return f"{century}{nine[:6]}{draw(st.sampled_from(SEPARATORS))}{nine[6:]}{check}"


@given(letters, numbers(), letters)
@example("12 ", "811228-9874", " 5")
@example("Mitt nummer:", "19811228-9874", ".")
@example("", "701063-2391", "")  # Skatteverket's own example of a coordination number
def test_a_number_that_somebody_can_have_is_masked_in_whatever_stands_around_it(
    before: str, number: str, after: str
) -> None:
    assert masked(before + number + after) == before + MASK + after


@given(st.text(), numbers(), st.text())
def test_no_digit_of_it_is_left_in_any_text_unless_other_digits_make_it_another_number(
    before: str, number: str, after: str
) -> None:
    if before[-1:].isdecimal() or after[:1].isdecimal():
        return
    assert number not in masked(before + number + after)


@given(st.integers(1, 9).flatmap(lambda wrong: numbers(wrong=wrong)))
def test_a_number_with_a_wrong_check_digit_is_nobodys_and_stays(number: str) -> None:
    assert masked(f"Ärende {number}.") == f"Ärende {number}."


@given(st.lists(numbers(), max_size=5))
def test_every_one_of_several_is_masked(several: list[str]) -> None:
    assert masked(", ".join(several)) == ", ".join([MASK] * len(several))


@given(st.text())
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(letters)
def test_a_text_without_digits_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Ring 0504-180 00 eller 070-123 45 67",
        "Organisationsnummer 212000-1660",  # month 20: nobody's birthday
        "811328-9873",  # no such month
        "19810229-9870",  # no leap year
        "2026-11-24 kl. 09.12",
        "Faktura 81122898741",  # one digit too many
        "12811228-9874",  # born in the twelfth century
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", ["٨١١٢٢٨-٩٨٧٤", "８１１２２８９８７４"])
def test_digits_of_other_scripts_are_digits(text: str) -> None:
    assert masked(text) == MASK


@given(st.text(max_size=EXCERPT), numbers(), st.text())
def test_what_a_mail_quotes_is_masked_before_it_is_cut(before: str, number: str, after: str) -> None:
    if before[-1:].isdecimal() or after[:1].isdecimal():
        return
    quoted = excerpt(before + number + after)
    assert number not in quoted
    assert len(quoted) <= EXCERPT


def test_half_a_number_is_not_left_where_a_text_is_cut() -> None:
    quoted = excerpt("x" * 70 + " 811228-9874 och mer text som inte får plats här alls")
    assert not any(character.isdecimal() for character in quoted)


@pytest.mark.parametrize(
    "number",
    [
        *("1981-12-28-9874", "1981-12-28 9874", "81-12-28-9874", "81 12 28 9874", "81 12 28 98 74", "81.12.28-9874"),
        *("811228.9874", "811228/9874", "811228_9874", "811228--9874", "811228\u200b-9874", "8112\u00ad28\u2060-9874"),
        *("811228\uff0d9874", "198112289874", "1981 12 28 - 9874", "811228-98 74"),
    ],
)
@pytest.mark.parametrize("before", ["", "12 34 56 ", "Ring 070-123 45 67, mitt nummer är "])
def test_a_number_is_masked_however_people_write_it(before: str, number: str) -> None:
    assert masked(f"{before}{number} eller 34") == f"{before}{MASK} eller 34"


ONE_SIGN = ["👨‍👩‍👧‍👦", "🇸🇪", "👍🏽", "e\u0301", "❤️", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]


@pytest.mark.parametrize("sign", ONE_SIGN)
@given(st.integers(0, EXCERPT), st.integers(0, EXCERPT))
def test_what_is_seen_as_one_sign_is_not_cut_in_two(sign: str, before: int, after: int) -> None:
    quoted = excerpt("x" * before + sign * 3 + "y" * after)
    assert quoted.removesuffix("…").lstrip("x").rstrip("y").replace(sign, "") == ""
    assert len(quoted) <= EXCERPT


@given(st.text(), st.integers(1, 200))
def test_what_is_shortened_begins_as_the_text_and_has_room(text: str, most: int) -> None:
    found = shortened(text, most)
    assert len(found) <= most
    assert text.startswith(found.removesuffix("…")) or found == text
