"""Pages in turn: no more of them at once than there are connections for, and none keeps its place while it is sent."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.types import Message, Receive, Scope, Send

from monitor.db import Database
from monitor.web.middleware import AT_ONCE, OneView


class Site:
    """Reads in the database, waits a little, and answers to somebody who takes their time."""

    def __init__(self, db: Database) -> None:
        self.db, self.inside, self.most, self.sending = db, 0, 0, 0

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        with self.db.snapshot() as session:
            session.connection()
        await asyncio.sleep(0.01)
        self.inside -= 1
        if scope["path"] == "/broken":
            raise ValueError("broken")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def slow_reader(self, _message: Message) -> None:
        self.sending += 1
        await asyncio.sleep(0.2)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _visits(site: Site, method: str, path: str, times: int) -> list[BaseException | None]:
    async def all_at_once() -> list[BaseException | None]:
        served = OneView(site)
        scope = {"type": "http", "method": method, "path": path}
        visits = (served(dict(scope), _nothing, site.slow_reader) for _each in range(times))
        return await asyncio.gather(*visits, return_exceptions=True)

    with ThreadPoolExecutor(1) as aside:  # where no browser's own loop runs
        return aside.submit(lambda: asyncio.run(all_at_once())).result()


def test_the_others_wait_in_turn_but_not_for_slow_readers(sqlite: Database) -> None:
    site = Site(sqlite)
    assert _visits(site, "GET", "/inbox", 3 * AT_ONCE) == [None] * (3 * AT_ONCE)
    assert (site.most, site.sending) == (AT_ONCE, 3 * AT_ONCE)
    assert sqlite.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_who_fails_gives_the_place_back(sqlite: Database) -> None:
    site = Site(sqlite)
    assert len([each for each in _visits(site, "GET", "/broken", 3 * AT_ONCE) if each]) == 3 * AT_ONCE
    assert sqlite.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(("method", "path"), [("POST", "/inbox"), ("GET", "/static/kanalvakt.css")])
def test_what_writes_and_what_reads_nothing_needs_no_place(sqlite: Database, method: str, path: str) -> None:
    site = Site(sqlite)
    _visits(site, method, path, AT_ONCE + 5)
    assert site.most == AT_ONCE + 5
