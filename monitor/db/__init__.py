"""The database: engine and transactions, column types, migrations. The truth lives here; everything else is a copy."""

from monitor.db.database import Database, database
from monitor.db.types import Base, Utc

__all__ = ["Base", "Database", "Utc", "database"]
