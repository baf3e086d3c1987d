"""From the names in the register to the secrets themselves, at the moment they are needed; nothing is kept."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from connectors.base import Credential
from connectors.errors import CredentialMissing
from monitor.register.models import Channel
from monitor.register.secrets import NOTHING, Stored

SECRETS = "/run/secrets"  # where containers put them; systemd tells its own folder


def resolve(channel: Channel, environ: Mapping[str, str] = os.environ, *, stored: Stored = NOTHING) -> Credential:
    """The channel's secrets by their names (`token_env` and `token_file` both give `token`).

    stored: what `channel connect` stored for it (`secrets.stored`): each of those is taken instead of what the register
    names. Files are looked for in CREDENTIALS_DIRECTORY, else /run/secrets, unless their path is absolute.
    Raises CredentialMissing naming the variable or file that is not there, is empty or cannot be read, or saying why
    the stored ones cannot be.
    """
    if stored.problem:
        raise stored.problem
    named = {key: value for key, value in channel.credential.items() if _name(key) not in stored.secrets}
    return Credential({_name(key): _secret(key, value, environ) for key, value in named.items()} | stored.secrets)


def at_hand(channel: Channel, environ: Mapping[str, str] = os.environ, *, stored: Stored = NOTHING) -> Credential:
    """As `resolve`, without what is not there."""
    found: dict[str, str] = {}
    for key, value in channel.credential.items():
        with suppress(CredentialMissing):
            found[_name(key)] = _secret(key, value, environ)
    return Credential(found | stored.secrets)


def _name(key: str) -> str:
    return key.removesuffix("_env").removesuffix("_file")


def _secret(key: str, value: str, environ: Mapping[str, str]) -> str:
    if key.endswith("_env"):
        return _variable(value, environ)
    if key.endswith("_file"):
        return _content(Path(environ.get("CREDENTIALS_DIRECTORY", SECRETS)) / value)
    return value


def _variable(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise CredentialMissing(f"environment variable {name} is not set")
    return value


def _content(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        value = ""
    if not value:
        raise CredentialMissing(f"secret file {path} is missing, empty or unreadable")
    return value
