"""Traces that stay in this process, so that a test can look at what a collector would get."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from config import tracing


@contextmanager
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ReadableSpan]]:
    """The spans, when it is over."""
    kept, provider, found = InMemorySpanExporter(), TracerProvider(), list[ReadableSpan]()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with monkeypatch.context() as patch:
        patch.setattr(tracing, "_tracers", [provider.get_tracer("test")])
        yield found
    found += kept.get_finished_spans()
    provider.shutdown()
