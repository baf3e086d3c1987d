"""Logging in, profiles and posts, as unmodified instaloader sees them."""

import pytest
from instaloader import Instaloader, Post, Profile, exceptions

from connectors.emulator.instagram_web import InstagramWeb
from connectors.emulator.instagram_web.sessions import Login
from connectors.emulator.server import Emulator
from tests.emulator.instagram_web.asking import KIM_PASSWORD, NAME, profile
from tests.emulator.instagram_web.town import Town


def test_a_person_logs_in_with_a_password(loader: Instaloader, site: InstagramWeb) -> None:
    site.sessions.logins["kim"] = Login(KIM_PASSWORD)
    loader.login("kim", KIM_PASSWORD)
    assert loader.context.user_id
    assert loader.test_login() == f"user{loader.context.user_id}"


def test_an_account_that_logs_in_is_itself(loader: Instaloader, site: InstagramWeb, town: Town) -> None:
    site.sessions.logins[NAME] = Login(KIM_PASSWORD)
    loader.login(NAME, KIM_PASSWORD)
    assert (loader.test_login(), loader.context.user_id) == (NAME, town.account.pk)


@pytest.mark.parametrize(
    ("login", "name", "error"),
    [
        (Login("another one"), "kim", exceptions.BadCredentialsException),
        (Login(KIM_PASSWORD), "nobody", exceptions.LoginException),
        (Login(KIM_PASSWORD, "two_factor"), "kim", exceptions.TwoFactorAuthRequiredException),
        (Login(KIM_PASSWORD, "checkpoint"), "kim", exceptions.LoginException),
    ],
)
def test_a_login_meets_its_hurdle(
    loader: Instaloader, site: InstagramWeb, login: Login, name: str, error: type[Exception]
) -> None:
    site.sessions.logins["kim"] = login
    with pytest.raises(error):
        loader.login(name, KIM_PASSWORD)


def test_a_session_lives_until_it_expires(member: Instaloader, town: Town) -> None:
    town.session.expires_at = town.world.now.replace(year=2027)
    assert member.test_login() == "user52671834900"
    town.world.advance(2 * 365 * 86400)
    assert member.test_login() is None


def test_a_dead_session_is_sent_to_the_login_page(member: Instaloader, town: Town) -> None:
    town.session.error = (190, 463)
    with pytest.raises(exceptions.AbortDownloadException, match="logged out"):
        profile(member).get_posts()


def test_a_profile_is_found_by_its_name(member: Instaloader, town: Town) -> None:
    town.posts(3)
    found = profile(member)
    assert (str(found.userid), found.full_name, found.mediacount) == (town.account.pk, "Tibro kommun", 3)


def test_nobody_has_a_profile_that_does_not_exist(member: Instaloader) -> None:
    with pytest.raises(exceptions.ProfileNotExistsException):
        Profile.from_username(member.context, "nosuchtown")


def test_the_posts_of_a_private_account_are_for_followers(member: Instaloader, site: InstagramWeb, town: Town) -> None:
    town.post()
    site.contents.private.add(NAME)
    with pytest.raises(exceptions.PrivateProfileNotFollowedException):
        profile(member).get_posts()


def test_posts_come_newest_first_and_twelve_at_a_time(member: Instaloader, emulator: Emulator, town: Town) -> None:
    codes = [post.code for post in town.posts(30)]
    assert [post.shortcode for post in profile(member).get_posts()] == codes[::-1]
    assert sum(entry.path == "/api/graphql" for entry in emulator.ledger.entries) == 3


def test_visitors_without_a_session_see_the_posts_too(loader: Instaloader, town: Town) -> None:
    codes = [post.code for post in town.posts(14)]
    assert [post.shortcode for post in profile(loader).get_posts()] == codes[::-1]
    assert profile(loader).mediacount == 14


def test_a_post_is_found_by_its_shortcode(member: Instaloader, town: Town) -> None:
    made = town.post(comments=2, text="Badet är öppet")
    found = Post.from_shortcode(member.context, made.code)
    assert (str(found.mediaid), found.caption, found.comments) == (made.pk, "Badet är öppet", 2)


def test_deleted_and_unpublished_posts_are_not_there(member: Instaloader, town: Town) -> None:
    shown, deleted = town.posts(2)
    town.world.delete(deleted)
    town.world.publish(town.account, "Utkast", published=False)
    assert [post.shortcode for post in profile(member).get_posts()] == [shown.code]
    with pytest.raises(exceptions.BadResponseException):
        Post.from_shortcode(member.context, deleted.code)
