"""`kanalvakt channel pause`, `resume` and `retire`, as a person gives them."""

import json

import pytest

from monitor.cli.setup import opened_database
from monitor.register.models import Channel, Person
from tests.monitor.cli.conftest import SAMPLE, Command

BY = ("--by", "redaktor")
pytestmark = pytest.mark.usefixtures("imported")


def state(kanalvakt: Command, channel: str) -> tuple[str, str | None]:
    rows = json.loads(kanalvakt("channel", "list", "--json").out)
    return next((row["state"], row["state_reason"]) for row in rows if row["id"] == channel)


def test_pausing_says_that_the_channel_still_has_to_be_watched(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "pause", "facebook", "--reason", "Ny token väntas", *BY)
    assert answer.code == 0
    assert "läses inte längre" in answer.out
    assert "gå igenom den själv varje arbetsdag" in answer.out
    assert state(kanalvakt, "facebook") == ("paused", "Ny token väntas")


def test_resuming_reads_it_again(kanalvakt: Command) -> None:
    kanalvakt("channel", "pause", "facebook", "--reason", "Paus", *BY)
    answer = kanalvakt("channel", "resume", "facebook", *BY, "--lang", "en")
    assert (answer.code, "is read again" in answer.out) == (0, True)
    assert state(kanalvakt, "facebook") == ("waiting", None)


def test_a_pause_survives_the_next_import(kanalvakt: Command) -> None:
    kanalvakt("channel", "pause", "facebook", "--reason", "Paus", *BY)
    kanalvakt("register", "import", str(SAMPLE))
    assert state(kanalvakt, "facebook") == ("paused", "Paus")


def test_retiring_ends_the_duty_and_warns_of_the_register_file(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "retire", "facebook", "--reason", "Nedlagd", *BY, "--json")
    told = json.loads(answer.out)
    assert (told["state"], told["state_reason"]) == ("retired", "Nedlagd")
    assert told["watched_until"] is not None
    again = kanalvakt("channel", "retire", "instagram", "--reason", "Nedlagd", *BY, "--lang", "en")
    assert "the next import would bring it back" in again.out


def test_the_next_import_brings_a_retired_channel_back_as_was_said(kanalvakt: Command) -> None:
    kanalvakt("channel", "retire", "facebook", "--reason", "Nedlagd", *BY)
    kanalvakt("register", "import", str(SAMPLE))
    with opened_database().snapshot() as session:
        channel = session.get_one(Channel, "facebook")
    assert (channel.state, channel.watched_until) == ("active", None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pause", "facebok", "--reason", "x", *BY), "Did you mean facebook?"),
        (("pause", "facebook", "--reason", "x", "--by", "redaktr"), "Did you mean redaktor?"),
        (("pause", "foraldragrupp", "--reason", "x", *BY), "watched by people"),
        (("pause", "facebook", "--reason", " ", *BY), "The reason is empty"),
        (("pause", "facebook", *BY), "The option --reason is missing."),
        (("resume", "facebook", *BY), "facebook is not paused."),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(kanalvakt: Command, words: tuple[str, ...], told: str) -> None:
    answer = kanalvakt("channel", *words, "--lang", "en")
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_somebody_who_has_left_decides_nothing(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.get_one(Person, "redaktor").retired = True
    answer = kanalvakt("channel", "pause", "facebook", "--reason", "x", *BY, "--lang", "en")
    assert (answer.code, "no longer in the register" in answer.err) == (2, True)
