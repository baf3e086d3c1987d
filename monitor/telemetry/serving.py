"""All tables of this version, and whether the database has them: also with what a newer version has added."""

import monitor.access.models
import monitor.alerts.models
import monitor.audit.models
import monitor.audit.outgoing_models
import monitor.audit.restorations
import monitor.emergency.models
import monitor.inbox.desk_models
import monitor.inbox.models
import monitor.inbox.removal_models
import monitor.register.models
import monitor.watch.day_models
import monitor.watch.models
import monitor.watch.stirring_models  # noqa: F401 - whoever asks for all tables needs them all
from monitor.db import Base, Database
from monitor.db.fitting import lacking
from monitor.db.migrating import is_current, is_known, revision_of

ALL = Base.metadata


def serves(db: Database) -> bool:
    """Can this version work on the database as it is?"""
    return is_current(db) or can_serve(db)


def can_serve(db: Database) -> bool:
    """Has a newer version brought the database further, and can this one work on it all the same?"""
    with db.engine.connect() as connection:
        revision = revision_of(connection)
        return revision is not None and not is_known(revision) and not lacking(connection, ALL)
