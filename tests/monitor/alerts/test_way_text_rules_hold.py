"""Letters made to fit into an SMS or a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.way_text_rules import GSM, GSM_TWICE, ONE_SMS, card_text, chat_text, gsm, gsm_length, sms_text

URL = "https://kanalvakt.tibro.example.org/tasks/abcdefghijklmnop"


def test_an_sms_says_what_it_is_about_and_where() -> None:
    text = sms_text("3 obesvarade, 1 försenad – Kanalvakt, Tibro kommun", URL)
    assert text == f"3 obesvarade, 1 försenad - Kanalvakt, Tibro kommun {URL}"


@given(st.text(max_size=400), st.integers(10, 120))
def test_an_sms_is_one_sms_and_has_its_whole_link(subject: str, length: int) -> None:
    url = ("https://k.se/" + "a" * 200)[:length]
    text = sms_text(subject, url)
    assert gsm_length(text) <= ONE_SMS
    assert set(text) <= GSM | GSM_TWICE
    assert text.endswith(f" {url}")


def test_a_link_that_takes_the_whole_room_is_not_cut() -> None:
    url = "https://k.se/" + "a" * 200
    text = sms_text("3 obesvarade – Kanalvakt", url)
    assert text.endswith(url)
    assert text.startswith("3 obesvarade")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Åäö ÅÄÖ é", "Åäö ÅÄÖ é"), ("Łódź č", "odz c"), ("Hej 🙂!", "Hej !"), ("»a« ‘b’ …", "a 'b' ..."), ("5 €", "5 €")],
)
def test_what_an_sms_cannot_say_is_said_plainly_or_left_out(text: str, plain: str) -> None:
    assert gsm(text) == plain


@given(st.text(max_size=3000), st.integers(100, 2000))
def test_a_chat_message_fits_and_has_its_link(text: str, limit: int) -> None:
    found = chat_text(text, URL, limit)
    assert len(found) <= limit
    assert URL in found


def test_a_text_that_has_the_link_gets_no_second_one() -> None:
    assert chat_text(f"Öppna: {URL}\n", URL, 1000) == f"Öppna: {URL}"


@pytest.mark.parametrize("call", ["@all", "@channel", "@here", "hej @rut.redaktor", "<at>Rut</at>"])
def test_what_a_resident_wrote_calls_nobody(call: str) -> None:
    found = chat_text(call, URL, 1000)
    assert call not in found
    assert chat_text("rut@example.org", URL, 1000).startswith("rut@example.org")


def test_a_card_has_links_and_plain_words() -> None:
    assert card_text(f"*Rut* [a](b)\nnästa_rad\n\nÖppna: {URL}") == (
        f"\\*Rut\\* \\[a\\](b)\n\nnästa\\_rad\n\nÖppna: [{URL}]({URL})"
    )
