"""Getting tokens through the login pages: the real flows against the emulated ones, over HTTP, trap by trap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from config.settings import Settings
from connectors import connect
from connectors.base import Account, Credential, Health
from connectors.connecting import CONNECTABLE, Candidate, Login, NotConnected, app_names, code_from, flow
from connectors.emulator.graph.logins import APP_SECRET
from connectors.emulator.graph.tokens import APP_ID
from connectors.emulator.server import Emulator
from connectors.emulator.youtube.consents import CLIENT_ID, CLIENT_SECRET
from connectors.errors import AuthExpired, PermissionLost
from tests.connectors.visitor import agree, anything

HOME = "http://localhost:8481/"
GOOGLE_HOME = "http://127.0.0.1:8481/"
PAGE, OTHER, INSTAGRAM, CHANNEL = "1122334455", "5544332211", "17841400000000001", "UC" + "k" * 22
FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"


@dataclass
class Town:
    """Two pages, one with an Instagram account, and a YouTube channel; somebody logs in."""

    emulator: Emulator

    @property
    def settings(self) -> Settings:
        names = {name: each for name, each in self.emulator.settings().items() if "__" not in name}
        return Settings(**{name.removeprefix("KANALVAKT_").lower(): value for name, value in names.items()})  # type: ignore[arg-type]

    def login(self, platform: str, secret: str = "") -> Login:
        google = platform == "youtube"
        app = (CLIENT_ID, secret or CLIENT_SECRET) if google else (APP_ID, secret or APP_SECRET)
        return flow(platform)(*app, self.settings)

    def connect(self, platform: str, **decisions: object) -> list[Candidate]:
        login = self.login(platform)
        home = GOOGLE_HOME if platform == "youtube" else HOME
        answer = agree(login.authorise_url(home, "s t"), **decisions)  # type: ignore[arg-type]
        return login.finish(code_from(answer, "s t"), home)

    def check(self, platform: str, account: str, secrets: dict[str, str]) -> Health:
        names = dict(zip(app_names(platform), (CLIENT_ID, CLIENT_SECRET), strict=True))
        app = names if platform == "youtube" else {"app_id": APP_ID, "app_secret": APP_SECRET}
        return connect(platform, Account(account), Credential({**app, **secrets}), self.settings).check()


@pytest.fixture
def town() -> Iterator[Town]:
    with Emulator() as emulator:
        world = emulator.world
        page = world.account("facebook", PAGE, "kommunen", "Kommunen")
        world.account("facebook", OTHER, "badet", "Badet")
        world.account("instagram", INSTAGRAM, "kommunen", "Kommunen", page_id=page.id)
        world.account("youtube", CHANNEL, "kommunen", "Kommunen")
        world.account("youtube", "UC" + "x" * 22, "privat", "Annas matkanal")
        yield Town(emulator)


def refused(platform: str, town: Town, **decisions: object) -> NotConnected:
    with pytest.raises(NotConnected) as told:
        town.connect(platform, **decisions)
    return told.value


# -- it works


@pytest.mark.parametrize(("platform", "account"), [("facebook", PAGE), ("instagram", INSTAGRAM), ("youtube", CHANNEL)])
def test_what_the_login_gives_reads_the_channel(town: Town, platform: str, account: str) -> None:
    found = {each.external_id: each for each in town.connect(platform)}
    assert not found[account].scopes_missing
    health = town.check(platform, account, dict(found[account].secrets))
    assert health.problem is None
    assert health.can_read
    assert health.can_reply


def test_every_platform_that_can_be_connected_names_its_app_in_the_register() -> None:
    from connectors import PLATFORMS

    for platform in CONNECTABLE:
        assert {*app_names(platform)} <= {*PLATFORMS[platform].secrets}
        assert PLATFORMS[platform].connected <= {*PLATFORMS[platform].secrets}


def test_one_login_gives_every_page_with_a_token_of_its_own_however_many_there_are(town: Town) -> None:
    for number in range(230):
        town.emulator.world.account("facebook", f"77{number:08}", f"sida{number}", f"Sida {number}")
    found = town.connect("facebook")
    assert len(found) == 232
    assert len({each.secrets["token"] for each in found}) == 232


def test_only_the_pages_that_were_agreed_to_come(town: Town) -> None:
    assert [each.external_id for each in town.connect("facebook", but=lambda value: value != OTHER)] == [PAGE]


def test_an_instagram_account_is_found_through_its_page_and_a_page_without_one_is_left_out(town: Town) -> None:
    [found] = town.connect("instagram")
    assert (found.external_id, found.name) == (INSTAGRAM, "kommunen")


def test_what_was_declined_is_asked_for_again_and_the_answer_is_tied_to_the_question(town: Town) -> None:
    asked = parse_qs(urlsplit(town.login("facebook").authorise_url(HOME, "abc")).query)
    assert asked["auth_type"] == ["rerequest"]
    assert asked["state"] == ["abc"]


def test_google_is_asked_with_pkce_for_a_lasting_token(town: Town) -> None:
    asked = parse_qs(urlsplit(town.login("youtube").authorise_url(GOOGLE_HOME, "abc")).query)
    assert (asked["code_challenge_method"], asked["access_type"], asked["prompt"]) == (
        ["S256"],
        ["offline"],
        ["consent"],
    )
    assert "code_verifier" not in asked


# -- Meta's traps


def test_a_page_token_and_not_the_users_is_kept_for_a_users_shows_no_comments(town: Town) -> None:
    [page, _other] = town.connect("facebook")
    tokens = town.emulator.world.tokens
    assert tokens[page.secrets["token"]].kind == "page"
    assert {token.kind for token in tokens.values()} == {"user", "page"}


def test_the_pages_token_comes_from_a_long_lived_one_and_so_does_not_expire_but_data_access_does(town: Town) -> None:
    [page, _other] = town.connect("facebook")
    health = town.check("facebook", PAGE, dict(page.secrets))
    assert town.emulator.world.tokens[page.secrets["token"]].expires_at is None
    ends = health.data_access_expires or health.expires
    assert ends is not None
    assert ends - town.emulator.world.now == timedelta(days=90)


def test_a_needed_permission_that_was_declined_is_named_and_nothing_comes_of_it(town: Town) -> None:
    error = refused("facebook", town, but=lambda value: value != "pages_read_user_content")
    assert error.code == "missing_scope"
    assert "pages_read_user_content" in str(error)
    assert "pages_show_list" not in str(error)


def test_a_permission_that_reading_does_not_need_is_told_and_no_hindrance(town: Town) -> None:
    found = town.connect("facebook", but=lambda value: value != "pages_manage_posts")
    assert [scope.name for scope in found[0].scopes_missing] == ["pages_manage_posts"]


def test_a_permission_that_lapsed_because_nobody_used_it_is_named(town: Town) -> None:
    town.connect("facebook")
    login = town.login("facebook")
    code = code_from(agree(login.authorise_url(HOME, "s")), "s")
    logins = town.emulator.graph.logins
    logins._codes[code][0].lapsed.add("pages_read_engagement")
    with pytest.raises(NotConnected, match="pages_read_engagement") as told:
        login.finish(code, HOME)
    assert told.value.code == "missing_scope"


def test_a_permission_that_lapses_later_is_named_by_the_next_check(town: Town) -> None:
    page = next(each for each in town.connect("facebook") if each.external_id == PAGE)
    assert town.check("facebook", PAGE, dict(page.secrets)).problem is None
    town.emulator.graph.logins.lapse("pages_read_user_content")
    health = town.check("facebook", PAGE, dict(page.secrets))
    assert isinstance(health.problem, PermissionLost)
    assert health.scopes_missing == ("pages_read_user_content",)


def test_a_role_without_moderate_is_a_problem_of_that_page_alone(town: Town) -> None:
    town.emulator.graph.logins.tasks[OTHER] = ["ANALYZE", "ADVERTISE"]
    problems = {each.external_id: each.problem for each in town.connect("facebook")}
    assert problems[PAGE] is None
    problem = problems[OTHER]
    assert problem is not None
    assert problem.code == "role"


def test_a_code_works_once(town: Town) -> None:
    login = town.login("facebook")
    code = code_from(agree(login.authorise_url(HOME, "s")), "s")
    login.finish(code, HOME)
    with pytest.raises(NotConnected) as told:
        login.finish(code, HOME)
    assert told.value.code == "code_used"


def test_a_code_does_not_keep(town: Town) -> None:
    login = town.login("facebook")
    code = code_from(agree(login.authorise_url(HOME, "s")), "s")
    town.emulator.world.advance(11 * 60)
    with pytest.raises(NotConnected) as told:
        login.finish(code, HOME)
    assert told.value.code == "code_expired"


def test_another_address_to_come_back_to_than_the_one_asked_with_is_told(town: Town) -> None:
    login = town.login("facebook")
    code = code_from(agree(login.authorise_url(HOME, "s")), "s")
    with pytest.raises(NotConnected) as told:
        login.finish(code, "http://localhost:1/")
    assert told.value.code == "redirect_mismatch"


def test_a_wrong_app_secret_is_told_as_such(town: Town) -> None:
    login = town.login("facebook", "ffffffffffffffffffffffffffffffff")
    code = code_from(agree(login.authorise_url(HOME, "s")), "s")
    with pytest.raises(NotConnected) as told:
        login.finish(code, HOME)
    assert told.value.code == "wrong_secret"
    assert "ffff" not in str(told.value)


def test_an_app_can_be_subscribed_to_a_page_when_the_permission_was_given(town: Town) -> None:
    login = town.login("facebook")
    [page, _other] = town.connect("facebook")
    token = town.emulator.world.tokens[page.secrets["token"]]
    token.scopes += ("pages_manage_metadata",)
    login.subscribe(page)
    assert town.emulator.world.subscriptions == {PAGE: ("feed", "mention")}


# -- Google's traps


def test_the_one_scope_of_youtube_that_was_unticked_is_named(town: Town) -> None:
    error = refused("youtube", town, but=lambda value: value != FORCE_SSL)
    assert error.code == "missing_scope"
    assert FORCE_SSL in str(error)


def test_without_a_lasting_token_the_way_to_one_is_told(town: Town) -> None:
    town.connect("youtube")
    login = town.login("youtube")
    address = login.authorise_url(GOOGLE_HOME, "s").replace("prompt=consent", "prompt=none")
    with pytest.raises(NotConnected) as told:
        login.finish(code_from(agree(address), "s"), GOOGLE_HOME)
    assert told.value.code == "no_refresh_token"
    assert "myaccount.google.com/permissions" in told.value.remedy


def test_asking_for_consent_every_time_gives_a_lasting_token_every_time(town: Town) -> None:
    assert {len(town.connect("youtube")) for _time in range(2)} == {1}


def test_the_channel_that_was_chosen_comes_and_not_another(town: Town) -> None:
    [found] = town.connect("youtube", choose="UC" + "x" * 22)
    assert (found.external_id, found.name) == ("UC" + "x" * 22, "Annas matkanal")


def test_a_code_that_somebody_else_saw_is_worth_nothing_without_the_verifier(town: Town) -> None:
    code = code_from(agree(town.login("youtube").authorise_url(GOOGLE_HOME, "s")), "s")
    with pytest.raises(NotConnected) as told:
        town.login("youtube").finish(code, GOOGLE_HOME)
    assert told.value.code == "code_used"


def test_an_app_in_testing_loses_its_token_after_seven_days(town: Town) -> None:
    town.emulator.youtube.gate.consents.testing = True
    [found] = town.connect("youtube")
    assert town.check("youtube", CHANNEL, dict(found.secrets)).problem is None
    town.emulator.world.advance(7 * 86400 + 1)
    problem = town.check("youtube", CHANNEL, dict(found.secrets)).problem
    assert isinstance(problem, AuthExpired)
    assert problem.code == "invalid_grant"


def test_a_wrong_client_secret_is_told_as_such(town: Town) -> None:
    login = town.login("youtube", "GOCSPX-wrong")
    code = code_from(agree(login.authorise_url(GOOGLE_HOME, "s")), "s")
    with pytest.raises(NotConnected) as told:
        login.finish(code, GOOGLE_HOME)
    assert told.value.code == "wrong_secret"


# -- the answer in the address


@pytest.mark.parametrize("platform", CONNECTABLE)
def test_a_no_is_told_as_a_no(town: Town, platform: str) -> None:
    assert refused(platform, town, but=anything, cancel=True).code == "access_denied"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://localhost/?code=abc&state=other", "state_mismatch"),
        ("http://localhost/?code=abc", "state_mismatch"),
        ("http://localhost/?error=access_denied&state=other", "state_mismatch"),
        ("http://localhost/?state=mine", "no_code"),
        ("http://localhost/?state=mine&error=server_error", "server_error"),
        ("http://localhost/?state=mine&error=<b>EAAB secret</b>", "no_code"),
        ("http://localhost/", "no_answer"),
        ("", "no_answer"),
        ("EAAB something else from the clipboard", "no_answer"),
    ],
)
def test_an_answer_that_is_none_of_ours_is_told_by_name(address: str, code: str) -> None:
    with pytest.raises(NotConnected) as told:
        code_from(address, "mine")
    assert told.value.code == code
    assert "EAAB" not in str(told.value)


def test_the_mark_that_facebook_puts_behind_the_address_is_no_part_of_it() -> None:
    assert code_from(" http://localhost/?code=a%2Fb&state=mine#_=_ \n", "mine") == "a/b"


# -- nothing is told


@pytest.mark.parametrize("platform", CONNECTABLE)
def test_no_secret_is_in_what_can_be_printed_or_in_the_ledger(town: Town, platform: str) -> None:
    found = town.connect(platform)
    shown = repr(found) + repr(town.login(platform)) + repr(town.emulator.ledger.entries)
    for secret in (APP_SECRET, CLIENT_SECRET, *(value for each in found for value in each.secrets.values())):
        assert secret not in shown
