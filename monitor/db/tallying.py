"""Counters that the database itself keeps, so that whoever remembers something learns of every change in one look."""

from sqlalchemy import Connection, text

ACTS = "acts"
"""What these counters are called where it is written down which post a count is of (Stirred)."""

TOLD = "(NEW.state = 'done' OR NEW.remote_id IS NOT NULL)"
STIRS = (
    ("mark", "INSERT", "NEW", ""),
    ("action", "INSERT", "NEW", TOLD),
    ("action", "UPDATE OF state, remote_id, done_at, interim", "NEW", ""),
    ("action", "DELETE", "OLD", ""),
)
"""What changes where a channel's obligations stand besides readings: table, act, the row that names the channel."""


def tally(connection: Connection) -> None:
    """Counts every mark and every action that has come to something in the channel's row of `tally`.

    Two at once take turns at that row: whoever sees a count sees all that was counted.
    """
    for number, (table, act, row, when) in enumerate(STIRS):
        name, only = f"tally_{number}", f"WHEN {when}" if when else ""
        count = (
            f"INSERT INTO tally (channel_id, count) VALUES ({row}.channel_id, 1) "  # noqa: S608 - names are ours
            "ON CONFLICT (channel_id) DO UPDATE SET count = tally.count + 1;"
        )
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {act} ON {table} {only} BEGIN {count} END")
            continue
        body = f"BEGIN {count} RETURN NULL; END"
        connection.execute(text(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
        how = f"AFTER {act} ON {table} FOR EACH ROW {only} EXECUTE FUNCTION {name}()"
        connection.execute(text(f"CREATE TRIGGER {name} {how}"))


def tally_posts(connection: Connection) -> None:
    """From now on each count is also written down with the post that it is of, so that only that is looked at."""
    for number, (table, act, row, when) in enumerate(STIRS):
        name, only = f"tally_{number}", f"WHEN {when}" if when else ""
        count = _count(row)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {act} ON {table} {only} BEGIN {count} END")
            continue
        body = f"BEGIN {count} RETURN NULL; END"
        connection.execute(
            text(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        )


def _count(row: str) -> str:
    return (
        f"INSERT INTO tally (channel_id, count) VALUES ({row}.channel_id, 1) "  # noqa: S608 - names are ours
        "ON CONFLICT (channel_id) DO UPDATE SET count = tally.count + 1; "
        "INSERT INTO stirred (channel_id, counter, number, post_external_id) "
        f"SELECT tally.channel_id, '{ACTS}', tally.count, comment.post_external_id FROM tally, comment "
        f"WHERE tally.channel_id = {row}.channel_id AND comment.id = {row}.comment_id ON CONFLICT DO NOTHING;"
    )
