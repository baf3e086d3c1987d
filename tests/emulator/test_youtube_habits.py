"""The habits of the YouTube Data API that a client stumbles over, in the emulator."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.http import BatchHttpRequest

from connectors.emulator.google import OWN_BUCKETS, UNITS_PER_DAY
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Comment, Person, Post, Token, World
from connectors.emulator.youtube import YouTube
from tests.emulator.test_youtube_specification import DOCUMENT

FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"
KEY = "a key"


class Scene:
    """A channel, a video, a resident, and short ways to ask."""

    def __init__(self) -> None:
        self.world = World()
        self.site = YouTube(self.world)
        self.account: Account = self.world.account("youtube", "UChabitHabitHabitHabit01", "staden", "Staden")
        self.other: Account = self.world.account("youtube", "UCotherOtherOtherOther01", "annan", "Annan")
        self.world.token(Token(KEY, "api_key"))
        self.video: Post = self.world.publish(self.account, "Film")
        self.resident: Person = self.world.resident("youtube", "Åsa")

    def write(self, text: str = "Hej", on: Post | Comment | None = None, held: bool = False) -> Comment:
        self.world.advance(1)
        return self.world.comment(on or self.video, self.resident, text, held=held)

    def exchange(self, **form: str) -> Answer:
        body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        return self.site.answer(Request.parse("POST", "/token", {"host": "oauth2.googleapis.com"}, body))

    def bearer(self, account: Account | None = None, *scopes: str) -> dict[str, str]:
        token = self.world.token(Token("refresh", "oauth", account or self.account, scopes or (FORCE_SSL,)))
        given = self.exchange(grant_type="refresh_token", refresh_token=token.value, client_id="client")
        return {"authorization": f"Bearer {json.loads(given.body)['access_token']}"}

    def get(self, method: str, query: str, headers: dict[str, str] | None = None) -> Answer:
        """With the key, unless headers say who asks."""
        target = f"/youtube/v3/{method}?{query}" + ("" if headers else f"&key={KEY}")
        return self.site.answer(Request.parse("GET", target, {"host": "youtube.googleapis.com", **(headers or {})}))

    def threads(self, query: str = "", headers: dict[str, str] | None = None) -> Answer:
        about = f"part=snippet,replies&allThreadsRelatedToChannelId={self.account.id}"
        return self.get("commentThreads", about + query, headers)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def items(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body)["items"]
    return found


def refusal(answer: Answer) -> tuple[int, str]:
    error = json.loads(answer.body)["error"]
    assert error["code"] == answer.status
    return answer.status, error["errors"][0]["reason"]


# -- defaults that are traps


def test_without_a_wish_there_are_twenty_threads_newest_first(scene: Scene) -> None:
    written = [scene.write(f"{number}") for number in range(30)]
    found = items(scene.threads())
    assert [thread["id"] for thread in found] == [one.id for one in written[:-21:-1]]


def test_texts_are_html_unless_plain_text_is_asked_for(scene: Scene) -> None:
    scene.write("A & <b>\nB")
    assert _text(scene.threads()) == "A &amp; &lt;b&gt;<br>B"
    assert _text(scene.threads("&textFormat=plainText")) == "A & <b>\nB"


def test_held_comments_are_shown_to_the_owner_who_asks_for_them_only(scene: Scene) -> None:
    held = scene.write(held=True)
    assert items(scene.threads()) == []
    assert refusal(scene.threads("&moderationStatus=heldForReview")) == (403, "forbidden")
    stranger = scene.bearer(scene.other)
    assert refusal(scene.threads("&moderationStatus=heldForReview", stranger)) == (403, "forbidden")
    (thread,) = items(scene.threads("&moderationStatus=heldForReview", scene.bearer()))
    top = thread["snippet"]["topLevelComment"]
    assert (top["id"], top["snippet"]["moderationStatus"]) == (held.id, "heldForReview")


def test_five_replies_at_most_come_with_a_thread_and_none_at_all_leave_no_trace(scene: Scene) -> None:
    quiet, deep = scene.write(), scene.write()
    replies = [scene.write(on=deep) for _ in range(8)]
    first, second = items(scene.threads())
    assert (second["id"], second["snippet"]["totalReplyCount"], "replies" in second) == (quiet.id, 0, False)
    assert first["snippet"]["totalReplyCount"] == 8
    assert [reply["id"] for reply in first["replies"]["comments"]] == [one.id for one in replies[:-6:-1]]


def test_a_reply_to_a_reply_is_one_to_the_thread(scene: Scene) -> None:
    top = scene.write()
    reply = scene.write(on=scene.write(on=top))
    found = items(scene.get("comments", f"part=snippet&id={reply.id}"))
    assert [one["snippet"]["parentId"] for one in found] == [top.id]
    assert reply.id.startswith(f"{top.id}.")


def test_the_original_text_is_the_authors_own(scene: Scene) -> None:
    scene.write("deras")
    scene.world.answer(scene.video, "vårt")
    snippets = [thread["snippet"]["topLevelComment"]["snippet"] for thread in items(scene.threads("", scene.bearer()))]
    assert {snippet["textDisplay"]: snippet.get("textOriginal") for snippet in snippets} == {
        "vårt": "vårt",
        "deras": None,
    }


def test_the_status_is_told_to_the_owner_and_never_by_id(scene: Scene) -> None:
    top = scene.write()
    mine = scene.bearer()
    assert _status(scene.threads("", mine)) == "published"
    assert _status(scene.threads()) is None
    assert _status(scene.get("commentThreads", f"part=snippet&id={top.id}", mine)) is None


def test_an_edit_moves_the_time_of_update_but_not_the_thread(scene: Scene) -> None:
    first, _ = scene.write(), scene.write()
    scene.world.advance(60)
    scene.world.edit(first, "Rättat")
    snippet = items(scene.threads())[1]["snippet"]["topLevelComment"]["snippet"]
    assert snippet["textDisplay"] == "Rättat"
    assert snippet["publishedAt"] < snippet["updatedAt"]


def test_comments_on_a_community_post_name_no_video(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Glad midsommar")
    post.community = True
    scene.write(on=post)
    (thread,) = items(scene.threads())
    assert "videoId" not in thread["snippet"]
    assert len(items(scene.get("search", f"part=id&channelId={scene.account.id}"))) == 1


def test_deleted_and_rejected_threads_are_gone_from_every_list(scene: Scene) -> None:
    deleted, rejected = scene.write(), scene.write(held=True)
    reply = scene.write(on=rejected)
    scene.world.delete(deleted)
    scene.world.reject(rejected)
    ids = f"{deleted.id},{rejected.id},{reply.id}"
    assert items(scene.threads()) == items(scene.get("commentThreads", f"part=id&id={ids}")) == []
    assert items(scene.threads("&moderationStatus=heldForReview", scene.bearer())) == []
    assert items(scene.get("comments", f"part=id&id={ids}")) == []
    assert refusal(scene.get("comments", f"part=id&parentId={rejected.id}")) == (404, "commentNotFound")


# -- parameters and paging


def test_parts_come_repeated_or_with_commas(scene: Scene) -> None:
    scene.write(on=scene.write())
    about = f"&allThreadsRelatedToChannelId={scene.account.id}"
    commas = scene.get("commentThreads", "part=snippet,replies" + about)
    repeated = scene.get("commentThreads", "part=snippet&part=replies" + about)
    assert items(commas) == items(repeated)
    assert items(scene.get("commentThreads", "part=id" + about))[0].keys() == {"kind", "etag", "id"}


@pytest.mark.parametrize(
    ("query", "status", "reason"),
    [
        ("", 400, "missingRequiredParameter"),
        ("&videoId=x&id=y", 400, "incompatibleParameters"),
        ("&channelId=UC1", 400, "processingFailure"),
        ("&videoId=nothing", 404, "videoNotFound"),
        ("&allThreadsRelatedToChannelId=UCnothing", 404, "channelNotFound"),
        ("&id=x&pageToken=garbage!", 400, "invalidPageToken"),
        ("&id=x&part=colour", 400, "unknownPart"),
    ],
)
def test_a_wrong_question_is_refused_with_its_reason(scene: Scene, query: str, status: int, reason: str) -> None:
    assert refusal(scene.get("commentThreads", "part=snippet" + query)) == (status, reason)


def test_comments_can_be_disabled_below_one_video(scene: Scene) -> None:
    scene.video.comments_disabled = True
    answer = scene.get("commentThreads", f"part=snippet&videoId={scene.video.id}")
    assert refusal(answer) == (403, "commentsDisabled")


def test_pages_hold_together_while_people_write_and_delete(scene: Scene) -> None:
    written = [scene.write() for _ in range(30)]
    page = json.loads(scene.threads("&maxResults=10").body)
    scene.write()
    scene.world.delete(written[-10])
    rest = []
    while token := page.get("nextPageToken"):
        page = json.loads(scene.threads(f"&maxResults=10&pageToken={token}").body)
        rest += [thread["id"] for thread in page["items"]]
    assert rest == [one.id for one in written[-11::-1]]


def test_replies_come_newest_first_in_pages(scene: Scene) -> None:
    top = scene.write()
    replies = [scene.write(on=top) for _ in range(7)]
    page = json.loads(scene.get("comments", f"part=id&parentId={top.id}&maxResults=4").body)
    more = scene.get("comments", f"part=id&parentId={top.id}&maxResults=4&pageToken={page['nextPageToken']}")
    assert [one["id"] for one in page["items"] + items(more)] == [one.id for one in reversed(replies)]


def test_uploads_are_a_playlist_of_the_channel(scene: Scene) -> None:
    second = scene.world.publish(scene.account, "Film 2")
    (channel,) = items(scene.get("channels", f"part=contentDetails&id={scene.account.id}"))
    uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    found = items(scene.get("playlistItems", f"part=contentDetails&playlistId={uploads}"))
    assert {item["contentDetails"]["videoId"] for item in found} == {scene.video.id, second.id}


def test_a_video_counts_its_public_comments_and_replies(scene: Scene) -> None:
    scene.write(on=scene.write())
    scene.write(held=True)
    (video,) = items(scene.get("videos", f"part=statistics&id={scene.video.id}"))
    assert video["statistics"]["commentCount"] == "2"


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


def _text(answer: Answer) -> str:
    return str(items(answer)[0]["snippet"]["topLevelComment"]["snippet"]["textDisplay"])


def _status(answer: Answer) -> str | None:
    status: str | None = items(answer)[0]["snippet"]["topLevelComment"]["snippet"].get("moderationStatus")
    return status
