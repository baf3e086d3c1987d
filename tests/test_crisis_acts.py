"""docs/crisis-acts.md: every act in a crisis is there on a page, for programs and on the command line."""

import inspect
import re
from functools import cache
from typing import Any

import pytest
import typer

from config.settings import Settings
from monitor.cli.emergency import app as commands
from monitor.db import Database
from monitor.web.api.app import create_api
from monitor.web.api.problems import flat
from monitor.web.app import create_app
from tests.docs import ROOT

PAGE = ROOT / "docs" / "crisis-acts.md"
CELL = re.compile(r"`([^`]+)`")
READING = {"status", "preview", "ready", "board", "log", "templates", "warnings"}
"""Commands that do nothing."""


def rows() -> list[tuple[str, list[str], list[str], list[str]]]:
    """The act, and what stands in marks for each way."""
    lines = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [(name.strip(), *(CELL.findall(cell) for cell in cells)) for name, *cells in lines[1:]]
    return [(name, page, api, command) for name, page, api, command in told]


@cache
def pages() -> dict[str, Any]:
    """Endpoints of the pages by method and path."""
    app = create_app(Settings(), Database("sqlite:///nowhere.sqlite3"))
    found = [each for route in app.routes for each in _each(route)]
    return {f"{method} {each.path}": each.endpoint for each in found for method in each.methods}


def _each(route: Any) -> list[Any]:
    if hasattr(route, "effective_candidates"):  # an included router, as FastAPI keeps it
        return [one for each in route.effective_candidates() for one in _each(each)]
    return [route] if hasattr(route, "endpoint") and hasattr(route, "methods") else []


@cache
def addresses() -> dict[str, bool]:
    """Of the API, by method and path: is it about crises?"""
    found = [one for route in create_api().routes for one in flat(route)]
    return {f"{method} {each.path}": "crisis" in getattr(each, "tags", []) for each in found for method in each.methods}


@cache
def words() -> dict[str, set[str]]:
    """Options of each command."""
    group: Any = typer.main.get_command(commands)
    return {
        name: {word for each in one.params for word in (*each.opts, *each.secondary_opts)}
        for name, one in group.commands.items()
    }


@pytest.mark.parametrize(("act", "page", "api", "command"), rows(), ids=[row[0] for row in rows()])
def test_each_act_is_there_in_all_three_ways(act: str, page: list[str], api: list[str], command: list[str]) -> None:
    assert page
    assert api
    assert command
    assert page[0] in pages(), "there is no such page"
    for name in (each.removeprefix("act=") for each in page[1:]):
        module = inspect.getmodule(pages()[page[0]])
        assert module
        assert f'"{name}"' in inspect.getsource(module), "its page does not know the act"
    assert set(api) <= addresses().keys()
    name, *options = command[0].split()
    assert name in words(), "there is no such command"
    assert set(options) <= words()[name]


def test_no_act_is_missing() -> None:
    told = rows()
    assert len(told) > 30
    written = {route for route in pages() if route.startswith("POST /crisis")}
    assert written - {page[0] for _act, page, _api, _command in told} == set()
    programs = {address for address, ours in addresses().items() if ours and not address.startswith(("GET ", "HEAD "))}
    assert programs - {address for _act, _page, api, _command in told for address in api} == set()
    called = {command[0].split()[0] for _act, _page, _api, command in told}
    assert words().keys() - called == READING
