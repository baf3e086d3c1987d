"""Everything a visitor can see is read, and what has gone is noticed."""

import pytest

from connectors.base import Author, Covered
from connectors.emulator.truth import shown
from connectors.errors import (
    PermissionLost,
)
from connectors.instagram_public.below import mentions
from tests.connectors.instagram_public.account import (
    NAME,
    site,
)
from tests.connectors.stage import Stage, by_id, is_claimed, texts


def test_all_posts_are_read_at_first_however_many(stage: Stage) -> None:
    made = [stage.post(comments=1).pk for _ in range(30)]
    reading = stage.read()
    assert {post.external_id for post in reading.posts} == set(made)
    assert texts(reading) == stage.shown()


def test_more_new_posts_than_fit_on_a_page_are_all_read(stage: Stage) -> None:
    stage.post(comments=1)
    stage.read()
    for _ in range(20):
        stage.post(comments=1)
    stage.read()
    assert len(stage.state["posts"]) == 21


def test_a_late_comment_below_an_old_post_is_found_by_a_full_reading(stage: Stage) -> None:
    old = stage.post(comments=1)
    for _ in range(15):
        stage.post()
    stage.world.advance(8 * 86_400)
    stage.read()
    late = stage.comment(old, "Finns fyndet kvar?")
    assert late.id not in texts(stage.read())
    assert late.id in texts(stage.read(full=True))


@pytest.mark.parametrize("order", ["newest", "oldest", "ranked"])
def test_the_order_of_comments_does_not_matter(stage: Stage, order: str) -> None:
    site(stage.emulator).contents.order = order  # type: ignore[assignment]  # the parameters above
    post = stage.post(comments=120)
    stage.read()
    late = stage.comment(post, "Hallå?")
    assert late.id in texts(stage.read())


def test_what_the_organisation_hid_is_not_there_for_a_visitor(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    hidden = stage.world.comments_of(post)[0]
    stage.world.hide(hidden)
    reading = stage.read()
    assert is_claimed(reading, hidden)
    assert texts(reading) == shown(stage.world, stage.account, from_outside=True)


def test_the_last_comment_that_goes_is_noticed(stage: Stage) -> None:
    only = stage.comment(stage.post(), "Fel sida!")
    stage.read()
    stage.world.delete(only)
    assert is_claimed(stage.read(), only)


def test_a_deleted_reply_below_a_thread_that_fits_is_noticed_beside_a_big_one(stage: Stage) -> None:
    post = stage.post()
    big, small = stage.comment(post, "Lång tråd"), stage.comment(post, "Kort tråd")
    for number in range(9):
        stage.comment(big, f"Svar {number}")
    reply = stage.comment(small, "Fel tråd")
    stage.read()
    stage.world.delete(reply)
    reading = stage.read()
    assert is_claimed(reading, reply)
    assert Covered("post", post.pk) not in reading.covered


def test_a_deleted_post_is_noticed_by_a_full_reading(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.post(comments=1)
    stage.read()
    stage.world.delete(post)
    assert Covered("post", post.pk) in stage.read(full=True).covered
    assert post.pk not in stage.state["posts"]


def test_an_account_that_deleted_everything_is_told_from_a_private_one(stage: Stage) -> None:
    post = stage.post(comments=2)
    stage.read()
    site(stage.emulator).contents.private.add(NAME)
    private = stage.read()
    assert isinstance(private.error, PermissionLost)
    assert private.covered == ()
    site(stage.emulator).contents.private.clear()
    stage.world.delete(post)
    empty = stage.read()
    assert (empty.error, empty.covered) == (None, (Covered("post", post.pk),))


def test_a_thread_that_shrank_and_grew_again_is_read_again(stage: Stage) -> None:
    thread = stage.comment(stage.post(), "Lång tråd")
    for number in range(9):
        stage.comment(thread, f"Svar {number}")
    stage.read()
    for reply in stage.world.replies_to(thread)[1:]:
        stage.world.delete(reply)
    stage.read()
    late = [stage.comment(thread, f"Nytt svar {number}") for number in range(8)]
    assert {reply.id for reply in late} <= texts(stage.read()).keys()


def test_a_list_that_ends_where_more_was_promised_is_not_claimed_and_read_again(stage: Stage) -> None:
    gone, post = stage.post(comments=1), stage.post(comments=3)
    stage.read()
    site(stage.emulator).contents.promises_more = True
    stage.world.delete(gone)
    late = stage.comment(post, "Hallå?")
    readings = [stage.read(full=True), stage.read()]
    assert [(reading.error, late.id in texts(reading)) for reading in readings] == [(None, True)] * 2
    claims = {claim.external_id for reading in readings for claim in reading.covered}
    assert not claims & {gone.pk, post.pk}


def test_a_withheld_author_does_not_lose_the_comment(stage: Stage) -> None:
    comment = stage.world.comment(stage.post(), stage.resident, "Anonymt", anonymous=True)
    assert by_id(stage.read(), comment).author is None


def test_the_organisation_is_known_by_its_user_name(stage: Stage) -> None:
    answer = stage.world.answer(stage.comment(stage.post(), "När?"), "@bo.ek På måndag!")
    reading = stage.read()
    found = by_id(reading, answer)
    assert found.author == Author(external_id=stage.account.pk, handle=NAME)
    assert found.mentions == ("bo.ek",)
    assert reading.posts[0].author == Author(external_id=stage.account.pk, handle=NAME, name="Tibro kommun")
    assert found.permalink == reading.posts[0].permalink


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Bo.Ek och @anna_2.", ("bo.ek", "anna_2")),
        ("(@bo.ek) @bo.ek", ("bo.ek",)),
        ("bo@example.org", ()),
        ("Priset är 5 kr @ badet", ()),
    ],
)
def test_user_names_in_a_text_are_mentions(text: str, found: tuple[str, ...]) -> None:
    assert mentions(text) == found
