"""A crisis message in front of a channel's own text, which is put back afterwards.

channels.update replaces the whole part that it names, so the settings are read anew just before, and go back with
nothing changed but the text. YouTube knows no condition for it: what somebody saves in Studio in that very second is
lost. The channel's text is short, so the old one may have to be cut meanwhile; it is kept whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from connectors.base import State
from connectors.errors import OutcomeUnknown, Refused, UnexpectedAnswer
from connectors.publishing import Draft, Prepared, Published, Search, marked, same
from connectors.youtube.parts import CHANNEL, Part, Press, printable

LONGEST = 1_000
"""Characters of a channel's text (documentation of brandingSettings.channel.description)."""
BELOW = "\n\n———"
"""Stands between a message and the channel's own text."""
MORE = "…"


@dataclass(frozen=True)
class ChannelText(Part):
    """A Publisher, and Replacing. progress: "before", the channel's own text."""

    longest_post: ClassVar[int] = 600
    publish_cost: ClassVar[int] = 1 + 50

    def prepare(self, draft: Draft, progress: State, now: datetime) -> Prepared:  # noqa: ARG002 - the protocol's
        self.check(draft)
        if "before" in progress:
            return Prepared(progress)
        with self.open() as press:
            stands = _description(self._settings_of(press))
        return Prepared({"before": _own(stands, draft.stood)})

    def publish(self, draft: Draft, progress: State) -> Published:
        """Nothing is written where the message stands already."""
        with self.open() as press:
            settings = self._settings_of(press)
            stands = _description(settings)
            if not marked(stands, draft.marker):
                self._put(press, settings, together(draft.text, str(progress["before"])))
        return self._published()

    def find(self, draft: Draft, progress: State, since: datetime) -> Search:  # noqa: ARG002 - the protocol's
        with self.open() as press:
            there = marked(_description(self._settings_of(press)), draft.marker)
        return Search(self._published() if there else None, complete=True)

    def verify(self, draft: Draft, published: Published) -> Published:
        """As everybody sees it: not where it was written."""
        with self.open() as press:
            found = press.list("channels", part="snippet", id=self.channel)["items"]
        stands = str(_inside(_inside(found[0], "snippet"), "description")) if found else ""
        if not marked(stands, draft.marker) or not same(stands.partition(BELOW)[0], printable(draft.text)):
            raise Refused("something else stands there", code="text")
        return published

    def put_back(self, progress: State, marker: str) -> bool:
        with self.open() as press:
            settings = self._settings_of(press)
            stands = _description(settings)
            if not marked(stands, marker):
                return False
            self._put(press, settings, _own(stands, str(progress["before"])))
        return True

    def _settings_of(self, press: Press) -> dict[str, Any]:
        """The whole part. Raises ConnectorError."""
        found = press.list("channels", part="brandingSettings", id=self.channel)["items"]
        if not found:
            raise Refused("there is no such channel", code="channelNotFound")
        settings: dict[str, Any] = _inside(found[0], "brandingSettings")
        return settings

    def _put(self, press: Press, settings: Mapping[str, Any], text: str) -> None:
        changed = {**settings, "channel": {**settings.get("channel", {}), "description": text}}
        body = {"id": self.channel, "brandingSettings": changed}

        def send() -> Any:
            return press.request("channels.update", part="brandingSettings", body=body).execute(num_retries=0)

        answer = self.write(press, send)
        if not isinstance(answer, dict) or answer.get("id") != self.channel:
            raise OutcomeUnknown("YouTube does not say what it made of it")

    def _published(self) -> Published:
        return Published(self.channel, f"{CHANNEL}{self.channel}/about")


def together(text: str, before: str) -> str:
    """The message, and below it as much of the channel's own text as there is room for."""
    head = printable(text.strip()) + BELOW
    room = LONGEST - len(head) - 2
    own = before if len(before) <= room else before[: max(0, room - len(MORE))].rstrip() + MORE
    return f"{head}\n\n{own}" if own.strip(MORE) else head


def _own(stands: str, stood: str | None) -> str:
    """The channel's own text, of what stands there now. stood: as it was when a message was put above it; what somebody
    has written there since then goes before it."""
    if stood is None:
        return stands
    _message, line, own = stands.partition(BELOW)
    if not line:
        return stands
    own = own.removeprefix("\n\n")
    cut = own.endswith(MORE) and stood.startswith(own.removesuffix(MORE))
    return stood if cut or own.strip() == stood.strip() else own


def _description(settings: Mapping[str, Any]) -> str:
    channel = settings.get("channel")
    text = channel.get("description") if isinstance(channel, dict) else None
    return text if isinstance(text, str) else ""


def _inside(item: Any, name: str) -> Any:
    """Raises UnexpectedAnswer."""
    found = item.get(name) if isinstance(item, dict) else None
    if found is None:
        raise UnexpectedAnswer("YouTube's answer lacks something", code=name)
    return found
