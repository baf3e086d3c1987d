"""The register as a file to import again, or as the list of channels that the public may see."""

from sqlalchemy.orm import Session

from monitor.register.file import ChannelEntry, DecisionEntry, OrganisationEntry, PersonEntry, UnitEntry
from monitor.register.public_list import public_list
from monitor.register.rows import register_file
from monitor.register.sheet import CHECKED_ON, sheet
from monitor.register.writing import toml

ENTRIES = (UnitEntry, PersonEntry, ChannelEntry, DecisionEntry, OrganisationEntry)


def export(session: Session, form: str) -> str:
    """The register in one form: "toml" and "csv" whole, with people; "json" and "html" the public list.

    Raises NotSetUp when no register has been imported.
    """
    if form in {"json", "html"}:
        return public_list(session, form)
    register = register_file(session).model_dump()
    return toml(register) if form == "toml" else sheet(register, columns())


def columns() -> list[str]:
    """The sheet's columns: its own two first, then every key of the register file once."""
    keys = [key for entry in ENTRIES for key in entry.model_fields if key != "decision"]
    return list(dict.fromkeys(["table", "channel", *keys, CHECKED_ON]))
