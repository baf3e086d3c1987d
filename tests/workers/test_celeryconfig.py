"""Promises of Celery's settings that are easily lost, and the failures that they prevent."""

import ast
import os
from datetime import datetime, timedelta
from inspect import signature
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
import redis
from celery import Celery
from celery.app.defaults import DEFAULTS, SETTING_KEYS
from kombu.transport.redis import Channel
from packaging.requirements import Requirement

import celeryconfig
from monitor.register.routes import NAMES
from workers.tasks import app

SOURCE = Path(celeryconfig.__file__)
RELIED_ON: dict[str, Any] = {
    "accept_content": ("json",),
    "task_serializer": "json",
    "event_serializer": "json",
    "enable_utc": True,
    "task_acks_late": False,
    "task_reject_on_worker_lost": None,
    "task_time_limit": None,
    "task_soft_time_limit": None,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "broker_connection_retry": True,
    "result_backend": None,
    "worker_send_task_events": False,
    "task_send_sent_event": False,
    "worker_enable_remote_control": True,
}
"""Defaults that must stay what they are: code never travels, nothing is done twice, nothing is killed in the middle."""


def written() -> dict[str, str]:
    """Each setting of the module with the line on which it begins; each entry of the transport's options too."""
    text = SOURCE.read_text()
    lines, found = text.splitlines(), dict[str, str]()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name.startswith("_"):
                continue
            if name != "broker_transport_options":
                found[name] = lines[node.lineno - 1]
                continue
            assert isinstance(node.value, ast.Dict)
            for key in node.value.keys:
                assert isinstance(key, ast.Constant)
                found[f"{name}.{key.value}"] = lines[key.lineno - 1]
    return found


def test_every_setting_says_which_failure_it_prevents() -> None:
    assert {name for name, line in written().items() if len(line.partition("  # ")[2]) < 20} == set()


def test_every_setting_is_one_of_celerys_and_differs_from_its_default() -> None:
    names = {name.partition(".")[0] for name in written()}
    assert names - SETTING_KEYS == set()
    assert {name for name in names if getattr(celeryconfig, name) == DEFAULTS[name]} == set()
    assert len(names) > 10


def test_every_option_of_the_transport_is_one_that_it_knows() -> None:
    assert celeryconfig.broker_transport_options.keys() <= set(Channel.from_transport_options)


@pytest.mark.parametrize("name", RELIED_ON)
def test_what_we_leave_to_celery_is_still_what_we_rely_on(name: str) -> None:
    assert DEFAULTS[name] == RELIED_ON[name]
    assert app.conf[name] in (RELIED_ON[name], list(RELIED_ON[name]) if name == "accept_content" else ())


def test_all_times_are_utc() -> None:
    assert datetime.now(app.timezone).utcoffset() == timedelta()


def test_beat_cannot_be_asked_by_remote_control_yet() -> None:
    """When this fails, celeryconfig.py can turn it on, and the beat's sign of life may go."""
    assert "beat_enable_remote_control" not in SETTING_KEYS


def test_every_beat_entry_is_a_task_that_exists_and_expires_before_it_can_pile_up() -> None:
    for entry in celeryconfig.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] == max(2 * entry["schedule"], celeryconfig._LATE)


def test_every_task_can_run_at_the_same_time_in_the_clocks_worker() -> None:
    from monitor.alerts.hook_rules import MOST
    from monitor.cli.parts import CLOCK_TASKS

    assert len(celeryconfig.beat_schedule) + len(NAMES) + MOST == CLOCK_TASKS


@pytest.mark.redis
def test_what_is_said_of_the_transport_holds_for_the_connections_that_it_makes() -> None:
    """A timeout that got lost on the way would be noticed only when a broker freezes."""
    alone = Celery("alone", broker=os.environ["TEST_REDIS_URL"], set_as_current=False)
    alone.conf.broker_transport_options = app.conf.broker_transport_options
    with alone.connection_for_write() as line:
        channel = line.default_channel
        made, blocks = channel.client.connection_pool.connection_kwargs, channel.brpop_timeout
    for name in ("socket_timeout", "socket_connect_timeout", "socket_keepalive", "health_check_interval"):
        assert made[name] == celeryconfig.broker_transport_options[name]
    assert made["socket_timeout"] > 2 * blocks


def test_redis_py_is_one_whose_blocking_reads_wait_as_long_as_they_are_asked_to() -> None:
    """From 8 on every read ends after 5 seconds, and the protocol is another: kombu's workers lose their connection
    while they wait for a message. When this fails the pin was lifted: run a worker that is idle for a minute first."""
    [pinned] = [each for each in map(Requirement, dependencies()) if each.name == "redis"]
    assert pinned.specifier.contains("7.4.1")
    assert not pinned.specifier.contains("8.0.0")
    assert pinned.specifier.contains(redis.__version__)
    defaults = signature(redis.Redis.__init__).parameters
    assert defaults["socket_timeout"].default is None
    assert redis.Redis().get_connection_kwargs().get("protocol", 2) in (2, None)


def dependencies() -> list[str]:
    found: list[str] = loads((SOURCE.parent / "pyproject.toml").read_text())["project"]["dependencies"]
    return found
