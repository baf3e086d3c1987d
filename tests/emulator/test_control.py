from collections.abc import Callable
from typing import Any

import pytest
import requests

from connectors.emulator.faults import KINDS
from connectors.emulator.server import Emulator
from connectors.emulator.story import story
from connectors.emulator.world import Account, Token

Do = Callable[..., Any]


@pytest.fixture
def do(emulator: Emulator, client: requests.Session) -> Do:
    """POSTs a verb; returns what it answers, or the sentence with which it refuses."""

    def post(verb: str, **parameters: Any) -> Any:
        answer = client.post(f"{emulator.url}/control/{verb}", json=parameters)
        assert answer.status_code in (200, 400, 404)
        return answer.json() if answer.status_code == 200 else answer.json()["error"]

    return post


@pytest.fixture
def page(emulator: Emulator) -> Account:
    return emulator.world.account("facebook", "1122334455", "tibrokommun", "Tibro kommun")


@pytest.fixture
def channel(emulator: Emulator) -> Account:
    return emulator.world.account("youtube", "UCtibro", "tibrokommun", "Tibro kommun")


def test_a_resident_asks_and_the_organisation_answers(do: Do, page: Account) -> None:
    post = do("publish", account=page.id, text="Nyhet")
    asked = do("comment", on=post["id"], text="När?", by="Anna Exempelsson")
    other = do("comment", on=asked["id"], text="Undrar jag med", by="Bo Provberg")
    assert do("truth", account=page.id) == {asked["id"]: "open", other["id"]: "open"}
    do("advance", seconds=60)
    answer = do("answer", on=other["id"], text="I morgon", mention=True)
    assert (answer["parent"], answer["text"]) == (asked["id"], "Bo Provberg I morgon")
    assert do("truth") == {asked["id"]: "open", other["id"]: "answered"}
    assert [comment["id"] for comment in do("comments", post=post["id"])][2:] == [answer["id"]]


def test_the_same_name_is_the_same_person(do: Do, page: Account) -> None:
    post = do("publish", account=page.id, text="Nyhet")["id"]
    first = do("comment", on=post, text="Hej", by="Anna Exempelsson")["author"]
    assert do("comment", on=post, text="Hej igen", by="Anna Exempelsson")["author"] == first
    assert do("comment", on=post, text="Och igen", by=first["id"])["author"] == first


def test_a_visitor_posts_edits_and_deletes(do: Do, page: Account) -> None:
    post = do("visitor_post", account=page.id, text="Det är mörkt", by="Anna Exempelsson")
    assert post["visitor"] is True
    assert do("edit", thing=post["id"], text="Det är halt")["text"] == "Det är halt"
    assert [len(each["versions"]) for each in do("posts", account=page.id)] == [2]
    assert do("delete", thing=post["id"])["deleted"] is True
    assert do("posts") == []
    assert "There is no post or comment" in do("delete", thing=post["id"])


def test_the_held_queue_is_worked_through(do: Do, channel: Account) -> None:
    video = do("publish", account=channel.id, text="Film")["id"]
    good, bad = (do("comment", on=video, text=text, held=True)["id"] for text in ("Bra", "Reklam"))
    assert do("release", comment=good)["held"] is False
    assert do("reject", comment=bad)["rejected"] is True
    assert do("hold", comment=good)["held"] is True
    assert do("truth") == {good: "held", bad: "unavailable"}


def test_comments_are_hidden_on_facebook_and_restricted_on_instagram(do: Do, emulator: Emulator, page: Account) -> None:
    instagram = emulator.world.account("instagram", "178414", "tibrokommun", "Tibro kommun")
    here, there = (do("publish", account=id_, text="Nyhet")["id"] for id_ in (page.id, instagram.id))
    shown, hidden = do("comment", on=there, text="Hej")["id"], do("comment", on=here, text="Hej")["id"]
    assert do("hide", comment=hidden)["hidden"] is True
    assert do("hide", comment=hidden, hidden=False)["hidden"] is False
    assert do("restrict", comment=shown)["restricted"] is True


def test_a_verb_is_refused_on_a_platform_that_does_not_have_it(do: Do, page: Account, channel: Account) -> None:
    post, video = (do("publish", account=id_, text="Nyhet")["id"] for id_ in (page.id, channel.id))
    asked = do("comment", on=post, text="Hej")["id"]
    assert do("hold", comment=asked) == "That can be done on youtube only."
    assert do("hide", comment=do("comment", on=video, text="Hej")["id"]).startswith("That can be done on facebook")
    assert do("comment", on=post, text="Hej", held=True) == "Only YouTube holds comments for approval."
    assert do("visitor_post", account=channel.id, text="Hej") == "Only a Facebook page takes posts by visitors."
    assert do("hide", comment=post) == f"{post!r} is a post, not a comment."
    assert do("comments", post=asked) == f"{asked!r} is a comment, not a post."
    assert do("posts", account="7") == "There is no account '7'."


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_can_be_asked_for_and_cleared(do: Do, emulator: Emulator, kind: str) -> None:
    assert do("fault", kind=kind, site="toy", path="/toy", seconds=0.05) == 1
    assert emulator.faults.rules[0].kind == kind
    do("clear_faults")
    assert emulator.faults.rules == []


def test_a_fault_strikes_and_stands_in_the_ledger(do: Do, emulator: Emulator, client: requests.Session) -> None:
    do("fault", kind="status", status=503, body='{"error":2}', parameters={"word": "^a"}, after=1, times=None, cost=1)
    answers = [client.get(f"{emulator.url}/toy?word={word}").status_code for word in ("a", "b", "a", "a")]
    assert answers == [200, 200, 503, 503]
    ledger = do("ledger", since=2)
    assert [entry["fault"] for entry in ledger["entries"]] == ["status", "status"]
    assert (ledger["sums"], ledger["next"]) == ({"toy": {"requests": 2, "cost": 2}}, 4)
    do("clear_ledger")
    assert do("ledger")["entries"] == []


def test_faults_at_random_are_drawn_from_the_seed(do: Do, emulator: Emulator, client: requests.Session) -> None:
    do("random_faults", seed=3, probability=1.0)
    for _ in range(5):
        try:
            client.get(f"{emulator.url}/toy")
        except requests.RequestException:
            continue
    assert None not in [entry.fault for entry in emulator.ledger.entries]


def test_tokens_break_and_mend(do: Do, emulator: Emulator, page: Account, channel: Account) -> None:
    token = emulator.world.token(Token("EAA", "page", page))
    other = emulator.world.token(Token("AIza", "api_key", channel))
    assert do("break_tokens", account=page.id, code=190, subcode=460) == 1
    assert (token.error, other.error) == ((190, 460), None)
    do("mend_tokens", account=page.id)
    assert token.error is None


def test_clock_and_delay_are_set(do: Do, emulator: Emulator) -> None:
    before = emulator.world.now
    later = do("advance", seconds=3600)
    assert do("clock") == later == emulator.world.now.isoformat()
    assert (emulator.world.now - before).total_seconds() == 3600
    do("delay", seconds=0.01)
    assert emulator.latency == 0.01


def test_the_story_goes_on_only_where_there_is_one(do: Do, emulator: Emulator) -> None:
    assert "--story" in do("live")
    emulator.story = story(emulator.world)
    before = len(emulator.world.comments)
    for _ in range(20):
        assert do("live")["text"]
    assert len(emulator.world.comments) > before


@pytest.mark.parametrize(
    ("verb", "parameters", "sentence"),
    [
        ("comment", {"text": "Hej"}, "on: Missing required argument."),
        ("advance", {"seconds": "snart"}, "seconds: Input should be a valid number"),
        ("advance", {"seconds": 1, "minutes": 2}, "minutes: Unexpected keyword argument."),
        ("fault", {"kind": "hugg"}, "kind: Input should be 'status'"),
        ("fault", {"kind": "html", "path": "("}, "'(' is not a regular expression"),
        ("dansa", {}, "There is no verb 'dansa'"),
        ("_list", {}, "There is no verb '_list'"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(
    do: Do, verb: str, parameters: dict[str, Any], sentence: str
) -> None:
    assert do(verb, **parameters).startswith(sentence)


def test_a_body_that_is_no_json_object_is_refused(emulator: Emulator, client: requests.Session) -> None:
    answers = [client.post(f"{emulator.url}/control/advance", data=body) for body in (b"{", b"[1]")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert "JSON object" in answers[1].json()["error"]


def test_all_verbs_are_listed_with_their_parameters(emulator: Emulator, client: requests.Session) -> None:
    verbs = client.get(f"{emulator.url}/control/").json()
    assert {"comment", "visitor_post", "answer", "edit", "delete", "hide", "hold", "release", "reject"} <= set(verbs)
    assert {"publish", "fault", "clear_faults", "advance", "ledger", "truth", "posts", "comments"} <= set(verbs)
    assert all(verb["does"] for verb in verbs.values())
    assert verbs["edit"]["parameters"] == {"thing": "str, required", "text": "str, required"}


def test_looking_takes_get_and_changing_does_not(emulator: Emulator, client: requests.Session, page: Account) -> None:
    assert client.get(f"{emulator.url}/control/posts", params={"account": page.id}).json() == []
    assert client.get(f"{emulator.url}/control/accounts").json()[0]["handle"] == "tibrokommun"
    assert client.get(f"{emulator.url}/control/clear_ledger").status_code == 405


def test_control_is_not_there_under_a_platforms_name(emulator: Emulator, client: requests.Session) -> None:
    answer = client.get(f"{emulator.url}/control/clock", headers={"Host": "graph.facebook.com"})
    assert answer.status_code != 200


def test_control_is_neither_counted_nor_disturbed(do: Do, emulator: Emulator) -> None:
    do("fault", kind="reset", times=None)
    do("clock")
    assert emulator.ledger.requests() == 0
