"""What a list request asks for: its parameters checked as the YouTube Data API does, and a page cut to size."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from connectors.emulator.wire import Request
from connectors.emulator.youtube.google import Refusal

Key = tuple[str, str]
Item = TypeVar("Item")
_EMPTY = "EMPTY"
_BEFORE_ALL: Key = ("~", "~")


@dataclass(frozen=True)
class Rules:
    """A method's parameters: exactly one of `filters`, at least one of `parts`, and words from a list."""

    filters: tuple[str, ...]
    parts: tuple[str, ...]
    default: int
    least: int
    most: int
    words: Mapping[str, tuple[str, ...]]


class Asked:
    """The parameters of one request. Raises Refusal for what the rules forbid."""

    def __init__(self, request: Request, rules: Rules) -> None:
        self._request = request
        self._rules = rules
        self.parts = self.several("part")
        self._check_parts()
        self.filter = self._one_filter()
        self._check_words()
        self.limit = self._limit()

    def get(self, name: str) -> str:
        """A word; the first allowed one where the parameter is absent or unspecified."""
        allowed = self._rules.words.get(name, ("",))
        given = self._request.get(name)
        return allowed[0] if not given or given.endswith("Unspecified") else given

    def several(self, name: str) -> list[str]:
        """The values of a parameter that is repeated or has commas."""
        return [value for each in self._request.query.get(name, []) for value in each.split(",") if value]

    def given(self, name: str) -> bool:
        return bool(self._request.get(name))

    def page(
        self, found: Sequence[tuple[Key, Item]], *, empty_pages: bool = False, circle: bool = False
    ) -> tuple[Sequence[tuple[Key, Item]], str | None]:
        """What comes after the page token, and the token of the next page. Keys are the places in the list."""
        token = self._request.get("pageToken")
        if token.startswith(_EMPTY):
            return (), token.removeprefix(_EMPTY)
        start = self._start(token, [key for key, _ in found])
        end = start + self.limit
        more = _encode(found[end - 1][0]) if 0 < end < len(found) else None
        if circle and more is None:
            return found[start:end], _encode(_BEFORE_ALL)
        return found[start:end], _EMPTY + more if more and empty_pages else more

    def _start(self, token: str, keys: Sequence[Key]) -> int:
        if not token:
            return 0
        last = _decode(token)
        if last in keys:
            return keys.index(last) + 1
        return next((place for place, key in enumerate(keys) if key < last), len(keys))

    def _check_parts(self) -> None:
        if not self.parts:
            raise _bad("missingRequiredParameter", "No part selected. Expected at least one.", "part")
        for part in self.parts:
            if part not in self._rules.parts:
                raise _bad("unknownPart", f"Unknown part: {part}", "part", "youtube.part")

    def _one_filter(self) -> str:
        given = [name for name in self._rules.filters if self._request.get(name)]
        if not given:
            expected = ", ".join(self._rules.filters)
            raise _bad("missingRequiredParameter", f"No filter selected. Expected one of: {expected}", "parameters.")
        if len(given) > 1:
            message = f"Incompatible parameters specified in the request: {', '.join(given)}"
            raise _bad("incompatibleParameters", message, "parameters.")
        return given[0]

    def _check_words(self) -> None:
        for name, allowed in self._rules.words.items():
            if self.get(name) not in allowed:
                raise _bad("invalidParameter", f"Invalid value for parameter {name}", name)

    def _limit(self) -> int:
        text = self._request.get("maxResults") or str(self._rules.default)
        if not text.isdigit() or not self._rules.least <= int(text) <= self._rules.most:
            span = f"[{self._rules.least}, {self._rules.most}]"
            raise _bad(
                "invalidParameter", f"Invalid value '{text}'. Values must be within the range: {span}", "maxResults"
            )
        return int(text)


def newest_first(at: datetime, id_: str) -> Key:
    """A place in a list that runs from new to old."""
    return at.isoformat(), id_


def _bad(reason: str, message: str, location: str, domain: str = "youtube.parameter") -> Refusal:
    return Refusal(400, reason, message, domain=domain, location=location)


def _encode(key: Key) -> str:
    return base64.urlsafe_b64encode("\n".join(key).encode()).decode().rstrip("=")


def _decode(token: str) -> Key:
    try:
        at, id_ = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("\n")
    except (ValueError, binascii.Error):
        message = "The request specifies an invalid page token."
        raise _bad("invalidPageToken", message, "pageToken") from None
    return at, id_
