"""From the names under which secrets lie in the environment and in files to the secrets themselves. Knows no channel,
and nothing of what is stored."""

import os
from collections.abc import Mapping
from pathlib import Path

from connectors.errors import CredentialMissing

SECRETS = "/run/secrets"  # where containers put them; systemd tells its own folder


def name_of(key: str) -> str:
    """`token` for `token_env` and for `token_file`."""
    return key.removesuffix("_env").removesuffix("_file")


def secret(key: str, value: str, environ: Mapping[str, str] = os.environ) -> str:
    """What lies where this key of a credential points; the value itself where it points nowhere.

    Files are looked for in CREDENTIALS_DIRECTORY, else /run/secrets, unless their path is absolute.
    Raises CredentialMissing naming the variable or file that is not there, is empty or cannot be read.
    """
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
