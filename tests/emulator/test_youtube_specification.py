"""The emulated YouTube Data API against the discovery document inside google-api-python-client."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import googleapiclient
import pytest

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Token, World
from connectors.emulator.youtube import YouTube
from connectors.emulator.youtube.lists import METHODS

DOCUMENT = json.loads(
    (Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "youtube.v3.json").read_text("utf-8")
)
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
PYTHON = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}


# -- a small validator of Google's schemas


def faults(value: object, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where the value departs from the schema: names, types, enums, formats."""
    if "$ref" in schema:
        schema = DOCUMENT["schemas"][schema["$ref"]]
    if schema["type"] == "object":
        yield from object_faults(value, schema, path)
    elif schema["type"] == "array":
        for place, item in enumerate(value if isinstance(value, list) else [None]):
            yield from faults(item, schema["items"], f"{path}[{place}]")
    elif not isinstance(value, PYTHON[schema["type"]]) or (schema["type"] == "integer" and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {schema['type']}"
    elif not is_allowed(str(value), schema):
        yield f"{path}: {value!r} is not allowed"


def is_allowed(value: str, schema: dict[str, Any]) -> bool:
    known = value in schema.get("enum", [value])
    form = {"uint64": r"\d+", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"}.get(schema.get("format", ""), ".*")
    return known and re.fullmatch(form, value, re.DOTALL) is not None


def object_faults(value: object, schema: dict[str, Any], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no object"
        return
    for name, inner in value.items():
        if name not in schema.get("properties", {}):
            yield f"{path}.{name}: unknown"
        else:
            yield from faults(inner, schema["properties"][name], f"{path}.{name}")


def test_the_validator_sees_what_is_wrong() -> None:
    comment = {"id": 1, "snippet": {"likeCount": True, "viewerRating": "love", "publishedAt": "today", "colour": ""}}
    assert len(list(faults(comment, {"$ref": "Comment"}))) == 5


# -- the world


@pytest.fixture
def site() -> YouTube:
    world = World()
    account = world.account("youtube", "UCspecSpecSpecSpecSpec01", "staden", "Staden")
    world.token(Token("refresh", "oauth", account, (SCOPE,)))
    resident = world.resident("youtube", "Åsa")
    for number in range(4):
        video = world.publish(account, f"Film {number}\nMer text")
        video.comments_disabled = number == 3
        asked = world.comment(video, resident, "Fråga <1> https://example.org\nrad", anonymous=number == 2)
        for reply in range(number * 3):
            world.answer(asked, f"Svar {reply}", mention=True)
        world.comment(asked, resident, "Olämpligt", held=True)
    post = world.publish(account, "I fliken Community")
    post.community = True
    world.edit(world.comment(post, resident, "Hej"), "Hej!")
    world.comment(video, resident, "Skräp", held=True)
    return YouTube(world)


def account_of(site: YouTube) -> Account:
    return next(iter(site._world.accounts.values()))


def ask(site: YouTube, method: str, **parameters: str | list[str]) -> Answer:
    form = b"grant_type=refresh_token&refresh_token=refresh&client_id=c"
    given = site.answer(Request.parse("POST", "/token", {"host": "oauth2.googleapis.com"}, form))
    headers = {"host": "youtube.googleapis.com", "authorization": f"Bearer {json.loads(given.body)['access_token']}"}
    query = {name: [value] if isinstance(value, str) else value for name, value in parameters.items()}
    return site.answer(Request("GET", headers["host"], f"/youtube/v3/{method}", query, headers))


def calls(site: YouTube) -> list[tuple[str, dict[str, str | list[str]]]]:
    """Every method with every filter and word it knows."""
    me, world = account_of(site), site._world
    videos = [post.id for post in world.posts_of(me) if not post.community]
    tops = [one.id for one in world.comments.values() if one.parent is None]
    all_threads = {"allThreadsRelatedToChannelId": me.id}
    return [
        *(
            ("commentThreads", all_threads | {"moderationStatus": status})
            for status in METHODS["commentThreads"].words["moderationStatus"]
        ),
        *(("commentThreads", all_threads | {"textFormat": form}) for form in ("html", "plainText")),
        *(("commentThreads", all_threads | {"order": order, "maxResults": "2"}) for order in ("time", "relevance")),
        ("commentThreads", {"videoId": videos[-1]}),
        ("commentThreads", {"id": tops}),
        *(("comments", {"parentId": top}) for top in tops),
        ("comments", {"id": tops}),
        ("videos", {"id": videos}),
        ("channels", {"mine": "true"}),
        ("channels", {"id": me.id}),
        ("playlistItems", {"playlistId": "UU" + me.id[2:], "maxResults": "3"}),
        ("search", {"channelId": me.id}),
    ]


# -- answers


def test_all_that_is_sent_is_in_the_schemas(site: YouTube) -> None:
    for method, parameters in calls(site):
        answer = ask(site, method, part=list(METHODS[method].parts), **parameters)
        assert answer.status == 200, (method, parameters, answer.body)
        schema = DOCUMENT["resources"][method]["methods"]["list"]["response"]
        assert list(faults(json.loads(answer.body), schema, method)) == []


def test_the_calls_above_show_something_of_every_method(site: YouTube) -> None:
    answers = [(method, ask(site, method, part="id", **words)) for method, words in calls(site)]
    assert {method for method, answer in answers if json.loads(answer.body)["items"]} == METHODS.keys()
    assert any("nextPageToken" in json.loads(answer.body) for _, answer in answers)


# -- parameters


def specified(method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["resources"][method]["methods"]["list"]["parameters"]
    return found


@pytest.mark.parametrize("method", METHODS)
def test_rules_are_those_of_the_document(method: str) -> None:
    listing, parameters = METHODS[method], specified(method)
    assert set(listing.filters) <= parameters.keys()
    limit = parameters["maxResults"]
    assert (listing.default, listing.least, listing.most) == tuple(
        int(limit[k]) for k in ("default", "minimum", "maximum")
    )
    assert all(set(words) <= set(parameters[name]["enum"]) for name, words in listing.words.items())
    assert listing.scopes <= set(DOCUMENT["auth"]["oauth2"]["scopes"])
    assert parameters["part"]["required"]


@pytest.mark.parametrize("method", METHODS)
def test_defaults_are_those_of_the_document(method: str) -> None:
    parameters = specified(method)
    stated = {name: parameters[name]["default"] for name in METHODS[method].words if "default" in parameters[name]}
    assert stated == {name: words[0] for name, words in METHODS[method].words.items()}


def simplest(site: YouTube, method: str) -> dict[str, str | list[str]]:
    return next(dict(words) for name, words in calls(site) if name == method)


@pytest.mark.parametrize("method", METHODS)
def test_required_parameters_are_required(site: YouTube, method: str) -> None:
    assert ask(site, method, **simplest(site, method)).status == 400
    assert ask(site, method, part="id").status == 400
    assert ask(site, method, part="id", **simplest(site, method)).status == 200


@pytest.mark.parametrize("method", METHODS)
def test_minimum_and_maximum_are_kept(site: YouTube, method: str) -> None:
    limit = specified(method)["maxResults"]
    least, most = int(limit["minimum"]), int(limit["maximum"])
    for number, status in [(least, 200), (most, 200), (least - 1, 400), (most + 1, 400)]:
        words = simplest(site, method) | {"maxResults": str(number)}
        assert ask(site, method, part="id", **words).status == status


@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for method, listing in METHODS.items() for name in listing.words]
)
def test_a_word_that_is_not_in_the_enum_is_refused(site: YouTube, method: str, name: str) -> None:
    assert ask(site, method, part="id", **simplest(site, method) | {name: "Nonsense"}).status == 400
