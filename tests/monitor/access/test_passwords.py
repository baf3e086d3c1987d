"""What is kept of a password, and what checking one costs."""

import threading
import time

import pytest

from monitor.access import passwords
from monitor.register.models import Organisation, Person

PASSWORD = "blåbär kaffe tåg"


def test_what_is_kept_is_argon2id_with_the_costs_that_we_chose() -> None:
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(PASSWORD, kept)
    assert passwords.matches("bla\u030abär kaffe ta\u030ag", kept)
    assert not passwords.matches(PASSWORD + "!", kept)


@pytest.mark.parametrize(
    "password", ["correcthorsebatterystaple", "WelcomeToTheJungle", "thequickbrownfox", "!alfonso921!"]
)
def test_a_password_that_was_stolen_somewhere_is_refused(password: str) -> None:
    """Nothing else is wrong with these, and no network is asked: the suite has none."""
    why = passwords.refusal(password, Person(id="rut", name="Rut"), Organisation(name="Tibro"))
    assert why is not None
    assert "stulna" in why


def test_one_that_nobody_has_had_is_taken() -> None:
    for password in (PASSWORD, "83920174650192", "\ud7ff" * 128, "\N{LATIN SMALL LETTER DOTLESS I}" * 12 + "korgboll"):
        assert not passwords.leaked(password)


def test_whoever_has_none_is_not_let_in_by_the_one_that_is_looked_at_instead() -> None:
    assert not passwords.matches("nobody has this password", None)
    assert passwords.nobodys().startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_very_long_one_is_no_work() -> None:
    assert not passwords.matches("x" * 1_000_000, passwords.nobodys())


def test_no_more_than_two_are_checked_at_once() -> None:
    """Each takes 64 MiB: forty of them at once would take 2.5 GB."""
    running, most = 0, 0

    class Counting:
        def verify(self, _said: str, _known: str) -> bool:
            nonlocal running, most
            running += 1
            most = max(most, running)
            time.sleep(0.02)
            running -= 1
            return False

    real, passwords.HASHER = passwords.HASHER, Counting()  # type: ignore[assignment]
    try:
        threads = [threading.Thread(target=passwords.matches, args=("x", "y")) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        passwords.HASHER = real
    assert most == 2
