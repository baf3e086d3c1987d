"""`kanalvakt channel`: for people and for programs."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from monitor.cli.setup import opened_database
from monitor.register.models import Channel, Decision, DecisionReceipt, Organisation
from monitor.watch.models import Schedule
from tests.monitor.cli.conftest import Command

KEYS = {
    *("id", "name", "platform", "address", "unit", "responsible", "deputy", "watch_mode", "has_comments"),
    *("state", "state_reason", "decision", "last_complete_read", "token_expires"),
}
CHECKED = {
    *("id", "ok", "token_kind", "scopes_missing", "expires", "can_read", "can_reply", "can_publish"),
    *("problem", "remedy"),
}
READ_AT = datetime(2026, 11, 20, 6, 45, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("imported")


def rows(kanalvakt: Command) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in json.loads(kanalvakt("channel", "list", "--json").out)}


def schedule(channel_id: str, **values: object) -> None:
    with opened_database().transaction() as session:
        session.merge(Schedule(channel_id=channel_id, next_poll_at=READ_AT, **values))  # type: ignore[arg-type]


def test_every_promised_key_is_there(kanalvakt: Command) -> None:
    assert all(row.keys() >= KEYS for row in rows(kanalvakt).values())


def test_the_list_tells_what_the_register_says(kanalvakt: Command) -> None:
    row = rows(kanalvakt)["facebook"]
    assert (row["unit"], row["responsible"], row["deputy"]) == ("kommunikation", "redaktor", "kommunikator")
    assert row["decision"] == {
        "valid_until": "2027-12-31",
        "status": "valid",
        "version": 1,
        "confirmed": True,
        "unconfirmed": False,
    }
    assert rows(kanalvakt)["instagram"]["decision"] is None


def test_a_decision_that_is_missing_has_ended_or_was_not_confirmed_is_marked_in_the_list(kanalvakt: Command) -> None:
    marks = {"facebook": date(2027, 12, 31), "youtube": date(2026, 1, 31)}
    with opened_database().transaction() as session:
        session.execute(delete(DecisionReceipt))
        made = session.scalars(select(Decision).where(Decision.channel_id == "facebook")).one()
        said = {"purpose": "x", "address": "https://x.se", "audience": "x", "decided_on": date(2026, 1, 12)}
        people = {"responsible_id": "redaktor", "decided_by_id": "enhetschef"}
        until = {"valid_until": marks["youtube"], "created_at": made.created_at}
        session.add(Decision(channel_id="youtube", version=1, **said, **people, **until))
    with time_machine.travel(made.created_at + timedelta(days=14)):
        answer = kanalvakt("channel", "list")
        found = rows(kanalvakt)
    lines = {line.split("\t")[0]: line.split("\t")[-1] for line in answer.out.splitlines()}
    assert lines["facebook"] == "2027-12-31 (Inte bekräftat)"
    assert lines["youtube"] == "2026-01-31 (Utgånget, Inte bekräftat)"
    assert lines["instagram"] == "Beslut saknas"
    assert (lines["webbplats"], found["webbplats"]["decision"]) == ("Behövs inte", None)
    told = {id_: found[id_]["decision"] for id_ in ("facebook", "youtube", "instagram")}
    assert [each and (each["status"], each["unconfirmed"]) for each in told.values()] == [  # type: ignore[index]
        ("valid", True),
        ("expired", True),
        None,
    ]


def test_the_list_tells_how_each_channel_goes(kanalvakt: Command) -> None:
    schedule("facebook", last_complete_at=READ_AT)
    schedule("youtube", failing_since=READ_AT, failure_kind="auth_expired", last_complete_at=READ_AT)
    with opened_database().transaction() as session:
        paused = session.get_one(Channel, "instagram")
        paused.state, paused.state_reason = "paused", "sommar"
    states = {id_: (row["state"], row["state_reason"]) for id_, row in rows(kanalvakt).items()}
    assert states == {
        "facebook": ("ok", None),
        "youtube": ("failing", "auth_expired"),
        "instagram": ("paused", "sommar"),
        "foraldragrupp": ("manual", None),
        "linkedin": ("manual", None),
        "webbplats": ("manual", None),
    }
    assert rows(kanalvakt)["facebook"]["last_complete_read"] == "2026-11-20T06:45:00+00:00"


def test_the_list_for_people_is_in_local_time_and_says_what_to_do(kanalvakt: Command) -> None:
    schedule("facebook", last_complete_at=READ_AT)
    schedule("youtube", failing_since=READ_AT, failure_kind="auth_expired")
    answer = kanalvakt("channel", "list", "--lang", "en")
    assert "2026-11-20 07.45" in answer.out
    assert "youtube: Renew the channel's token" in answer.err


@pytest.mark.parametrize(("lang", "begins"), [("sv", "Förnya kanalens token"), ("en", "Renew the channel's token")])
def test_a_program_is_told_what_to_do_in_the_language_in_use(kanalvakt: Command, lang: str, begins: str) -> None:
    schedule("youtube", failing_since=READ_AT, failure_kind="auth_expired")
    told = json.loads(kanalvakt("channel", "list", "--json", "--lang", lang).out)
    assert next(row for row in told if row["id"] == "youtube")["remedy"].startswith(begins)


def test_a_pipe_gets_whole_values_between_tabs(kanalvakt: Command) -> None:
    lines = kanalvakt("channel", "list", "--lang", "en").out.splitlines()
    assert lines[0].split("\t")[:3] == ["Channel", "Platform", "Responsible"]
    assert ["facebook", "facebook", "Redaktör, sociala medier"] in [line.split("\t")[:3] for line in lines]


def test_one_channel_is_shown_with_its_decision_and_without_secrets(
    kanalvakt: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIBRO_FACEBOOK_TOKEN", "EAAB-very-secret")
    told = kanalvakt("channel", "show", "facebook").out
    assert "Huvudsaklig målgrupp: Kommuninvånare i Tibro" in told
    assert "TIBRO_FACEBOOK_TOKEN" in told
    shown = json.loads(kanalvakt("channel", "show", "facebook", "--json").out)
    assert shown["decisions"][0]["decided_on"] == "2026-01-12"
    assert "very-secret" not in told + json.dumps(shown)


def test_how_long_answers_may_take_is_said_in_words(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.scalars(select(Organisation)).one().escalation = {"manager": {"days": 3}}
        session.get_one(Channel, "facebook").answer_within = {"comment": {"hours": 4}}
    shown = kanalvakt("channel", "show", "facebook", "--lang", "en").out
    assert "To be answered: within 4 hours of service; one that the platform holds: the next working day; " in shown
    assert "Told when that is late: the responsible person at once, the deputy after one working day, " in shown
    assert "after 3 working days" in shown
    lines = {line.split("\t")[0]: line.split("\t")[5] for line in kanalvakt("channel", "list").out.splitlines()}
    assert (lines["facebook"], lines["youtube"]) == ("inom 4 timmar då ni har öppet", "nästa arbetsdag")
    assert lines["webbplats"] == "–"


def test_programs_are_told_the_terms_that_hold(kanalvakt: Command) -> None:
    with opened_database().transaction() as session:
        session.get_one(Channel, "facebook").answer_within = {"comment": {"days": 1, "at": "12:00"}}
    for terms in (rows(kanalvakt)["facebook"], json.loads(kanalvakt("channel", "show", "facebook", "--json").out)):
        assert terms["terms"]["comment"] == {"days": 1, "hours": None, "at": "12:00:00"}  # type: ignore[index]
        assert terms["terms"]["responsible"] == {"days": None, "hours": 0, "at": None}  # type: ignore[index]


def test_a_misspelt_channel_is_answered_with_the_nearest(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "show", "facebok", "--json", "--lang", "en")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "There is no channel facebok. Did you mean facebook?\n"


def test_a_missing_secret_is_a_problem_with_a_remedy(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "check", "facebook", "--json", "--lang", "en")
    found = json.loads(answer.out)
    assert answer.code == 1
    assert found.keys() >= CHECKED
    assert (found["ok"], found["can_read"], found["problem"]) == (False, False, "credential_missing")
    assert "TIBRO_FACEBOOK_TOKEN" in found["message"]
    assert found["remedy"].startswith("Set the environment variable")


def test_a_channel_that_people_watch_has_nothing_to_check(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "check", "foraldragrupp", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["ok"] is True


def test_all_channels_are_checked_when_none_is_named(kanalvakt: Command) -> None:
    answer = kanalvakt("channel", "check", "--json")
    assert answer.code == 1
    assert [found["id"] for found in json.loads(answer.out)] == sorted(rows(kanalvakt))
