"""`python -m tests.docs`: writes docs/errors.md anew from the connectors' own tables, and the pages of settings.

A test compares each with what it is made of.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from config.language import _, use_language
from connectors import PLATFORMS
from connectors.errors import Meaning
from tests import settings_docs

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "errors.md"
HEAD = """# What each platform's errors ask for

Written by `python -m tests.docs` from the tables that the connectors decide by; a test keeps both alike. Errors are
told apart by code, subcode, reason or HTTP status, never by the text of a message. What happens next depends on the
class alone:

| class | what happens |
|---|---|
"""
REACTIONS = {
    "`AuthExpired`, `PermissionLost`, `ChannelGone`, `CredentialMissing`, `SwitchedOff`": (
        "the responsible person and the administrators are told once, with the remedy, and again when it works; "
        "reading goes on at a slow pace"
    ),
    "`RateLimited`": (
        "parked until exactly the time that the platform names; nothing that counts against the same budget is asked "
        "before"
    ),
    "`Unavailable`": "tried again soon, at longer and longer intervals",
    "`UnexpectedAnswer`": "ours to mend; tried again, and told to the administrators when it lasts",
    "`Refused`, `OutcomeUnknown`": (
        "of writing only: certainly not done; perhaps done, so the platform is read before anything else"
    ),
}


def page() -> str:
    """The whole page."""
    with use_language("en"):
        reactions = "".join(f"| {names} | {what} |\n" for names, what in REACTIONS.items())
        return "\n".join([HEAD + reactions, *(_section(table) for table in _tables().items())])


def _tables() -> dict[str, list[str]]:
    """module:name of each table -> the platforms that decide by it."""
    tables: dict[str, list[str]] = {}
    for about in PLATFORMS.values():
        named = (
            (about.errors, "{}"),
            (about.write_errors, "{}, writing"),
            (about.publish_errors, "{}, crisis messages"),
        )
        for place, what in named:
            if place:
                tables.setdefault(place, []).append(what.format(_(about.title)))
    return tables


def _beside(place: str) -> Mapping[str, Meaning]:
    """What stands in the table of writes already, where this is one of crisis messages."""
    writes = {
        about.write_errors for about in PLATFORMS.values() if about.publish_errors == place and about.write_errors
    }
    return {code: one for each in writes for code, one in _table(each).items()}


def _table(place: str) -> Mapping[str, Meaning]:
    module, name = place.split(":")
    found: Mapping[str, Meaning] = getattr(import_module(module), name)
    return found


def _section(entry: tuple[str, list[str]]) -> str:
    place, titles = entry
    known = _beside(place)
    table = {code: one for code, one in _table(place).items() if known.get(code) != one}
    rows = [f"| `{code}` | `{one.error.__name__}` | {one.detail} | {_remedy(one)} |" for code, one in table.items()]
    head = f"## {' and '.join(dict.fromkeys(titles))} (`{place}`)\n"
    return "\n".join([head, "| code | class | what it means | what to do |", "|---|---|---|---|", *rows, ""])


def _remedy(meaning: Meaning) -> str:
    return _(meaning.remedy or meaning.error.remedy)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    settings_docs.PAGE.write_text(settings_docs.page(), encoding="utf-8")
    settings_docs.SAMPLE.write_text(settings_docs.sample(), encoding="utf-8")
