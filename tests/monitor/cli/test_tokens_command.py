"""`kanalvakt token`."""

import json
from datetime import UTC, datetime

import pytest

from monitor.access import tokens
from monitor.cli.setup import opened_database
from tests.monitor.cli.conftest import SAMPLE, Command

pytestmark = pytest.mark.usefixtures("imported")


def held(word: str) -> bool:
    with opened_database().snapshot() as session:
        return tokens.found(session, word, datetime.now(UTC)) is not None


def test_a_token_is_printed_once_listed_without_its_word_and_ended(kanalvakt: Command) -> None:
    word = kanalvakt(
        "token", "add", "redaktor", "--scope", "read", "--scope", "handle", "--by", "redaktor"
    ).out.split()[-1]
    assert held(word)
    (row,) = json.loads(kanalvakt("token", "list", "--json").out)
    assert (row["person"], set(row["scopes"])) == ("redaktor", tokens.READING | {"handle"})
    assert word not in kanalvakt("token", "list").out
    assert kanalvakt("token", "end", str(row["id"])).code == 0
    assert not held(word)
    assert kanalvakt("token", "end", str(row["id"])).code == 2


def test_scopes_and_people_that_there_are_not_are_named(kanalvakt: Command) -> None:
    answer = kanalvakt("token", "add", "redaktor", "--scope", "manage_logins")
    assert (answer.code, "manage_logins" in answer.err, "read_inbox" in answer.err) == (2, True, True)
    assert kanalvakt("token", "add", "nobody", "--scope", "read").code == 2
    assert kanalvakt("token", "add", "redaktor", "--scope", "read", "--days", "0").code == 2
    assert json.loads(kanalvakt("token", "list", "--json").out) == []


def test_an_import_without_the_person_ends_the_persons_tokens(
    kanalvakt: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("register") / "register.toml"
    text = SAMPLE.read_text()
    file.write_text(text + '\n[[person]]\nid = "gast"\nname = "Gäst"\nemail = "gast@example.org"\n')
    assert kanalvakt("register", "import", str(file)).code == 0
    made = json.loads(kanalvakt("token", "add", "gast", "--scope", "handle", "--json").out)
    assert held(made["token"])
    assert kanalvakt("register", "import", str(SAMPLE)).code == 0
    assert kanalvakt("register", "import", str(file)).code == 0
    assert not held(made["token"])
