"""What other systems can be told of, and which acts of the log, and which changes that readings notice, are told. Pure.

The names are a promise to receivers (docs/webhooks.md): one may be added, none changes its meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """What happened, as its receiver is told."""

    COMMENT_RECEIVED = "comment.received"
    COMMENT_ANSWERED = "comment.answered"
    COMMENT_EDITED = "comment.edited"
    COMMENT_PUBLISHED = "comment.published"
    COMMENT_HIDDEN = "comment.hidden"
    COMMENT_UNHIDDEN = "comment.unhidden"
    COMMENT_GONE = "comment.gone"
    COMMENT_BACK = "comment.back"
    COMMENT_DELETED = "comment.deleted"
    COMMENT_FLAGGED = "comment.flagged"
    COMMENT_OVERDUE = "comment.overdue"
    COMMENT_CLOSED = "comment.closed"
    COMMENT_REOPENED = "comment.reopened"
    COMMENT_ASSIGNED = "comment.assigned"
    COMMENT_FORWARDED = "comment.forwarded"
    COPY_SAVED = "copy.saved"
    REMOVAL_NOTED = "removal.noted"
    DAY_ENDED = "watch.day_ended"
    DAY_ATTESTED = "watch.day_attested"
    DAY_CORRECTED = "watch.day_corrected"
    CHANNEL_FAILING = "channel.failing"
    CHANNEL_RECOVERED = "channel.recovered"
    CHANNEL_CHANGED = "channel.changed"
    DECISION_MADE = "decision.made"
    DECISION_CONFIRMED = "decision.confirmed"


TEST = "webhook.test"
"""What a test is called. Nobody subscribes to it."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened. subject: kind and name, as the audit log has them. channel: its id, where that is known
    at once. data: what else is told; never what residents or colleagues wrote, nor who they are.
    """

    event: Event
    subject: tuple[str, str]
    channel: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToldAct:
    """How an act of the log is told. word: what of it, where several acts are one event. fields: of `after`."""

    event: Event
    word: tuple[str, str] | None = None
    fields: tuple[str, ...] = ()


CLOSED, REOPENED = Event.COMMENT_CLOSED, Event.COMMENT_REOPENED
OF_ACTS: Mapping[str, ToldAct] = {
    "obligation.closed": ToldAct(CLOSED, ("how", "closed"), ("reason",)),
    "obligation.answered_privately": ToldAct(CLOSED, ("how", "answered_privately")),
    "obligation.confirmed": ToldAct(CLOSED, ("how", "confirmed")),
    "obligation.reopened": ToldAct(REOPENED, ("how", "reopened")),
    "obligation.rejected": ToldAct(REOPENED, ("how", "not_answered")),
    "comment.assigned": ToldAct(Event.COMMENT_ASSIGNED),
    "comment.forwarded": ToldAct(Event.COMMENT_FORWARDED, fields=("unit",)),
    "copy.saved": ToldAct(Event.COPY_SAVED, fields=("sha256",)),
    "watch_day.concluded": ToldAct(Event.DAY_ENDED, fields=("verdict", "how", "reason")),
    "watch_day.attested": ToldAct(Event.DAY_ATTESTED, fields=("verdict", "how", "reason")),
    "watch_day.corrected": ToldAct(Event.DAY_CORRECTED, fields=("verdict", "how", "reason")),
    "decision.made": ToldAct(Event.DECISION_MADE, fields=("valid_until",)),
    "decision.confirmed": ToldAct(Event.DECISION_CONFIRMED),
    **{f"removal.{step}": ToldAct(Event.REMOVAL_NOTED, ("step", step)) for step in ("hidden", "removed", "rejected")},
    **{f"removal.{step}": ToldAct(Event.REMOVAL_NOTED, ("step", step)) for step in ("by_hand", "ruled", "told")},
    **{f"removal.{step}": ToldAct(Event.REMOVAL_NOTED, ("step", step)) for step in ("police", "registered")},
    **{f"channel.{act}": ToldAct(Event.CHANNEL_CHANGED, ("change", act)) for act in ("added", "changed", "retired")},
    **{f"channel.{act}": ToldAct(Event.CHANNEL_CHANGED, ("change", act)) for act in ("paused", "resumed")},
}
"""By the act of the audit log."""

OF_OBSERVATIONS: Mapping[str, Event] = {
    "edited": Event.COMMENT_EDITED,
    "published": Event.COMMENT_PUBLISHED,
    "hidden": Event.COMMENT_HIDDEN,
    "unhidden": Event.COMMENT_UNHIDDEN,
    "gone": Event.COMMENT_GONE,
    "back": Event.COMMENT_BACK,
    "deleted": Event.COMMENT_DELETED,
}
"""By the kind of change that a reading noticed in a resident's comment."""


def of_act(act: str, subject: tuple[str, str], after: Mapping[str, Any] | None) -> Happened | None:
    """What is told of an act; None where it is nobody's business outside."""
    told = OF_ACTS.get(act)
    if told is None:
        return None
    data = {name: after[name] for name in told.fields if after and after.get(name) is not None}
    return Happened(told.event, subject, data=data | (dict([told.word]) if told.word else {}))
