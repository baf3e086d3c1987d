"""The Celery application: `celery -A workers.app beat` needs no more than this, a worker is `-A workers.tasks`."""

import logging

from celery import Celery
from celery.signals import setup_logging

from config.logging import configure_logging
from config.settings import settings

app = Celery("kanalvakt", include=["workers.alive"])
app.config_from_object("celeryconfig")


CHATTY = ("celery.beat", "celery.worker.strategy", "celery.app.trace")  # a line for every tick, day and night


@setup_logging.connect
def _log_as_everybody_else(**_: object) -> None:
    configure_logging(settings().log_level)
    for name in CHATTY if settings().log_level != "DEBUG" else ():
        logging.getLogger(name).setLevel(logging.WARNING)
