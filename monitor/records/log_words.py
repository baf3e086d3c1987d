"""Entries of the audit log, and what is wrong with it, in words."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from config.language import N_, _, dated
from monitor.audit import COMMAND, SYSTEM
from monitor.audit.models import AuditEntry
from monitor.records.auditing import Difference
from monitor.records.field_words import CHANNELS, PEOPLE, UNITS, field_in_words
from monitor.records.subject_words import OF_ALL, Names
from monitor.records.value_words import value_in_words

ACTORS = {SYSTEM: N_("Kanalvakt itself"), COMMAND: N_("somebody at the server")}
LONGEST = 90  # signs of one value
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
BROKEN = N_(
    "THE AUDIT LOG IS BROKEN: entry {number} is the first that was altered, removed or put there. Change nothing: copy "
    "the database, and compare it with the backups."
)


def actor_in_words(actor: str) -> str:
    """In the language in use; a person's id as it is."""
    return _(ACTORS[actor]) if actor in ACTORS else actor


@dataclass(frozen=True, slots=True)
class Change:
    """In words, each value in short. step: what it was and what it became (active → paused); only the latter of what
    was not there before."""

    field: str
    step: str


def changes_in_words(entry: AuditEntry, zone: ZoneInfo, names: Names | None = None) -> list[Change]:
    """In the language in use."""
    before, after = ({} if not isinstance(side, dict) else side for side in (entry.before, entry.after))
    known = _Known(zone, names or Names())
    keys = dict.fromkeys([*before, *after])
    return [Change(field_in_words(key), _step(key, before, after, known)) for key in keys]


@dataclass(frozen=True, slots=True)
class _Known:
    zone: ZoneInfo
    names: Names


def _step(key: str, before: dict[str, object], after: dict[str, object], known: _Known) -> str:
    sides = [_short(key, side.get(key), known) for side in (before, after)]
    return sides[1] if key not in before else " → ".join(sides)


def _short(key: str, value: object, known: _Known) -> str:
    if isinstance(value, dict):
        value = [f"{_name(key, name, known.names)} {_in_words(key, each, known)}" for name, each in value.items()]
    text = _in_words(key, value, known)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _in_words(key: str, value: object, known: _Known) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_in_words(key, each, known) for each in value) or "–"
    if value is None or value == "":
        return "–"
    text = str(value)
    if MOMENT.fullmatch(text):
        return dated(datetime.fromisoformat(text), known.zone)
    return _name(key, value_in_words(key, text), known.names)


def _name(key: str, text: str, names: Names) -> str:
    """The name of what has that id; the text itself where the key is not of such."""
    if ("place", text) in OF_ALL and key in CHANNELS:
        return _(OF_ALL["place", text])
    known = ((PEOPLE, names.people), (CHANNELS, names.channels), (UNITS, names.units))
    return next((table.get(text, text) for keys, table in known if key in keys), text)


def difference_in_words(each: Difference) -> str:
    """What is wrong with a fact, in the language in use."""
    about = f"{each.kind}/{each.subject}"
    if each.entry is None:
        return _("{about}: no entry tells of it, and it is no older than the log. It was slipped in.", about=about)
    if not each.fields:
        return _("{about} is gone, though entry {number} tells of it.", about=about, number=each.entry)
    fields = ", ".join(each.fields)
    return _("{about} is not what entry {number} says: {fields}.", about=about, number=each.entry, fields=fields)
