"""What tests share of SQLAlchemy is not taken from an engine that has never reached its server."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from monitor.db import Database
from tests import engines


@pytest.mark.postgresql
def test_an_engine_whose_server_is_not_there_spoils_none_that_come_after_it(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_learned", {})
    lost = Database("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    with pytest.raises(OperationalError), lost.snapshot():
        lost.engine.connect()
    for _time in range(2):
        found = Database(postgresql.engine.url.render_as_string(hide_password=False))
        with found.snapshot() as session:
            assert session.scalar(text("SELECT 1")) == 1
        found.close()
