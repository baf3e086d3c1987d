"""Signs of life of the processes that have no port to knock at: the beat, and the workers by their queues."""

from typing import Any

from celery.signals import beat_init, worker_ready

from config.settings import settings
from monitor.telemetry.broker import Sign, show_sign
from monitor.telemetry.living import keep_showing
from workers.queues import CLOCK


@beat_init.connect
def _beat_lives(**_: object) -> None:
    _keep_showing(Sign.BEAT)


@worker_ready.connect
def _worker_lives(sender: Any, **_: object) -> None:
    _keep_showing(Sign.CLOCK if CLOCK in sender.app.amqp.queues.consume_from else Sign.POLLS)


def _keep_showing(sign: Sign) -> None:
    keep_showing(sign, lambda: show_sign(settings(), sign))
