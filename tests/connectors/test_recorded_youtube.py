"""Answers that the real YouTube gave once go through our parsers. They lie in the folder that FIXTURES_DIR names."""

import json
import os
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from connectors.base import ReadComment
from connectors.errors import AuthExpired, PermissionLost, UnexpectedAnswer
from connectors.youtube.answers import Resource, comment, thread, video
from connectors.youtube.errors import from_answer
from tests.connectors.youtube_town import NOW

FIXTURES = os.environ.get("FIXTURES_DIR")
RECORDED = Path(FIXTURES or "", "python-youtube", "testdata")

pytestmark = pytest.mark.skipif(not FIXTURES, reason="FIXTURES_DIR is not set: no recorded answers to read")


def resources(kind: str) -> Iterator[Resource]:
    """Every recorded resource of a kind, alone or in a list."""
    for path in sorted(RECORDED.rglob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        for item in answer.get("items", [answer]) if isinstance(answer, dict) else []:
            if isinstance(item, dict) and item.get("kind") == f"youtube#{kind}" and "snippet" in item:
                yield item


def agrees(read: ReadComment, item: dict[str, Any]) -> bool:
    snippet = item["snippet"]
    posted = f"{read.posted_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    found = (read.external_id, read.text, posted)
    return found == (item["id"], snippet["textDisplay"], snippet["publishedAt"][:19])


def test_every_recorded_thread_is_understood() -> None:
    items = list(resources("commentThread"))
    assert len(items) >= 15
    for item in items:
        read, snippet = thread(item, held=False), item["snippet"]
        assert agrees(read.top, snippet["topLevelComment"])
        assert read.top.post_external_id in (snippet.get("videoId"), snippet.get("channelId"))
        assert (read.count, read.top.thread_external_id) == (snippet["totalReplyCount"], item["id"])
        assert read.whole == (len(item.get("replies", {}).get("comments", [])) == read.count)


def test_every_recorded_comment_is_understood() -> None:
    items = list(resources("comment"))
    assert len(items) >= 7
    for item in items:
        read = comment(item, post="video", thread=item["id"].partition(".")[0], held=False)
        assert agrees(read, item)
        assert read.parent_external_id in (None, read.thread_external_id)
        assert read.author is not None
        assert read.author.external_id == item["snippet"]["authorChannelId"]["value"]


def test_every_recorded_video_is_understood() -> None:
    items = [item for item in resources("video") if item["id"]]
    assert len(items) >= 5
    for item in items:
        assert video(item).text.startswith(item["snippet"]["title"])
        assert video(item).text.endswith(item["snippet"]["description"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("error_response.json", AuthExpired),
        ("error_response_simple.json", UnexpectedAnswer),
        ("apidata/error_permission_resp.json", PermissionLost),
    ],
)
def test_every_recorded_error_is_understood(name: str, kind: type[Exception]) -> None:
    body = (RECORDED / name).read_bytes()
    error = json.loads(body)["error"]
    status = error["code"] if isinstance(error, dict) else 400
    assert type(from_answer(status, body, NOW)) is kind
