"""One-time passwords, devices, what has to be proven, and where somebody is led afterwards."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.access import one_time
from monitor.access.device_rules import device
from monitor.access.entering_rules import Step, after_password, must_prove_twice
from monitor.access.permission_rules import MATRIX, Permission, anywhere
from monitor.web.login.returning_rules import own_path

RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238's examples
NOW = datetime(2026, 6, 8, 8, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_the_digits_are_those_of_the_standard(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert one_time.step_of(RFC, code, at, 0) == second // 30


@given(st.integers(-40, 40), st.integers(-3, 3))
def test_a_step_counts_if_it_is_near_and_later_than_the_last(shift: int, last: int) -> None:
    present = int(NOW.timestamp()) // 30
    code = one_time.code_at(RFC, present + shift)
    found = one_time.step_of(RFC, code, NOW, present + last)
    near = abs(shift) <= 1 and shift > last
    assert found == (present + shift if near else None)


@given(st.text(max_size=12))
def test_nothing_but_six_digits_is_looked_at(typed: str) -> None:
    if one_time.step_of(RFC, typed, NOW, 0) is not None:
        assert len("".join(typed.split())) == 6


def test_digits_may_be_typed_with_a_gap() -> None:
    code = one_time.code_at(RFC, int(NOW.timestamp()) // 30)
    assert one_time.step_of(RFC, f" {code[:3]} {code[3:]} ", NOW, 0) is not None


def test_a_telephone_is_given_the_secret_by_an_address_that_apps_know() -> None:
    secret = one_time.new_secret()
    address = urlsplit(one_time.app_address(secret, "rut", "Tibro kommun"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["secret"] == [secret]
    assert len(secret) == 32
    assert one_time.grouped(secret).replace(" ", "") == secret


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("", "?, ?"),
    ],
)
def test_a_device_is_named_in_two_words(agent: str, said: str) -> None:
    assert device(agent) == said


@given(st.text())
def test_whatever_a_browser_says_of_itself_only_our_own_words_are_kept(agent: str) -> None:
    assert len(device(agent)) < 40


def test_whoever_may_change_anything_proves_it_twice() -> None:
    once = {role for role in MATRIX if not must_prove_twice(anywhere({role}, charged=False))}
    assert once == {"auditor"}
    assert must_prove_twice(anywhere((), charged=True))
    assert not must_prove_twice(())


@given(st.sets(st.sampled_from(Permission)), st.booleans())
def test_nobody_who_may_change_something_comes_in_by_the_password_alone(granted: set[Permission], second: bool) -> None:
    step = after_password(granted, has_second=second)
    assert (step is Step.COME_IN) == (not second and not must_prove_twice(granted))
    assert (step is Step.PROVE) == second


EVIL = [
    "//evil",
    "/\\evil",
    "\\\\evil",
    "https://evil",
    "https:evil",
    "javascript:alert(1)",
    "/\t/evil",
    "/ /evil\n",
    "",
]


@pytest.mark.parametrize("wished", [*EVIL, "evil", "/login", "/login/code?x", "/logout", "/setup/x", "/å", None])
def test_what_is_not_a_page_of_ours_leads_to_the_start(wished: str | None) -> None:
    assert own_path(wished) == "/"


@pytest.mark.parametrize("wished", ["/channels", "/?channel=fb", "/watch/2026-06#x", "/a//b?next=//evil"])
def test_a_page_of_ours_is_led_to(wished: str) -> None:
    assert own_path(wished) == wished


@given(st.text(st.sampled_from("/\\:.@?#ae\t\n% \x00"), max_size=12) | st.text(max_size=20))
def test_no_address_of_another_site_is_ever_led_to(wished: str) -> None:
    """As browsers read it: backslashes are slashes, tabs are left out."""
    path = own_path(wished)
    as_read = "".join(sign for sign in path if sign not in "\t\r\n").replace("\\", "/")
    assert as_read.startswith("/")
    assert not as_read.startswith("//")


def test_it_goes_on_after_the_year_2038() -> None:
    later = datetime(2040, 1, 1, tzinfo=UTC) + timedelta(seconds=1)
    assert one_time.step_of(RFC, one_time.code_at(RFC, int(later.timestamp()) // 30), later, 0) is not None
