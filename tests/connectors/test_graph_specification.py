"""The emulator and the connectors against Meta's own field types (v26.0), as its package facebook_business has them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.contentpublishinglimitresponse import ContentPublishingLimitResponse
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User

from connectors.emulator.graph import KINDS
from connectors.emulator.graph.fields import Asked, parse
from connectors.emulator.graph.habits import Habits
from connectors.emulator.graph.nodes import Node, Renderer
from connectors.emulator.graph.tokens import Viewer
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token, World
from tests.connectors.graph_stages import INSTAGRAM_SCOPES as ON_INSTAGRAM
from tests.connectors.graph_stages import SCOPES as ON_FACEBOOK
from tests.connectors.graph_stages import facebook, instagram
from tests.connectors.stage import Stage

SPECIFIED = {kind.__name__: kind for kind in (Comment, IGComment, IGMedia, IGUser, Page, PagePost, User)}
SPECIFIED["ContentPublishingLimitResponse"] = ContentPublishingLimitResponse
BELOW = {"from": {"id", "name", "username"}}
"""What `from` holds is told by the recordings only: its type is Object, and on Instagram IGCommentFromUser."""
RECORDED = {
    "StoryAttachment": {"description", "media", "media_type", "target", "title", "type", "unshimmed_url", "url"},
    "IGContainer": {"id", "status", "status_code"},
}
"""Told by the recordings only: the package has no such type."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000")


def edges_of(kind: str) -> set[str]:
    return {name.removeprefix("get_") for name in dir(SPECIFIED[kind]) if name.startswith("get_")}


def is_of_type(value: Any, type_: str) -> bool:
    if type_ == "datetime":
        return isinstance(value, str) and TIME.fullmatch(value) is not None
    if type_.startswith("list"):
        return isinstance(value, list)
    plain = {"string": str, "bool": bool, "int": int, "unsigned int": int}
    return isinstance(value, plain.get(type_, dict)) and (type_ == "bool" or not isinstance(value, bool))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - RECORDED.keys()))
def test_every_field_and_edge_of_the_emulator_is_specified(kind: str) -> None:
    assert KINDS[kind].fields.keys() <= SPECIFIED[kind]._field_types.keys()
    assert set(KINDS[kind].edges) <= edges_of(kind)
    assert {edge.kind for edge in KINDS[kind].edges.values()} <= SPECIFIED.keys() | RECORDED.keys()


def things(world: World) -> Iterator[Node]:
    """One of each kind, with everything that it may have."""
    page = world.account("facebook", "1", "kommunen", "Kommunen")
    account = world.account("instagram", "2", "kommunen", "Kommunen", pk="3", page_id="1")
    anna = world.person("facebook", "Anna")
    for name, where, post, comment in (
        ("Page", page, "PagePost", "Comment"),
        ("IGUser", account, "IGMedia", "IGComment"),
    ):
        made = world.publish(where, "Hej")
        top = world.comment(made, where.person, "Hej Anna", tags=(anna,))
        reply = world.comment(top, where.person, "Hej Anna", tags=(anna,))
        yield from (Node(name, where), Node(post, made), Node(comment, reply))
    yield from (Node("User", anna), Node("ContentPublishingLimitResponse", account))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - RECORDED.keys()))
def test_every_value_of_the_emulator_is_of_the_specified_type(kind: str) -> None:
    world = World()
    node = next(node for node in things(world) if node.kind == kind)
    viewer = Viewer(world, Token("x", "page", None, (*ON_FACEBOOK, *ON_INSTAGRAM)), Habits(), "v26.0", "")
    shown = Renderer(KINDS, viewer).node(node, [Asked(name) for name in KINDS[kind].fields])
    types = SPECIFIED[kind]._field_types
    assert [(name, value, types[name]) for name, value in shown.items() if not is_of_type(value, types[name])] == []


@pytest.mark.parametrize("name", ["filter", "order", "live_filter"])
def test_the_words_that_the_connector_orders_comments_with_are_specified(emulator: Emulator, name: str) -> None:
    stage = facebook(emulator)
    stage.post(comments=130)
    stage.read()
    enums = {"filter": Comment.Filter, "order": Comment.Order, "live_filter": Comment.LiveFilter}
    asked = {entry.parameters[name] for entry in emulator.ledger.entries if name in entry.parameters}
    asked |= {word for fields in fields_asked(stage) for word in re.findall(rf"\.{name}\((\w+)\)", fields)}
    assert asked
    assert asked <= set(vars(enums[name]).values())


@pytest.mark.parametrize(("set_stage", "kind"), [(facebook, "Page"), (instagram, "IGUser")])
def test_every_field_that_a_connector_asks_for_is_specified(emulator: Emulator, set_stage: Any, kind: str) -> None:
    stage: Stage = set_stage(emulator)
    stage.post(comments=130)
    stage.read()
    stage.connector().check()
    below = {"Page": "Comment", "IGUser": "IGComment"}[kind]
    whole = [
        (kind if entry.path.endswith(stage.account.id) else below, entry.parameters["fields"])
        for entry in emulator.ledger.entries
        if "fields" in entry.parameters
    ]
    assert {first for first, _ in whole} == {kind, below}
    assert [word for first, fields in whole for word in unspecified(first, parse(fields))] == []


def fields_asked(stage: Stage) -> list[str]:
    return [entry.parameters["fields"] for entry in stage.emulator.ledger.entries if "fields" in entry.parameters]


def unspecified(kind: str, asked: tuple[Asked, ...]) -> Iterator[str]:
    """Names that are neither fields nor edges of this kind, at any depth."""
    for each in asked:
        if each.name in KINDS[kind].edges and each.name in edges_of(kind):
            yield from unspecified(KINDS[kind].edges[each.name].kind, each.inner or ())
        elif each.name not in (SPECIFIED[kind]._field_types if kind in SPECIFIED else RECORDED[kind]):
            yield f"{kind}.{each.name}"
        elif each.name in BELOW:
            yield from (
                f"{kind}.{each.name}.{one.name}" for one in each.inner or () if one.name not in BELOW[each.name]
            )
        else:
            yield from unspecified(SPECIFIED[kind]._field_types[each.name], each.inner) if each.inner else ()


def test_this_test_finds_a_field_that_does_not_exist() -> None:
    assert list(unspecified("Page", parse("id,published_posts{comments{parent{colour},from{id,age}}}"))) == [
        "Comment.colour",
        "Comment.from.age",
    ]
