"""Tables whose rows the database itself refuses to change or remove, whoever asks."""

from sqlalchemy import Connection, text

APPEND_ONLY = ("audit_entry", "decision", "attestation", "review", "correction")
SINCE_0004 = ("mark",)
SINCE_0007 = ("note", "assignment", "forward")
SINCE_0008 = ("saved_copy", "removal_step")
SINCE_0012 = ("crisis_log",)
TAKES_AWAY = ("hide", "reject", "remove")
"""Kinds of actions by which others see a resident's comment no more."""
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


def require_copy(connection: Connection) -> None:
    """Refuses every action of a kind of TAKES_AWAY on a comment of which no copy has been saved, whoever asks."""
    kinds = ", ".join(f"'{kind}'" for kind in TAKES_AWAY)
    none = "NOT EXISTS (SELECT 1 FROM saved_copy WHERE saved_copy.comment_id = NEW.comment_id)"
    words, wanted = "no copy of the comment has been saved", f"NEW.kind IN ({kinds})"
    acts = {"insert": "INSERT", "update": "UPDATE OF kind, comment_id"}
    if connection.dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for name, act in acts.items():
            head = f"CREATE TRIGGER action_{name}_needs_copy BEFORE {act} ON action"
            connection.execute(text(f"{head} WHEN {wanted} AND {none} {refuse}"))
        return
    body = f"BEGIN IF {wanted} AND {none} THEN RAISE EXCEPTION '{words}'; END IF; RETURN NEW; END"
    function = "CREATE OR REPLACE FUNCTION action_needs_copy() RETURNS trigger LANGUAGE plpgsql AS"
    connection.execute(text(f"{function} $$ {body} $$"))
    act = " OR ".join(acts.values())
    trigger = f"CREATE TRIGGER action_needs_copy BEFORE {act} ON action FOR EACH ROW"
    connection.execute(text(f"{trigger} EXECUTE FUNCTION action_needs_copy()"))


def freeze(connection: Connection, table: str, columns: tuple[str, ...], once: str | None = None) -> None:
    """Refuses every UPDATE of these columns; with `once`, only in rows where that column is set."""
    name, of = f"{table}_frozen", ", ".join(columns)
    head = f"CREATE TRIGGER {name} BEFORE UPDATE OF {of} ON {table}"
    words = f"what rows of {table} say is never changed"
    if connection.dialect.name == "sqlite":
        when = f"WHEN OLD.{once} IS NOT NULL" if once else ""
        connection.execute(text(f"{head} {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"))
        return
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    connection.execute(text(f"{function} $$ BEGIN RAISE EXCEPTION '{words}'; END $$"))
    when = f"WHEN (OLD.{once} IS NOT NULL)" if once else ""
    connection.execute(text(f"{head} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"))
