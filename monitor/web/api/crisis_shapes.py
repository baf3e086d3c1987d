"""Incidents, messages and deliveries as programs read and write them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from monitor.db.numbered import LARGEST
from monitor.emergency.message_rules import Kind, State
from monitor.emergency.rules import Fate
from monitor.web.api.shapes import CLEAN, FILLED, In, Line, Moment, Name, Out, Text

Mode = Literal["actual", "exercise"]
Level = Literal["elevated", "disturbance", "extraordinary"]
Stage = Literal["confirmed", "ongoing", "controlled", "over", "evaluation"]
Title = Annotated[str, StringConstraints(max_length=120, **FILLED), CLEAN]
Reason = Annotated[str, StringConstraints(max_length=500), CLEAN]


def _short_enough(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise PydanticCustomError("string_too_long", "is longer than {most} characters", {"most": LONGEST_TEXT})
    return text


LONGEST_TEXT = 20_000
Bounded = Annotated[str, AfterValidator(_short_enough), CLEAN]
"""As Text. The bound is not in the schema: what is made to break the schemas of an object's values often has none."""


class Beginning(In):
    """mode: never to be changed. sure: must be the mode once more, so that an exercise is never live by a slip.
    warning: of the authorities, because of which it begins."""

    title: Title
    mode: Mode
    sure: Mode
    level: Level = "elevated"
    decided_by: Line = ""
    area: Line = ""
    case_number: Line = ""
    warning: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


class Staging(In):
    """What residents are told of where it stands."""

    stage: Stage


class Naming(In):
    """title: residents read it."""

    title: Title


class Ending(In):
    """why: there is no final message; needed only where there is none."""

    why: Reason = ""


class Place(In):
    """A place's own text, at most 20,000 characters; empty: what is made of the answers. left_out: nothing goes out."""

    text: Bounded = Field(default="", repr=False)
    left_out: StrictBool = False


class Writing(In):
    """What a message says: the five answers. short: what fits everywhere, and stands on the picture. next_update_at:
    when residents hear more at the latest; needed unless final. places: by id: a channel's, that of a part of it
    (yt:text), or hub. What leaves out a channel leaves out its parts."""

    headline: Line
    happened: Text = Field(default="", repr=False)
    meaning: Text = Field(default="", repr=False)
    doing: Text = Field(default="", repr=False)
    to_do: Text = Field(default="", repr=False)
    learn_more: Text = Field(default="", repr=False)
    short: Line = ""
    language: Literal["sv", "en"] = "sv"
    final: StrictBool = False
    next_update_at: Moment | None = None
    places: dict[Name, Place] = Field(default_factory=dict, max_length=200)


class Drafting(Writing):
    """earlier: the message that this is an update or a correction of; of an update nothing else need be the same."""

    kind: Literal["alert", "update", "correction"] = "alert"
    earlier: Annotated[int, Field(ge=1, le=LARGEST)] | None = None


class Changing(Writing):
    """revision: of the message that was read, so that nothing is overwritten unseen."""

    revision: int


class Read(In):
    """revision: of the message that was read."""

    revision: int


class Sending(Read):
    """sure: the incident's mode. alone: why nobody else can approve it; needed only where nobody has. next_update_at: a
    later one, needed only where the promised time has passed."""

    sure: Mode
    alone: Reason = ""
    next_update_at: Moment | None = None


class TakingBack(In):
    kind: Literal["correction", "cancel"]


class Reviewing(In):
    """words: what whoever has gone through it has found."""

    words: Annotated[str, StringConstraints(max_length=500, **FILLED), CLEAN]


class CrisisIncident(Out):
    """stage: null before anybody has said it."""

    id: int
    mode: Mode
    level: Level
    title: str
    state: Literal["active", "stable", "closed", "evaluated"]
    stage: Stage | None
    started_at: Moment
    started_by: str
    decided_by: str
    area: str
    case_number: str
    closed_at: Moment | None


class CrisisDelivery(Out):
    """place: a channel's id, that of a part of it (yt:text), or hub. way: machine, by_hand, best_effort (never counts
    as delivered) or rehearsed."""

    id: int
    place: str
    way: str
    state: Fate
    url: str | None
    reason: str | None
    attempts: int
    confirmed_at: Moment | None
    verified_at: Moment | None


class CrisisFault(Out):
    """What has to be mended before it can go out. field: as it is written, or text-PLACE."""

    field: str
    what: str
    detail: str


class CrisisMessage(Out):
    """texts: as it goes out, by place. deliveries: none before it is sent. beside: the message that holds already,
    where this one would be another that does; sent all the same, residents read both. to_review: sent by one person
    alone, and nobody else has gone through it."""

    id: int
    incident: int
    kind: Kind
    state: State
    revision: int
    headline: str
    language: str
    final: bool
    next_update_at: Moment | None
    earlier: int | None
    author: str
    approved_by: str | None
    sent_alone: str
    to_review: bool
    beside: int | None
    identifier: str | None
    sent: Moment | None
    texts: dict[str, str]
    faults: list[CrisisFault]
    deliveries: list[CrisisDelivery]
