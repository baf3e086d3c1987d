"""Every setting by its names, with the value that holds and where that comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from config.secret_files import SecretFiles
from config.setting_faults import PREFIX
from config.settings import Settings, settings_file


class Source(StrEnum):
    """Where a value comes from, what goes before first."""

    SECRET = "secret"  # noqa: S105 - a place, not a secret
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the model. path: its names from the outside in, as ("web", "port")."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        return PREFIX + "__".join(self.path).upper()

    @property
    def secret_file(self) -> str:
        """A section can be one file as well, which holds JSON."""
        return self.variable.lower()


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds. value: null where nothing is set, and of a secret; `set` tells the two apart."""

    name: str
    variable: str
    value: object
    set: bool
    source: Source


def every_setting(model: type[BaseModel] = Settings, above: tuple[str, ...] = ()) -> Iterator[Setting]:
    """In the model's order, sections taken apart."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from every_setting(field.annotation, path)
        else:
            yield Setting(path, field)


def effective(settings: Settings) -> list[Effective]:
    """What holds for this process, secrets left out."""
    given = _given()
    return [_effective(settings, setting, given) for setting in every_setting()]


def _effective(settings: Settings, setting: Setting, given: Mapping[Source, Mapping[str, Any]]) -> Effective:
    value = reduce(getattr, setting.path, settings)
    source = next((each for each, values in given.items() if _names(values, setting.path)), Source.DEFAULT)
    shown = None if isinstance(value, SecretStr) else value
    return Effective(setting.name, setting.variable, shown, value is not None, source)


def _given() -> dict[Source, Mapping[str, Any]]:
    return {
        Source.SECRET: SecretFiles(Settings)(),
        Source.ENVIRONMENT: EnvSettingsSource(Settings)(),
        Source.FILE: TomlConfigSettingsSource(Settings, toml_file=settings_file())(),
    }


def _names(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    first, *rest = path
    inner = values.get(first)
    return first in values if not rest or not isinstance(inner, Mapping) else _names(inner, tuple(rest))
