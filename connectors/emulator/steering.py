"""Control verbs for the machinery: faults, tokens, clock, delay, ledger."""

import random
import re
from typing import TYPE_CHECKING, Any

from connectors.emulator.faults import Fault, Faults, Kind
from connectors.emulator.finding import Finder, Refused, as_json
from connectors.emulator.story import live

if TYPE_CHECKING:
    from connectors.emulator.server import Emulator


class Steering:
    """Each public method is a verb: its parameters are the request's, its result is sent as JSON."""

    def __init__(self, emulator: "Emulator") -> None:
        self._emulator = emulator
        self._find = Finder(emulator.world)
        self._random = random.Random(emulator.world.seed)  # noqa: S311 - chooses what residents say

    def fault(
        self,
        kind: Kind,
        site: str = "",
        path: str = "",
        method: str = "",
        parameters: dict[str, str] | None = None,
        after: int = 0,
        times: int | None = 1,
        status: int = 500,
        body: str = "",
        headers: dict[str, str] | None = None,
        seconds: float = 0.0,
        cost: int = 0,
    ) -> int:
        """Matching requests fail (path, parameters: regular expressions; times null: for ever). Number of rules."""
        wanted = parameters or {}
        for expression in (path, *wanted.values()):
            _compile(expression)
        rule = Fault(kind, site=site, path=path, method=method, parameters=wanted, after=after, times=times)
        rule.status, rule.body, rule.headers = status, body, headers or {}
        rule.seconds, rule.cost = seconds, cost
        self._emulator.faults.add(rule)
        return len(self._emulator.faults.rules)

    def random_faults(self, seed: int, probability: float) -> float:
        """Requests fail with this probability, in ways that the seed chooses."""
        self._emulator.faults = Faults.random(seed, probability)
        return probability

    def clear_faults(self) -> None:
        """Nothing fails any more."""
        self._emulator.faults = Faults()

    def clear_ledger(self) -> None:
        """The ledger begins anew."""
        self._emulator.ledger.clear()

    def advance(self, seconds: float) -> str:
        """Moves the world's clock; the new time."""
        self._emulator.world.advance(seconds)
        return self._emulator.world.now.isoformat()

    def delay(self, seconds: float) -> float:
        """Every answer takes so long from now on."""
        self._emulator.latency = seconds
        return seconds

    def break_tokens(self, account: str, code: int = 190, subcode: int | None = 463) -> int:
        """The account's tokens are refused with this error from now on; how many there are."""
        return self._set_error(account, (code, subcode))

    def mend_tokens(self, account: str) -> int:
        """The account's tokens work again; how many there are."""
        return self._set_error(account, None)

    def live(self) -> dict[str, Any]:
        """One more believable thing happens in the sample municipality."""
        if self._emulator.story is None:
            raise Refused("This world has no story: start it with --story.")
        return as_json(live(self._emulator.world, self._emulator.story, self._random))

    def _set_error(self, account: str, error: tuple[int, int | None] | None) -> int:
        owner = self._find.account(account)
        tokens = [token for token in self._emulator.world.tokens.values() if token.account is owner]
        for token in tokens:
            token.error = error
        return len(tokens)


def _compile(expression: str) -> None:
    try:
        re.compile(expression)
    except re.error as error:
        raise Refused(f"{expression!r} is not a regular expression: {error}.") from None
