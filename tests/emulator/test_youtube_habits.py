"""The habits of the YouTube Data API that a client stumbles over, in the emulator."""

import json

import pytest

from connectors.emulator.wire import Answer
from tests.emulator.youtube_scene import Scene, items, refusal


@pytest.fixture
def scene() -> Scene:
    return Scene()


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


def _text(answer: Answer) -> str:
    return str(items(answer)[0]["snippet"]["topLevelComment"]["snippet"]["textDisplay"])


def _status(answer: Answer) -> str | None:
    status: str | None = items(answer)[0]["snippet"]["topLevelComment"]["snippet"].get("moderationStatus")
    return status
