"""From the names in the register to the secrets themselves, at the moment they are needed; nothing is kept."""

import os
from collections.abc import Mapping
from pathlib import Path

from connectors.base import Credential
from connectors.errors import CredentialMissing
from monitor.register.models import Channel

SECRETS = "/run/secrets"  # where containers put them; systemd tells its own folder


def resolve(channel: Channel, environ: Mapping[str, str] = os.environ) -> Credential:
    """The channel's secrets by their names (`token_env` and `token_file` both give `token`).

    Files are looked for in CREDENTIALS_DIRECTORY, else /run/secrets, unless their path is absolute.
    Raises CredentialMissing naming the variable or file that is not there, is empty or cannot be read.
    """
    return Credential(dict(_secret(name, value, environ) for name, value in channel.credential.items()))


def _secret(name: str, value: str, environ: Mapping[str, str]) -> tuple[str, str]:
    if name.endswith("_env"):
        return name.removesuffix("_env"), _variable(value, environ)
    if name.endswith("_file"):
        return name.removesuffix("_file"), _content(Path(environ.get("CREDENTIALS_DIRECTORY", SECRETS)) / value)
    return name, value


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
