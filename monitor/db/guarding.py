"""Tables whose rows the database itself refuses to change or remove, whoever asks."""

from sqlalchemy import Connection, text

APPEND_ONLY = ("audit_entry", "decision", "attestation", "review", "correction")
WORDS = "rows of {table} are never changed"


def guard(connection: Connection, table: str, once: str | None = None) -> None:
    """Refuses every UPDATE and DELETE of the table's rows; with `once`, only of those where that column is set.

    On PostgreSQL also TRUNCATE, which asks no row.
    """
    for act in ("update", "delete"):
        if connection.dialect.name == "sqlite":
            _sqlite(connection, table, act, once)
        else:
            _postgresql(connection, table, act, once)
    if connection.dialect.name == "postgresql":
        trigger = f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        connection.execute(text(f"{trigger} EXECUTE FUNCTION {table}_refuse()"))


def _sqlite(connection: Connection, table: str, act: str, once: str | None) -> None:
    when = f"WHEN OLD.{once} IS NOT NULL" if once else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS.format(table=table)}'); END"
    connection.execute(text(f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} {when} {refuse}"))


def _postgresql(connection: Connection, table: str, act: str, once: str | None) -> None:
    raising = f"BEGIN RAISE EXCEPTION '{WORDS.format(table=table)}'; END"
    head = f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    connection.execute(text(f"{head} $$ {raising} $$"))
    when = f"WHEN (OLD.{once} IS NOT NULL)" if once else ""
    trigger = f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} FOR EACH ROW {when}"
    connection.execute(text(f"{trigger} EXECUTE FUNCTION {table}_refuse()"))
