"""Looking into a register file as read, before anything is known about its form."""

from collections.abc import Iterator, Mapping

from monitor.register.faults import Path

Table = Mapping[str, object]


def tables(raw: Table, name: str) -> Iterator[tuple[Path, Table]]:
    """Every [[name]] of the file with its path; "decision" gives the decisions of all channels."""
    if name != "decision":
        yield from below((), raw, name)
        return
    for path, channel in below((), raw, "channel"):
        yield from below(path, channel, name)


def below(path: Path, table: Table, name: str) -> Iterator[tuple[Path, Table]]:
    """Every [[…name]] directly below a table."""
    entries = table.get(name)
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield (*path, name, number), entry


def text(table: Table, key: str) -> str:
    """The text of a key; empty when it is missing or something else."""
    value = table.get(key)
    return value if isinstance(value, str) else ""
