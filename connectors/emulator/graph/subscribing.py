"""A page's subscribed_apps: which app hears of its changes (webhooks), and of which ones."""

from typing import Any

from connectors.emulator.graph.refusals import Refusal, lacks
from connectors.emulator.graph.tokens import APP_ID, METADATA, Viewer
from connectors.emulator.wire import Request
from connectors.emulator.world import Account

FIELDS = frozenset({"feed", "mention", "messages", "ratings", "videos", "live_videos", "name", "picture"})


def subscribed_apps(viewer: Viewer, page: Account, request: Request) -> dict[str, Any]:
    """Answers GET, POST and DELETE; the world remembers. Raises Refusal."""
    if not viewer.is_page:
        raise Refusal(210, "(#210) A page access token is required to request this resource.")
    if METADATA not in viewer.token.scopes:
        raise lacks(METADATA)
    if request.method == "GET":
        return {"data": _apps(viewer.world.subscriptions.get(page.id))}
    if request.method == "POST":
        viewer.world.subscriptions[page.id] = _fields(request.get("subscribed_fields"))
    else:
        viewer.world.subscriptions.pop(page.id, None)
    return {"success": True}


def _apps(fields: tuple[str, ...] | None) -> list[dict[str, Any]]:
    if fields is None:
        return []
    link = "https://www.example.org/"
    return [{"category": "Utilities", "link": link, "name": "Kanalvakt", "id": APP_ID, "subscribed_fields": [*fields]}]


def _fields(text: str) -> tuple[str, ...]:
    fields = tuple(name.strip() for name in text.split(",") if name.strip())
    if not fields:
        raise Refusal(100, "(#100) The parameter subscribed_fields is required.")
    if wrong := [name for name in fields if name not in FIELDS]:
        raise Refusal(100, f"(#100) Param subscribed_fields[0] must not be {wrong[0]!r}")
    return fields
