"""Other systems on the web: added, tried, paused, mended and removed; a secret is seen once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from config.settings import Settings
from monitor.alerts.hook_handing import hand_over
from monitor.alerts.hook_sending import send_due
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_models import Subscription
from monitor.audit.outgoing_rules import Event, Happened
from tests.monitor.alerts.receiver import INSIDE, Receiver
from tests.web.register.office import NOW, Office

HOME = "/settings/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def device(office: Office, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The communicator's; addresses on this machine may be used."""
    client = office.client("kommunikator")
    monkeypatch.setattr(client.app.state, "settings", Settings(private_addresses=True))  # type: ignore[attr-defined]
    return client


def added(device: TestClient, receiver: Receiver) -> str:
    """Its page's address. The receiver knows the secret."""
    values = {"name": "Arkivet", "address": receiver.url, "events": ["comment.received"], "channels": ["fb"]}
    answer = device.post(HOME, data=values)
    assert answer.status_code == 200
    [secret] = re.findall(r"<code>(whsec_[^<]+)</code>", answer.text)
    receiver.secrets.append(secret)
    [number] = re.findall(rf'action="{HOME}/(\d+)/test"', answer.text)
    return f"{HOME}/{number}"


def comes(office: Office) -> None:
    number = office.town.comment("c9", NOW)
    with office.db.transaction() as session:
        tell(session, [Happened(Event.COMMENT_RECEIVED, ("comment", str(number)), "fb")], NOW)
    hand_over(office.db, datetime.now(UTC))


def sent(office: Office, settings: Settings = INSIDE) -> int:
    return send_due(office.db, 1, settings, lambda: datetime.now(UTC))


def test_a_system_is_added_and_its_secret_and_address_are_never_seen_again(
    office: Office, device: TestClient, receiver: Receiver
) -> None:
    page = added(device, receiver)
    for address in (page, HOME, "/audit"):
        shown = office.client("admin").get(address).text
        assert "whsec_" not in shown
        assert "hemligt" not in shown
    assert "127.0.0.1" in device.get(page).text
    assert office.acts("webhook.added") == [("kommunikator", "1")]


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_and_ticked_stays(device: TestClient) -> None:
    answer = device.post(HOME, data={"name": "Arkivet", "address": "ftp://x", "events": "comment.edited"})
    assert answer.status_code == 422
    assert 'id="address-fault"' in answer.text
    assert 'value="Arkivet"' in answer.text
    assert re.search(r'value="comment.edited" checked', answer.text)
    answer = device.post(HOME, data={})
    assert [f'id="{field}-fault"' in answer.text for field in ("name", "address", "events")] == [True] * 3


def test_nobody_is_offered_what_they_may_not_read(office: Office) -> None:
    assert "copy.saved" in office.client("kommunikator").get(HOME).text
    assert "copy.saved" not in office.client("admin").get(HOME).text


def test_a_test_shows_what_the_receiver_answers(device: TestClient, receiver: Receiver) -> None:
    page = added(device, receiver)
    receiver.moods = [503, 204]
    assert "Svaret var 503." in device.post(f"{page}/test").text
    assert "Mottagaren har tagit emot testmeddelandet." in device.post(f"{page}/test").text
    assert [each["type"] for each in receiver.done] == ["webhook.test"]


def test_what_was_sent_is_listed_and_sent_again(office: Office, device: TestClient, receiver: Receiver) -> None:
    page = added(device, receiver)
    comes(office)
    assert sent(office) == 1
    shown = device.get(page).text
    assert "mottaget" in shown
    [again] = re.findall(rf'action="({page}/messages/\d+/again)"', shown)
    assert "Meddelandet är på väg." in device.post(again).text
    assert sent(office) == 1
    assert len(set(receiver.arrived)) == 1
    assert device.post(again.replace("/messages/", "/messages/99")).status_code == 409
    assert device.post(again.replace("/again", "/eaten")).status_code == 404


def test_a_message_that_is_never_taken_is_left_out(office: Office, device: TestClient, receiver: Receiver) -> None:
    page = added(device, receiver)
    receiver.moods = [422]
    comes(office)
    assert sent(office) == 0
    shown = device.get(page).text
    assert "väntar: Svaret var 422." in shown
    [left_out] = re.findall(rf'action="({page}/messages/\d+/leave-out)"', shown)
    assert "Meddelandet skickas inte." in device.post(left_out).text
    assert device.post(left_out).status_code == 409
    assert "inte skickat" in device.get(page).text


def test_it_is_paused_resumed_given_a_new_secret_and_removed(
    office: Office, device: TestClient, receiver: Receiver
) -> None:
    page = added(device, receiver)
    assert "Inget skickas dit förrän du återupptar." in device.post(f"{page}/pause").text
    assert device.post(f"{page}/pause").status_code == 409
    assert "Systemet får veta igen" in device.post(f"{page}/resume").text
    assert "whsec_" in device.post(f"{page}/secret").text
    assert "Systemet får inte veta något mer." in device.post(f"{page}/remove").text
    for gone in (device.get(page), device.post(f"{page}/test"), device.post(f"{page}/remove")):
        assert gone.status_code == 404
    with office.db.snapshot() as session:
        assert session.get(Subscription, 1) is None
    acts = ("paused", "resumed", "secret_replaced", "removed")
    assert [office.acts(f"webhook.{act}") for act in acts] == [[("kommunikator", "1")]] * 4


@pytest.mark.parametrize("number", ["0", "-1", "99", "99999999999999999999"])
def test_a_number_that_is_none_is_no_page(device: TestClient, number: str) -> None:
    assert device.get(f"{HOME}/{number}").status_code == 404
    for act in ("test", "pause", "secret", "remove", "eaten", "messages/1/again"):
        assert device.post(f"{HOME}/{number}/{act}").status_code == 404
