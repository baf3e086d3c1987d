"""The emulated platforms in a process of their own, so that their work is not taken for ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from connectors.emulator.server import Emulator
from connectors.emulator.world import Account, Token, World
from tests.bench.emergency.scene import PROCESSES
from tests.bench.web.town import own
from tests.connectors.graph_stages import INSTAGRAM_SCOPES, SCOPES

PLATFORMS = ("facebook", "instagram")
TEXTS = ("En fråga om vattnet på Storgatan", "När plogas det?", "Tack för hjälpen!", "Bussen kom inte i dag heller")
RECENT = 5
"""Comments below each channel's one post, from the start."""


@dataclass
class Platforms:
    """The other process. settings: the environment that leads there."""

    settings: dict[str, str]
    line: Connection

    def ask(self, verb: str, value: float = 0) -> int:
        self.line.send((verb, value))
        found: int = self.line.recv()
        return found

    def write(self, comments: int) -> None:
        """So many new comments by residents, spread over the channels in turn."""
        self.ask("write", comments)

    def calls(self) -> int:
        """Requests since somebody asked."""
        return self.ask("calls")


@contextmanager
def platforms(channels: int, latency: float = 0.0) -> Iterator[Platforms]:
    """So many accounts, each with one post; latency: seconds that each answer takes."""
    emulator = Emulator(World(clock=datetime.now(UTC), real_time=True), latency=latency)
    for number in range(channels):
        _furnish(emulator.world, number)
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_serve, args=(emulator, theirs), daemon=True)
    process.start()
    try:
        yield Platforms(emulator.settings(), ours)
    finally:
        process.kill()
        process.join()


def token(number: int) -> str:
    return f"token-{number}"


def _furnish(world: World, number: int) -> None:
    platform = PLATFORMS[number % len(PLATFORMS)]
    scopes = SCOPES if platform == "facebook" else INSTAGRAM_SCOPES
    account = world.account(platform, own(number), f"sida{number}", f"Sida {number}", page_id=own(number))
    world.token(Token(token(number), "page", account, scopes))
    world.publish(account, "Nyhet")
    for _each in range(RECENT):
        _write(world, account)


def _write(world: World, account: Account) -> None:
    number = len(world.comments)
    writer = world.resident(account.platform, f"Invånare {number}")
    world.comment(world.posts_of(account)[0], writer, TEXTS[number % len(TEXTS)])


def _serve(emulator: Emulator, line: Connection) -> None:
    accounts, written = list(emulator.world.accounts.values()), 0
    with emulator:
        while True:
            verb, value = line.recv()
            with emulator.world.lock:
                if verb == "write":
                    for _each in range(int(value)):
                        _write(emulator.world, accounts[written % len(accounts)])
                        written += 1
                found = emulator.ledger.requests()
                emulator.ledger.clear()
            line.send(found)
