"""Each test has a database of its own; what SQLAlchemy has learned of the statements serves all of them."""

import sys
from typing import Any

from sqlalchemy import Engine, event

from monitor.db import Database

_module = vars(sys.modules[Database.__module__])
_made = _module["_engine"]
_learned: dict[str, tuple[Any, Any]] = {}


def learning() -> None:
    """From now on, every new engine puts its statements into words with what the first one has learned."""
    _module["_engine"] = _engine


def _engine(url: str) -> Engine:
    engine: Engine = _made(url)
    name, own = engine.dialect.name, (engine.dialect, engine._compiled_cache)
    if name in _learned:
        engine.dialect, engine._compiled_cache = _learned[name]
    else:  # once it has met its server: of one that never did, nobody could use the dialect
        event.listen(engine, "connect", lambda *_: _learned.setdefault(name, own))
    return engine
