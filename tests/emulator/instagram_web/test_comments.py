"""Comments on both ways that unmodified instaloader goes."""

import pytest
from instaloader import Instaloader

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web.queries import ANSWERS_QUERY
from connectors.emulator.server import Emulator
from tests.emulator.instagram_web.asking import everything, pages_of_comments, profile
from tests.emulator.instagram_web.town import Town


def test_few_comments_come_by_graphql_with_all_their_answers(
    member: Instaloader, emulator: Emulator, town: Town
) -> None:
    post = town.post()
    town.comment(post, "Hej!", answers=3)
    town.comment(post, "Hallå?", answers=2)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {"Hej!", "Hallå?", "Svar 0", "Svar 1", "Svar 2"}
    assert not [entry for entry in emulator.ledger.entries if "media" in entry.path]


def test_answers_that_do_not_fit_inline_are_asked_for(member: Instaloader, emulator: Emulator, town: Town) -> None:
    town.comment(town.post(), "Hej!", answers=9)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {"Hej!", *(f"Svar {number}" for number in range(9))}
    assert emulator.ledger.entries[-1].parameters["query_hash"] == ANSWERS_QUERY


def test_many_comments_come_as_the_app_asks_for_them(member: Instaloader, emulator: Emulator, town: Town) -> None:
    town.post(comments=40)
    found = everything(next(iter(profile(member).get_posts())))
    assert found == {f"Fråga {number}" for number in range(40)}
    assert sum(entry.path.endswith("/comments/") for entry in emulator.ledger.entries) == 3


def test_the_app_loses_answers_beyond_ten(member: Instaloader, town: Town) -> None:
    """Why our connector does not go that way."""
    town.comment(town.post(), "Hej!", answers=15)
    assert len(everything(next(iter(profile(member).get_posts())))) == 1 + 10


def test_what_only_the_organisation_sees_is_neither_shown_nor_counted(member: Instaloader, town: Town) -> None:
    post = town.post()
    hidden, restricted, deleted, _shown = (town.comment(post, text, answers=1) for text in "abcd")
    town.world.hide(hidden)
    town.world.restrict(restricted)
    town.world.delete(deleted)
    found = next(iter(profile(member).get_posts()))
    assert (found.comments, everything(found)) == (2, {"d", "Svar 0"})


@pytest.mark.parametrize("order", ["newest", "oldest", "ranked"])
def test_every_comment_comes_once_whatever_the_order(site: InstagramWeb, town: Town, order: str) -> None:
    post = town.post(comments=30)
    site.contents.order = order  # type: ignore[assignment]  # the parameters above
    pages = list(pages_of_comments(site, post.code))
    assert [len(page) for page in pages] == [12, 12, 6]
    texts = [node["text"] for page in pages for node in page]
    assert sorted(texts) == sorted(f"Fråga {number}" for number in range(30))
    assert (texts == sorted(texts, key=lambda text: int(text[6:]))) == (order == "oldest")


def test_a_page_goes_on_after_a_comment_that_has_gone(site: InstagramWeb, town: Town) -> None:
    post = town.post(comments=20)
    pages = pages_of_comments(site, post.code)
    last = next(pages)[-1]
    town.world.delete(town.world.comments[last["id"]])
    assert [node["text"] for node in next(pages)] == [f"Fråga {number}" for number in reversed(range(8))]


def test_a_withheld_author_is_missing(site: InstagramWeb, town: Town) -> None:
    post = town.post()
    town.world.comment(post, town.kim, "Anonymt", anonymous=True)
    [page] = pages_of_comments(site, post.code)
    assert page[0]["owner"] is None
