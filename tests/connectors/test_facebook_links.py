"""Where a Facebook post leads: the address of a shared link stands beside the text, behind Facebook's own gate."""

from urllib.parse import urlsplit

import pytest

from connectors.emulator.server import Emulator
from connectors.facebook.answers import read_post
from connectors.graph.client import Json
from tests.connectors.graph_stages import cost, facebook, graph_of
from tests.connectors.stage import Stage
from tests.connectors.test_recorded_graph_answers import Recorded

PAGE = "https://www.tibro.se/åpark?a=1&b=två"


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return facebook(emulator)


def attached(*addresses: dict[str, str]) -> Json:
    return {"id": "1_2", "created_time": "2026-11-16T07:00:00+0000", "attachments": {"data": list(addresses)}}


def test_a_shared_link_comes_with_its_post_in_the_same_call(stage: Stage) -> None:
    stage.world.publish(stage.account, "Läs mer", link=PAGE)
    stage.world.publish(stage.account, "Ingen länk")
    stage.read()
    mark = stage.emulator.ledger.mark()
    assert {post.text: post.links for post in stage.read().posts} == {"Läs mer": (PAGE,), "Ingen länk": ()}
    assert cost(stage, mark) == 1


def test_behind_facebooks_gate_is_the_true_address() -> None:
    gate = "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.tibro.se%2Fbad%3Fa%3D1&h=AT3"
    assert read_post(attached({"url": gate})).links == ("https://www.tibro.se/bad?a=1",)
    assert read_post(attached({"url": gate, "unshimmed_url": PAGE})).links == (PAGE,)


def test_what_is_attached_from_facebook_itself_leads_nowhere_else() -> None:
    film = "https://www.facebook.com/kommunen/videos/1192957457884299/"
    assert read_post(attached({"url": film, "unshimmed_url": film})).links == ()
    assert read_post(attached({"title": "bara en bild"})).links == ()
    assert read_post(attached({"url": "https://facebook.com.evil.example/x"})).links != ()


def test_an_attachment_that_is_no_text_is_not_understood() -> None:
    with pytest.raises((TypeError, AttributeError)):
        read_post(attached({"url": 7}))  # type: ignore[dict-item]


def test_the_recorded_answers_of_facebook_lead_where_they_lead(recorded: Recorded) -> None:
    posts = recorded("python-facebook/testdata/facebook/apidata/posts/multi_posts_data.json")
    found = {urlsplit(link).hostname for post in posts.values() for link in read_post(post).links}
    assert found == {"engineering.fb.com"}


def test_where_facebook_refuses_the_links_everything_else_is_read(stage: Stage) -> None:
    stage.world.publish(stage.account, "Läs mer", link=PAGE)
    graph_of(stage).habits.refused_fields = {"StoryAttachment.unshimmed_url": 100}
    reading = stage.read()
    assert (reading.error, reading.degraded, reading.posts[0].links) == (None, ("post.attachments",), ())
