"""Channels and decisions as a program uses them: read page by page, paused once, decided, confirmed."""

from datetime import date
from typing import Any

from monitor.access.permission_rules import Permission
from tests.web.api.conftest import Program
from tests.web.api.register.conftest import Of
from tests.web.register.office import Office

DECISION = {
    "purpose": "Dialog med invånare",
    "audience": "Alla i kommunen",
    "responsible": "redaktor",
    "authorised": ["ersattare"],
    "valid_until": "2027-06-14",
}


def whole(one: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item, two a page."""
    found, after = [], None
    while True:
        answer = one.get(path, limit=2, after=after, **query)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        after = answer.json()["next"]
        if after is None:
            return found


def wrong_at(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {each["at"] for each in answer.json()["errors"]}


def test_each_sees_the_channels_of_their_own_unit(of: Of) -> None:
    everything = [each["id"] for each in whole(of("kommunikator"), "/channels")]
    assert everything == sorted(everything)
    assert {"fb", "grupp", "forskola"} <= set(everything)
    assert [each["id"] for each in whole(of("barnchef"), "/channels")] == ["forskola"]
    assert of("barnchef").get("/channels/forskola").status_code == 200
    for path in ("/channels/fb", "/channels/nothing", "/channels/fb/decisions"):
        assert of("barnchef").get(path).status_code == 404, path


def test_a_channel_is_told_as_the_command_line_tells_it_and_its_secrets_to_nobody(of: Of) -> None:
    told = of("kommunikator").get("/channels/fb").json()
    assert (told["unit"], told["responsible"], told["state"]) == ("kommunikation", "redaktor", "waiting")
    assert told["decision"]["valid_until"] == "2026-06-30"
    assert told["terms"]["comment"] == {"days": 1, "hours": None, "at": None}
    assert told["kept"]["credential"] == {"token_env": "TIBRO_FB_TOKEN"}
    assert of("revisor").get("/channels/fb").json()["kept"] is None
    wrong = of("kommunikator").get("/channels/forskola").json()
    assert (wrong["state"], wrong["state_reason"]) == ("failing", "auth_expired")


def test_a_channel_is_paused_once_however_often_it_is_asked_and_resumed(of: Of, office: Office) -> None:
    one = of("kommunikator")
    for _time in range(2):
        answer = one.post("/channels/fb/pause", {"reason": " Arbete i kanalen "}, "key-of-pause")
        assert (answer.status_code, answer.json()["state"]) == (200, "paused")
    assert answer.json()["state_reason"] == "Arbete i kanalen"
    assert office.acts("channel.paused") == [("kommunikator", "fb")]
    assert wrong_at(one.post("/channels/fb/pause", {"reason": " "})) == {"/reason"}
    assert one.post("/channels/grupp/pause", {"reason": "x"}).status_code == 409
    assert one.post("/channels/fb/resume").json()["state"] == "waiting"
    assert one.post("/channels/fb/resume").status_code == 409
    assert of("barnchef").post("/channels/fb/resume").status_code == 403


def test_a_channel_is_retired_and_cannot_be_twice(of: Of, office: Office) -> None:
    one = of("admin")
    assert one.post("/channels/fb/retire", {"reason": "Kontot är avslutat"}).json()["state"] == "retired"
    assert one.post("/channels/fb/retire", {"reason": "igen"}).status_code == 409
    assert office.acts("channel.retired") == [("admin", "fb")]


def test_who_takes_care_of_a_channel_is_changed_once_and_only_to_who_can_be_told(of: Of, office: Office) -> None:
    office.town.person("stum", email=None)
    one, path = of("admin"), "/channels/fb/people"
    for _time in range(2):
        told = one.write("PUT", path, {"responsible": "chef", "deputy": "redaktor"}, "key-of-people").json()
        assert (told["responsible"], told["deputy"], told["deputy_name"]) == ("chef", "redaktor", "Rut Redaktör")
    assert office.acts("channel.changed") == [("admin", "fb")]
    assert wrong_at(one.write("PUT", path, {"responsible": "chef", "deputy": "stum"})) == {"/deputy"}
    assert wrong_at(one.write("PUT", path, {"responsible": "chef"})) == {"/deputy"}
    assert wrong_at(one.write("PUT", path, {"responsible": "nobody", "deputy": "chef"})) == {"/responsible"}
    assert of("redaktor").write("PUT", path, {"responsible": "chef", "deputy": "redaktor"}).status_code == 403
    assert office.acts("channel.changed") == [("admin", "fb")]


def test_a_channel_that_people_watch_has_nothing_to_check(of: Of) -> None:
    told = of("admin").post("/channels/grupp/check").json()
    assert (told["id"], told["ok"], told["token_kind"]) == ("grupp", True, "none")
    lost = of("admin").post("/channels/fb/check").json()
    assert (lost["ok"], lost["problem"]) == (False, "credential_missing")
    assert lost["remedy"]


def test_where_each_decision_stands_is_told_to_whoever_sees_the_channel(of: Of) -> None:
    stands = {each["channel"]: each for each in whole(of("kommunikator"), "/decisions")}
    assert (stands["fb"]["status"], stands["fb"]["days_left"]) == ("valid", 15)
    assert stands["forskola"]["status"] == "missing"
    assert stands["forskola"]["latest"] is None
    assert [each["channel"] for each in whole(of("barnchef"), "/decisions")] == ["forskola"]
    number = stands["fb"]["latest"]
    told = of("revisor").get(f"/decisions/{number}").json()
    assert (told["version"], told["purpose"], told["confirmed_at"]) == (1, "Dialog med invånare", None)
    assert of("barnchef").get(f"/decisions/{number}").status_code == 404
    assert of("revisor").get("/decisions/999999").status_code == 404
    paper = of("revisor").get(f"/decisions/{number}/decision.pdf")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_manager_decides_once_after_having_seen_what_it_would_say(of: Of, office: Office) -> None:
    one = of("chef")
    shown = one.post("/channels/fb/decisions/preview", DECISION).json()
    assert (shown["version"], shown["decided_by"], shown["decided_on"]) == (0, "chef", "2026-06-15")
    assert len(office.decisions("fb")) == 1
    made = [one.post("/channels/fb/decisions", DECISION, "key-of-deciding") for _time in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert [each.valid_until for each in office.decisions("fb")][-1] == date(2027, 6, 14)
    assert office.acts("decision.made")[-1] == ("chef", "fb/2")
    versions = whole(one, "/channels/fb/decisions")
    assert [(each["version"], each["replaced"]) for each in versions] == [(1, True), (2, False)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"purpose": " "}, "/purpose"),
    ({"responsible": "nobody"}, "/responsible"),
    ({"authorised": ["nobody"]}, "/authorised"),
    ({"valid_until": "2040-01-01"}, "/valid_until"),
    ({"valid_until": "2026-02-30"}, "/valid_until"),
    ({"valid_until": 1750000000}, "/valid_until"),
    ({"decided_on": "2026-06-16"}, "/decided_on"),
    ({"address": "ftp://example.org"}, "/address"),
    ({"audience": "a\0b"}, "/audience"),
    ({"audience": 5}, "/audience"),
    ({"purpos": "x"}, "/purpos"),
]


def test_what_stands_against_a_decision_is_told_at_its_field(of: Of, office: Office) -> None:
    one = of("chef")
    for change, at in WRONG:
        assert wrong_at(one.post("/channels/fb/decisions", DECISION | change)) == {at}
    assert wrong_at(one.post("/channels/fb/decisions/preview", DECISION | WRONG[0][0])) == {"/purpose"}
    assert len(office.decisions("fb")) == 1


def test_nobody_decides_for_another_unit(of: Of, office: Office) -> None:
    assert of("barnchef").post("/channels/fb/decisions", DECISION).status_code == 404
    assert of("kommunikator").post("/channels/fb/decisions", DECISION).status_code == 403
    assert len(office.decisions("fb")) == 1


def test_the_communicator_confirms_once(of: Of, office: Office) -> None:
    stands = {each["channel"]: each["latest"] for each in whole(of("kommunikator"), "/decisions")}
    number = stands["fb"]
    answer = of("kommunikator").post(f"/decisions/{number}/confirmation")
    assert (answer.status_code, answer.json()["confirmed_by"]) == (200, "kommunikator")
    assert office.acts("decision.confirmed") == [("kommunikator", "fb/1")]
    assert of("chef").post(f"/decisions/{number}/confirmation").status_code == 403
    of("chef").post("/channels/fb/decisions", DECISION)
    of("chef").post("/channels/fb/decisions", DECISION | {"purpose": "Annat"})
    newest = {each["version"]: each["id"] for each in whole(of("chef"), "/channels/fb/decisions")}
    assert of("kommunikator").post(f"/decisions/{newest[2]}/confirmation").status_code == 409


def test_a_token_without_the_scope_does_not_help_its_person(of: Of) -> None:
    one = of("kommunikator", Permission.READ_REGISTER)
    assert one.get("/channels/fb").json()["kept"] is None
    assert one.post("/channels/fb/pause", {"reason": "x"}).json()["type"].endswith("scope-missing")
