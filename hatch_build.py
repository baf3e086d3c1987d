"""Refuses to build a wheel whose pages would be bare: what they are dressed in is not in git, but fetched."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("monitor", "web", "static", "vendor")
NEEDED = ("designsystemet.css", "htmx.min.js")


class Dressed(BuildHookInterface[Any]):
    """Runs before a wheel or a source archive is built; an editable installation may come before what is fetched."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling names both
        """Raises FileNotFoundError, with the remedy."""
        missing = [name for name in NEEDED if not Path(self.root, VENDOR, name).is_file()]
        if version != "editable" and missing:
            raise FileNotFoundError(f"{VENDOR} lacks {', '.join(missing)}: run `sh .ci/assets python3 {VENDOR}` first.")
