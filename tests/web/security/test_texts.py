"""What residents and colleagues write is shown as text on every page that shows any, and never as HTML."""

import re
from collections.abc import Callable

from sqlalchemy import update
from starlette.testclient import TestClient

from monitor.db import Database
from monitor.register.models import Channel, Organisation, Person, Unit
from monitor.watch.models import Comment, Post
from tests.web.security.test_fuzzed import THERE, endpoints

EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script></textarea></title>{{7*7}}"
FOUND = re.compile(r"<img src=x|<script>alert|</textarea></title>")
SignedIn = Callable[[str], TestClient]


def test_nothing_that_anybody_wrote_becomes_html_on_any_page(filled: Database, signed_in: SignedIn) -> None:
    with filled.transaction() as session:
        session.execute(update(Comment).values(text=EVIL, author_name=EVIL))
        session.execute(update(Post).values(text=EVIL))
        session.execute(update(Channel).values(name=EVIL))
        session.execute(update(Unit).values(name=EVIL))
        session.execute(update(Organisation).values(name=EVIL))
        session.execute(update(Person).values(name=EVIL))
        session.get_one(Person, "redaktor").roles = ["communicator", "administrator", "registrar"]
    client, shown, read = signed_in("redaktor"), 0, 0
    for method, path, _names in endpoints(client.app):  # type: ignore[arg-type]
        if method == "GET":
            address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda gap: THERE.get(gap[1], ["0"])[0], path)
            answer = client.get(address)
            if answer.headers["content-type"].startswith("text/html"):
                assert FOUND.search(answer.text) is None, address
                read += 1
                shown += "&lt;img src=x onerror=alert(1)&gt;" in answer.text
    assert read > 25
    assert shown > 10, "the text was to be on most pages"
