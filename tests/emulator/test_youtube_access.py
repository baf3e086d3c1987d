"""Who may ask the emulated YouTube Data API, what it costs, and by which ways."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.http import BatchHttpRequest

from connectors.emulator.server import Emulator
from connectors.emulator.wire import Request
from connectors.emulator.world import Token
from connectors.emulator.youtube.google import OWN_BUCKETS, UNITS_PER_DAY
from tests.emulator.test_youtube_specification import DOCUMENT
from tests.emulator.youtube_scene import FORCE_SSL, KEY, Scene, items, refusal


@pytest.fixture
def scene() -> Scene:
    return Scene()


# -- who asks


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"authorization": "Bearer wrong"}, (401, "authError")),
        ({"x-goog-api-key": "wrong"}, (400, "badRequest")),
        ({"x-nothing": ""}, (403, "forbidden")),
    ],
)
def test_nobody_gets_in_without_a_living_credential(
    scene: Scene, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(scene.threads("", headers)) == expected


def test_what_is_mine_takes_a_login(scene: Scene) -> None:
    assert refusal(scene.get("channels", "part=id&mine=true")) == (401, "required")
    assert [item["id"] for item in items(scene.get("channels", "part=id&mine=true", scene.bearer()))] == [
        scene.account.id
    ]


def test_comments_take_the_one_scope(scene: Scene) -> None:
    reader = scene.bearer(None, "https://www.googleapis.com/auth/youtube.readonly")
    assert refusal(scene.threads("", reader)) == (403, "insufficientPermissions")
    assert scene.get("videos", f"part=id&id={scene.video.id}", reader).status == 200


def test_an_access_token_lives_an_hour(scene: Scene) -> None:
    mine = scene.bearer()
    scene.world.advance(3_599)
    assert scene.threads("", mine).status == 200
    scene.world.advance(1)
    assert refusal(scene.threads("", mine)) == (401, "authError")


def test_a_dead_token_is_refused_everywhere(scene: Scene) -> None:
    mine = scene.bearer()
    scene.world.tokens["refresh"].error = (190, None)
    assert refusal(scene.threads("", mine)) == (401, "authError")
    given = scene.exchange(grant_type="refresh_token", refresh_token="refresh")
    assert (given.status, json.loads(given.body)["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": KEY}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "of a week", "client_secret": "s"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "of a week", "client_secret": "wrong"}, "invalid_client"),
    ],
)
def test_the_token_endpoint_refuses(scene: Scene, form: dict[str, str], error: str) -> None:
    until = scene.world.now + timedelta(days=7)
    scene.world.token(Token("of a week", "oauth", scene.account, (FORCE_SSL,), until, app_secret="s"))
    scene.world.clock = until
    assert json.loads(scene.exchange(**form).body)["error"] == error


# -- quota


def test_every_request_of_a_project_costs_a_unit_also_a_wrong_one(scene: Scene) -> None:
    assert [scene.threads().cost, scene.get("videos", "part=id").cost, scene.threads("&maxResults=0").cost] == [1, 1, 1]
    assert scene.site.quota.used[KEY, "units"] == 3


def test_a_project_has_ten_thousand_units_until_midnight_in_california(scene: Scene) -> None:
    scene.world.clock = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    for _ in range(UNITS_PER_DAY):
        scene.site.quota.charge(scene.world.now, KEY, "videos.list")
    assert refusal(scene.threads()) == (403, "quotaExceeded")
    assert scene.threads("", scene.bearer()).status == 200  # another project
    scene.world.clock = datetime(2026, 7, 2, 6, 59, 59, tzinfo=UTC)
    assert refusal(scene.threads()) == (403, "quotaExceeded")
    scene.world.clock = datetime(2026, 7, 2, 7, 0, tzinfo=UTC)
    assert scene.threads().status == 200


def test_searches_have_a_bucket_of_their_own(scene: Scene) -> None:
    query = f"part=id&channelId={scene.account.id}"
    assert {scene.get("search", query).status for _ in range(OWN_BUCKETS["search.list"])} == {200}
    assert refusal(scene.get("search", query)) == (403, "quotaExceeded")
    assert scene.threads().status == 200


def test_not_modified_costs_a_unit_too(scene: Scene) -> None:
    first = scene.threads()
    again = scene.get(
        "commentThreads",
        f"part=snippet,replies&allThreadsRelatedToChannelId={scene.account.id}&key={KEY}",
        {"if-none-match": first.headers["ETag"]},
    )
    assert (again.status, again.body, again.cost) == (304, b"", 1)
    scene.write()
    assert scene.threads().headers["ETag"] != first.headers["ETag"]


# -- over HTTP, with Google's own client


@pytest.fixture
def served() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def test_a_batch_answers_and_charges_each_request_in_it(served: Emulator) -> None:
    account = served.world.account("youtube", "UCbatchBatchBatchBatch01", "staden", "Staden")
    served.world.token(Token(KEY, "api_key"))
    document = DOCUMENT | {"rootUrl": f"{served.url}/", "baseUrl": f"{served.url}/"}
    http = httplib2.Http()
    service = build_from_document(json.dumps(document), http=http, developerKey=KEY)
    answers: dict[str, object] = {}
    batch: BatchHttpRequest = service.new_batch_http_request(
        lambda id_, answer, error: answers.update({id_: answer or error})
    )
    for id_ in (account.id, "UCnobody"):
        batch.add(service.channels().list(part="id", id=id_), request_id=id_)
    batch.execute()
    http.close()
    assert {id_: len(answer["items"]) for id_, answer in answers.items()} == {account.id: 1, "UCnobody": 0}  # type: ignore[index]
    assert (served.ledger.requests("youtube"), served.ledger.cost("youtube")) == (1, 2)


def test_hosts_and_paths_that_are_youtubes(scene: Scene) -> None:
    def owns(host: str, path: str) -> bool:
        return scene.site.owns(Request.parse("GET", path, {"host": host}))

    ours = [("youtube.googleapis.com", "/x"), ("oauth2.googleapis.com", "/token"), ("www.googleapis.com", "/batch")]
    ours += [("127.0.0.1:80", path) for path in ("/youtube/v3/videos", "/token", "/batch/youtube/v3")]
    assert all(owns(*place) for place in ours)
    assert not owns("127.0.0.1:80", "/v23.0/me")
    assert not owns("graph.facebook.com", "/youtube/v3/videos")
