"""What Google's client and its transport, unmodified, do by themselves; and that ours does not."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import Any

import google_auth_httplib2
import httplib2
import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build, build_from_document  # type: ignore[attr-defined]
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload, build_http

from connectors.base import Credential
from connectors.emulator.faults import Fault
from connectors.emulator.server import Emulator
from connectors.emulator.wire import Answer
from connectors.emulator.youtube.uploads import PIECE
from connectors.errors import OutcomeUnknown, Unavailable
from connectors.youtube.api import Api, _document
from tests.connectors.graph_puppet import puppet
from tests.connectors.writing_stages import OAUTH, Pen, youtube
from tests.connectors.youtube_town import API_KEY, KEY, LISTS, NOW, Town

REAL = "https://youtube.googleapis.com/"


@pytest.fixture
def town(emulator: Emulator) -> Town:
    return Town(emulator)


@pytest.fixture
def line() -> Iterator[httplib2.Http]:
    """Its transport as it comes."""
    with closing(httplib2.Http(timeout=5)) as made:
        yield made


def service(emulator: Emulator, http: Any) -> Any:
    """Google's client as its documentation shows it, at the emulator's address."""
    return build_from_document(_document(emulator.url), http=http)


def asked(town: Town, path: str = LISTS) -> int:
    return sum(path in entry.path for entry in town.emulator.ledger.entries)


# -- where requests go


def test_its_option_for_the_address_leaves_batches_with_the_real_host_and_our_way_moves_all(town: Town) -> None:
    base = town.emulator.url
    theirs = build("youtube", "v3", developerKey=API_KEY, client_options={"api_endpoint": base})
    assert theirs.commentThreads().list(part="id", id="x").uri.startswith(base)
    assert theirs.new_batch_http_request()._batch_uri.startswith(REAL)
    with Api(Credential(KEY), town.settings(), NOW, lambda: None, 5.0) as api:
        assert api.request("commentThreads.list", part="id", id="x").uri.startswith(base)
        assert service(town.emulator, api._http).new_batch_http_request()._batch_uri.startswith(base)


def test_its_transport_carries_the_key_wherever_it_is_sent_and_ours_goes_nowhere(
    town: Town, line: httplib2.Http
) -> None:
    elsewhere = f"{town.emulator.url}/youtube/v3/elsewhere?key={API_KEY}"
    town.emulator.faults.add(Fault("status", path=LISTS, status=302, headers={"Location": elsewhere}, times=None))
    with pytest.raises(HttpError):
        service(town.emulator, line).commentThreads().list(part="id", id="x", key=API_KEY).execute()
    assert asked(town, "elsewhere") == 1
    assert isinstance(town.read(secrets=KEY).error, Unavailable)
    assert asked(town, "elsewhere") == 1


def test_its_transport_takes_a_308_for_a_redirect_and_sends_the_body_along(
    emulator: Emulator, line: httplib2.Http
) -> None:
    """Google's uploads are answered with 308 for "go on": a transport of one's own breaks them."""
    there = Answer(308, b"", {"Location": f"{emulator.url}/elsewhere"})
    site = puppet(emulator, there, Answer.json({}))
    line.request(f"{emulator.url}/upload", "POST", body=b"a film")
    assert [(request.method, request.path, request.body) for request in site.asked] == [
        ("POST", "/upload", b"a film"),
        ("POST", "/elsewhere", b"a film"),
    ]


@pytest.fixture
def proxy() -> Iterator[socket.socket]:
    """Something that listens where the environment says a proxy is."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.2)
        yield listener


@pytest.mark.parametrize(("without", "reached"), [("", True), ("sys.modules['socks'] = None; ", False)])
def test_its_transport_ignores_the_proxy_without_a_package_that_it_does_not_ask_for(
    proxy: socket.socket, without: str, reached: bool
) -> None:
    """PySocks is among our requirements for this alone."""
    script = f"import sys; {without}import httplib2; httplib2.Http(timeout=0.2).request('https://127.0.0.1:1/')"
    address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
    environment = {**os.environ, "HTTPS_PROXY": address, "https_proxy": address, "NO_PROXY": "", "no_proxy": ""}
    subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)
    try:
        proxy.accept()[0].close()
        came = True
    except TimeoutError:
        came = False
    assert came is reached


# -- how often


def test_its_transport_sends_a_write_again_when_the_connection_is_closed_and_ours_does_not(
    emulator: Emulator, line: httplib2.Http
) -> None:
    """Whether the first one was done it cannot know."""
    pen = Pen(youtube(emulator))
    comment = pen.stage.comment(pen.stage.post(), "När öppnar badet?")
    credentials = Credentials(None, token_uri=f"{emulator.url}/token", **OAUTH)  # type: ignore[no-untyped-call]
    signed = google_auth_httplib2.AuthorizedHttp(credentials, http=line)
    body = {"snippet": {"parentId": comment.id, "textOriginal": "På måndag."}}
    closed = emulator.faults.add(Fault("close", method="POST", path="comments$", times=None))
    with pytest.raises(ConnectionError):
        service(emulator, signed).comments().insert(part="snippet", body=body).execute(num_retries=0)
    assert closed.done == 2
    with pytest.raises(OutcomeUnknown):
        pen.act("reply", comment)
    assert closed.done == 3


@pytest.mark.parametrize("fitted", [True, False])
def test_its_uploads_want_a_transport_that_takes_no_308_for_a_redirect(
    town: Town, line: httplib2.Http, tmp_path: Path, fitted: bool
) -> None:
    """Its own maker of transports leaves 308 out of the redirects; one made by hand falls over it."""
    youtube(town.emulator)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x" * (PIECE + 10))
    signed = Credentials(None, token_uri=f"{town.emulator.url}/token", **OAUTH)  # type: ignore[no-untyped-call]
    with closing(build_http() if fitted else line) as http:
        client = service(town.emulator, google_auth_httplib2.AuthorizedHttp(signed, http=http))
        media = MediaFileUpload(str(film), mimetype="video/mp4", chunksize=PIECE, resumable=True)
        body = {"snippet": {"title": "Film", "description": "Text"}, "status": {"privacyStatus": "public"}}
        request = client.videos().insert(part="snippet,status", body=body, media_body=media)
        answer = None
        with suppress(httplib2.error.RedirectMissingLocation) if not fitted else nullcontext():
            while answer is None:
                _progress, answer = request.next_chunk()
        media.stream().close()
    assert (answer is not None) is fitted
    assert len(town.emulator.youtube.uploads.files) == fitted


def test_a_304_costs_a_unit_and_is_an_exception(town: Town, line: httplib2.Http) -> None:
    town.ask()
    request = service(town.emulator, line).commentThreads().list(part="id", videoId=town.video.id, key=API_KEY)
    request.headers["If-None-Match"] = request.execute()["etag"]
    with pytest.raises(HttpError) as unchanged:
        request.execute()
    assert unchanged.value.status_code == 304
    assert town.emulator.ledger.cost("youtube") == 2


# -- what it tells


def test_its_errors_show_the_key_and_ours_do_not(town: Town, line: httplib2.Http) -> None:
    town.emulator.faults.add(Fault("status", path=LISTS, status=503, body="{}", times=None))
    with pytest.raises(HttpError) as theirs:
        service(town.emulator, line).commentThreads().list(part="id", id="x", key=API_KEY).execute()
    assert API_KEY in str(theirs.value)
    error = town.read(secrets=KEY).error
    assert isinstance(error, Unavailable)
    assert API_KEY not in f"{error!r} {error.__context__!r} {error.__cause__!r}"


def test_two_threads_with_one_of_its_services_spoil_each_others_answers(town: Town) -> None:
    """The quick question is asked over the connection on which the slow one waits."""
    slow, quick = town.video, town.world.publish(town.channel, "Sommarlov")
    town.ask("Till badet", on=slow)
    town.ask("Till sommarlovet", on=quick)
    waits = town.emulator.faults.add(Fault("latency", parameters={"videoId": slow.id}, seconds=1.0))
    came: dict[str, object] = {}
    with closing(httplib2.Http(timeout=2)) as line:
        shared = service(town.emulator, line)
        threads = [threading.Thread(target=ask, args=(shared, video.id, came)) for video in (slow, quick)]
        threads[0].start()
        while not waits.done:
            time.sleep(0.01)
        threads[1].start()
        for thread in threads:
            thread.join()
    assert came != {slow.id: {slow.id}, quick.id: {quick.id}}


def test_two_threads_share_ours_and_each_asks_over_its_own_connection(town: Town) -> None:
    slow, quick = town.video, town.world.publish(town.channel, "Sommarlov")
    town.ask("Till badet", on=slow)
    town.ask("Till sommarlovet", on=quick)
    waits = town.emulator.faults.add(Fault("latency", parameters={"videoId": slow.id}, seconds=1.0))
    first, second = (Api(Credential(KEY), town.settings(), NOW, lambda: None, 5.0) for _each in range(2))
    with first, second, ThreadPoolExecutor(1) as pool:
        assert first._methods is second._methods
        waiting = pool.submit(first.list, "commentThreads", part="snippet", videoId=slow.id)
        while not waits.done:
            time.sleep(0.01)
        came = second.list("commentThreads", part="snippet", videoId=quick.id), waiting.result()
    assert [each["items"][0]["snippet"]["videoId"] for each in came] == [quick.id, slow.id]
    with pytest.raises(AttributeError):  # without a connection of its own a request goes nowhere
        first._methods["comments"].list(part="id", id="x").execute()


def ask(shared: Any, video: str, came: dict[str, object]) -> None:
    """The videos that the threads of one video are said to be about; or what happened instead."""
    try:
        found = shared.commentThreads().list(part="snippet", videoId=video, key=API_KEY).execute()
        came[video] = {item["snippet"]["videoId"] for item in found["items"]}
    except Exception as error:  # noqa: BLE001 - whatever it makes of it
        came[video] = error
