"""People who are to be told something and cannot be: none of their routes has an address in the register."""

from collections.abc import Iterator, Mapping

from config.language import _
from monitor.register.faults import Fault, Path
from monitor.register.tables import Table, tables, text

ADDRESSES = {"mail": "email", "sms": "phone"}
"""route -> the key that leads there. Addresses of chats and web hooks lie elsewhere: none is certain to work."""

ORDINARY = ["mail", "sms"]


def unreachable(raw: Mapping[str, object]) -> Iterator[Fault]:
    """A fault for each person with a duty and no address; who is told of decisions needs one for mail."""
    told, written_to = _told(raw), {text(entry, "communicated_to") for _path, entry in tables(raw, "decision")}
    for path, person in tables(raw, "person"):
        name = text(person, "id")
        if name in written_to - {""} and "email" not in person:
            yield _missing(path, name, "email")
        elif name in told - {""}:
            yield from _without_address(path, name, person)


def _told(raw: Mapping[str, object]) -> set[str]:
    """The ids of the people who are told of comments and channels."""
    organisation = raw.get("organisation")
    told = {text(entry, key) for _path, entry in tables(raw, "channel") for key in ("responsible", "deputy")}
    told |= {text(entry, "manager") for _path, entry in tables(raw, "unit")}
    return told | {text(organisation, "on_call") if isinstance(organisation, dict) else ""}


def _without_address(path: Path, name: str, person: Table) -> Iterator[Fault]:
    routes = person.get("routes") or ORDINARY
    keys = [ADDRESSES[route] for route in routes if route in ADDRESSES] if isinstance(routes, list) else []
    if not keys:
        what = _("{name} cannot be reached for certain: routes names neither mail nor sms.", name=name)
        remedy = _("Add one of them and its address: this person is to be told about a channel.")
        yield Fault((*path, "routes"), what, remedy)
    elif not any(key in person for key in keys):
        yield _missing(path, name, keys[0])


def _missing(path: Path, name: str, key: str) -> Fault:
    what = _("{name} cannot be reached: {key} is missing.", name=name, key=key)
    return Fault((*path, key), what, _("Add it: this person is to be told about a channel."))
