"""People, absences and the watch as a program uses them."""

from typing import Any

from monitor.access.permission_rules import Permission
from monitor.web.api.shapes import written_cursor
from tests.web.api.register.conftest import Of
from tests.web.api.register.test_channels_and_decisions import whole, wrong_at
from tests.web.register.office import Office

AWAY = {"from": "2026-07-01", "to": "2026-07-31"}


def test_people_are_told_with_their_duties_and_addresses_only_to_those_who_keep_the_register(of: Of) -> None:
    people = {each["id"]: each for each in whole(of("admin"), "/people")}
    assert people["redaktor"]["responsible_for"]
    assert people["redaktor"]["email"]
    plain = {each["id"]: each for each in whole(of("revisor"), "/people")}
    assert plain.keys() == people.keys()
    assert {each["email"] for id_, each in plain.items() if id_ != "revisor"} == {None}
    theirs = of("barnchef").get("/people/redaktor").json()
    assert (theirs["name"], theirs["responsible_for"]) == (people["redaktor"]["name"], [])
    assert of("admin").get("/people/nobody").status_code == 404


def test_everybody_notes_their_own_absence_and_some_those_of_others(of: Of, office: Office) -> None:
    one = of("revisor")
    made = one.post("/people/revisor/absences", AWAY, "key-of-absence")
    assert (made.status_code, made.json()["from"], made.json()["unattended"]) == (201, "2026-07-01", [])
    assert one.post("/people/revisor/absences", AWAY, "key-of-absence").json() == made.json()
    assert wrong_at(one.post("/people/revisor/absences", AWAY)) == {"/from"}
    assert [each["number"] for each in whole(one, "/people/revisor/absences")] == [made.json()["number"]]
    assert one.post("/people/redaktor/absences", AWAY).status_code == 403
    assert one.get("/people/redaktor/absences").status_code == 403
    left = of("kommunikator").post("/people/barnchef/absences", AWAY).json()
    assert [(each["channel"], each["to"]) for each in left["unattended"]] == [("forskola", "2026-07-31")]
    assert office.acts("absence.added") == [("revisor", "revisor"), ("kommunikator", "barnchef")]


def test_an_absence_is_taken_back_once(of: Of) -> None:
    one = of("revisor")
    number = one.post("/people/revisor/absences", AWAY).json()["number"]
    assert of("kommunikator").write("DELETE", f"/people/redaktor/absences/{number}").status_code == 404
    for key, status in (("key-of-taking", 204), ("key-of-taking", 204), ("another-key", 404)):
        assert one.write("DELETE", f"/people/revisor/absences/{number}", key=key).status_code == status


def test_a_token_that_only_reads_notes_no_absence_even_of_its_own_person(of: Of) -> None:
    one = of("revisor", Permission.READ_REGISTER)
    assert one.get("/people/revisor").status_code == 200
    assert one.post("/people/revisor/absences", AWAY).json()["type"].endswith("scope-missing")
    assert of("revisor", Permission.READ_WATCH).get("/people/revisor").status_code == 403


WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"from": "2026-07-31", "to": "2026-07-01"}, {"/from"}),
    ({"from": "2026-07-01", "to": "2036-07-01"}, {"/from"}),
    ({"from": "20260701", "to": "1.7.2026"}, {"/from", "/to"}),
    ({"from": "2026-07-01T00:00:00", "to": 5}, {"/from", "/to"}),
    ({"from": "0001-01-01"}, {"/from", "/to"}),
]


def test_what_is_wrong_with_an_absence_is_told_at_its_field(of: Of) -> None:
    one = of("revisor")
    for body, at in WRONG:
        assert wrong_at(one.post("/people/revisor/absences", body)) == at
    assert whole(one, "/people/revisor/absences") == []


def test_todays_watch_is_told_with_what_one_can_say_of_it(of: Of) -> None:
    rows = {each["channel"]: each for each in whole(of("kommunikator"), "/watch/today")}
    assert (rows["grupp"]["verdict"], rows["grupp"]["act"]) == (None, "attest")
    assert rows["fb"]["who"] == "redaktor"
    assert [each["channel"] for each in whole(of("chef"), "/watch/today")] == ["fb", "grupp"]
    assert whole(of("barnchef"), "/watch/today") == []
    assert {each["act"] for each in whole(of("revisor"), "/watch/today")} == {None}
    today = of("kommunikator").get("/today").json()
    assert (today["date"], today["off"], len(today["watch"])) == ("2026-06-15", None, 2)
    assert [each["channel"] for each in today["unreadable"]] == ["forskola"]
    assert today["waiting"] == 3
    assert of("revisor").get("/today").json()["waiting"] == 0
    assert of("kommunikator", Permission.READ_WATCH).get("/today").json()["waiting"] == 0


def test_a_day_is_attested_once_by_those_who_may(of: Of, office: Office) -> None:
    one, path = of("ersattare"), "/watch/grupp/2026-06-15"
    assert one.get(path).json()["act"] == "attest"
    for _time in range(2):
        answer = one.post(f"{path}/attestation", {"note": "Två frågor", "count": 2}, "key-of-attesting")
        assert (answer.status_code, answer.json()["verdict"], answer.json()["attested_by"]) == (
            200,
            "watched",
            "ersattare",
        )
    assert office.acts("watch_day.attested") == [("ersattare", "grupp/2026-06-15")]
    assert of("revisor").post(f"{path}/attestation", {}).status_code == 403
    assert of("barnchef").post(f"{path}/attestation", {}).status_code == 404
    assert one.post("/watch/grupp/2026-06-14/attestation", {}).status_code == 409
    assert wrong_at(one.post(f"{path}/attestation", {"note": "x" * 1001, "count": "2"})) == {"/note", "/count"}


def test_what_has_come_since_is_not_gone_through(of: Of) -> None:
    one = of("redaktor")
    day = one.get("/watch/fb/2026-06-15").json()
    refused = one.post("/channels/fb/review", {"newest": 0})
    assert refused.status_code == 409
    newest = max(each["newest"] for each in whole(one, "/watch/today"))
    assert newest > 0
    answer = one.post("/channels/fb/review", {"newest": newest})
    assert (answer.status_code, day["date"]) == (200, answer.json()["date"])
    assert wrong_at(one.post("/channels/fb/review", {"newest": -1})) == {"/newest"}


def test_a_day_that_is_over_is_put_right_with_a_reason(of: Of, office: Office) -> None:
    one, path = of("kommunikator"), "/watch/grupp/2026-06-12"
    before = one.get(path).json()
    assert (before["verdict"], before["corrects"]) == ("not_watched", True)
    assert wrong_at(one.post(f"{path}/correction", {"verdict": "sold", "reason": " "})) == {"/verdict", "/reason"}
    after = one.post(f"{path}/correction", {"verdict": "watched", "reason": "Sedd på annan väg"}).json()
    assert (after["verdict"], after["corrected"]["first_verdict"]) == ("watched", "not_watched")
    assert office.acts("watch_day.corrected") == [("kommunikator", "grupp/2026-06-12")]
    assert one.post("/watch/grupp/2026-06-15/correction", {"verdict": "watched", "reason": "x"}).status_code == 409
    assert of("redaktor").post(f"{path}/correction", {"verdict": "watched", "reason": "x"}).status_code == 403


def test_a_period_of_the_watch_comes_in_pages_of_ones_own_channels(of: Of) -> None:
    asked = {"from": "2026-06-12", "to": "2026-06-15"}
    rows = whole(of("revisor"), "/watch", **asked)
    days = [(each["date"], each["channel"]) for each in rows]
    assert days == sorted(set(days))
    assert ("2026-06-12", "grupp") in days
    assert whole(of("barnchef"), "/watch", **asked) == []
    since = {"from": "2026-05-18", "to": "2026-07-15"}
    assert whole(of("revisor"), "/watch", **since) == of("revisor").get("/watch", limit=100, **since).json()["items"]
    for odd in ("fb", 20260612, "2026-02-31 fb", "20260612 fb", "2026-06-12"):
        assert wrong_at(of("revisor").get("/watch", after=written_cursor(odd), **since)) == {"query/after"}
    assert wrong_at(of("revisor").get("/watch", **{"from": "2026-06-15", "to": "2026-06-12"})) == {"query/to"}
    assert wrong_at(of("revisor").get("/watch", **{"from": "0000-06-15"})) == {"query/from", "query/to"}
    for path in ("/watch/grupp/2026-06-14", "/watch/nothing/2026-06-12"):
        assert of("revisor").get(path).status_code == 404
    assert wrong_at(of("revisor").get("/watch/grupp/2026-6-12")) == {"path/day"}
