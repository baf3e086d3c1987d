"""What a check of a Graph token finds: kind, scopes, both ends, role, subscription, in how many calls, and remedies."""

from datetime import timedelta

import pytest

from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.world import Token
from connectors.errors import AuthExpired, ChannelGone, ConnectorError, PermissionLost
from connectors.facebook.connector import OTHER_PAGE
from connectors.graph.errors import ALLOW_AGAIN, PAGES_TOKEN, TABLE
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES, another, cost, facebook, graph_of, instagram
from tests.connectors.stage import Stage

METADATA = "pages_manage_metadata"


@pytest.fixture
def page(emulator: Emulator) -> Stage:
    return facebook(emulator)


@pytest.fixture
def account(emulator: Emulator) -> Stage:
    return instagram(emulator)


def problem(stage: Stage, credential: Credential) -> ConnectorError:
    found = stage.connector(credential).check().problem
    assert found is not None
    return found


def test_both_ends_of_a_token_are_told_apart(page: Stage) -> None:
    end, seen = page.world.now + timedelta(days=5), page.world.now + timedelta(days=90)
    token = another(page, "page", *SCOPES, expires_at=end, data_access_expires_at=seen)
    health = page.connector(token).check()
    assert (health.expires, health.data_access_expires, health.problem) == (end, seen, None)
    health = page.connector().check()
    assert (health.expires, health.data_access_expires) == (None, None)


def test_a_check_costs_two_calls_and_one_more_for_subscription_or_role(page: Stage) -> None:
    cases = [("page", SCOPES, 2), ("page", (*SCOPES, METADATA), 3), ("system", (*SCOPES, METADATA), 4)]
    for kind, scopes, calls in cases:
        connector, mark = page.connector(another(page, kind, *scopes)), page.emulator.ledger.mark()
        assert connector.check().problem is None
        assert cost(page, mark) == calls


def test_a_check_tells_whether_the_app_hears_of_the_page(page: Stage) -> None:
    able = another(page, "page", *SCOPES, METADATA)
    assert page.connector().check().subscribed is None
    assert page.connector(able).check().subscribed is False
    page.world.subscriptions[page.account.id] = ("feed",)
    assert page.connector(able).check().subscribed is True


def test_an_instagram_account_is_subscribed_by_its_page(account: Stage) -> None:
    account.world.account("facebook", account.account.page_id, "kommunen", "Kommunen")
    account.world.subscriptions[account.account.page_id] = ("feed",)
    able = another(account, "page", *INSTAGRAM_SCOPES, METADATA, "pages_read_engagement")
    assert account.connector(able).check().subscribed is True


def test_a_refused_look_at_the_subscription_is_no_problem(account: Stage) -> None:
    health = account.connector(another(account, "page", *INSTAGRAM_SCOPES, METADATA)).check()
    assert (health.problem, health.subscribed) == (None, None)


def test_the_role_is_told_where_the_token_may_see_it(page: Stage) -> None:
    health = page.connector(another(page, "system", *SCOPES)).check()
    assert health.role is not None
    assert "MODERATE" in health.role
    assert page.connector().check().role is None


def test_a_role_without_moderation_cannot_answer(page: Stage) -> None:
    graph_of(page).habits.tasks = ("ANALYZE", "CREATE_CONTENT")
    health = page.connector(another(page, "system", *SCOPES)).check()
    assert (health.role, health.can_read, health.can_reply, health.can_publish) == (
        "ANALYZE, CREATE_CONTENT",
        True,
        False,
        True,
    )


def test_a_person_who_reads_an_instagram_account_has_a_role_on_its_page(account: Stage) -> None:
    page = account.world.account("facebook", account.account.page_id, "kommunen", "Kommunen")
    account.world.token(Token("EAApage", "page", page, SCOPES))
    token = another(account, "user", *INSTAGRAM_SCOPES, "pages_show_list")
    account.world.tokens[token.secrets["token"]].account = page
    health = account.connector(token).check()
    assert health.role is not None
    assert health.can_reply


def test_a_lost_role_is_told_with_its_own_remedy(page: Stage) -> None:
    found = problem(page, another(page, "page", *SCOPES, error=(190, 492)))
    assert isinstance(found, PermissionLost)
    assert (found.code, found.remedy) == ("190/492", TABLE["190/492"].remedy)


def test_a_checkpoint_is_told_with_its_own_remedy(page: Stage) -> None:
    found = problem(page, another(page, "page", *SCOPES, error=(190, 459)))
    assert isinstance(found, AuthExpired)
    assert found.remedy == TABLE["190/459"].remedy


def test_the_wrong_page_the_wrong_kind_and_a_missing_scope_have_each_their_remedy(page: Stage) -> None:
    other = page.world.account("facebook", "5544332211", "grannen", "Grannkommunen")
    page.world.token(Token("EAAother", "page", other, SCOPES))
    wrong = Credential({"token": "EAAother"})
    assert problem(page, wrong).remedy == OTHER_PAGE
    assert problem(page, another(page, "user", *SCOPES)).remedy == PAGES_TOKEN
    lacking = problem(page, another(page, "page", *SCOPES[:2]))
    assert (lacking.remedy, lacking.detail) == (ALLOW_AGAIN, "the token lacks pages_read_user_content")


def test_scopes_are_named_even_where_the_kind_is_wrong(page: Stage) -> None:
    health = page.connector(another(page, "user", "pages_read_engagement")).check()
    assert health.scopes_missing == ("pages_read_user_content",)
    assert health.problem is not None
    assert health.problem.remedy == PAGES_TOKEN


def test_an_account_that_is_not_the_tokens_is_gone(account: Stage) -> None:
    account.address = "17841400000000999"
    assert isinstance(account.connector().check().problem, ChannelGone)


def test_comments_without_authors_ask_for_the_permission(page: Stage) -> None:
    page.world.comment(page.post(), page.resident, "Hej", anonymous=True)
    assert problem(page, page.credential).remedy == ALLOW_AGAIN
