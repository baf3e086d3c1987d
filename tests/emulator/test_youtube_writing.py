"""Writing through the emulated YouTube Data API: what it refuses, and what it costs."""

import json

import pytest

from connectors.emulator.wire import Answer, Request
from tests.emulator.youtube_scene import KEY, Scene, refusal

READONLY = "https://www.googleapis.com/auth/youtube.readonly"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def send(
    scene: Scene, target: str, headers: dict[str, str] | None = None, body: object = None, method: str = "POST"
) -> Answer:
    head = {"host": "youtube.googleapis.com", "content-type": "application/json", **(headers or scene.bearer())}
    return scene.site.answer(Request.parse(method, f"/youtube/v3/{target}", head, json.dumps(body).encode()))


def insert(scene: Scene, parent: str, text: str, headers: dict[str, str] | None = None) -> Answer:
    snippet = {"snippet": {"parentId": parent, "textOriginal": text}}
    return send(scene, "comments?part=snippet", headers, snippet)


def test_a_reply_comes_back_whole_and_costs_fifty_units_of_the_project(scene: Scene) -> None:
    top = scene.write("När öppnar det?")
    answer = insert(scene, top.id, "På måndag.")
    made = json.loads(answer.body)
    assert (answer.status, answer.cost, made["kind"]) == (200, 50, "youtube#comment")
    assert made["snippet"]["parentId"] == top.id
    assert scene.site.quota.used["client", "units"] == 50
    assert [effect.made for effect in scene.world.effects] == [made["id"]]


def test_refusals_cost_as_much_and_do_nothing(scene: Scene) -> None:
    top = scene.write()
    nested = scene.write("Ja?", on=top)
    held = scene.write("Hm", held=True)
    refused = {
        "commentTextRequired": insert(scene, top.id, " "),
        "commentTextTooLong": insert(scene, top.id, "x" * 10_001),
        "parentCommentNotFound": insert(scene, "UgNobody", "Hej"),
        "operationNotSupported": insert(scene, nested.id, "Hej"),
        "parentCommentIsPrivate": insert(scene, held.id, "Hej"),
    }
    assert {name: refusal(answer)[1] for name, answer in refused.items()} == {name: name for name in refused}
    assert {answer.cost for answer in refused.values()} == {50}
    assert scene.world.effects == []


def test_writing_takes_oauth_and_the_one_scope(scene: Scene) -> None:
    top = scene.write()
    assert refusal(insert(scene, top.id, "Hej", {"x-goog-api-key": KEY})) == (401, "required")
    weak = scene.bearer(scene.account, READONLY)
    assert refusal(insert(scene, top.id, "Hej", weak)) == (403, "insufficientPermissions")


def test_moderation_answers_204_with_nothing(scene: Scene) -> None:
    one, two = scene.write(held=True), scene.write(held=True)
    for comment, status in ((one, "published"), (two, "rejected")):
        answer = send(scene, f"comments/setModerationStatus?id={comment.id}&moderationStatus={status}")
        assert (answer.status, answer.body, answer.cost) == (204, b"", 50)
    assert (one.held, two.rejected) == (False, True)
    assert [effect.kind for effect in scene.world.effects] == ["release", "reject"]


def test_another_channels_comments_cannot_be_moderated(scene: Scene) -> None:
    one = scene.write(held=True)
    target = f"comments/setModerationStatus?id={one.id}&moderationStatus=published"
    assert refusal(send(scene, target, scene.bearer(scene.other))) == (403, "forbidden")


def test_only_own_comments_can_be_deleted(scene: Scene) -> None:
    top = scene.write()
    ours = scene.world.answer(top, "På måndag.")
    assert refusal(send(scene, f"comments?id={top.id}", method="DELETE")) == (403, "forbidden")
    answer = send(scene, f"comments?id={ours.id}", method="DELETE")
    assert (answer.status, answer.body) == (204, b"")
    assert refusal(send(scene, f"comments?id={ours.id}", method="DELETE")) == (404, "commentNotFound")


def test_without_quota_nothing_is_written(scene: Scene) -> None:
    top = scene.write()
    scene.site.quota.used["client", "units"] = 9_990
    scene.site.quota.charge(scene.world.now, "client", "comments.list")
    scene.site.quota.used["client", "units"] = 9_990
    assert refusal(insert(scene, top.id, "Hej")) == (403, "quotaExceeded")
    assert scene.world.effects == []
