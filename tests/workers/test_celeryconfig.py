"""Promises of Celery's settings that are easily lost."""

import celeryconfig
from monitor.register.routes import NAMES
from workers.tasks import app


def test_only_data_is_accepted_never_code() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_every_beat_entry_is_a_task_that_exists_and_expires_before_it_can_pile_up() -> None:
    for entry in celeryconfig.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] == 2 * entry["schedule"]


def test_every_task_can_run_at_the_same_time_in_the_clocks_worker() -> None:
    from monitor.alerts.hook_rules import MOST
    from monitor.cli.parts import CLOCK_TASKS

    assert len(celeryconfig.beat_schedule) + len(NAMES) + MOST == CLOCK_TASKS


def test_a_worker_never_gives_up_looking_for_its_broker() -> None:
    assert app.conf.broker_connection_max_retries is None
    assert app.conf.broker_connection_retry_on_startup
