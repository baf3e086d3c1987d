"""Bringing a database to the schema of this version, once, however many processes start at the same time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

from monitor.db.database import Database

ADVISORY_LOCK = 5041472  # any number of our own


def upgrade(db: Database) -> None:
    """Applies the migrations that are missing. SQLite's write lock or PostgreSQL's advisory lock lets one do it."""
    with db.engine.execution_options(kanalvakt_writes=True).begin() as connection:
        if not db.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        command.upgrade(configuration(connection), "head")


def is_current(db: Database) -> bool:
    """Has every migration been applied?"""
    with db.engine.connect() as connection:
        head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head


def configuration(connection: object, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration for one connection; with `metadata`, models can be compared with the database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes |= {"connection": connection, "metadata": metadata}
    return config
