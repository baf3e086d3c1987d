"""The Celery application: `celery -A workers.app beat` needs no more than this, a worker is `-A workers.tasks`."""

import logging

from celery import Celery
from celery.signals import setup_logging, worker_init
from celery.worker import state

from config.observing import observe
from config.settings import settings
from workers.yielding import let_others_go_first

app = Celery("kanalvakt", include=["workers.alive"])
app.config_from_object("celeryconfig")

CHATTY = ("celery.beat", "celery.worker.strategy", "celery.app.trace")  # a line for every tick, day and night
TOO_LATE = 100
"""Rings that a worker remembers to have thrown away."""


@worker_init.connect
def _let_others_go_first(**_: object) -> None:
    let_others_go_first()


@worker_init.connect
def _forget_what_came_too_late(**_: object) -> None:
    """Celery remembers each ring that came too late for three hours, up to 50,000 of them: ten megabytes for nothing,
    as nobody calls one back."""
    state.revoked.maxlen = TOO_LATE


@setup_logging.connect
def _log_as_everybody_else(**_: object) -> None:
    observe(settings(), "worker")
    for name in CHATTY if settings().log_level != "DEBUG" else ():
        logging.getLogger(name).setLevel(logging.WARNING)
