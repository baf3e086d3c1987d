"""`kanalvakt notices`, as a person or a program runs it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from config.settings import settings
from monitor.alerts.judging import digest_now
from monitor.db import database
from monitor.db.migrating import upgrade
from monitor.register.models import Person
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.cli.conftest import Command
from tests.monitor.town import Town

KEYS = {
    "id",
    "subject_kind",
    "subject",
    "rung",
    "recipient",
    "route",
    "state",
    "reason",
    "due_at",
    "sent_at",
    "attempts",
}


@pytest.fixture
def town() -> Town:
    """A town in the embedded database of the settings."""
    upgrade(database())
    return Town(database())


@pytest.fixture
def due(town: Town) -> Town:
    """A digest has been due for a second."""
    digest_now(town.db, datetime.now(UTC) - timedelta(seconds=1))
    return town


@pytest.fixture
def post_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """The mail server of the settings."""
    office = PostOffice().open()
    monkeypatch.setenv("KANALVAKT_SMTP_URL", office.url)
    settings.cache_clear()
    yield office
    office.close()


def test_run_sends_what_is_due(due: Town, post_office: PostOffice, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "run", "--json")
    outcome = json.loads(answer.out)
    assert answer.code == 0
    assert outcome["sent"] == len(post_office.mails) >= 1
    assert (outcome["retried"], outcome["failed"], outcome["waiting"]) == (0, 0, 0)
    rows = json.loads(kanalvakt("notices", "list", "--json").out)
    assert all(row.keys() >= KEYS and (row["state"], row["recipient"]) == ("sent", "redaktor") for row in rows)


def test_run_needs_a_person_when_a_mail_is_refused(due: Town, post_office: PostOffice, kanalvakt: Command) -> None:
    due.change(Person, "redaktor", email="nobody@example.org")
    answer = kanalvakt("notices", "run")
    assert answer.code == 1
    assert "Försöks igen: " in answer.out
    assert "550 5.1.1 No such user here" in kanalvakt("notices", "list").out


def test_run_says_that_no_mail_server_is_set(due: Town, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "run")
    assert answer.code == 1
    assert "ingen mejlserver är angiven (KANALVAKT_SMTP_URL)" in answer.err
    assert "\tväntar\t" in kanalvakt("notices", "list").out


def test_a_test_mail_is_really_sent(town: Town, post_office: PostOffice, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "test", "redaktor")
    assert (answer.code, answer.out) == (0, "e-post: mottagaren har tagit emot ett testmeddelande.\n")
    assert len(post_office.mails) == 1


def test_a_test_mail_shows_the_real_failure(town: Town, post_office: PostOffice, kanalvakt: Command) -> None:
    town.change(Person, "redaktor", email="nobody@example.org")
    answer = kanalvakt("notices", "test", "redaktor")
    assert (answer.code, answer.err) == (
        1,
        "e-post: Mejlservern säger nej: 550 5.1.1 No such user here\nsms: Den har ingen adress.\n",
    )


def test_a_misspelt_person_is_answered_with_those_there_are(town: Town, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "test", "xyz")
    assert (answer.code, answer.err) == (2, "Det finns ingen person xyz. De som finns: ersattare, redaktor.\n")


def test_an_smtp_url_that_cannot_be_used_is_said_without_its_password(
    town: Town, monkeypatch: pytest.MonkeyPatch, kanalvakt: Command
) -> None:
    monkeypatch.setenv("KANALVAKT_SMTP_URL", "smtp://user:hemligt@mail.example.org")
    settings.cache_clear()
    answer = kanalvakt("notices", "run")
    assert answer.code == 2
    assert "KANALVAKT_SMTP_URL går inte att använda" in answer.err
    assert "hemligt" not in answer.err


def test_a_test_message_says_what_is_wrong_with_the_smtp_url(
    town: Town, monkeypatch: pytest.MonkeyPatch, kanalvakt: Command
) -> None:
    monkeypatch.setenv("KANALVAKT_SMTP_URL", "smtp://user:hemligt@mail.example.org")
    settings.cache_clear()
    answer = kanalvakt("notices", "test", "redaktor")
    assert answer.code == 1
    assert "e-post: KANALVAKT_SMTP_URL går inte att använda. Den ska se ut så här: smtp://" in answer.err
    assert "hemligt" not in answer.err


@pytest.mark.parametrize("words", [["run"], ["list"], ["test", "redaktor"]])
def test_before_a_register_is_there_each_says_what_to_do(words: list[str], kanalvakt: Command) -> None:
    answer = kanalvakt("notices", *words)
    assert answer.code == 3
    assert "kanalvakt register import" in answer.err


def test_a_file_that_is_not_there_is_a_wrong_word(town: Town, kanalvakt: Command) -> None:
    answer = kanalvakt("notices", "bounced", "/nowhere/mail.eml")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "/nowhere/mail.eml går inte att läsa: stämmer namnet?\n"
