"""The emulator as a process of its own, as the demo starts it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import requests


@contextmanager
def started(*arguments: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "connectors.emulator", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline()), process
        finally:
            process.kill()


def test_it_introduces_itself_serves_and_ends_on_sigterm() -> None:
    with started("--story", "--real-time", "--seed", "5") as (facts, process):
        accounts = requests.get(f"{facts['url']}/control/accounts", timeout=5).json()
        clock = datetime.fromisoformat(requests.get(f"{facts['url']}/control/clock", timeout=5).json())
        assert {account["id"] for account in accounts} == {each["id"] for each in facts["accounts"].values()}
        assert abs((datetime.now(UTC) - clock).total_seconds()) < 60
        assert facts["secrets"]["facebook_token"]
        assert facts["settings"]["KANALVAKT_GRAPH_URL"] == facts["url"]
        process.terminate()
        assert process.wait(timeout=5) == 0


def test_without_a_story_the_world_is_empty() -> None:
    with started() as (facts, _):
        assert requests.get(f"{facts['url']}/control/accounts", timeout=5).json() == []
        assert "secrets" not in facts


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "connectors.emulator", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert "cannot be used: Address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
