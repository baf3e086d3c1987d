"""A channel on the emulated YouTube Data API, and short ways to ask about it."""

import json
from typing import Any

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import Account, Comment, Person, Post, Token, World
from connectors.emulator.youtube import YouTube

FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"
KEY = "a key"


class Scene:
    """A channel, a video, a resident, and short ways to ask."""

    def __init__(self) -> None:
        self.world = World()
        self.site = YouTube(self.world)
        self.account: Account = self.world.account("youtube", "UChabitHabitHabitHabit01", "staden", "Staden")
        self.other: Account = self.world.account("youtube", "UCotherOtherOtherOther01", "annan", "Annan")
        self.world.token(Token(KEY, "api_key"))
        self.video: Post = self.world.publish(self.account, "Film")
        self.resident: Person = self.world.resident("youtube", "Åsa")

    def write(self, text: str = "Hej", on: Post | Comment | None = None, held: bool = False) -> Comment:
        self.world.advance(1)
        return self.world.comment(on or self.video, self.resident, text, held=held)

    def exchange(self, **form: str) -> Answer:
        body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        return self.site.answer(Request.parse("POST", "/token", {"host": "oauth2.googleapis.com"}, body))

    def bearer(self, account: Account | None = None, *scopes: str) -> dict[str, str]:
        token = self.world.token(Token("refresh", "oauth", account or self.account, scopes or (FORCE_SSL,)))
        given = self.exchange(grant_type="refresh_token", refresh_token=token.value, client_id="client")
        return {"authorization": f"Bearer {json.loads(given.body)['access_token']}"}

    def get(self, method: str, query: str, headers: dict[str, str] | None = None) -> Answer:
        """With the key, unless headers say who asks."""
        target = f"/youtube/v3/{method}?{query}" + ("" if headers else f"&key={KEY}")
        return self.site.answer(Request.parse("GET", target, {"host": "youtube.googleapis.com", **(headers or {})}))

    def threads(self, query: str = "", headers: dict[str, str] | None = None) -> Answer:
        about = f"part=snippet,replies&allThreadsRelatedToChannelId={self.account.id}"
        return self.get("commentThreads", about + query, headers)


def items(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = json.loads(answer.body)["items"]
    return found


def refusal(answer: Answer) -> tuple[int, str]:
    error = json.loads(answer.body)["error"]
    assert error["code"] == answer.status
    return answer.status, error["errors"][0]["reason"]
