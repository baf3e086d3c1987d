"""Naming where secrets lie: which keys `credential` takes on each platform, and what must stand together."""

import re
from collections.abc import Iterator

from config.language import _
from connectors import EVERY_PLATFORM
from connectors.about import About
from monitor.register.faults import Fault, Path, hint
from monitor.register.tables import Table, text

NOTHING = About("")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")  # longer than any sensible name: a token pasted in its place


def keys_of(platform: str) -> list[str]:
    """The keys that `credential` takes: token_env, token_file, …"""
    about = EVERY_PLATFORM.get(platform, NOTHING)
    twins = ([name] if name in about.plain else [f"{name}_env", f"{name}_file"] for name in about.secrets)
    return [key for keys in twins for key in keys]


def credential_faults(path: Path, channel: Table) -> Iterator[Fault]:
    """What is wrong with a channel's credential. Its values are never shown: one may be a secret."""
    credential = channel.get("credential", {})
    platform = text(channel, "platform")
    if not isinstance(credential, dict):
        return
    path = (*path, "credential")
    misnamed = [fault for key, value in credential.items() for fault in _key((*path, key), key, value, platform)]
    yield from misnamed
    about = EVERY_PLATFORM.get(platform, NOTHING)
    names = [name for name in about.secrets if {name, f"{name}_env", f"{name}_file"} & credential.keys()]
    yield from _twins(path, credential, names)
    if not misnamed:  # else what seems to be missing may be what is misspelt
        yield from _incomplete(path, about, set(names))


def _key(path: Path, key: str, value: object, platform: str) -> Iterator[Fault]:
    known = keys_of(platform)
    if not known:
        yield Fault(path, _("Nothing is read with a credential on {platform}.", platform=platform), _("Take it away."))
    elif key not in known:
        what = _("{platform} has no credential {key}.", platform=platform, key=key)
        yield Fault(path, what, hint(key, known))
    elif key.endswith("_env") and isinstance(value, str) and not VARIABLE.fullmatch(value):
        what = _("{key} must be the name of an environment variable.", key=key)
        yield Fault(path, what, _("If it is the secret itself: take it out of the file, and replace the secret."))


def _twins(path: Path, credential: Table, names: list[str]) -> Iterator[Fault]:
    for name in names:
        if {f"{name}_env", f"{name}_file"} <= credential.keys():
            what = _("{name} is given both as a variable and as a file.", name=name)
            yield Fault((*path, f"{name}_file"), what, _("Keep one of them."))


def _incomplete(path: Path, about: About, names: set[str]) -> Iterator[Fault]:
    together = frozenset() if about.instead in names else about.together
    needed = set(about.needed) if names else set()
    if names & together:
        needed |= together
    for name in sorted(needed - names - about.connected):
        what = _("{name} is missing in the credential.", name=name)
        remedy = _("Add it.") if name in about.plain else _("Add {name}_env or {name}_file.", name=name)
        yield Fault(path, what, remedy)
