"""`kanalvakt token`."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.access import tokens
from monitor.cli.setup import opened_database
from monitor.db import database
from tests.monitor.cli.conftest import SAMPLE, Command
from tests.monitor.cli.test_frame import one_sentence
from tests.small_disk import small_disk

pytestmark = pytest.mark.usefixtures("imported")


ADD = ("token", "add", "redaktor", "--scope", "read")
FULL = Path("/dev/full")


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


def test_on_a_full_disk_no_token_is_made_and_it_is_made_once_there_is_room(
    kanalvakt: Command, program: Command, home: Path, tmp_path: Path
) -> None:
    database().close()
    with small_disk(tmp_path / "disk") as disk:
        there = {"KANALVAKT_HOME": str(shutil.copytree(home, disk.path / "home"))}
        disk.fill()
        said = one_sentence(program(*ADD, "--lang=en", environment=there), 3)
        assert said.startswith("The disk is full")
        disk.free()
        assert json.loads(program("token", "list", "--json", environment=there).out) == []
        assert program(*ADD, environment=there).code == 0


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_token_whose_word_cannot_be_written_where_it_was_to_go_does_not_hold(
    kanalvakt: Command, form: tuple[str, ...]
) -> None:
    database().close()
    with FULL.open("w") as full:
        command = [sys.executable, "-m", "monitor.cli.main", *ADD, *form, "--lang=en"]
        answer = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (answer.returncode, "The disk is full" in answer.stderr) == (3, True)
    assert json.loads(kanalvakt("token", "list", "--json").out) == []


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
