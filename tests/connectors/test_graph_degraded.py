"""Fields that Graph refuses are left out one by one; a permission that the token lacks is told instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.emulator.server import Emulator
from connectors.errors import PermissionLost, UnexpectedAnswer
from connectors.facebook.answers import OPTIONAL as ON_FACEBOOK
from connectors.graph.questions import Questions
from connectors.instagram.answers import OPTIONAL as ON_INSTAGRAM
from tests.connectors.graph_stages import SCOPES, another, cost, facebook, graph_of, instagram
from tests.connectors.stage import Stage, texts

KINDS = {"post": "PagePost", "comment": "Comment", "media": "IGMedia"}
CASES = [(facebook, name) for name in ON_FACEBOOK] + [(instagram, name) for name in ON_INSTAGRAM]


def refuse(stage: Stage, code: int, *names: str) -> None:
    """Names as in `degraded`."""
    fields = {}
    for name in names:
        kind, field = name.split(".")
        known = {**KINDS, "comment": "IGComment"} if stage.platform == "instagram" else KINDS
        fields[f"{known[kind]}.{field}"] = code
    graph_of(stage).habits.refused_fields = fields


@pytest.mark.parametrize("code", [100, 10, 200])
@pytest.mark.parametrize(("set_stage", "name"), CASES)
def test_each_optional_field_can_be_missing_alone(emulator: Emulator, set_stage: object, name: str, code: int) -> None:
    stage: Stage = set_stage(emulator)  # type: ignore[operator]
    stage.comment(stage.world.comments_of(stage.post(comments=60))[0], "Svar")
    refuse(stage, code, name)
    reading = stage.read()
    assert (reading.error, reading.degraded) == (None, (name,))
    assert texts(reading) == stage.shown()
    mark = stage.emulator.ledger.mark()
    again = stage.read()
    assert (again.error, again.degraded, cost(stage, mark)) == (None, (name,), 1)


@pytest.mark.parametrize("set_stage", [facebook, instagram])
def test_without_authors_there_are_still_comments(emulator: Emulator, set_stage: object) -> None:
    stage: Stage = set_stage(emulator)  # type: ignore[operator]
    stage.post(comments=2)
    names = [name for name in ("comment.from", "comment.username") if name in (*ON_FACEBOOK, *ON_INSTAGRAM)]
    refuse(stage, 10, *(name for name in names if stage.platform == "instagram" or name in ON_FACEBOOK))
    reading = stage.read()
    assert (reading.error, len(reading.comments)) == (None, 2)
    assert {comment.author for comment in reading.comments} == {None}
    assert "comment.from" in reading.degraded


def test_several_refused_fields_are_found_and_no_other_is_lost(emulator: Emulator) -> None:
    stage = facebook(emulator)
    stage.post(comments=60)
    refuse(stage, 100, "post.story", "comment.is_hidden", "comment.from")
    reading = stage.read()
    assert set(reading.degraded) == {"post.story", "comment.is_hidden", "comment.from"}
    assert reading.requests <= 2 + 2 * len(ON_FACEBOOK) + 2


@pytest.mark.parametrize("name", ["post.created_time", "comment.message", "comment.parent", "comment.created_time"])
def test_without_an_essential_field_there_is_the_original_error_after_a_bounded_number_of_calls(
    emulator: Emulator, name: str
) -> None:
    stage = facebook(emulator)
    stage.post(comments=3)
    refuse(stage, 100, name)
    reading = stage.read()
    assert isinstance(reading.error, UnexpectedAnswer)
    assert (reading.error.code, reading.degraded) == ("100", ())
    assert reading.requests <= 3 + len(ON_FACEBOOK)


@pytest.mark.parametrize("code", [10, 100, 200])
def test_a_refused_field_is_the_tokens_fault_where_it_lacks_the_scope(emulator: Emulator, code: int) -> None:
    stage = facebook(emulator)
    stage.post(comments=3)
    refuse(stage, code, "comment.from")
    stage.credential = another(stage, "page", *SCOPES[:2])
    reading = stage.read()
    assert isinstance(reading.error, PermissionLost)
    assert "pages_read_user_content" in reading.error.detail
    assert (reading.error.code, reading.degraded, reading.requests) == (str(code), (), 3)


def test_instagram_tells_a_missing_scope_from_a_refused_field(emulator: Emulator) -> None:
    stage = instagram(emulator)
    stage.post(comments=3)
    stage.credential = another(stage, "page", "instagram_basic")
    reading = stage.read()
    assert isinstance(reading.error, PermissionLost)
    assert "instagram_manage_comments" in reading.error.detail
    assert (reading.error.code, reading.requests) == ("10", 2)


def test_an_edge_that_is_refused_though_the_scopes_are_there_is_told_as_graph_told_it(emulator: Emulator) -> None:
    stage = facebook(emulator)
    stage.post(comments=3)
    graph_of(stage).habits.refused_fields = {"Page.visitor_posts": 10}
    reading = stage.read()
    assert isinstance(reading.error, PermissionLost)
    assert (reading.error.code, reading.degraded) == ("10", ())
    assert reading.requests <= 3 + len(ON_FACEBOOK)


def test_a_full_reading_tries_all_fields_again_and_pays_little_where_they_are_still_refused(
    emulator: Emulator,
) -> None:
    stage = facebook(emulator)
    stage.post(comments=3)
    refuse(stage, 100, "comment.from", "post.story")
    stage.read()
    mark = stage.emulator.ledger.mark()
    assert len(stage.read(full=True).degraded) == 2
    assert cost(stage, mark) == 5  # refused, judged, asked as before, and each of the two tried again
    graph_of(stage).habits.refused_fields = {}
    assert stage.read(full=True).degraded == ()


# -- whatever is refused


@given(refused=st.sets(st.sampled_from("abcdef")), before=st.sets(st.sampled_from("abcdef")), afresh=st.booleans())
def test_exactly_what_is_refused_is_left_out(refused: set[str], before: set[str], afresh: bool) -> None:
    """What was left out before and is not tried afresh stays out."""
    picky = Picky(refused)
    optional = [f"x.{name}" for name in "abcdef"]
    questions = Questions(picky, optional, [f"x.{name}" for name in sorted(before)], lambda _: None, afresh=afresh)
    given = questions.ask("x", lambda fields: {"fields": fields.of("x", ("id", *"abcdef"))})
    left_out = {name.removeprefix("x.") for name in questions.fields.left_out}
    assert given == {"fields": sorted({"id", *"abcdef"} - left_out)}
    assert left_out == refused | (set() if afresh else before)
    assert len(picky.asked) <= 2 * len(optional) + 2


class Picky:
    """A Graph that refuses some fields."""

    def __init__(self, refused: set[str]) -> None:
        self.refused = refused
        self.asked: list[set[str]] = []

    def get(self, _path: str, **arguments: str) -> dict[str, list[str]]:
        fields = set(arguments["fields"].split(","))
        self.asked.append(fields)
        if fields & self.refused:
            raise UnexpectedAnswer("no", code="100")
        return {"fields": sorted(fields)}
