"""A message that is handed over is a span, which says how it went and nothing of whom it is for or what it says."""

import pytest

from config.settings import Settings
from monitor.alerts.judging import judge
from monitor.alerts.sending import send_due
from monitor.db import Database
from tests.monitor.alerts.conftest import MORNING
from tests.monitor.alerts.post_office import PostOffice
from tests.monitor.town import Town
from tests.telemetry.traced import traced

FACTS = {"kanalvakt.way": "mail", "kanalvakt.kind": "digest", "kanalvakt.notices": 1}


def test_each_message_is_a_span(
    sqlite: Database, mail: Settings, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    Town(sqlite)
    judge(sqlite, MORNING)
    with traced(monkeypatch) as spans:
        send_due(sqlite, MORNING, Settings(smtp_url="smtp://u:hemligt@127.0.0.1:1?from=a@example.org"))
    [span] = spans
    assert (span.name, dict(span.attributes or {})) == ("notice", {**FACTS, "kanalvakt.error": "WayFailed"})
    assert not span.events
    assert span.status.description is None
