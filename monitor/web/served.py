"""The web application as a process of its own serves it."""

import gc
import logging

from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers

from config.observing import observe
from config.settings import settings
from monitor.telemetry.broker import WEB, show_version
from monitor.telemetry.living import keep_showing
from monitor.web.app import create_app


def served() -> FastAPI:
    """As create_app, of the process's settings. What has been loaded by now stays, and need not be gone through each
    time Python looks for what can be thrown away: a page would wait for that for a sixth of a second."""
    observe(settings(), "web")
    for name in ("uvicorn", "uvicorn.error"):  # else its lines would have a form of their own
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    app = create_app()
    keep_showing(WEB, lambda: show_version(settings(), WEB))
    configure_mappers()
    gc.collect()
    gc.freeze()
    return app
