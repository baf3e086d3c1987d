"""Other systems, words for answers and the ways to people as a program uses them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.access.permission_rules import Permission
from monitor.alerts.hook_handing import hand_over
from monitor.alerts.hook_sending import send_due
from monitor.audit.outgoing import tell
from monitor.audit.outgoing_models import Subscription
from monitor.audit.outgoing_rules import Event, Happened
from monitor.register.keys import key_file
from monitor.register.models import Person, Route
from tests.monitor.alerts.receiver import INSIDE, Receiver
from tests.web.api.conftest import Program
from tests.web.api.register.conftest import Of
from tests.web.api.register.test_channels_and_decisions import whole, wrong_at
from tests.web.register.office import NOW, Office

THANKS: dict[str, Any] = {"name": " Tack ", "text": "Tack!\r\nRing {phone} till {organisation}."}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


def inside(one: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses on this machine may be used."""
    for route in one.client.app.routes:  # type: ignore[attr-defined]
        if getattr(route, "path", "") == "/api/v1":
            monkeypatch.setattr(route.app.state, "settings", INSIDE)


def added(one: Program, receiver: Receiver, key: str | None = None) -> dict[str, Any]:
    """The answer. The receiver knows the secret."""
    wish = {"name": "Arkivet", "address": receiver.url, "events": ["comment.received"], "channels": ["fb"]}
    answer = one.post("/webhooks", wish, key)
    assert answer.status_code == 201, answer.text
    receiver.secrets.append(answer.json()["secret"])
    made: dict[str, Any] = answer.json()
    return made


def comes(office: Office) -> None:
    number = office.town.comment("c9", NOW)
    with office.db.transaction() as session:
        tell(session, [Happened(Event.COMMENT_RECEIVED, ("comment", str(number)), "fb")], NOW)
    hand_over(office.db, datetime.now(UTC))


def sent(office: Office) -> int:
    return send_due(office.db, 1, INSIDE, lambda: datetime.now(UTC))


def test_a_system_is_added_once_and_its_secret_and_address_stand_in_no_other_answer(
    of: Of, office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = of("kommunikator")
    inside(one, monkeypatch)
    made = added(one, receiver, "key-of-a-system")
    assert added(one, receiver, "key-of-a-system") == made
    assert (made["host"], made["state"], made["channels"]) == ("127.0.0.1", "active", ["fb"])
    (listed,) = whole(one, "/webhooks")
    assert listed == {name: told for name, told in made.items() if name != "secret"}
    path = f"/webhooks/{made['id']}"
    receiver.moods = [503, 204]
    refused, taken = (one.post(f"{path}/test").json() for _time in range(2))
    assert (refused["taken"], refused["status"], refused["detail"]) == (False, 503, "Svaret var 503.")
    assert taken == {"taken": True, "status": 204, "problem": None, "detail": ""}
    for shown in (one.get(path), one.get("/webhooks"), of("admin").get("/audit")):
        assert ("whsec_" in shown.text, "hemligt" in shown.text) == (False, False)
    assert office.acts("webhook.added") == [("kommunikator", "1")]


def test_messages_are_sent_again_and_left_out_and_the_system_is_paused_and_ended(
    of: Of, office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = of("kommunikator")
    inside(one, monkeypatch)
    path = f"/webhooks/{added(one, receiver)['id']}"
    receiver.moods = [204, 204, 422]
    comes(office)
    assert sent(office) == 1
    [message] = one.get(path).json()["dispatches"]
    assert (message["type"], message["state"], message["attempts"]) == ("comment.received", "delivered", 1)
    again = [one.post(f"{path}/messages/{message['id']}/again", key="key-of-again").json() for _time in range(2)]
    assert (again[0] == again[1], again[0]["waiting"], sent(office)) == (True, 1, 1)
    assert set(receiver.arrived) == {message["message_id"]}
    assert one.post(f"{path}/messages/{message['id']}/leave-out").status_code == 409
    waits = one.post(f"{path}/messages/{message['id']}/again").json()["dispatches"][0]
    assert (sent(office), one.get(path).json()["dispatches"][0]["status"]) == (0, 422)
    left = one.post(f"{path}/messages/{waits['id']}/leave-out").json()
    assert (left["dispatches"][0]["state"], left["waiting"]) == ("withheld", 0)
    assert one.post(f"{path}/messages/99/again").status_code == 409
    assert one.post(f"{path}/pause").json()["state"] == "paused"
    assert one.post(f"{path}/pause").status_code == 409
    assert one.post(f"{path}/resume").json()["state"] == "active"
    assert one.post(f"{path}/secret").json()["secret"] not in receiver.secrets
    assert [one.write("DELETE", path, key="key-of-end").status_code for _time in range(2)] == [204, 204]
    for method, gone in (("GET", path), ("DELETE", path), ("POST", f"{path}/test"), ("POST", f"{path}/resume")):
        assert one.write(method, gone).status_code == 404, gone
    acts = ("paused", "resumed", "secret_replaced", "removed", "left_out")
    assert [office.acts(f"webhook.{act}") for act in acts] == [[("kommunikator", "1")]] * 5


def test_what_is_wrong_with_a_system_is_told_at_each_field_and_no_token_is_told_more_than_it_reads(
    of: Of, office: Office
) -> None:
    one, wish = of("kommunikator"), {"name": "Arkivet", "address": "https://x.example/in", "events": ["copy.saved"]}
    wrong = {"name": " ", "address": "ftp://x", "events": [], "channels": ["nothing"]}
    assert wrong_at(one.post("/webhooks", wrong)) == {"/name", "/address", "/events", "/channels"}
    assert wrong_at(one.post("/webhooks", wish | {"address": "https://u:p@x.example/"})) == {"/address"}
    assert wrong_at(one.post("/webhooks", wish | {"events": ["eaten"]})) == {"/events/0"}
    assert wrong_at(of("admin").post("/webhooks", wish)) == {"/events"}, "who may not read copies"
    narrow = of("kommunikator", Permission.EDIT_SETTINGS).post("/webhooks", wish)
    assert (narrow.status_code, narrow.json()["type"].endswith("scope-missing")) == (403, True)
    assert of("kommunikator", Permission.EDIT_SETTINGS, Permission.READ_REMOVALS).post("/webhooks", wish).is_success
    with office.db.snapshot() as session:
        assert session.query(Subscription).count() == 1


def test_templates_are_kept_once_with_how_they_fit(of: Of, office: Office) -> None:
    one = of("kommunikator")
    made = [one.post("/templates", THANKS, "key-of-thanks") for _time in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    told = made[0].json()
    assert told == made[1].json()
    assert (told["name"], told["language"], told["text"]) == ("Tack", "sv", THANKS["text"].replace("\r", ""))
    assert {(each["title"], tuple(each["open_fields"])) for each in told["fits"]} == {("Facebook", ("{phone}",))}
    path = f"/templates/{told['id']}"
    changed = one.write("PUT", path, {"name": "Tack", "language": "en", "unit": "barn", "text": "Thanks"}).json()
    assert (changed["language"], changed["unit"], one.get(path).json()) == ("en", "barn", changed)
    narrow = one.post("/templates", THANKS | {"channel": "fb", "kind": "interim"}).json()
    assert (narrow["unit"], narrow["channel"], narrow["kind"], told["kind"]) == (None, "fb", "interim", "answer")
    assert wrong_at(one.post("/templates", THANKS | {"channel": "nothing", "kind": "tack"})) == {"/kind"}
    assert wrong_at(one.post("/templates", THANKS | {"channel": "nothing"})) == {"/channel"}
    for act, retired in (("retire", True), ("retire", True), ("restore", False)):
        assert one.post(f"{path}/{act}").json()["retired"] is retired
    assert told["id"] in {each["id"] for each in whole(one, "/templates")}
    assert wrong_at(one.post("/templates", THANKS | {"unit": "nothing"})) == {"/unit"}
    assert wrong_at(one.write("PUT", path, THANKS | {"text": "{fax}"})) == {"/text"}
    assert wrong_at(one.post("/templates", {"name": " ", "language": "fi", "text": "a\0"})) == {
        "/name",
        "/language",
        "/text",
    }
    assert one.write("PUT", "/templates/999999", THANKS).status_code == 404
    made_by = [("kommunikator", str(told["id"])), ("kommunikator", str(narrow["id"]))]
    assert office.acts("reply_template.added") == made_by
    for act in ("changed", "retired", "restored"):
        assert office.acts(f"reply_template.{act}") == made_by[:1]


def test_everybody_signs_for_themselves_and_who_changes_settings_for_the_rest(of: Of, office: Office) -> None:
    editor, one = of("kommunikator"), of("revisor")
    assert editor.write("PUT", "/signatures/everybody", {"text": "Tibro kommun"}).json() == {"text": "Tibro kommun"}
    assert editor.get("/signatures/everybody").json() == {"text": "Tibro kommun"}
    assert one.write("PUT", "/signatures/everybody", {"text": "Rev"}).status_code == 403
    for text, used in (("Rev\r\nTibro", "Rev\nTibro"), ("", ""), (None, "Tibro kommun")):
        answer = one.write("PUT", "/signatures/mine", {"text": text})
        assert (answer.status_code, answer.json()["used"]) == (200, used)
        assert one.get("/signatures/mine").json() == answer.json()
    assert wrong_at(one.write("PUT", "/signatures/mine", {"text": "x" * 201})) == {"/text"}
    assert wrong_at(one.write("PUT", "/signatures/mine", {})) == {"/text"}
    reading = of("revisor", Permission.READ_REGISTER)
    assert reading.get("/signatures/mine").json()["everybodys"] == "Tibro kommun"
    assert reading.write("PUT", "/signatures/mine", {"text": "x"}).json()["type"].endswith("scope-missing")
    assert len(office.acts("signature.changed")) == 4


def test_how_people_are_reached_is_told_tried_and_put_right(of: Of, office: Office) -> None:
    office.town.change(Route, ("redaktor", "mail"), disabled_at=NOW, reason="550 okänd")
    with office.db.snapshot() as session:
        address = session.get_one(Person, "redaktor").email or pytest.fail("nobody to write to")
    keeper, own, path = of("admin"), of("redaktor"), "/people/redaktor/ways"
    shown = keeper.get(path)
    mail, sms = shown.json()["ways"]
    assert (sms["name"], sms["usable"], sms["disabled_at"]) == ("sms", False, None)
    assert (mail["name"], mail["usable"], mail["reason"], address in shown.text) == ("mail", False, "550 okänd", False)
    assert own.get(path).json() == shown.json()
    tried, _sms = own.post(f"{path}/try").json()["trials"]
    assert (tried["ok"], tried["disabled"], "KANALVAKT_SMTP_URL" in tried["detail"]) == (None, True, True)
    assert own.post(f"{path}/mail/enable").status_code == 403
    for _time in range(2):
        assert keeper.post(f"{path}/mail/enable", key="key-of-way").json()["ways"][0]["usable"] is True
    assert keeper.post(f"{path}/duva/enable").status_code == 404
    assert office.acts("route.enabled") == [("admin", "redaktor/mail")]
    for method, hidden in (("GET", ""), ("POST", "/try")):
        for one in (of("revisor"), of("admin", Permission.READ_REGISTER)):
            assert one.write(method, f"/people/chef/ways{hidden}").status_code in {403, 404}


def test_without_the_key_to_what_is_kept_a_write_says_so_and_does_nothing(of: Of) -> None:
    one = of("kommunikator")
    assert one.post("/templates", THANKS).status_code == 201
    key_file().unlink()
    answer = one.post("/templates", THANKS)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:kanalvakt:problem:not-available")
    assert answer.json()["detail"]
    assert len(whole(one, "/templates")) == 1
