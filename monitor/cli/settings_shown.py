"""`kanalvakt settings`: what holds, and where each comes from; secrets are never shown."""

from pathlib import Path
from typing import Annotated

import typer

from config.effective import Effective, Source, effective
from config.language import N_, _
from config.settings import settings, settings_file
from monitor.cli.output import remark, show_json, show_table

FROM = {
    Source.SECRET: N_("secret file"),
    Source.ENVIRONMENT: N_("environment"),
    Source.FILE: N_("settings file"),
    Source.DEFAULT: N_("default"),
}


def settings_(
    given: Annotated[bool, typer.Option("--given", help=N_("Only what somebody has set."))] = False,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))] = False,
) -> None:
    """Needs nothing but settings that can be read."""
    rows = [row for row in effective(settings()) if not given or row.source is not Source.DEFAULT]
    if json:
        show_json([_plain(row) for row in rows])
        return
    columns = (_("Setting"), _("Value"), _("Comes from"))
    show_table(columns, [(row.name, _shown(row), _(FROM[row.source])) for row in rows])
    file = settings_file().absolute()
    remark(_("The settings file is {file}.", file=file) if file.exists() else _("There is no {file}.", file=file))


def _shown(row: Effective) -> object:
    return _("(secret, set)") if row.set and row.value is None else _text(row.value)


def _text(value: object) -> object:
    return ", ".join(f"{name}: {each}" for name, each in value.items()) if isinstance(value, dict) else value


def _plain(row: Effective) -> dict[str, object]:
    value = str(row.value) if isinstance(row.value, Path) else row.value
    return {"name": row.name, "variable": row.variable, "value": value, "set": row.set, "source": row.source}
