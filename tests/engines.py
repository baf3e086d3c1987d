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
    known = _learned.get(engine.dialect.name)
    if known is not None and hasattr(known[0], "default_isolation_level"):
        engine.dialect, engine._compiled_cache = known
    else:  # a dialect knows its server once it has been connected; the first one's server may never be there
        _learned[engine.dialect.name] = (engine.dialect, engine._compiled_cache)
    return engine
