"""What surrounds every answer: headers, whose form it is, cookies, and a last resort that shows nothing."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import pytest
import uvicorn
from fastapi import FastAPI, Path
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from config.settings import Settings, Web
from monitor.db import Database
from monitor.web.app import create_app
from monitor.web.middleware import HEADERS
from tests.conftest import Logged

PUBLIC = "https://kanalvakt.tibro.se"
SignedIn = Callable[[str], TestClient]


@pytest.fixture
def public(filled: Database) -> Iterator[TestClient]:
    """A stranger's device, before an application that people reach by https, with two pages that fail."""
    app = create_app(Settings(web=Web(public_url=PUBLIC)), filled)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    @app.get("/numbered/{number}")
    def numbered(number: Annotated[int, Path()], page: int = 1) -> int:
        return number * page

    with TestClient(app, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


KINDS = {
    "a page": ("GET", "/login", 200),
    "a redirect": ("GET", "/inbox", 303),
    "no such page": ("GET", "/nothing", 404),
    "a wrong way to ask": ("DELETE", "/login", 404),
    "not understood": ("GET", "/numbered/1?page=x", 422),
    "a file": ("GET", "/static/kanalvakt.js", None),
    "no such file": ("GET", "/static/nothing.js", 404),
    "too much": ("POST", "/login", 413),
    "plain text": ("GET", "/healthz", 200),
    "a fault": ("GET", "/broken", 500),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_every_header(public: TestClient, kind: str) -> None:
    method, path, status = KINDS[kind]
    answer = public.request(method, path, content=b"x" * 200_000 if status == 413 else None)
    assert status in {answer.status_code, None}
    assert {name for name in HEADERS if name not in answer.headers} == set()
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_so_does_the_answer_to_who_calls_us_by_another_name(public: TestClient) -> None:
    answer = public.get("/login", headers={"host": "evil.example"})
    assert (answer.status_code, "content-security-policy" in answer.headers) == (400, True)


def test_without_https_browsers_are_not_told_to_use_it(app: FastAPI) -> None:
    with TestClient(app, base_url="http://localhost") as client:
        assert "strict-transport-security" not in client.get("/login").headers


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": PUBLIC}, True),
        ({"origin": PUBLIC}, False),
        ({"origin": "null"}, True),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "https://kanalvakt.tibro.se.evil.example"}, True),
        ({"origin": "https://kanalvakt.tibro.se:8443"}, True),
        ({"origin": ""}, True),
    ],
)
def test_a_form_of_another_site_is_refused_in_old_browsers_too(
    public: TestClient, headers: dict[str, str], refused: bool
) -> None:
    answer = public.post("/login", data={"name": "a", "password": "b"}, headers=headers)
    assert (answer.status_code == 403) == refused


def test_behind_a_proxy_the_public_address_is_ours(public: TestClient) -> None:
    answer = public.post("/login", data={"name": "a"}, headers={"origin": PUBLIC, "host": "127.0.0.1:8000"})
    assert answer.status_code == 422


def test_over_https_every_cookie_is_for_https_and_no_script(public: TestClient) -> None:
    """The session's and the login's: tests/web/login/test_entering.py; all are given in one place."""
    told = public.get("/language/en").headers["set-cookie"]
    assert told.startswith("__Host-language=en; HttpOnly;")
    assert told.endswith("Path=/; SameSite=lax; Secure")
    assert "Domain" not in told
    assert 'lang="en"' in public.get("/login").text
    assert 'lang="sv"' in public.get("/login", headers={"cookie": "language=en"}).text, "anybody could have set that"


def test_where_somebody_comes_from_is_believed_of_a_proxy_on_this_machine_alone() -> None:
    """The server as it is started, and a request that says that it comes from elsewhere, sent past the proxy."""
    seen = list[object]()

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append((scope["client"][0], scope["scheme"]))

    config = uvicorn.Config(app)
    config.load()
    headers = [(b"x-forwarded-for", b"198.51.100.7"), (b"x-forwarded-proto", b"https")]
    for peer in ("203.0.113.9", "127.0.0.1"):
        scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
        with ThreadPoolExecutor(1) as elsewhere:  # a browser of another test may have a loop running in this thread
            elsewhere.submit(asyncio.run, config.loaded_app(scope, None, None)).result()  # type: ignore[arg-type]
    assert seen == [("203.0.113.9", "http"), ("198.51.100.7", "https")]


def test_a_fault_of_ours_shows_nothing_of_the_inside(public: TestClient) -> None:
    answer = public.get("/broken")
    assert "Ingenting har sparats" in answer.text
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Nothing has been saved" in public.get("/broken", headers={"cookie": "__Host-language=en"}).text


def test_what_names_nothing_is_no_page_and_not_json(public: TestClient, signed_in: SignedIn) -> None:
    for answer in (public.get("/numbered/abc"), signed_in("redaktor").get("/comment/abc")):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
    assert public.get("/numbered/1?page=x").headers["content-type"].startswith("text/html")


def test_no_page_can_be_read_or_framed_by_another_site(public: TestClient) -> None:
    headers = public.get("/login", headers={"origin": "https://evil.example"}).headers
    assert "access-control-allow-origin" not in headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_nothing_of_a_developers_is_there(public: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/.git/config", "/static/", "/static/../app.py", "/demo/mails"):
        assert public.get(path).status_code == 404, path
    for method in ("TRACE", "PUT", "DELETE", "OPTIONS"):
        assert public.request(method, "/login").status_code == 404, method


def test_who_was_refused_what_stands_in_the_log_and_nothing_that_was_sent(
    public: TestClient, signed_in: SignedIn, logged: Logged
) -> None:
    assert signed_in("ersattare").get("/settings/templates/7?word=hemligt").status_code == 403
    public.post("/task/hemligt", data={"note": "hemligt"}, headers={"origin": "https://hemligt.example"})
    public.get("/api/v1/comments", headers={"authorization": "Bearer kanalvakt_hemligt"})
    refused = [line for line in logged() if line["event"] == "request_refused"]
    told = [(line["why"], line["person"], line["method"], line["page"]) for line in refused]
    assert told == [
        ("permission", "ersattare", "GET", "/settings/templates/{number}"),
        ("another site", None, "POST", None),
        ("token", None, "GET", "/api/v1/comments"),
    ]
    assert "hemligt" not in json.dumps(logged(), default=str)


def test_a_flood_of_refused_requests_does_not_fill_the_log(public: TestClient, logged: Logged) -> None:
    for _again in range(100):
        public.post("/login", headers={"origin": "https://evil.example"})
    assert 60 <= sum(line["event"] == "request_refused" for line in logged()) < 90
