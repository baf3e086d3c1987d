"""What the units of systemd forbid and what the program does fit together: every part really runs under the filters."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from config.settings import Settings
from monitor.telemetry.broker import VERSIONS
from tests import production
from tests.runtime.confined import allowed, directives, entering, value
from tests.runtime.house import House, house
from tests.services import own_redis
from tests.waiting import eventually
from workers.yielding import YIELDS

ALL = "kanalvakt-all.service"
OURS, NICEST = os.getpriority(os.PRIO_PROCESS, 0), 19
"""How nice the tests themselves are: what they start is so too."""
STOPS = 20
"""Seconds that systemd gives a unit."""
READY = "Ctrl-C stops everything"
LEVELS = {"queues clock": YIELDS, "queues polls": YIELDS, "uvicorn": 0, "workers.emergency": 0}
pytestmark = pytest.mark.systemd

EVERYTHING_HEAVY = """
import os, ssl, tempfile
import typst
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from mjml import mjml2html
from monitor.access.passwords import hashed, matches
from monitor.emergency.cards import _drawn
from monitor.emergency.films import encoded
assert matches("en lång fras som ingen vet", hashed("en lång fras som ingen vet"))
assert AESGCM(bytes(32)).encrypt(bytes(12), b"hemligt", None)
assert "Hej" in mjml2html("<mjml><mj-body><mj-text>Hej</mj-text></mj-body></mjml>")
assert typst.compile(b"Hej").startswith(b"%PDF")
assert encoded(_drawn("VIKTIGT", "Koka vattnet", True))[4:8] == b"ftyp"
ssl.create_default_context()
print("well")
"""
"""What a part loads beside the Python that is its own: encoders, ciphers, typesetters."""

FORBIDDEN = """
import mmap, os, socket
def refused(what):
    try:
        what()
    except PermissionError:
        return True
print([refused(each) for each in (
    lambda: os.setpriority(os.PRIO_PROCESS, 0, 15), lambda: mmap.mmap(-1, 4096, prot=7),
    lambda: os.chown(".", os.getuid(), os.getgid()), lambda: socket.socket(socket.AF_NETLINK))])
"""


def ran(code: str, unit: str, folder: Path) -> str:
    command = [sys.executable, "-c", code]
    first = entering(unit)
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, preexec_fn=first)
    return found.stdout + found.stderr


@pytest.mark.parametrize("unit", ["kanalvakt-worker@clock.service", "kanalvakt-emergency.service", ALL])
def test_what_draws_encrypts_and_typesets_may_do_it_in_a_unit(unit: str, tmp_path: Path) -> None:
    (tmp_path / "monitor").symlink_to(production.ROOT / "monitor")
    assert ran(EVERYTHING_HEAVY, unit, tmp_path).splitlines()[-1] == "well"


def test_the_filters_of_these_tests_really_forbid_and_yielding_is_for_the_service_that_runs_everything(
    tmp_path: Path,
) -> None:
    assert ran(FORBIDDEN, "kanalvakt-worker@clock.service", tmp_path) == "[True, True, True, True]\n"
    assert ran(FORBIDDEN, ALL, tmp_path) == "[None, True, True, True]\n"
    assert allowed(ALL) - allowed("kanalvakt-web@8480.service") == {"setpriority"}


def test_in_the_service_that_runs_everything_workers_yield_by_themselves(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with house("up", home=home, first=entering(ALL)) as up:
        up.says(READY, seconds=120)
        for part, level in LEVELS.items():
            assert eventually(lambda part=part, level=level: yields(up, part) == max(OURS, level)), part  # type: ignore[misc]
        assert up.stop(seconds=STOPS) == 0
    # the broker would like 10,032 open files, is given fewer, says so, and takes so many fewer clients: thousands still
    for log in {*(home / "logs").iterdir()} - {home / "logs" / "broker.log"}:
        assert not re.search("Traceback|PermissionError|not permitted|may not", log.read_text()), log.read_text()


@pytest.mark.redis
@pytest.mark.parametrize(
    ("unit", "words", "sign"),
    [
        ("kanalvakt-worker@clock.service", ("worker", "--queues", "clock"), "clock"),
        ("kanalvakt-worker@polls.meta.service", ("worker", "--queues", "polls.meta"), "polls"),
        ("kanalvakt-beat@1.service", ("beat",), "beat"),
        ("kanalvakt-emergency.service", ("emergency",), "emergency"),
        ("kanalvakt-web@8480.service", ("web",), "web"),
    ],
)
def test_each_part_runs_under_what_its_unit_forbids_as_nice_as_the_unit_says(
    unit: str, words: tuple[str, ...], sign: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = own_redis()
    broker: redis.Redis[str] = redis.Redis.from_url(url, decode_responses=True)
    broker.flushdb()
    with house("up", "--only", *words, home=tmp_path / "home", first=entering(unit), KANALVAKT_REDIS_URL=url) as part:
        assert eventually(lambda: lives(broker, sign), seconds=45)
        assert yields(part, "uvicorn" if sign == "web" else "workers.") == min(
            NICEST, OURS + int(value(unit, "Nice") or 0)
        )
        assert part.stop(seconds=STOPS) == 0
    broker.flushdb()
    assert not re.search("Traceback|PermissionError|not permitted|may not", capfd.readouterr().err)


@pytest.mark.parametrize("unit", ["kanalvakt-worker@clock.service", "kanalvakt-web@8480.service", ALL])
def test_the_one_folder_that_a_unit_may_write_to_is_the_home_where_the_broker_s_socket_lies_too(unit: str) -> None:
    """Everything that is kept is below the home, the crisis page as well; what is in /tmp nobody else would see."""
    given = dict(word.split("=", 1) for word in str(environment(unit)).split())
    home = Path("/var/lib") / str(value(unit, "StateDirectory"))
    assert Path(given["KANALVAKT_HOME"]) == home == Path(str(value(unit, "WorkingDirectory")))
    assert (value(unit, "ProtectSystem"), value(unit, "PrivateTmp")) == ("strict", "yes")
    assert Settings(home=home).embedded_broker.parent == home
    assert int(value(unit, "StateDirectoryMode") or "", 8) & 0o066 == 0, "passed through, not listed"


def environment(unit: str) -> str:
    return " ".join(words for key, words in directives(unit) if key == "Environment")


def test_workers_have_less_of_the_processor_than_pages_and_crises_by_their_units_shares_too() -> None:
    """Between units it is shares that count, and niceness does nothing."""
    worker, *others = (
        (int(value(unit, "CPUWeight") or 0), int(value(unit, "Nice") or 0))
        for unit in ("kanalvakt-worker@clock.service", "kanalvakt-web@8480.service", "kanalvakt-emergency.service")
    )
    assert worker == (11, YIELDS)
    assert others == [(100, 0), (100, 0)]


def lives(broker: "redis.Redis[str]", what: str) -> bool:
    return any(who.startswith(f"{what}@") for who in broker.hgetall(VERSIONS))


def yields(house: House, word: str) -> int:
    return os.getpriority(os.PRIO_PROCESS, house.pid(word))
