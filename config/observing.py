"""What every process that goes on does before all else, so that others can see how it does."""

from config.error_reports import report_errors
from config.logging import configure_logging
from config.settings import Settings
from config.tracing import start_tracing


def observe(settings: Settings, part: str) -> None:
    """Logs, and traces and reports of errors where they are set. part: web, worker or emergency."""
    configure_logging(settings.log_level, settings.log_format)
    start_tracing(part)
    report_errors(settings, part)
