"""More of what instaloader, unmodified, does by itself: what it costs, what it ignores, what it gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from instaloader import Post, Profile
from instaloader.exceptions import AbortDownloadException, InstaloaderException, LoginRequiredException
from requests.adapters import HTTPAdapter

from config.settings import Settings
from connectors.emulator.instagram_web.troubles import trouble
from connectors.errors import AuthExpired
from connectors.instagram_public.session import Traffic, session_for
from tests.connectors.instagram_public.account import APP, NAME, requests_for, start_new_process
from tests.connectors.stage import Stage

PHONE = "/api/v1/media/"


@contextmanager
def its_only_post(stage: Stage) -> Iterator[tuple[Traffic, Any, Post]]:
    """As instaloader's own ways find it: the traffic, the context, the post."""
    session = session_for(stage.credential, Settings())
    with session.in_use() as traffic:
        context = session.context()
        [post] = Profile.from_username(context, NAME).get_posts()
        yield traffic, context, post


def asked_by_phone(stage: Stage) -> int:
    return sum(PHONE in entry.path for entry in stage.emulator.ledger.entries)


def test_a_commenters_full_name_costs_a_request_for_each_comment_and_we_do_without(stage: Stage) -> None:
    stage.post(comments=6)
    stage.world.account("instagram", stage.resident.id, stage.resident.handle, stage.resident.name)
    with its_only_post(stage) as (traffic, _context, post):
        comments = list(post.get_comments())
        before = traffic.sent
        assert [comment.owner.username for comment in comments] == ["bo.ek"] * 6
        assert traffic.sent == before
        assert [comment.owner.full_name for comment in comments] == ["Bo Ek"] * 6
        assert traffic.sent >= before + 6
    start_new_process()
    assert requests_for(stage) == 3
    assert all(comment.author and comment.author.handle == "bo.ek" for comment in stage.read(full=True).comments)


def test_the_number_of_comments_costs_a_request_for_each_post_and_we_take_it_from_the_list(stage: Stage) -> None:
    stage.post(comments=2)
    with its_only_post(stage) as (traffic, _context, post):
        before = traffic.sent
        assert post.comments == 2
        assert traffic.sent == before + 1
    [seen] = stage.read().posts
    assert seen.declared_comments == 2


def test_its_times_know_no_zone_and_ours_do(stage: Stage) -> None:
    comment = stage.comment(stage.post(), "Hej")
    with its_only_post(stage) as (_traffic, _context, post):
        [found] = post.get_comments()
        assert found.created_at_utc.tzinfo is None
    [told] = stage.read().comments
    assert (told.posted_at, told.posted_at.utcoffset()) == (comment.at, timedelta(0))


def test_switching_the_phones_way_off_does_not_switch_it_off_for_comments(stage: Stage) -> None:
    stage.post(comments=60)
    with its_only_post(stage) as (_traffic, context, post):
        context.iphone_support = False
        list(post.get_comments())
    asked = asked_by_phone(stage)
    assert asked > 0
    start_new_process()
    assert len(stage.read().comments) == 60
    assert asked_by_phone(stage) == asked


class Never(HTTPAdapter):
    """Whoever comes here would have gone astray."""

    def send(self, *_args: Any, **_options: Any) -> Any:
        raise AssertionError


def test_what_is_done_to_its_session_is_not_done_to_its_requests_and_ours_all_go_where_they_should(
    stage: Stage,
) -> None:
    """It makes a new session almost for each call; the one that it shows is a template for cookies."""
    stage.post(comments=1)
    with its_only_post(stage) as (_traffic, context, post):
        context._session.mount("https://www.instagram.com/", Never())
        assert len(list(post.get_comments())) == 1
    assert stage.emulator.ledger.requests("instagram_web") > 1


def test_without_a_login_it_gives_no_comments_and_asks_nothing(stage: Stage) -> None:
    stage.post(comments=1)
    with its_only_post(stage) as (traffic, context, post):
        context.username, before = None, traffic.sent
        with pytest.raises(LoginRequiredException):
            list(post.get_comments())
        assert traffic.sent == before


@pytest.mark.parametrize("name", ["checkpoint_required", "challenge_required", "feedback_required", "login_redirect"])
def test_the_end_of_a_session_passes_by_whoever_waits_for_its_exceptions_and_we_are_told(
    stage: Stage, name: str
) -> None:
    stage.post(comments=1)
    stage.emulator.faults.add(trouble(name, path=APP, times=None))
    session = session_for(stage.credential, Settings())
    with session.in_use(), pytest.raises(AbortDownloadException) as aborted:
        list(Profile.from_username(session.context(), NAME).get_posts())
    assert not isinstance(aborted.value, InstaloaderException)
    start_new_process()
    assert isinstance(stage.read().error, AuthExpired)
