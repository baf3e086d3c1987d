"""Each test has a database of its own; what SQLAlchemy has learned of the statements serves all of them."""

import sys
from typing import Any

from sqlalchemy import Engine

from monitor.db import Database

_module = vars(sys.modules[Database.__module__])
_made = _module["_engine"]
_learned: dict[str, tuple[Any, Any]] = {}


def learning() -> None:
    """From now on, every new engine puts its statements into words with what the first one has learned."""
    _module["_engine"] = _engine


def _engine(url: str) -> Engine:
    engine: Engine = _made(url)
    known = _learned.setdefault(engine.dialect.name, (engine.dialect, engine._compiled_cache))
    engine.dialect, engine._compiled_cache = known
    return engine
