"""Entries of the audit log, and what is wrong with it, in words."""

from config.language import N_, _
from monitor.audit import COMMAND, SYSTEM
from monitor.audit.models import AuditEntry
from monitor.records.auditing import Difference

ACTORS = {SYSTEM: N_("Kanalvakt itself"), COMMAND: N_("somebody at the server")}
LONGEST = 60  # signs of one value
BROKEN = N_(
    "THE AUDIT LOG IS BROKEN: entry {number} is the first that was altered, removed or put there. Change nothing: copy "
    "the database, and compare it with the backups."
)


def actor_in_words(actor: str) -> str:
    """In the language in use; a person's id as it is."""
    return _(ACTORS[actor]) if actor in ACTORS else actor


def change_in_words(entry: AuditEntry) -> str:
    """state: active → paused; reason: sommar. Each value in short."""
    before, after = ({} if not isinstance(side, dict) else side for side in (entry.before, entry.after))
    keys = dict.fromkeys([*before, *after])
    return "; ".join(f"{key}: {_step(key, before, after)}" for key in keys)


def _step(key: str, before: dict[str, object], after: dict[str, object]) -> str:
    sides = [_short(side.get(key)) for side in (before, after)]
    return sides[1] if key not in before else " → ".join(sides)


def _short(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{key} {each}" for key, each in value.items()]
    text = _in_words(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "–"
    return "–" if value is None or value == "" else str(value)


def difference_in_words(each: Difference) -> str:
    """What is wrong with a fact, in the language in use."""
    about = f"{each.kind}/{each.subject}"
    if each.entry is None:
        return _("{about}: no entry tells of it, and it is no older than the log. It was slipped in.", about=about)
    if not each.fields:
        return _("{about} is gone, though entry {number} tells of it.", about=about, number=each.entry)
    fields = ", ".join(each.fields)
    return _("{about} is not what entry {number} says: {fields}.", about=about, number=each.entry, fields=fields)
