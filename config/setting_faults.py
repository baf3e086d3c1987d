"""What is wrong with settings, in sentences: which, where it stands, and what was probably meant. Never a value."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.language import N_, _

PREFIX = "KANALVAKT_"
_NUMBER, _TRUTH, _TEXT, _LONGER, _TABLE = (
    N_("must be a whole number"),
    N_("must be true or false"),
    N_("must be a text"),
    N_("must be at least {min_length} signs long"),
    N_("must be a table"),
)
WHY = {  # pydantic's kinds, as far as settings know them
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "int_type": _NUMBER,
    "float_parsing": N_("must be a number"),
    "float_type": N_("must be a number"),
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "string_type": _TEXT,
    "path_type": _TEXT,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "greater_than_equal": N_("must be {ge} or more"),
    "less_than_equal": N_("must be {le} or less"),
    "string_too_short": _LONGER,
    "too_short": _LONGER,  # of a secret
    "string_pattern_mismatch": N_("must be of the form {pattern}"),
}


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
    return _("Setting {name} ({place}) {why}.", name=".".join(path), place=place, why=_why(fault))


def _why(fault: ErrorDetails) -> str:
    told = fault.get("ctx", {})
    if fault["type"] == "value_error":  # one of ours
        return _(str(told["error"]))
    if fault["type"] not in WHY:
        return _("cannot be used: {why}", why=fault["msg"])
    return _(WHY[fault["type"]], **told)


def _unknown(name: str, place: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    hint = _(" Did you mean {name}?", name=near[0]) if near else ""
    return _("Unknown setting {name} ({place}).", name=name, place=place) + hint


def _section(model: type[BaseModel], name: str) -> Mapping[str, Any]:
    annotation = model.model_fields[name].annotation
    return annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, BaseModel) else {}
