"""The image and the compose file: valid, and true to what the program understands."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.settings import Settings
from monitor.cli.doctor import CHECKS
from monitor.cli.parts import Part

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = [part.value for part in Part]


def test_the_compose_file_is_valid() -> None:
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("part", OURS)
def test_each_part_has_a_container_of_its_own_that_shows_its_health(part: str) -> None:
    service = COMPOSE["services"][part]
    assert service["command"] == ["up", "--only", part]
    assert service["depends_on"] == {name: {"condition": "service_healthy"} for name in ("database", "broker")}
    test = service["healthcheck"]["test"]
    assert (
        "/healthz" in test[-1]
        if part == "web"
        else set(test[3:]) <= CHECKS.keys() and test[1:3] == ["kanalvakt", "doctor"]
    )


def test_whoever_writes_the_crisis_page_writes_it_where_the_web_shows_it() -> None:
    home = re.search(r"KANALVAKT_HOME=(\S+)", DOCKERFILE)
    assert home
    for part in OURS:
        assert COMPOSE["services"][part]["volumes"] == [f"home:{home[1]}"]
    assert "home" in COMPOSE["volumes"]


@pytest.mark.parametrize("name", [*OURS, "database", "broker"])
def test_every_container_starts_again_and_knows_how_it_is(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert "ports" not in service or all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_settings_and_secrets_are_ones_that_the_program_knows() -> None:
    known = {f"KANALVAKT_{name.upper()}" for name in Settings.model_fields}
    for part in OURS:
        service = COMPOSE["services"][part]
        assert {name.split("__")[0] for name in service["environment"]} <= known
        assert {name.upper() for name in service["secrets"]} <= known
        assert set(service["secrets"]) <= COMPOSE["secrets"].keys()


def test_no_secret_stands_in_the_compose_file() -> None:
    values = [
        str(value) for service in COMPOSE["services"].values() for value in service.get("environment", {}).values()
    ]
    assert not [value for value in values if "@" in value]


def test_the_image_is_built_from_the_lock_and_does_not_run_as_root() -> None:
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (\w+)", last, re.MULTILINE) == ["10001"]
    assert "useradd --system --uid 10001" in last
    assert "HEALTHCHECK" in last
    checks = re.search(r'"doctor", (.*)\]', last)
    assert checks
    assert {name.strip(' "') for name in checks[1].split(",")} <= CHECKS.keys()


def test_the_image_holds_every_package_and_nothing_else_is_sent_to_its_builder() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert packages | {"celeryconfig.py", "requirements.lock", "pyproject.toml"} <= copied
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
