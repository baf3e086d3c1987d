"""Reports, repairs, the audit log, notices and settings as a program uses them."""

import json
from typing import Any

from monitor.access.permission_rules import Permission
from monitor.alerts.models import Notice
from monitor.records.report_document import fingerprint
from tests.web.api.register.conftest import Of
from tests.web.api.register.test_channels_and_decisions import whole, wrong_at
from tests.web.register.office import NOW, Office

ASKED: dict[str, Any] = {"from": "2026-06-12", "to": "2026-06-15"}


def test_reports_are_told_as_the_command_line_writes_them(of: Of) -> None:
    one = of("revisor")
    answers = one.get("/reports/answers", **ASKED).json()
    assert (answers["from"], answers["overall"]["written"], len(answers["hours"])) == ("2026-06-12", 3, 24)
    assert [each["channel"] for each in answers["channels"]] == ["fb", "forskola", "grupp"]
    watched = one.get("/reports/watch", **ASKED).json()
    assert watched["summary"]["overall"]["days"] == len(watched["rows"]) > 0
    assert {each["channel"] for each in watched["rows"]} <= set(watched["summary"]["channels"])
    assert {each["channel"] for each in watched["gaps"]} == {"fb", "grupp"}
    answer = one.get("/reports/answers.csv", **ASKED)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[0].lstrip("\ufeff").startswith("record")
    paper = one.get("/reports/watch.pdf", **ASKED)
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert watched["hash"] in one.get("/reports/watch.csv", **ASKED).text
    for path in ("/reports/months/2026-06.svg", "/reports/answers/channels.svg"):
        picture = one.get(path, **({} if "months" in path else ASKED))
        assert picture.status_code in {200, 404}, path
        assert picture.status_code == 404 or picture.text.startswith("<")


def test_the_figures_are_those_that_the_hash_vouches_for(of: Of) -> None:
    told = of("revisor").get("/reports/watch", **ASKED)
    made = json.loads(told.text)
    for row in made["rows"]:
        for key in ("first_complete_read", "reviewed_at", "attested_at"):
            row[key] = row[key] and row[key].replace("Z", "+00:00")
    assert fingerprint(made) == made["hash"]


def test_reports_are_of_ones_own_channels_and_of_days_that_can_be(of: Of) -> None:
    one = of("barnchef")
    assert [each["channel"] for each in one.get("/reports/answers", **ASKED).json()["channels"]] == ["forskola"]
    assert set(one.get("/reports/watch", **ASKED).json()["summary"]["channels"]) <= {"forskola"}
    for path in ("/reports/answers", "/reports/watch"):
        assert one.get(path, channel="fb", **ASKED).status_code == 404, path
        assert wrong_at(one.get(path, **{"from": "2026-06-15", "to": "2026-06-12"})) == {"query/to"}
        assert wrong_at(one.get(path, **{"from": "1990-06-15", "to": "2026-06-12"})) == {"query/to"}
        assert wrong_at(one.get(path)) == {"query/from", "query/to"}
    assert one.get("/reports/answers", unit="kommunikation", **ASKED).status_code == 404
    assert one.get("/reports/months/2026-13.svg").status_code == 422
    assert of("redaktor").get("/reports/answers", **ASKED).status_code == 403


def test_what_is_wrong_is_told_to_those_who_may_see_it(of: Of) -> None:
    everything = of("admin").get("/repairs").json()["items"]
    assert [each["gravity"] for each in everything] == sorted(each["gravity"] for each in everything)
    assert {"forskola"} <= {each["channel"] for each in everything}
    assert {each["channel"] for each in of("barnchef").get("/repairs").json()["items"]} == {"forskola"}
    assert of("revisor").get("/repairs").status_code == 403
    assert of("kommunikator").get("/hub").json()["items"] == []
    assert of("barnchef").get("/hub", channel="fb").status_code == 404


def test_the_audit_log_comes_in_pages_the_newest_first_and_is_proven_whole(of: Of) -> None:
    one = of("revisor")
    entries = whole(one, "/audit")
    numbers = [each["id"] for each in entries]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers[-1] == 1
    chosen = whole(one, "/audit", subject_kind="decision", actor="chef")
    assert {each["act"] for each in chosen} <= {"decision.made"}
    assert whole(one, "/audit", to="2026-01-01") == []
    proof = one.get("/audit/verification").json()
    assert (proof["broken"], proof["differing"]) == (None, [])
    again = one.get("/audit/verification", noted=proof["head"]).json()
    assert (again["broken"], again["entries"]) == (None, proof["entries"])
    forged = one.get("/audit/verification", noted=f"1:{'0' * 64}").json()
    assert forged["broken"] == 1
    assert wrong_at(one.get("/audit/verification", noted="1:x")) == {"query/noted"}
    assert wrong_at(one.get("/audit", after="x")) == {"query/after"}
    assert of("kommunikator").get("/audit").status_code == 403


def test_each_sees_the_notices_of_their_own_and_an_administrator_all(of: Of, office: Office) -> None:
    with office.db.transaction() as session:
        for person in ("barnchef", "redaktor", "admin"):
            told = {"subject_kind": "digest", "subject": person, "rung": "day", "cycle": "2026-06-15"}
            session.add(Notice(**told, recipient_id=person, due_at=NOW, created_at=NOW))
    assert [each["recipient"] for each in whole(of("admin"), "/notices")] == ["admin", "redaktor", "barnchef"]
    (mine,) = whole(of("barnchef"), "/notices")
    assert (mine["recipient"], mine["state"], mine["attempts"]) == ("barnchef", "due", 0)
    assert wrong_at(of("admin").get("/notices", after="Ing")) == {"query/after"}


def test_words_that_flag_are_added_once_and_taken_away(of: Of, office: Office) -> None:
    one = of("kommunikator")
    word = {"kind": "danger", "word": " vattenläck* ", "channel": "fb"}
    made = [one.post("/flag-words", word, "key-of-a-word") for _time in range(2)]
    assert [each.status_code for each in made] == [201, 201]
    rule = made[0].json()
    assert (rule["word"], rule["channel"], rule) == ("vattenläck*", "fb", made[1].json())
    assert [each["id"] for each in whole(one, "/flag-rules", channel="fb")] == [rule["id"]]
    assert wrong_at(one.post("/flag-words", word)) == {"/word"}
    assert wrong_at(one.post("/flag-words", {"kind": "rush", "word": " "})) == {"/kind", "/word"}
    assert wrong_at(one.post("/flag-words", word | {"channel": "nothing"})) == {"/channel"}
    assert one.write("PUT", "/flag-rush", {"comments": 20, "minutes": 10}).json()["comments"] == 20
    assert wrong_at(one.write("PUT", "/flag-rush", {"comments": True, "minutes": "5"})) == {"/comments", "/minutes"}
    assert one.write("DELETE", f"/flag-rules/{rule['id']}").status_code == 204
    assert one.write("DELETE", f"/flag-rules/{rule['id']}").status_code == 409
    assert one.write("DELETE", "/flag-rules/999999").status_code == 404
    assert ("kommunikator", str(rule["id"])) in office.acts("flag_rule.removed")


def test_the_organisations_own_values_are_told_to_those_who_change_settings(of: Of) -> None:
    told = of("kommunikator").get("/settings").json()
    assert (told["website"], told["timezone"], told["terms"]["comment"]["days"]) == (
        "https://www.tibro.se",
        "Europe/Stockholm",
        1,
    )
    assert of("chef").get("/settings").status_code == 403
    assert of("kommunikator", Permission.READ_REGISTER).get("/settings").status_code == 403
