"""Reports of errors to a tracker that speaks Sentry's language, for whoever sets KANALVAKT_SENTRY_DSN. Off else.

A report is put together anew from a short list: which error, where in the code, in which part. What an error says,
local values, requests, breadcrumbs and names of machines may hold secrets or a resident's words, and stay here.
"""

import atexit
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import structlog

from config.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

WITHOUT = "KANALVAKT_SENTRY_DSN is set, and the extra is missing: pip install 'kanalvakt[sentry]'"
OF_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk")
OF_FRAME = ("module", "function", "filename", "lineno", "in_app")
TAGS = ("part", "place")
LAST_SECONDS = 2.0
"""At most so long a process that ends waits for what it still has to report."""

log = structlog.get_logger(__name__)
_on: list[str] = []
"""The part, once reports are on."""


def report_errors(settings: Settings, part: str) -> bool:
    """Are reports on? Says so once where they are asked for and cannot be sent."""
    if settings.sentry_dsn is None or _on:
        return bool(_on)
    try:
        import sentry_sdk
    except ImportError:
        log.warning(WITHOUT)
        return False
    try:
        _begin(settings.sentry_dsn.get_secret_value())
    except sentry_sdk.utils.BadDsn:
        log.warning("KANALVAKT_SENTRY_DSN is not the address of an error tracker")  # it may hold a secret
        return False
    atexit.register(sentry_sdk.flush, LAST_SECONDS)
    _on.append(part)
    logging.getLogger().addHandler(_Raised())
    return True


def _begin(dsn: str) -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        release=f"kanalvakt@{version('kanalvakt')}",
        before_send=only_what_is_listed,
        default_integrations=False,  # they would hear of requests, queries and every line of the log
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        send_default_pii=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
    )


def report(error: BaseException, place: str) -> None:
    """A fault of ours that is dealt with all the same. place: a word of ours for where."""
    if not _on:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        scope.set_tag("part", _on[0])
        scope.set_tag("place", place)
        scope.capture_exception(error)


class _Raised(logging.Handler):
    """What nobody has dealt with: Celery and the web server log it with its traceback."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if record.levelno >= logging.ERROR and error is not None:
            report(error, record.name)


def only_what_is_listed(event: "Event", _hint: "Hint") -> "Event":
    """The same report, made anew of OF_EVENT, TAGS, and of each error its type and OF_FRAME."""
    raw: dict[str, Any] = dict(event)
    kept = {name: raw[name] for name in OF_EVENT if name in raw}
    tags = raw.get("tags") or {}
    kept["tags"] = {name: tags[name] for name in TAGS if name in tags}
    kept["exception"] = {"values": [_error(each) for each in (raw.get("exception") or {}).get("values", [])]}
    return kept  # type: ignore[return-value]  # the keys are Event's own


def _error(one: dict[str, Any]) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    where = [{name: each[name] for name in OF_FRAME if name in each} for each in frames]
    return {"type": one.get("type"), "module": one.get("module"), "stacktrace": {"frames": where}}
