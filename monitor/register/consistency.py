"""Faults of sense in a register file: names that lead nowhere, duties without a person, promises that cannot be kept.

Works on the file as read, whatever its form, so that faults of form and of sense are told at the same time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from config.language import _
from connectors import EVERY_PLATFORM
from monitor.register.decisions import decision_faults
from monitor.register.exercise_faults import exercise_faults
from monitor.register.faults import Fault, Path
from monitor.register.naming import credential_faults
from monitor.register.reach_faults import unreachable
from monitor.register.tables import Table, tables, text
from monitor.register.term_faults import escalation_faults

TABLES = ("unit", "person", "channel")
REFERENCES = {  # key -> the table it leads to
    "unit": {"manager": "person"},
    "channel": {"unit": "unit", "responsible": "person", "deputy": "person"},
    "decision": {"responsible": "person", "decided_by": "person", "communicated_to": "person"},
}
PEOPLE = {"channel": "administrators", "decision": "authorised"}  # table -> its list of people


def inconsistencies(raw: Mapping[str, object]) -> list[Fault]:
    """Every fault of sense in the file."""
    return [
        *_duplicates(raw),
        *_same_account(raw),
        *_references(raw),
        *(fault for path, channel in tables(raw, "channel") for fault in _channel(path, channel)),
        *unreachable(raw),
        *escalation_faults(raw),
        *exercise_faults(raw),
        *_open_and_closed(raw),
        *decision_faults(raw),
    ]


def _duplicates(raw: Mapping[str, object]) -> Iterator[Fault]:
    for table in TABLES:
        ids: set[str] = set()
        seen: dict[str, str] = {}
        for path, entry in tables(raw, table):
            name = text(entry, "id")
            other = seen.setdefault(name.casefold(), name)
            if name and name in ids:
                yield Fault((*path, "id"), _("The id {name} is used twice.", name=name), _("Give each its own."))
            elif other != name:
                what = _("The ids {other} and {name} differ only in their capitals.", other=other, name=name)
                yield Fault((*path, "id"), what, _("Give each its own."))
            ids.add(name)


def _same_account(raw: Mapping[str, object]) -> Iterator[Fault]:
    seen: Counter[tuple[str, str]] = Counter()
    for path, channel in tables(raw, "channel"):
        about = EVERY_PLATFORM.get(text(channel, "platform"))
        if about is not None and about.local_ids:
            continue  # the same id at another address is somebody else
        account = (text(channel, "platform"), text(channel, "external_id"))
        seen[account] += 1
        if account[1] and seen[account] > 1:
            what = _("The account {name} is in the register twice.", name=account[1])
            yield Fault((*path, "external_id"), what, _("Keep one of the channels."))


def _references(raw: Mapping[str, object]) -> Iterator[Fault]:
    known = {table: [text(entry, "id") for _path, entry in tables(raw, table)] for table in TABLES}
    for table, keys in REFERENCES.items():
        for path, entry in tables(raw, table):
            for key, target in keys.items():
                yield from _leads((*path, key), text(entry, key), target, known[target])
    for path, name in _people(raw):
        yield from _leads(path, name, "person", known["person"])


def _people(raw: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Who is on call, and the people in lists."""
    organisation = raw.get("organisation")
    if isinstance(organisation, dict):
        yield ("organisation", "on_call"), text(organisation, "on_call")
    for table, key in PEOPLE.items():
        for path, entry in tables(raw, table):
            names = entry.get(key)
            for number, name in enumerate(names if isinstance(names, list) else []):
                if isinstance(name, str):
                    yield (*path, key, number), name


def _leads(path: Path, name: str, table: str, known: list[str]) -> Iterator[Fault]:
    if not name or name in known:
        return
    near = get_close_matches(name, known, n=1)
    remedy = _("Did you mean {key}?", key=near[0]) if near else _("Add a [[{table}]] with that id.", table=table)
    yield Fault(path, _("There is no {table} with the id {name}.", table=table, name=name), remedy)


def _channel(path: Path, channel: Table) -> Iterator[Fault]:
    if channel.get("has_comments", True) is not False and "deputy" not in channel:
        what = _("deputy is missing: a channel with comments is watched by two people.")
        yield Fault((*path, "deputy"), what, _("Name somebody who takes over when the responsible person is away."))
    if text(channel, "deputy") and channel.get("deputy") == channel.get("responsible"):
        what = _("The deputy is the responsible person.")
        yield Fault((*path, "deputy"), what, _("Name somebody else, who takes over when that person is away."))
    yield from _automatic(path, channel)
    yield from _closed(path, channel)
    if text(channel, "platform") in EVERY_PLATFORM:
        yield from credential_faults(path, channel)


def _automatic(path: Path, channel: Table) -> Iterator[Fault]:
    about = EVERY_PLATFORM.get(text(channel, "platform"))
    if about is None or channel.get("watch_mode", "automatic") != "automatic":
        return
    if about.why_manual:
        remedy = _(
            'Write watch_mode = "manual": the responsible person then goes through the channel every working day.'
        )
        yield Fault((*path, "watch_mode"), _(about.why_manual), remedy)
    if about.external_id and not channel.get("external_id"):
        what = _("external_id is missing: without it the account cannot be read.")
        yield Fault((*path, "external_id"), what, _(about.external_id))


def _closed(path: Path, channel: Table) -> Iterator[Fault]:
    about = EVERY_PLATFORM.get(text(channel, "platform"))
    closed = channel.get("closed") is True
    if closed and about is not None and not about.closed_title:
        what = _("There are no closed groups on {platform}.", platform=text(channel, "platform"))
        yield Fault((*path, "closed"), what, _("Take the line away, or correct the platform."))
    if channel.get("publish_address") is False and not closed:
        what = _("publish_address = false is for closed groups: all others can be found anyway.")
        remedy = _("Write closed = true if only members see the group; else take the line away.")
        yield Fault((*path, "publish_address"), what, remedy)


def _open_and_closed(raw: Mapping[str, object]) -> Iterator[Fault]:
    organisation = raw.get("organisation")
    if not isinstance(organisation, dict):
        return
    closed, hours = organisation.get("closed_days"), organisation.get("other_hours")
    for number, day in enumerate(closed if isinstance(closed, list) else []):
        if isinstance(hours, dict) and str(day) in hours:
            what = _("{day} is in both closed_days and other_hours.", day=day)
            yield Fault(("organisation", "closed_days", number), what, _("Keep one of them."))
