"""`kanalvakt keys`: those that stored secrets are encrypted with."""

import typer

from config.language import N_
from monitor.cli import connecting

app = typer.Typer(help=N_("The keys that stored secrets are encrypted with."), no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """A group, though it has one command yet."""


app.command("rotate", help=N_("Encrypt the stored secrets with a new key."))(connecting.rotate_keys)
