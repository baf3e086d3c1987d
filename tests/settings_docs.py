"""docs/settings.md and config/sample-settings.toml, made of the settings' model and of docs/settings.toml.

`python -m tests.docs` writes both; a test keeps them what the model gives.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from config.effective import Setting, every_setting
from config.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "settings.md"
SAMPLE = ROOT / "config" / "sample-settings.toml"
WORDS = ROOT / "docs" / "settings.toml"
HEAD = """\
# Settings

Written by `python -m tests.docs` from the model of the settings (config/settings.py) and from settings.toml; a test
keeps them alike. [config/sample-settings.toml](../config/sample-settings.toml) has all of them to copy.

**Where they stand.** What comes first goes before what comes later:

1. secret files: one file a setting, in `/run/secrets`, or where systemd says (`CREDENTIALS_DIRECTORY`);
2. the environment: `KANALVAKT_…`, with `__` between a section and a name;
3. `kanalvakt.toml`: in `KANALVAKT_HOME`, or where `KANALVAKT_CONFIG` says.

A secret file is named as the variable in small letters (`kanalvakt_webhook__app_secret`; in `/etc/kanalvakt/secrets`,
which systemd gives, without `kanalvakt_`). A section can also be one file, `kanalvakt_webhook` say, which holds JSON
with those names that are to come from it. Other files there are left alone: they may be tokens that the register names.
Settings are read when a process starts: start it again after a change.

**Which hold.** `kanalvakt settings` shows each with its value and where it comes from; secrets are not shown. `--given`
leaves out what nobody has set.

**What is wrong is an error** that names it, all at once, with exit code 2; nothing runs with half of its settings:

    Unknown setting KANALVAKT_WEB_PORT (environment). Did you mean KANALVAKT_WEB?
    Setting web.port (in kanalvakt.toml, the environment or a secret file) must be 65535 or less.

**Variables that are not Kanalvakt's own**, honoured as everywhere: `HTTPS_PROXY` and `NO_PROXY` (the organisation's
proxy); the proxy's own certificate in `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE` and `HTTPLIB2_CA_CERTS`, **all three**, for
each is read by another of the libraries that speak to platforms; `LANG` (the language of the terminal).
"""
SAMPLE_HEAD = """\
# Settings of Kanalvakt. Copy this file to kanalvakt.toml in KANALVAKT_HOME, and take "# " from a line that you set.
# Two lines each: what it is, and an example. When one needs it, and what happens when it is wrong: docs/settings.md.
# Whatever is secret lies better in a secret file than here.
# Written by `python -m tests.docs`; a test loads it.
"""
LIMITS = {"minimum": "at least {:g}", "maximum": "at most {:g}", "minLength": "at least {:g} characters"}
TYPES = {
    "https": "address that begins with https (plain http only on 127.0.0.1)",
    "keys": "base64 of 32 random bytes, or several with commas between; secret",
    "password": "text, secret",
    "path": "path",
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "object": "names with texts",
}


def page() -> str:
    """The whole page of settings."""
    return "\n".join([HEAD, *(_section(name, settings) for name, settings in _sections())])


def sample() -> str:
    """A settings file with every setting in it, out of use. Whoever takes `# ` away has the example."""
    return "\n".join([SAMPLE_HEAD, *(_commented(name, settings) for name, settings in _sections())])


@cache
def words() -> dict[str, dict[str, Any]]:
    """Name of a setting -> what docs/settings.toml says of it, with what it takes from another one."""
    written = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {name: {**written.get(each.get("like", ""), {}), **each} for name, each in written.items()}


def about(setting: Setting) -> dict[str, Any]:
    """Raises KeyError for a setting of which nothing is said."""
    if setting.name not in words():
        raise KeyError(f"say when {setting.name} is needed, what happens when it is wrong, and an example: {WORDS}")
    return words()[setting.name]


def is_shown(setting: Setting) -> bool:
    """Does it belong in the sample?"""
    return bool(words().get(setting.name, {}).get("sample", True))


def toml(value: Any) -> str:
    """A value as it stands in a TOML file."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml(name)} = {toml(each)}" for name, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def in_environment(value: Any) -> str:
    """A value as it stands in a variable."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sections() -> Iterator[tuple[str, list[Setting]]]:
    """What belongs to no section first, as in a TOML file."""
    ordered = sorted(every_setting(), key=lambda each: len(each.path) > 1)
    for path, settings in groupby(ordered, key=lambda each: each.path[:-1]):
        yield ".".join(path), list(settings)


def _section(name: str, settings: list[Setting]) -> str:
    head = [f"## `[{name}]`", "", _told(name)] if name else ["## Outside of sections"]
    return "\n".join([*head, "", *(_entry(setting) for setting in settings)])


def _told(section: str) -> str:
    annotation = Settings.model_fields[section].annotation
    return " ".join((annotation.__doc__ or "").split())


def _entry(setting: Setting) -> str:
    told = about(setting)
    rows = [
        ("environment", f"`{setting.variable}={in_environment(told['example'])}`"),
        ("kanalvakt.toml", f"`{setting.path[-1]} = {toml(told['example'])}`"),
        ("secret file", f"`{setting.secret_file}`"),
        ("what it is", _kind(setting)),
        ("default", _default(setting)),
    ]
    table = ["| | |", "|---|---|", *(f"| {what} | {text} |" for what, text in rows)]
    made = [f"Make one with `{told['made']}`.", ""] if "made" in told else []
    return "\n".join(
        [
            f"### `{setting.name}`",
            "",
            *table,
            "",
            f"{_sentence(setting.field.description)}",
            "",
            *made,
            f"**When:** {told['when']}",
            "",
            f"**If it is wrong:** {told['wrong']}",
            "",
        ]
    )


def _kind(setting: Setting) -> str:
    schema = _schema(setting)
    limits = [word.format(schema[key]) for key, word in LIMITS.items() if key in schema]
    if choices := re.fullmatch(r"\^\((\w+(?:\|\w+)*)\)\$", schema.get("pattern", "")):
        return "one of " + ", ".join(f"`{each}`" for each in choices[1].split("|"))
    return ", ".join([TYPES[schema.get("format", schema["type"])], *limits])


def _default(setting: Setting) -> str:
    value = setting.field.get_default(call_default_factory=True)
    return "none" if value in (None, {}) else f"`{toml(str(value) if isinstance(value, Path) else value)}`"


def _schema(setting: Setting) -> dict[str, Any]:
    """What JSON Schema says of the setting; null, which means "not set", left out."""
    whole = Settings.model_json_schema()
    for name in setting.path[:-1]:
        whole = {**whole, **whole["$defs"][whole["properties"][name]["$ref"].rsplit("/", 1)[-1]]}
    schema: dict[str, Any] = whole["properties"][setting.path[-1]]
    return next((each for each in schema.get("anyOf", []) if each["type"] != "null"), schema)


def _sentence(text: str | None) -> str:
    assert text, "every setting has a description in config/settings.py"
    return text if text.startswith("`") else text[0].upper() + text[1:] + "."


def _commented(section: str, settings: list[Setting]) -> str:
    head = [f"[{section}]"] if section else []
    shown = [setting for setting in settings if is_shown(setting)]
    lines = [line for setting in shown for line in _lines(setting)]
    return "\n".join([*head, *lines, ""])


def _lines(setting: Setting) -> tuple[str, str]:
    return f"# {setting.field.description}", f"# {setting.path[-1]} = {toml(about(setting)['example'])}"
