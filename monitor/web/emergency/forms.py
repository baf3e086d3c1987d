"""What the forms of a crisis send: read no further than they may be long, and kept as it was written."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from config.language import _
from monitor.emergency.drafting import Own, Written
from monitor.emergency.message_rules import PARTS, Fault
from monitor.emergency.message_words import fault_in_words
from monitor.emergency.models import Message, Version
from monitor.watch.shown import storable
from monitor.web.form_body import fields

LARGEST = 1_000_000  # bytes: five long answers and a text for each of many channels
MOST_FIELDS = 500
LANGUAGES = ("sv", "en")
LOCAL = "%Y-%m-%dT%H:%M"
OWN, OUT = "text-", "out-"


@dataclass(slots=True)
class Sent:
    """As it was written, by field. faults: sentences by field, in the language in use."""

    values: dict[str, str] = field(default_factory=dict, repr=False)
    faults: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """-1 where it is none."""
        return int(self[name]) if self[name].isdecimal() and len(self[name]) < 10 else -1

    def written(self, zone: ZoneInfo) -> Written:
        """What somebody means to say."""
        owned = {name.removeprefix(OWN) for name in self.values if name.startswith(OWN)}
        out = {name.removeprefix(OUT) for name in self.values if name.startswith(OUT)}
        return Written(
            self["headline"],
            {name: self[name] for name in PARTS},
            short=self["short"],
            language=self["language"] if self["language"] in LANGUAGES else "sv",
            final=bool(self["final"]),
            next_update_at=moment_of(self["next_update"], zone),
            places={place: Own(self[OWN + place], place in out) for place in sorted(owned | out)},
        )

    def blame(self, faults: list[Fault]) -> None:
        """The first fault of each field."""
        for each in faults:
            self.faults.setdefault(each.at, fault_in_words(each))

    def is_confirmed(self, word: str) -> bool:
        """Was the word written that says that this is meant? Else a fault."""
        if self["sure"].strip().casefold() == word.casefold():
            return True
        self.faults["sure"] = _("Write {word} to confirm.", word=word)
        return False


async def sent(request: Request) -> Sent:
    """Raises HTTPException (413) for more than a form may hold."""
    found = await fields(request, LARGEST, MOST_FIELDS)
    return Sent({name: storable(each[0]).replace("\r\n", "\n") for name, each in found.items()})


def of_message(message: Message, own: dict[str, Version], zone: ZoneInfo) -> Sent:
    """The form as the message stands."""
    promise = message.next_update_at.astimezone(zone).strftime(LOCAL) if message.next_update_at else ""
    values = {name: getattr(message, name) for name in ("headline", "language", *PARTS)}
    values |= {"short": message.card_text, "final": "1" if message.final else "", "next_update": promise}
    values |= {OWN + place: each.text for place, each in own.items()}
    values |= {OUT + place: "1" for place, each in own.items() if each.left_out}
    return Sent(values)


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """The organisation's clock, as browsers send it; None where it is no time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
