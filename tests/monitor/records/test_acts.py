"""The log is read in words: whatever is written there has them."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from config.language import use_language
from monitor.access import codes
from monitor.inbox import claims, marking, removal_words
from monitor.records.acts import ACTS, act_in_words
from monitor.register.storing import Done
from monitor.watch.hub_rules import Kind

ROOT = Path(__file__).parents[3]
WRITING = {"audited", "audited_all"}
ROWS = {f"{kind}.{act}" for kind in ("unit", "person", "channel") for act in (Done.ADDED, Done.CHANGED, Done.RETIRED)}
PAUSES = {f"channel.{act}" for act in (Done.PAUSED, Done.RESUMED)}
MADE_UP = {
    "f'{kind}.{act}'": ROWS | PAUSES | {f"organisation.{Done.CHANGED}"},
    "f'{kind}.untold'": {f"{kind}.untold" for kind in ("watch_day", "obligation", "flag")},
    "ACTS[said.kind]": set(marking.ACTS.values()),
    "AUDITED[step.kind]": set(removal_words.AUDITED.values()),
    "f'{kind}_code.used'": {f"{kind}_code.used" for kind in (codes.EMERGENCY, codes.SETUP)},
    "CLAIMED if before is None else TAKEN_OVER": {claims.CLAIMED, claims.TAKEN_OVER},
    "f'hub.{word.kind}'": {f"hub.{kind}" for kind in Kind},
}
"""What those acts can be that are put together where they are written."""


def acts() -> set[str]:
    """Every act that is written to the log anywhere."""
    writers = (path for path in (ROOT / "monitor").rglob("*.py") if path.parent.name != "audit")
    return {act for path in writers for call in _calls(path) for act in _acts(call, path)}


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITING:
            yield node


def _acts(call: ast.Call, path: Path) -> set[str]:
    act = call.args[2]
    if isinstance(act, ast.Name):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        return {getattr(module, act.id)}
    return {act.value} if isinstance(act, ast.Constant) else MADE_UP[ast.unparse(act)]  # type: ignore[set-item]


def test_every_act_that_is_written_has_words_and_there_are_no_words_for_others() -> None:
    assert acts() == set(ACTS)


def test_acts_are_told_in_both_languages() -> None:
    for act in acts():
        told = set()
        for language in ("sv", "en"):
            with use_language(language):
                told.add(act_in_words(act))
        assert len(told) == 2, act
        assert act not in told
