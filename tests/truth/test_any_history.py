"""After any history, once faults stop and one round has run, the database holds the truth, and so does `unanswered`.

The round is the first of a working day, which looks into all posts of the last months (no post here is older), or the
weekly one, which walks everything. HISTORIES are played in all, over four connectors.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from connectors.emulator.server import Emulator
from tests.connectors import test_youtube
from tests.connectors.stage import Stage
from tests.connectors.test_facebook import facebook
from tests.connectors.test_instagram import instagram
from tests.connectors.test_instagram_public import public_account, start_new_process
from tests.truth.history import DAY, WEEK, History, begin, migrated, secret_variable

HISTORIES = int(os.environ.get("HISTORIES", "160"))
STAGES: dict[str, Callable[[Emulator], Stage]] = {
    "facebook": facebook,
    "instagram": instagram,
    "instagram_public": public_account,
    "youtube": test_youtube.TestYouTube().set_stage,
}
OFTEN = ("ask", "reply", "answer", "read")
SELDOM = ("publish", "visit", "ask_a_lot", "reply_a_lot", "edit", "delete", "delete_post", "hide", "hold")
FAULTS = ("trouble", "calm")

verbs = st.sampled_from(OFTEN * 3 + SELDOM + FAULTS)
steps = st.lists(st.tuples(verbs, st.integers(0, 255), st.integers(0, 255)), min_size=4, max_size=40)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("template") / "empty.sqlite3")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("platform", STAGES)
@settings(max_examples=HISTORIES // len(STAGES))
@given(steps=steps, days=st.sampled_from([DAY, WEEK]))
def test_the_database_holds_what_the_platform_shows_and_knows_who_waits(
    platform: str, template: Path, steps: list[tuple[str, int, int]], days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as environment, _in_memory() as folder, Emulator() as emulator:
        history = start(platform, emulator, template, Path(folder), environment)
        history.publish(0, 0)
        for step in steps:
            history.play(*step)
        history.next_round(days)
        compare(history)
        history.db.close()


def _in_memory() -> tempfile.TemporaryDirectory[str]:
    """Where files cost no disk, if there is such a place: what is tested here is not the disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


def start(platform: str, emulator: Emulator, template: Path, folder: Path, environment: pytest.MonkeyPatch) -> History:
    for name, value in emulator.settings().items():
        environment.setenv(name, value)
    environment.setenv("KANALVAKT_INSTAGRAM_PUBLIC", "true")
    start_new_process()
    history = begin(STAGES[platform], emulator, template, folder)
    for name in history.stage.credential.names:
        environment.setenv(secret_variable(name), history.stage.credential.get(name) or "")
    return history


def compare(history: History) -> None:
    for outcome in set(history.outcomes[:-1]):
        event(f"a reading on the way was {outcome}")
    assert history.outcomes[-1] == "complete"
    assert history.stored() == history.truly_shown()
    assert history.versions <= history.kept_versions()
    assert history.deleted_too_early() == set()
    assert history.waiting() == history.truly_waiting()
    states, true = history.states(), history.true_states()
    assert {id_: state for id_, state in states.items() if id_ in true} == {
        id_: state for id_, state in true.items() if id_ in states
    }
    assert [entry.error for entry in history.emulator.ledger.errors()] == []
