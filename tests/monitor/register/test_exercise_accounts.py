"""Test accounts for exercises in the register: kept whole by every form, and never a live one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.db import Database
from monitor.register.exporting import export
from monitor.register.faults import RegisterFaults
from monitor.register.file import parse, parse_sheet
from monitor.register.importing import import_register
from monitor.register.models import Channel

SAMPLE = Path("config/sample-register.toml").read_text()
LIVE = 'credential = { token_env = "TIBRO_FACEBOOK_TOKEN", app_secret_env = "META_APP_SECRET" }'
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def with_exercise(words: str) -> str:
    return SAMPLE.replace(LIVE, f"{LIVE}\nexercise = {{ {words} }}", 1)


def test_it_comes_back_from_every_form_as_it_went_in(sqlite: Database) -> None:
    given = {"external_id": "99", "address": "https://www.facebook.com/ovning", "credential": {"token_env": "TEST_T"}}
    words = 'external_id = "99", address = "https://www.facebook.com/ovning", credential = { token_env = "TEST_T" }'
    first = parse(with_exercise(words))
    with sqlite.transaction() as session:
        import_register(session, first, NOW)
        kept = [each.exercise for each in session.query(Channel) if each.exercise]
        forms = export(session, "toml"), export(session, "csv")
    assert kept == [given]
    for register in (parse(forms[0]), parse_sheet(forms[1])):
        found = {each.id: each.exercise for each in register.channel}
        assert found == {each.id: each.exercise for each in first.channel}


@pytest.mark.parametrize(
    "words",
    [
        'external_id = "99", credential = { token_env = "TIBRO_FACEBOOK_TOKEN" }',
        'external_id = "{live}"',
        'external_id = "99", credential = { x_env = "A" }',
        'credential = { token_env = "TEST_T" }',
    ],
)
def test_what_is_live_or_misspelt_is_refused(words: str) -> None:
    live = next(each.external_id for each in parse(SAMPLE).channel if each.platform == "facebook")
    with pytest.raises(RegisterFaults):
        parse(with_exercise(words.replace("{live}", str(live))))
