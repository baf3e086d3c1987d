"""What is written and read of an incident beside its messages: log, handover, evaluation, stops, answers, the board."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from monitor.db.numbered import LARGEST
from monitor.emergency.intake_rules import Kind as Sort
from monitor.emergency.topics import LONGEST_ANSWER, LONGEST_TITLE
from monitor.web.api.crisis_shapes import Mode, Reason
from monitor.web.api.shapes import CLEAN, FILLED, In, Line, Moment, Name, Out

LONGEST = 4000  # characters of a line of the log, and of an answer
Said = Annotated[str, StringConstraints(max_length=LONGEST, **FILLED), CLEAN]
Answer = Annotated[str, StringConstraints(max_length=LONGEST), CLEAN]
Ids = Annotated[list[Annotated[int, Field(ge=1, le=LARGEST)]], Field(min_length=1, max_length=2000)]


class CaseNumber(In):
    case_number: Annotated[str, StringConstraints(max_length=120), CLEAN]


class LogLine(In):
    kind: Literal["event", "decision", "note"] = "note"
    text: Said


class CrisisLine(Out):
    """by: the name of who wrote it; null where the system did."""

    id: int
    at: Moment
    kind: str
    text: str
    by: str | None


class Handing(In):
    """The answers of whoever hands over; one at least."""

    going_on: Answer = ""
    decided: Answer = ""
    promised: Answer = ""
    waiting: Answer = ""
    watch_out: Answer = ""


class Evaluation(In):
    """One answer at least. Each call says all of it."""

    went_well: Answer = ""
    went_badly: Answer = ""
    first_message: Answer = ""
    understood: Answer = ""
    answered: Answer = ""
    technique: Answer = ""
    change: Answer = ""


class Stopping(In):
    """place: a channel's id, hub, or empty for everything."""

    place: Annotated[str, StringConstraints(max_length=120), CLEAN] = ""
    reason: Reason = ""


class LettingGo(In):
    """place: as it was stopped."""

    place: Annotated[str, StringConstraints(max_length=120), CLEAN] = ""


class CrisisHold(Out):
    """place: empty for everything. mode: of the incidents in which nothing goes out there."""

    place: str
    mode: Mode
    until: Moment
    reason: str


class Holds(Out):
    items: list[CrisisHold]


class Seen(In):
    """seen: whoever looked says that it is there, that it is not (it is sent again), or that it is left out."""

    seen: Literal["seen", "not_seen", "skip"]
    url: Line = ""


class Sorting(In):
    """ids: of the board's items."""

    ids: Ids
    kind: Sort


class Settling(In):
    """done: taken care of; else to be looked at once more."""

    ids: Ids
    done: bool = True


class Gathering(In):
    """title: what they are about."""

    ids: Ids
    title: Annotated[str, StringConstraints(max_length=LONGEST_TITLE, **FILLED), CLEAN]


class Wording(In):
    """answer: to all of the topic. shown: whether residents read question and answer on the crisis page; null: as it
    is."""

    answer: Annotated[str, StringConstraints(max_length=LONGEST_ANSWER), CLEAN]
    shown: bool | None = None


class BoardItem(Out):
    """text: null where it is said to be secret. answered: from here, or on its way."""

    id: int
    comment_id: int
    kind: Sort
    posted_at: Moment
    channel: Name = Field(validation_alias="channel_id")
    author: str
    text: str | None
    permalink: str | None
    topic: int | None = Field(validation_alias="topic_id")
    done_at: Moment | None
    answered: bool


class CrisisTopic(Out):
    """waiting: comments that nobody has taken care of; count: all of them. shown_at: since when residents read it on
    the crisis page."""

    id: int
    title: str
    answer: str
    shown_at: Moment | None
    waiting: int
    count: int


class CrisisBoard(Out):
    """items: the first hundred, who needs help first; left: how many more. counts: of what waits, by kind. groups: ids
    of comments that are alike and of no topic yet."""

    items: list[BoardItem]
    left: int
    counts: dict[Sort, int]
    done: int
    groups: list[list[int]]
    topics: list[CrisisTopic]


class Answered(Out):
    """sent: answered by this call. left: more than one call answers: ask again. skipped: how many were not, by the
    reason in words."""

    sent: int
    left: int
    skipped: dict[str, int]
