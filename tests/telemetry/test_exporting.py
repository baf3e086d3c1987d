"""What leaves the machine, for whoever asks for it: traces and reports of errors, without residents' words and secrets.

The receiver is a real server; who sends is a process of its own, as it would be.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from monitor.db import Database
from tests.monitor.town import Town
from tests.telemetry.failing_reading import SECRET, TEXT
from tests.telemetry.sink import Sink, sink

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def receiver() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


def read(db: Database, **environment: str) -> subprocess.CompletedProcess[str]:
    Town(db)
    command = [sys.executable, "-m", "tests.telemetry.failing_reading", db.url.render_as_string(hide_password=False)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ended = subprocess.run(
        command, env=inherited | environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def without(library: str, folder: Path) -> str:
    """PYTHONPATH on which the library cannot be imported, as where the extra is not installed."""
    (folder / library).mkdir(parents=True)
    (folder / library / "__init__.py").write_text("raise ImportError('not installed')")
    return f"{folder}:{os.environ.get('PYTHONPATH', '')}"


def spans(kept: Sink) -> dict[str, list[dict[str, str]]]:
    """By name: attributes, and the id of the parent."""
    found: dict[str, list[dict[str, str]]] = {}
    for path, body in kept.bodies:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for each in [span for scope in resource.scope_spans for span in scope.spans]:
                facts = {fact.key: fact.value.string_value or str(fact.value.int_value) for fact in each.attributes}
                found.setdefault(each.name, []).append(facts | {"parent": each.parent_span_id.hex()})
    return found


def test_a_reading_is_a_trace_and_an_error_a_report_and_neither_holds_a_text_or_a_secret(
    sqlite: Database, receiver: Sink
) -> None:
    with sink() as tracker:
        dsn = f"http://{KEY}@{tracker.address}/1"
        ended = read(
            sqlite, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{receiver.address}", KANALVAKT_SENTRY_DSN=dsn, LANG="en"
        )
        reports = tracker.got(lambda whole: whole.count(b'"type":"ValueError"') >= 2)
    made = spans(receiver)
    assert [each["kanalvakt.outcome"] for each in made["reading"]] == ["complete", "failed"]
    assert made["reading"][0]["kanalvakt.channel"] == "fb"
    assert made["reading"][1]["kanalvakt.error"] == "unexpected_answer"
    times = {"reading": 2, "plan": 2, "fetch": 2, "record": 2, "notice": 1}
    assert {name: len(each) for name, each in made.items()} == times
    assert all(each["parent"] for name in ("plan", "fetch", "record") for each in made[name])
    assert made["notice"][0]["kanalvakt.error"] == "ValueError"
    assert b'"place":"connector"' in reports
    assert b'"place":"celery.app.trace"' in reports
    assert b'"function":"unlooked_for"' in reports
    for told in (reports, *(body for _path, body in receiver.bodies)):
        assert not [each for each in (TEXT, "Storgatan", SECRET, os.uname().nodename) if each.encode() in told]
        assert TEXT.encode("unicode-escape").lower() not in told.lower()
    lines = [line for line in ended.stderr.splitlines() if '"channel read"' in line]
    assert len(lines) == 2
    assert all('"trace": "' in line for line in lines)


def test_nothing_is_sent_and_nothing_is_loaded_where_nobody_asks(sqlite: Database, tmp_path: Path) -> None:
    without("opentelemetry", tmp_path / "none")
    path = without("sentry_sdk", tmp_path / "none")
    ended = read(sqlite, PYTHONPATH=path)
    assert "kanalvakt[" not in ended.stderr


def test_what_is_asked_for_and_not_installed_is_said_and_stops_nothing(sqlite: Database, tmp_path: Path) -> None:
    without("opentelemetry", tmp_path / "none")
    path = without("sentry_sdk", tmp_path / "none")
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "KANALVAKT_SENTRY_DSN": f"http://{KEY}@127.0.0.1:9/1"}
    ended = read(sqlite, PYTHONPATH=path, **asked)
    assert "pip install 'kanalvakt[otel]'" in ended.stderr
    assert "pip install 'kanalvakt[sentry]'" in ended.stderr
    assert KEY not in ended.stderr
