"""Answers in which something is not what it should be: an error, or read without it, but never a crash."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import ReadPlan
from connectors.emulator.graph import Graph
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World
from tests.connectors.graph_stages import facebook, instagram
from tests.connectors.stage import Stage

JUNK = st.sampled_from([None, 0, -1, True, "", "x", [], [3], {}, {"data": 3}, {"data": [None]}, {"id": []}])


class Nonsense(Graph):
    """Graph, but one part of each answer is something else."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.place, self.junk = 0, None

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        value = json.loads(answer.body)
        found = list(parts(value))
        holder, key = found[self.place % len(found)]
        holder[key] = self.junk
        return Answer.json(value, answer.status)


def parts(value: Any) -> Any:
    """Every place inside: what holds it, and under which name."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from parts(value[key])


@pytest.mark.parametrize("set_stage", [facebook, instagram])
@given(place=st.integers(0, 400), junk=JUNK)
@settings(max_examples=100)
def test_nothing_that_graph_says_makes_a_reading_crash(
    monkeypatch: pytest.MonkeyPatch, set_stage: Callable[[Emulator], Stage], place: int, junk: Any
) -> None:
    with Emulator() as emulator:
        for name, value in emulator.settings().items():
            monkeypatch.setenv(name, value)
        stage = set_stage(emulator)
        post = stage.post(comments=3)
        stage.comment(stage.world.comments_of(post)[0], "Svar")
        nonsense = Nonsense(emulator.world)
        nonsense.place, nonsense.junk = place, junk
        emulator.sites.insert(0, nonsense)
        state = {"limits": [2, 2]}
        for full in (False, True):
            reading = stage.connector().read(ReadPlan(now=stage.world.now, full=full, state=state))
            assert all(isinstance(part, str) for one in reading.comments for part in (one.external_id, one.text))
            assert all(isinstance(part, str) for one in reading.posts for part in (one.external_id, one.text))
            state = json.loads(json.dumps(reading.state))
        stage.connector().check()


@pytest.mark.parametrize("set_stage", [facebook, instagram])
def test_a_state_that_is_not_ours_is_no_worse_than_none(
    emulator: Emulator, set_stage: Callable[[Emulator], Stage]
) -> None:
    stage = set_stage(emulator)
    stage.post(comments=30)
    stage.state = {"limits": "many", "posts": [1], "history": "long", "token": 3}
    assert len(stage.read().comments) == 30
