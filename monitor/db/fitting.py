"""May a version work on a database that a newer one has brought further? Migrations of one release only add, so it may,
until a later release takes away what it needs."""

from sqlalchemy import Column, Connection, MetaData, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn


def lacking(connection: Connection, wanted: MetaData) -> list[str]:
    """What statements made for these tables would stumble over: tables and columns that are gone, columns that have to
    be filled and that they do not know, columns that may not be left empty any more."""
    found = inspect(connection)
    there = set(found.get_table_names())
    faults: list[str] = []
    for table in wanted.sorted_tables:
        if table.name not in there:
            faults.append(f"{table.name} is gone")
            continue
        now = {each["name"]: each for each in found.get_columns(table.name)}
        known = {column.name: column for column in table.columns}
        faults += [f"{table.name}.{name} is gone" for name in known if name not in now]
        found_so = ((name, _fault(each, known.get(name))) for name, each in now.items())
        faults += [f"{table.name}.{name} {fault}" for name, fault in found_so if fault]
    return faults


def _fault(now: ReflectedColumn, known: Column[object] | None) -> str | None:
    fills_itself = now["nullable"] or now["default"] is not None or bool(now.get("computed"))
    if known is None:
        return None if fills_itself else "has to be filled"
    return None if fills_itself or not known.nullable else "may not be left empty any more"
