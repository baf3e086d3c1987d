"""The web application as a process of its own serves it."""

import gc

from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers

from monitor.web.app import create_app


def served() -> FastAPI:
    """As create_app, of the process's settings. What has been loaded by now stays, and need not be gone through each
    time Python looks for what can be thrown away: a page would wait for that for a sixth of a second."""
    app = create_app()
    configure_mappers()
    gc.collect()
    gc.freeze()
    return app
