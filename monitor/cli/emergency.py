"""`kanalvakt emergency`: crises from the command line, also where neither web nor broker is left."""

import typer

from config.language import N_

app = typer.Typer(help=N_("An extraordinary event: one message on every channel."), no_args_is_help=True)

from monitor.cli import emergency_writing  # noqa: E402, F401 - its commands stand beside those here
