"""Structured logs on standard error, one JSON line an event (text on a terminal, or where the settings ask for it).

Log ids, counts and kinds of error; never tokens, addresses with secrets, or what residents wrote.
"""

import logging
import sys

import structlog


def configure_logging(level: str = "INFO", form: str = "auto") -> None:
    """Sends structlog's and the standard library's records to standard error in the same form: json, text, or auto,
    which is text on a terminal."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_rendering(form), foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for noisy in ("urllib3", "googleapiclient", "httpx2", "instaloader"):  # their lines hold addresses with tokens
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _rendering(form: str) -> list[structlog.typing.Processor]:
    terminal = sys.stderr.isatty()
    if form == "text" or (form == "auto" and terminal):
        # not its own tracebacks: they show local values, and so secrets
        readable = structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=structlog.dev.plain_traceback)
        return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, readable]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
