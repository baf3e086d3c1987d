"""Secret files: one file a setting, named as its variable in small letters."""

import os
from collections.abc import Mapping
from errno import EILSEQ
from pathlib import Path

from pydantic_settings import BaseSettings, EnvSettingsSource

from config.setting_faults import PREFIX


def secrets_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where secret files lie, if there are any: systemd's folder of credentials, or a container's."""
    return Path(environment.get("CREDENTIALS_DIRECTORY") or "/run/secrets")


class SecretFiles(EnvSettingsSource):
    """As the environment, nested names included; other files in the folder are none of ours, and are not opened.

    Raises OSError for one of ours that cannot be read.
    """

    def __init__(self, model: type[BaseSettings]) -> None:
        super().__init__(model)
        self.env_vars = {path.name.lower(): _content(path) for path in _ours()}


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise OSError(EILSEQ, os.strerror(EILSEQ), str(path)) from None


def _ours() -> list[Path]:
    folder = secrets_folder()
    named = sorted(folder.glob("*")) if folder.is_dir() else []
    return [path for path in named if path.name.lower().startswith(PREFIX.lower()) and path.is_file()]
