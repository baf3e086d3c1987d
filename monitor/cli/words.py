"""The words of a call before typer sees them: `--lang` and `--debug` are welcome anywhere in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.language import LANGUAGES


@dataclass(frozen=True, slots=True)
class Words:
    """A call with its global options moved to the front. `command`: the first of the other words. `lang` is None
    unless it names a language we speak."""

    ordered: list[str]
    command: str | None
    lang: str | None
    debug: bool

    @classmethod
    def of(cls, arguments: Sequence[str]) -> "Words":
        """Reads the options; what comes after a lone `--` is left alone."""
        end = arguments.index("--") if "--" in arguments else len(arguments)
        options: list[str] = []
        rest: list[str] = []
        words = iter(arguments[:end])
        for word in words:
            if word == "--lang":
                options += [word, *(value for value in [next(words, None)] if value is not None)]
            else:
                (options if word == "--debug" or word.startswith("--lang=") else rest).append(word)
        wishes = [word.removeprefix("--lang=") for word in options]
        return cls(
            ordered=[*options, *rest, *arguments[end:]],
            command=rest[0] if rest else None,
            lang=next((wish for wish in reversed(wishes) if wish in LANGUAGES), None),
            debug="--debug" in options,
        )
