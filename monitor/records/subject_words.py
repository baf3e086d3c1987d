"""What entries of the audit log are about, in words: its kind, and its name where the register has one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.language import N_, _
from monitor.alerts.route_test import NAMES as ROUTES
from monitor.register.models import Channel, Person, Unit

KINDS = {
    "channel": N_("Channel"),
    "decision": N_("Decision"),
    "watch_day": N_("Watch day"),
    "obligation": N_("Comment that has to be answered"),
    "comment": N_("Comment"),
    "person": N_("Person"),
    "route": N_("Way to a person"),
    "unit": N_("Unit"),
    "organisation": N_("Organisation"),
    "flag": N_("Flagged comment"),
    "flag_rule": N_("Word to flag"),
    "post": N_("Post"),
    "session": N_("Session"),
    "webhook": N_("System that is told"),
    "api_token": N_("Token for programs"),
    "removal": N_("Case"),
    "saved_copy": N_("Saved copy"),
    "reply_template": N_("Template"),
    "crisis_template": N_("Template for crisis messages"),
    "signature": N_("Signature"),
    "incident": N_("Crisis"),
    "message": N_("Crisis message"),
    "delivery": N_("Delivery of a crisis message"),
    "place": N_("Where crisis messages go"),
    "crisis_topic": N_("Topic in a crisis"),
    "evidence": N_("Evidence of a crisis"),
    "backup": N_("Backup"),
    "database": N_("Database"),
    "keys": N_("Keys to the stored secrets"),
    "warning": N_("Warning from the authorities"),
}
OF_ALL = {
    ("place", "everything"): N_("everything"),
    ("place", "hub"): N_("the crisis page"),
    ("signature", "everybody"): N_("everybody's"),
    ("organisation", "1"): N_("settings"),
    ("keys", "all"): N_("everything"),
    ("flag_rule", "all"): N_("all that come with Kanalvakt"),
}
IN_CHANNELS = frozenset({"decision", "watch_day", "post", "comment"})
"""Kinds whose names begin with a channel's id, then a slash."""


@dataclass(frozen=True, slots=True)
class Names:
    """Of people, channels and units, by id."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def names_in(session: Session) -> Names:
    found = (dict(session.execute(select(row.id, row.name)).all()) for row in (Person, Channel, Unit))
    return Names(*found)


def kind_in_words(kind: str) -> str:
    """In the language in use; its own name where it is not known here."""
    return _(KINDS[kind]) if kind in KINDS else kind


def subject_in_words(kind: str, subject: str, names: Names) -> str:
    """In the language in use; the id where it has no name."""
    if (kind, subject) in OF_ALL:
        return _(OF_ALL[kind, subject])
    first, slash, rest = subject.partition("/")
    if kind == "route":
        return f"{names.people.get(first, first)}, {_(ROUTES[rest]) if rest in ROUTES else rest}"
    if kind in IN_CHANNELS and slash:
        told = _("version {number}", number=rest) if kind == "decision" else rest
        return f"{names.channels.get(first, first)}, {told}"
    if kind == "obligation":
        return first
    known = {"channel": names.channels, "place": names.channels, "unit": names.units}
    return known.get(kind, names.people if kind in {"person", "signature"} else {}).get(subject, subject)
