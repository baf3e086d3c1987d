"""What the emulated YouTube does when a test wants it to: habits nobody is told of, small quotas, apps in Testing."""

import json
from datetime import datetime, timedelta

import pytest

from connectors.emulator.youtube.google import OWN_BUCKETS, UNITS_PER_DAY, Refusal
from tests.emulator.youtube_scene import FORCE_SSL, KEY, Scene, items, refusal


@pytest.fixture
def scene() -> Scene:
    return Scene()


def pages(scene: Scene, size: int, most: int = 12) -> list[list[str]]:
    """Ids of threads, page by page."""
    found, token = [], ""
    for _ in range(most):
        page = json.loads(scene.threads(f"&maxResults={size}&pageToken={token}").body)
        found.append([item["id"] for item in page["items"]])
        if not (token := page.get("nextPageToken", "")):
            break
    return found


# -- lists


def test_spam_is_in_a_list_of_its_own_for_the_owner_and_in_no_count(scene: Scene) -> None:
    asked, spam = scene.write(), scene.write("Köp nu")
    reply = scene.write("Köp nu", on=asked)
    scene.site.habits.spam = {spam.id, reply.id}
    assert pages(scene, 5) == [[asked.id]]
    assert items(scene.threads())[0]["snippet"]["totalReplyCount"] == 0
    assert items(scene.get("comments", f"part=id&id={spam.id},{reply.id}")) == []
    assert refusal(scene.threads("&moderationStatus=likelySpam")) == (403, "forbidden")
    (found,) = items(scene.threads("&moderationStatus=likelySpam", scene.bearer()))
    top = found["snippet"]["topLevelComment"]
    assert (top["id"], top["snippet"]["moderationStatus"]) == (spam.id, "likelySpam")
    (video,) = items(scene.get("videos", f"part=statistics&id={scene.video.id}"))
    assert video["statistics"]["commentCount"] == "1"


def test_the_number_of_results_is_the_pages(scene: Scene) -> None:
    for _ in range(30):
        scene.write()
    assert json.loads(scene.threads("&maxResults=10").body)["pageInfo"] == {"totalResults": 10, "resultsPerPage": 10}


def test_a_list_may_end_before_it_is_all_told(scene: Scene) -> None:
    written = [scene.write() for _ in range(30)]
    scene.site.habits.deepest = 25
    assert [id_ for page in pages(scene, 10) for id_ in page] == [one.id for one in written[:4:-1]]


def test_an_empty_page_may_have_another_after_it(scene: Scene) -> None:
    written = [scene.write() for _ in range(5)]
    scene.site.habits.empty_pages = True
    assert pages(scene, 2) == [
        [written[4].id, written[3].id],
        [],
        [written[2].id, written[1].id],
        [],
        [written[0].id],
    ]


def test_pages_may_lead_in_a_circle(scene: Scene) -> None:
    scene.site.habits.circle = True
    first, second = scene.write(), scene.write()
    assert pages(scene, 1, most=5) == [[second.id], [first.id], [second.id], [first.id], [second.id]]


def test_comments_on_community_posts_may_be_left_out(scene: Scene) -> None:
    post = scene.world.publish(scene.account, "Glad midsommar")
    post.community = True
    scene.write(on=post)
    scene.site.habits.community = False
    assert items(scene.threads()) == []


def test_what_stands_below_a_video_with_comments_disabled_is_in_no_list(scene: Scene) -> None:
    scene.write()
    scene.video.comments_disabled = True
    assert items(scene.threads()) == []
    (video,) = items(scene.get("videos", f"part=statistics&id={scene.video.id}"))
    assert "commentCount" not in video["statistics"]


def test_a_comment_let_through_keeps_its_old_date(scene: Scene) -> None:
    held, later = scene.write(held=True), scene.write()
    scene.world.advance(3600)
    scene.world.release(held)
    assert [thread["id"] for thread in items(scene.threads())] == [later.id, held.id]


def test_a_status_is_not_asked_for_by_id(scene: Scene) -> None:
    query = f"part=id&id={scene.write().id}&moderationStatus=published"
    assert refusal(scene.get("commentThreads", query, scene.bearer())) == (400, "incompatibleParameters")


# -- projects and apps


def test_a_project_may_have_a_quota_of_its_own_and_a_refused_call_does_not_use_it(scene: Scene) -> None:
    scene.site.quota.granted[KEY] = 2
    assert [scene.threads().status for _ in range(4)] == [200, 200, 403, 403]
    assert scene.site.quota.used[KEY, "units"] == 2
    scene.site.quota.per_day = 1
    mine = scene.bearer()
    assert [scene.threads("", mine).status for _ in range(2)] == [200, 403]


def test_clients_of_one_project_share_its_quota(scene: Scene) -> None:
    for client in ("1472-abc.apps.example", "1472-def.apps.example"):
        token = scene.site.gate.consent(f"1//{client}", scene.account, (FORCE_SSL,), client)
        given = scene.exchange(grant_type="refresh_token", refresh_token=token.value, client_id=client)
        bearer = {"authorization": f"Bearer {json.loads(given.body)['access_token']}"}
        assert scene.threads("", bearer).status == 200
    assert scene.site.quota.used["1472", "units"] == 2


@pytest.mark.parametrize("method", sorted(OWN_BUCKETS))
def test_searches_and_uploads_leave_the_units_alone(scene: Scene, method: str) -> None:
    for _ in range(OWN_BUCKETS[method]):
        scene.site.quota.charge(scene.world.now, KEY, method)
    with pytest.raises(Refusal):
        scene.site.quota.charge(scene.world.now, KEY, method)
    assert scene.site.quota.used[KEY, "units"] == 0
    assert scene.threads().status == 200


@pytest.mark.parametrize(
    ("begins", "hours"),
    [("2026-03-08T08:00+00:00", 23), ("2026-11-01T07:00+00:00", 25), ("2026-11-16T08:00+00:00", 24)],
)
def test_a_quota_lasts_from_midnight_to_midnight_pacific_time(scene: Scene, begins: str, hours: int) -> None:
    scene.world.clock = datetime.fromisoformat(begins)
    scene.site.quota.used[KEY, "units"] = UNITS_PER_DAY
    scene.site.quota.charge(scene.world.now, KEY, "videos.list")  # a new day: all is forgotten
    scene.site.quota.used[KEY, "units"] = UNITS_PER_DAY
    scene.world.clock += timedelta(hours=hours) - timedelta(seconds=1)
    assert refusal(scene.threads()) == (403, "quotaExceeded")
    scene.world.advance(1)
    assert scene.threads().status == 200


def test_the_token_of_an_app_in_testing_dies_after_a_week(scene: Scene) -> None:
    scene.site.gate.testing = {"client"}
    for value, client in (("1//t", "client"), ("1//p", "in production")):
        scene.site.gate.consent(value, scene.account, (FORCE_SSL,), client)
    scene.world.advance(timedelta(days=7).total_seconds() - 1)
    assert scene.exchange(grant_type="refresh_token", refresh_token="1//t").status == 200
    scene.world.advance(1)
    dead = json.loads(scene.exchange(grant_type="refresh_token", refresh_token="1//t").body)
    assert dead["error"] == "invalid_grant"
    assert scene.exchange(grant_type="refresh_token", refresh_token="1//p").status == 200


def test_the_token_endpoint_tells_what_was_granted(scene: Scene) -> None:
    scene.site.gate.consent("1//t", scene.account, ("a", "b"), "client")
    given = json.loads(scene.exchange(grant_type="refresh_token", refresh_token="1//t").body)
    assert given["scope"] == "a b"


def test_a_project_without_the_api_is_refused_and_charged(scene: Scene) -> None:
    scene.site.gate.without_api = {KEY}
    answer = scene.threads()
    assert refusal(answer) == (403, "accessNotConfigured")
    assert json.loads(answer.body)["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    assert answer.cost == 1
