"""The feeds of the authorities' warnings, in the shapes that Sveriges Radio, SMHI and krisinformation.se answer with.

After captured answers: the production feed carries exercises too, a cancel has `info: null` and shares `incidents`
with what it takes back, parameters are plural, and there is no headline. SMHI tells only what holds now, counties as
numbers.
"""

import hashlib
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from connectors.emulator.wire import Answer, Request
from connectors.emulator.world import World

PREFIX = "/warnings"
PLACES = {"00": "Sverige", "14": "Län", "1472": "Kommun"}


class Warnings:
    """made_at: when the radio's feed says that it was made; the world's clock where None. alerts, weather, news, top,
    retold: what is told, as it is told: tests may put anything there."""

    name = "warnings"

    def __init__(self, world: World) -> None:
        self._world = world
        self.made_at: datetime | None = None
        self.alerts: list[Any] = []
        self.weather: list[Any] = []
        self.news: list[Any] = []
        self.retold: list[Any] = []
        self.top: list[Any] = []

    def owns(self, request: Request) -> bool:
        return request.on_loopback and request.path.startswith(f"{PREFIX}/")

    def answer(self, request: Request) -> Answer:
        feeds: dict[str, Any] = {
            "vma": {"timestamp": _written(self.made_at or self._world.now), "alerts": self.alerts},
            "smhi": self.weather,
            "krisinformation/news": self.news,
            "krisinformation/topstories": self.top,
            "krisinformation/vmas": self.retold,
        }
        told = feeds.get(request.path.removeprefix(f"{PREFIX}/"))
        if told is None:
            return Answer.json({"error": "not found"}, 404)
        answer = Answer.json(told)
        mark = f'"{hashlib.sha256(repr(told if told != feeds["vma"] else self.alerts).encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == mark and self.made_at is None:
            return Answer(304, b"", {"ETag": mark})
        answer.headers |= {"ETag": mark, "Last-Modified": format_datetime(self._world.now, usegmt=True)}
        return answer

    # -- what happens

    def warn(self, number: str, text: str, *, code: str = "1472", incident: str = "", **more: Any) -> dict[str, Any]:
        """An alert in the radio's feed. more: fields that are to be otherwise."""
        now = self._world.now
        area = {"areaDesc": "Tibro", "geocode": [{"valueName": PLACES.get(code, "Kommun"), "value": code}]}
        info = {
            "language": "sv-SE",
            "category": ["Safety"],
            "event": "Viktigt meddelande",
            "urgency": "Immediate",
            "severity": "Severe",
            "certainty": "Observed",
            "expires": _written(now + timedelta(hours=6)),
            "senderName": "Sveriges Radio",
            "description": text,
            "instruction": None,
            "responseType": "Shelter",
            "web": "https://sverigesradio.se/vma",
            "parameters": [],
            "area": [area],
        }
        return self._add(number, info=[info], incidents=incident or f"SRVMA{number}", **more)

    def cancel(self, number: str, of: dict[str, Any]) -> dict[str, Any]:
        """The alert is taken back."""
        named = ",".join((of["sender"], of["identifier"], of["sent"]))
        same = {"status": of["status"], "incidents": of["incidents"]}
        return self._add(number, info=None, msgType="Cancel", references=named, **same)

    def weather_warning(
        self, number: int, level: str, *, county: int = 14, event: str = "Snöfall", **more: Any
    ) -> dict[str, Any]:
        """SMHI warns. level: MESSAGE, YELLOW, ORANGE, RED."""
        now, words = self._world.now, {"MESSAGE": "Meddelande", "YELLOW": "Gul", "ORANGE": "Orange", "RED": "Röd"}
        area = {
            "id": number * 10,
            "approximateStart": _written(now),
            "approximateEnd": _written(now + timedelta(hours=12)),
            "published": _written(now),
            "areaName": {"sv": "Skaraborg", "en": "Skaraborg"},
            "warningLevel": {"sv": words.get(level, level), "en": level.title(), "code": level},
            "eventDescription": {"sv": event, "en": "Snowfall", "code": "SNOW"},
            "affectedAreas": [{"id": county, "sv": "Västra Götalands län", "en": "Västra Götaland County"}],
            "descriptions": [{"title": {"sv": "Vad", "en": "What"}, "text": {"sv": "Mycket snö.", "en": "Much snow."}}],
            **more,
        }
        made = {"id": number, "event": {"sv": event, "en": "Snowfall", "code": "SNOW"}, "warningAreas": [area]}
        self.weather.append(made)
        return made

    def retell(self, identifier: str, headline: str, **more: Any) -> dict[str, Any]:
        """krisinformation.se tells of a warning to the public."""
        made = self.tell(identifier, headline, Event="VMA", **more)
        self.news.remove(made)
        self.retold.append(made)
        return made

    def tell(self, identifier: str, headline: str, **more: Any) -> dict[str, Any]:
        """krisinformation.se writes something."""
        made = {
            "Identifier": identifier,
            "PushMessage": headline,
            "Updated": _written(self._world.now),
            "Published": _written(self._world.now),
            "Headline": headline,
            "Preamble": "Kort.",
            "BodyText": "<p>Mer <b>text</b>.</p>",
            "Area": [{"Type": "County", "Description": "Västra Götalands län"}],
            "Web": "https://www.krisinformation.se/x",
            "Language": "sv-SE",
            "Event": "Övrigt",
            "SenderName": "Krisinformation.se",
            "IsTest": False,
            "Push": True,
            **more,
        }
        self.news.append(made)
        return made

    def _add(self, number: str, **more: Any) -> dict[str, Any]:
        made = {
            "identifier": f"SRCAP{number}",
            "sender": "https://vmaapi.sr.se",
            "sent": _written(self._world.now),
            "status": "Actual",
            "msgType": "Alert",
            "scope": "Public",
            "references": None,
            "note": None,
            **more,
        }
        self.alerts.append(made)
        return made


def _written(moment: datetime) -> str:
    return moment.isoformat()
