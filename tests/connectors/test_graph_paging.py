"""The client that Facebook and Instagram share: what it sends, where to, and how it turns pages."""

import os
import ssl
from contextlib import suppress

import pytest

from config.settings import Settings
from connectors.base import Credential
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.emulator.wire import Answer, Request
from connectors.errors import (
    Unavailable,
    UnexpectedAnswer,
)
from connectors.graph import GraphClient
from connectors.graph.client import MOST_PAGES
from connectors.loopback import _context, _trusting
from tests.connectors.graph_puppet import TOKEN, Puppet, client, puppet
from tests.connectors.graph_stages import facebook

# -- pages


def page(following: str | None, *ids: str) -> Answer:
    paging = {"paging": {"next": following}} if following else {}
    return Answer.json({"data": [{"id": id_} for id_ in ids], **paging})


def test_the_next_page_is_asked_for_exactly_as_graph_wrote_it(emulator: Emulator) -> None:
    query = "access_token=OTHER&limit=2&after=QV%2BZD&__paging_token=&fields=id%2Cfrom%7Bid%7D"
    made = puppet(emulator, page(f"https://graph.facebook.com/v11.0/9/comments?{query}", "1"), page(None, "2"))
    asking = client()
    assert list(asking.pages(asking.get("9/comments"))) == [[{"id": "1"}], [{"id": "2"}]]
    written = Request.parse("GET", f"/v11.0/9/comments?{query}", {})
    assert (made.asked[1].path, made.asked[1].query) == (written.path, written.query)


def test_a_next_page_without_a_token_gets_ours_and_the_proof(emulator: Emulator) -> None:
    made = puppet(emulator, page("https://graph.facebook.com/v23.0/9/comments?after=x"), page(None))
    asking = client(app_secret="hemlig")
    assert list(asking.pages(asking.get("9/comments"))) == [[], []]
    assert made.asked[1].get("access_token") == TOKEN
    assert len(made.asked[1].get("appsecret_proof")) == 64


def test_an_empty_page_with_a_next_one_is_not_the_end(emulator: Emulator) -> None:
    links = [f"https://graph.facebook.com/v23.0/9/comments?access_token=x&after={number}" for number in range(2)]
    puppet(emulator, page(links[0], "1"), page(links[1]), page(None, "2"))
    asking = client()
    assert list(asking.pages(asking.get("9/comments"))) == [[{"id": "1"}], [], [{"id": "2"}]]


def test_pages_that_go_round_in_a_circle_are_an_error(emulator: Emulator) -> None:
    puppet(emulator, page("https://graph.facebook.com/v23.0/9/comments?access_token=x", "1"))
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert asking.requests == 2


def test_the_same_page_behind_a_new_address_each_time_is_an_error(emulator: Emulator) -> None:
    made = Puppet(lambda _: page(f"https://graph.facebook.com/v23.0/9?access_token=x&after={len(made.asked)}", "1"))
    emulator.sites.insert(0, made)
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert asking.requests == 2


def test_pages_without_end_are_an_error(emulator: Emulator) -> None:
    link = "https://graph.facebook.com/v23.0/9?access_token=x&after={}"
    made = Puppet(lambda _: page(link.format(len(made.asked)), str(len(made.asked))))
    emulator.sites.insert(0, made)
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert asking.requests == MOST_PAGES + 1


def test_a_next_page_on_another_host_is_never_asked_for(emulator: Emulator) -> None:
    made = puppet(emulator, page("https://graph.facebook.com.example/v23.0/9?access_token=x", "1"))
    asking = client()
    with pytest.raises(UnexpectedAnswer):
        list(asking.pages(asking.get("9/comments")))
    assert len(made.asked) == 1


@pytest.mark.parametrize("listing", [{}, {"data": 3}, {"data": [3]}])
def test_what_is_no_list_is_an_error(listing: dict[str, object]) -> None:
    with pytest.raises(UnexpectedAnswer):
        list(client().pages(listing))


# -- what is sent


def test_the_version_of_the_settings_is_asked_for(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALVAKT_GRAPH_VERSION", "26.0")
    made = puppet(emulator, Answer.json({}))
    client().get("me")
    assert made.asked[0].path == "/v26.0/me"


def test_the_proof_is_the_hmac_of_the_token_with_the_apps_secret(emulator: Emulator) -> None:
    made = puppet(emulator, Answer.json({}))
    GraphClient(Credential({"token": "what do ya want for nothing?", "app_secret": "Jefe"}), Settings()).get("me")
    rfc_4231_case_2 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert made.asked[0].get("appsecret_proof") == rfc_4231_case_2


def test_another_https_server_is_spoken_to_by_its_own_name_and_certificate(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = facebook(emulator)
    stage.post(comments=130)
    monkeypatch.setenv("KANALVAKT_GRAPH_URL", "https://graph.instagram.com")
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        assert len(stage.read().comments) == 130
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.delenv(name)
        assert isinstance(stage.read().error, Unavailable)


def test_authorities_are_loaded_once_for_all_connections_and_again_when_they_have_changed(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = facebook(emulator)
    monkeypatch.delenv("KANALVAKT_GRAPH_URL")
    with Tunnel(emulator) as tunnel:
        for name, value in tunnel.environment().items():
            monkeypatch.setenv(name, value)
        before = _trusting.cache_info().misses
        assert [stage.read().error for _each in range(3)] == [None] * 3
        assert _trusting.cache_info().misses == before + 1
        os.utime(tunnel.ca_file, (1, 1))
        assert stage.read().error is None
        assert _trusting.cache_info().misses == before + 2


def test_no_thread_tells_the_context_of_all_anew_what_it_offers_while_another_one_reads_it() -> None:
    """urllib3 does so for each connection, and OpenSSL frees what it offered before."""
    context = _context(True)
    context.set_alpn_protocols(["something/1"])
    sent = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="kommunen.se").do_handshake()
    hello = sent.read()
    assert (b"http/1.1" in hello, b"something/1" in hello) == (True, False)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_either_variable_names_the_authority_to_trust(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    stage = facebook(emulator)
    for name in ("KANALVAKT_GRAPH_URL", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    with Tunnel(emulator) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.proxy_url)
        monkeypatch.setenv(variable, str(tunnel.ca_file))
        assert stage.read().error is None


def test_loopback_is_reached_although_a_proxy_is_set(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = facebook(emulator)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert stage.read().error is None
