"""Traces by OpenTelemetry, for whoever sets OTEL_EXPORTER_OTLP_ENDPOINT, and the other variables of its standard.

Off else, and then it costs nothing. A span holds what its caller names, which are ids, counts and kinds of error; what
an error says may be a resident's words, so of that it holds the type alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
WITHOUT = "traces are asked for, and the extra is missing: pip install 'kanalvakt[otel]'"
Fact = str | int | float | bool | None

log = structlog.get_logger(__name__)
_tracers: list["Tracer"] = []
"""The one of this process, once traces are on."""


class Span:
    """What is being done. Facts that are known only at its end are told it then."""

    def tell(self, **facts: Fact) -> None:
        """None is left out."""


def wanted() -> bool:
    return any(os.environ.get(name) for name in ENDPOINTS) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


def start_tracing(part: str) -> bool:
    """Are traces on? Says so once where they are asked for and the extra is not installed."""
    if _tracers or not wanted():
        return bool(_tracers)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(WITHOUT)
        return False
    about = {"service.name": "kanalvakt", "service.version": version("kanalvakt"), "kanalvakt.part": part}
    if os.environ.get("OTEL_SERVICE_NAME"):
        del about["service.name"]
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracers.append(provider.get_tracer("kanalvakt", version("kanalvakt")))
    return True


@contextmanager
def span(name: str, **facts: Fact) -> Iterator[Span]:
    """While something is done. Its lines in the log name the trace."""
    if not _tracers:
        yield Span()
        return
    with _traced(_tracers[0], name, facts) as told:
        yield told


@contextmanager
def _traced(tracer: "Tracer", name: str, facts: dict[str, Fact]) -> Iterator[Span]:
    from opentelemetry.trace import Status, StatusCode

    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as real:
        told = _Told(real.set_attribute)
        told.tell(**facts)
        with structlog.contextvars.bound_contextvars(trace=f"{real.get_span_context().trace_id:032x}"):
            try:
                yield told
            except BaseException as error:
                told.tell(error=type(error).__name__)
                real.set_status(Status(StatusCode.ERROR))
                raise


class _Told(Span):
    def __init__(self, tell: Callable[[str, str | int | float | bool], object]) -> None:
        self._tell = tell

    def tell(self, **facts: Fact) -> None:
        for name, value in facts.items():
            if value is not None:
                self._tell(f"kanalvakt.{name}", value)
