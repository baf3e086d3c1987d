"""A comment that its author deletes, on each emulated platform: gone at once, deleted only on the platform's word."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.emulator.server import Emulator
from monitor.watch.models import Comment, PollRun
from tests.truth.history import History
from tests.truth.test_any_history import STAGES, start, template

__all__ = ["template"]
QUARTER = 15 * 60
NO_DIRECT_LOOK = {"instagram_public"}
"""Nobody can be asked there for one comment: it stays unavailable."""


@pytest.fixture(params=STAGES)
def history(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[History]:
    with Emulator() as emulator:
        history = start(request.param, emulator, template, tmp_path, monkeypatch)
        yield history
        history.db.close()


def stored(history: History, id_: str) -> Comment:
    with history.db.snapshot() as session:
        return session.scalars(select(Comment).where(Comment.external_id == id_)).one()


def test_it_is_unavailable_until_the_platform_itself_says_that_it_is_not_there(history: History) -> None:
    history.publish(0, 0)
    post = history.posts[0]
    comment = history.world.comment(post, history.people[0], "Vad händer med vattnet?")
    history.world.comment(post, history.people[1], "Det undrar jag också")
    history.read()
    history.world.delete(comment)
    for _reading in range(6):
        history.world.advance(QUARTER)
        history.read(full=True)
        if stored(history, comment.id).deleted_at is None:
            assert history.states().get(comment.id) == "unavailable"
    gone = stored(history, comment.id)
    assert gone.missing_since is not None
    assert gone.looked_up_at is not None
    if history.stage.platform in NO_DIRECT_LOOK:
        assert (gone.deleted_at, history.states()[comment.id]) == (None, "unavailable")
        return
    assert gone.deleted_at is not None, "it was never confirmed"
    with history.db.snapshot() as session:
        finished = session.scalars(select(PollRun.finished_at).where(PollRun.outcome == "complete")).all()
    between = [moment for moment in finished if moment and gone.missing_since <= moment < gone.deleted_at]
    assert len(between) >= 2
    assert history.denied == {comment.id}
    assert history.deleted_too_early() == set()
