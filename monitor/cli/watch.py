"""`kanalvakt watch`: the proof that every working day was watched."""

import typer

from config.language import N_

app = typer.Typer(help=N_("The proof that every working day was watched."), no_args_is_help=True)
