"""Signs of life of the processes that have no port to knock at: the beat, and the workers by their queues."""

import threading
import time
from typing import Any

import structlog
from celery.signals import beat_init, worker_ready
from redis.exceptions import RedisError

from config.settings import settings
from monitor.telemetry.broker import SIGN_EVERY, Sign, show_sign
from workers.queues import CLOCK

log = structlog.get_logger(__name__)


@beat_init.connect
def _beat_lives(**_: object) -> None:
    _keep_showing(Sign.BEAT)


@worker_ready.connect
def _worker_lives(sender: Any, **_: object) -> None:
    _keep_showing(Sign.CLOCK if CLOCK in sender.app.amqp.queues.consume_from else Sign.POLLS)


def _keep_showing(sign: Sign) -> None:
    threading.Thread(target=_show_for_ever, args=(sign,), name="signs of life", daemon=True).start()


def _show_for_ever(sign: Sign) -> None:
    """A broker that is away is no reason to stop: its absence is what `doctor` reports."""
    while True:
        try:
            show_sign(settings(), sign)
        except RedisError as error:
            log.debug("no sign of life could be left", sign=sign, error=type(error).__name__)
        time.sleep(SIGN_EVERY)
