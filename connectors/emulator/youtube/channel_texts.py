"""A channel's own texts and settings (`brandingSettings`), and changing them by channels.update.

The part that is named is replaced whole: what the body leaves out is gone. The title can only be changed in Studio.
"""

import json
from typing import Any

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, World
from connectors.emulator.youtube.google import Caller, Refusal

LONGEST = 1_000
"""Characters of a channel's description."""
DOMAIN = "youtube.channel"
Branding = dict[str, Any]


class ChannelTexts:
    """By channel id, as they are now. A test may put anything there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._of: dict[str, Branding] = {}

    def of(self, account: Account) -> Branding:
        beginning = {
            "channel": {"title": account.name, "keywords": 'kommun "våra filmer"', "country": "SE"},
            "image": {"bannerExternalUrl": f"https://yt3.googleusercontent.com/{account.id}"},
        }
        return self._of.setdefault(account.id, beginning)

    def description(self, account: Account) -> str:
        return str(self.of(account)["channel"].get("description", ""))

    def describe(self, account: Account, text: str) -> None:
        """Somebody writes it in Studio."""
        self.of(account)["channel"]["description"] = text

    def update(self, request: Request, caller: Caller, cost: int) -> Answer:
        """Raises Refusal."""
        account, given = caller.account, _branding(request)
        if account is None or _body(request).get("id") != account.id:
            raise _refusal(403, "channelForbidden", "The channel does not support the request.")
        channel: Branding = given["channel"] if isinstance(given.get("channel"), dict) else {}
        text = str(channel.get("description", ""))
        if len(text) > LONGEST or "<" in text or ">" in text:
            raise _refusal(400, "brandingValidationError", "The brandingSettings object failed validation.")
        if channel.get("title", account.name) != account.name:
            raise _refusal(403, "channelTitleUpdateForbidden", "The channel's title may not be changed.")
        self._of[account.id] = {**given, "channel": {"title": account.name, **channel}}
        self._world.did("describe", account)
        shown = {"kind": "youtube#channel", "etag": "x", "id": account.id, "brandingSettings": self._of[account.id]}
        return Answer.json(shown, cost=cost)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise _refusal(400, "parseError", "The body is no channel.") from None
    return body if isinstance(body, dict) else {}


def _branding(request: Request) -> Branding:
    if request.query.get("part") != ["brandingSettings"]:
        raise _refusal(400, "unexpectedPart", "This part cannot be updated.")
    given = _body(request).get("brandingSettings")
    if not isinstance(given, dict):
        raise _refusal(400, "brandingSettingsRequired", "The brandingSettings are missing.")
    return given


def _refusal(status: int, reason: str, message: str) -> Refusal:
    return Refusal(status, reason, message, domain=DOMAIN)
