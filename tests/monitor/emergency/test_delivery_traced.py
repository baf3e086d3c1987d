"""A step of a delivery is a span, which says where it came to and nothing of what the message says."""

import pytest

from config.settings import Settings
from connectors.emulator.server import Emulator
from monitor.db import Database
from monitor.emergency.delivering import deliver_all
from tests.monitor.emergency.broadcast import Broadcast, put_up_hub
from tests.telemetry.traced import traced


def test_each_step_of_a_delivery_is_a_span(
    sqlite: Database, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_up_hub(monkeypatch)
    here = Broadcast(sqlite, emulator, "facebook")
    message = here.sent()
    with traced(monkeypatch) as spans:
        deliver_all(sqlite, message, Settings(), here.clock)
    facts = [dict(span.attributes or {}) for span in spans if span.name == "delivery"]
    assert {each["kanalvakt.place"] for each in facts} == {"hub", "facebook"}
    assert {each["kanalvakt.state"] for each in facts} >= {"verified"}
    assert all(each["kanalvakt.mode"] == "actual" for each in facts)
    texts = [delivery.text for delivery in here.deliveries()]
    assert not [each for each in texts if each in str(facts)]
