"""What is wrong with settings, in sentences: which, where it stands, and what was probably meant. Never a value."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.language import _

PREFIX = "KANALVAKT_"


def unknown_variables(environment: Mapping[str, str], model: type[BaseModel]) -> list[str]:
    """One sentence for each variable with our prefix that no setting has."""
    known = {f"{PREFIX}{name.upper()}" for name in model.model_fields} | {f"{PREFIX}CONFIG"}
    ours = [name for name in sorted(environment) if name.startswith(PREFIX)]
    return [_unknown(name, "environment", known) for name in ours if name.split("__")[0].upper() not in known]


def sentence(fault: ErrorDetails, model: type[BaseModel], place: str) -> str:
    """What pydantic found, in a line. place: where it may stand."""
    path = [str(part) for part in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        fields = model.model_fields if len(path) == 1 else _section(model, path[0])
        return _unknown(".".join(path), place, [".".join([*path[:-1], name]) for name in fields])
    return _("Setting {name} ({place}): {why}", name=".".join(path), place=place, why=fault["msg"])


def _unknown(name: str, place: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    hint = _(" Did you mean {name}?", name=near[0]) if near else ""
    return _("Unknown setting {name} ({place}).", name=name, place=place) + hint


def _section(model: type[BaseModel], name: str) -> Mapping[str, Any]:
    annotation = model.model_fields[name].annotation
    return annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, BaseModel) else {}
