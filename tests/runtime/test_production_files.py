"""The image, the compose file and the units: valid, and true to what the program understands."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from monitor.cli.beneath import needed
from monitor.cli.doctor import CHECKS
from monitor.cli.parts import Part
from monitor.cli.processes import LARGEST_LOG
from monitor.telemetry.broker import QUEUES
from tests import production
from tests.bench.scale.capacity import connections, layouts
from workers.queues import CLOCK, POLLS

ROOT = production.ROOT
MODEL = production.model()
SERVICES: dict[str, Any] = MODEL["services"]
DOCKERFILE = production.DOCKERFILE.read_text()
PARTS = {name: each for name, each in SERVICES.items() if (each["command"] or [""])[0] == "up"}
BY_CONTAINERS = next(each for each in layouts() if "container" in each)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
OF_ITS_OWN = 30
"""Processes that a PostgreSQL server has beside those of its connections, as it comes: writers, vacuum, helpers of
queries, and the question after its health."""
READ_BY_PEOPLE = {"flower", "mailpit", "kanalvakt"}
"""Services that start only when somebody asks for them."""


def parts(part: Part) -> list[dict[str, Any]]:
    return [each for each in PARTS.values() if each["command"][2] == part]


def secrets(service: dict[str, Any]) -> set[str]:
    return {each["source"] for each in service.get("secrets", [])}


def test_the_compose_file_is_valid() -> None:
    checked = production.compose(production.COMPOSE_FILE, "config", "--quiet")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_misspelt_key_of_the_compose_file_is_found_by_its_schema(tmp_path: Path) -> None:
    """`make lint` holds the file against it; here it need not be asked more often than once, as it is slow."""
    assert production.schema(_changed(production.COMPOSE_FILE, tmp_path, "replicas: 2,", "replica: 2,")).returncode != 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("replicas: 2,", "replica: 2,"),
        ("secrets: [broker_conf]", "secrets: [broker_cnf]"),
        ('volumes: ["database:', 'volumes: ["databse:'),
        ("networks: [inside, outside]", "networks: [inside, outsid]"),
        ("database: {condition: service_healthy}  # it", "databse: {condition: service_healthy}  # it"),
        ("replicas: 2,", 'replicas: "${HOW_MANY:?}",'),
    ],
)
def test_a_name_that_nothing_has_is_found_by_compose(tmp_path: Path, right: str, wrong: str) -> None:
    changed = _changed(production.COMPOSE_FILE, tmp_path, right, wrong)
    assert production.compose(changed, "config", "--quiet").returncode != 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("3.11.14-slim-bookworm\nRUN", "latest\nRUN"), ("WORKDIR /build", "WORKDIR build"), ("USER 10001", "USR 10001")],
)
def test_hadolint_finds_nothing_in_the_dockerfile_and_finds_what_is_wrong(
    tmp_path: Path, right: str, wrong: str
) -> None:
    assert production.hadolint(production.DOCKERFILE).stdout == ""
    assert production.hadolint(_changed(production.DOCKERFILE, tmp_path, right, wrong)).returncode != 0


def test_every_part_runs_and_every_queue_has_one_worker() -> None:
    assert {each["command"][2] for each in PARTS.values()} == set(Part)
    assert all(each["command"][:2] == ["up", "--only"] for each in PARTS.values())
    taken = [queue for each in parts(Part.WORKER) for queue in each["command"][4].split(",")]
    assert sorted(taken) == sorted([CLOCK, *POLLS]) == sorted(QUEUES)
    assert SERVICES["clock"]["command"][3:] == ["--queues", CLOCK]
    [beat] = parts(Part.BEAT)
    assert beat["deploy"]["replicas"] == 2


@pytest.mark.parametrize("name", PARTS)
def test_each_part_shows_its_own_health_and_waits_for_what_it_needs(name: str) -> None:
    service = SERVICES[name]
    part = service["command"][2]
    needs = {"database"} if part in {Part.WEB, Part.EMERGENCY} else {"database", "broker"}
    assert set(service["depends_on"]) == needs
    test = service["healthcheck"]["test"]
    if part == Part.WEB:
        assert "/healthz" in test[-1]
        return
    assert test[:4] == ["CMD", "kanalvakt", "doctor", "--here"], "another one's sign of life is none of ours"
    assert set(test[4:]) <= CHECKS.keys()
    assert {"worker": "workers"}.get(part, part) in test[4:]


def test_whoever_writes_the_crisis_page_writes_it_where_the_web_shows_it() -> None:
    home = re.search(r"KANALVAKT_HOME=(\S+)", DOCKERFILE)
    assert home
    for service in PARTS.values():
        [volume] = service["volumes"]
        assert (volume["source"], volume["target"]) == ("home", home[1])


def asking(parts: Iterable[tuple[str, int]]) -> int:
    """Processes that ask the database: of the parts, given with how many there are of each, all but the beats."""
    return sum(number for part, number in parts if part != Part.BEAT)


def test_the_database_lets_in_what_all_parts_and_a_second_web_may_need() -> None:
    """`needed` is what doctor says; what one process opens is asked of the pool that it really has."""
    database = SERVICES["database"]
    lets_in = int(re.findall(r"max_connections=(\d+)", " ".join(database["command"]))[0])
    many = [(each["command"][2], each["deploy"].get("replicas", 1)) for each in PARTS.values()]
    assert asking(many) == layouts()[BY_CONTAINERS]
    assert lets_in >= needed(asking(many) + 1) >= (asking(many) + 1) * connections() + 10
    assert database["deploy"]["resources"]["limits"]["pids"] >= lets_in + OF_ITS_OWN, "each is a process of the server"


def test_the_step_of_systemd_lets_in_what_all_units_and_a_second_web_may_need() -> None:
    [lets_in] = re.findall(r"ALTER SYSTEM SET max_connections = (\d+)", (ROOT / "docs" / "install.md").read_text())
    units = [(str(re.search(r"kanalvakt-(\w+)", unit)[1]), 1) for unit in wanted(production.UNITS)]  # type: ignore[index]
    assert int(lets_in) >= needed(asking(units) + 1)


@pytest.mark.parametrize("name", PARTS)
def test_workers_have_less_of_the_processor_than_pages_and_crises(name: str) -> None:
    """Between containers it is shares that count: as much less as the workers' niceness is among processes."""
    part = SERVICES[name]["command"][2]
    assert SERVICES[name].get("cpu_shares") == (round(1024 * 0.11) if part == Part.WORKER else None)


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_may_do_little_and_take_no_more_than_its_share(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", []))
    assert not re.search(r":latest$|^[^:]+$", service["image"])
    if "build" in service:  # the image's own user, who is not root: below
        assert service["image"] == f"kanalvakt:{VERSION}", "the version before stays, to go back to"
        assert "user" not in service
    else:  # by whatever user somebody else's image runs, it says nothing to whoever reads this file
        assert service["user"].split(":")[0] not in {"root", "0"}


def test_there_is_an_end_to_every_log_and_the_page_says_where() -> None:
    options = [each["logging"]["options"] for each in SERVICES.values()]
    [(size, number)] = {(each["max-size"], each["max-file"]) for each in options}
    assert {each["logging"]["driver"] for each in SERVICES.values()} == {"local"}, "json-file has no end by itself"
    units = "".join(file.read_text() for file in production.UNITS.rglob("*") if file.is_file())
    assert not re.search("^(StandardOutput|StandardError|LogNamespace)=", units, re.MULTILINE), "the journal has an end"
    page = (ROOT / "docs" / "monitoring.md").read_text()
    assert f"{number} files of {size.removesuffix('m')} MB" in page
    assert f"| {LARGEST_LOG // 1_000_000} MB, and one older file of that size" in page


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - READ_BY_PEOPLE))
def test_every_container_starts_again_and_knows_how_it_is(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"]
    assert "profiles" not in SERVICES[name]


def test_what_only_people_look_at_does_not_start_by_itself_and_asks_who_they_are() -> None:
    assert {name for name, each in SERVICES.items() if each.get("profiles")} == READ_BY_PEOPLE
    assert "flower_basic_auth" in secrets(SERVICES["flower"])
    assert 'FLOWER_BASIC_AUTH="$$(cat /run/secrets/flower_basic_auth)"' in SERVICES["flower"]["command"][0]


def test_settings_and_secrets_are_ones_that_the_program_knows() -> None:
    known = {f"KANALVAKT_{name.upper()}" for name in Settings.model_fields}
    for service in PARTS.values():
        assert {name.split("__")[0] for name in service.get("environment", {})} <= known | {"FORWARDED_ALLOW_IPS"}
        assert {name.upper() for name in secrets(service)} <= known


def test_the_web_believes_the_proxy_on_this_machine_who_came() -> None:
    [addresses] = MODEL["networks"]["outside"]["ipam"]["config"]
    assert SERVICES["web"]["environment"]["FORWARDED_ALLOW_IPS"] == addresses["gateway"]


def test_what_is_set_in_one_file_holds_for_every_part(tmp_path: Path) -> None:
    """The clock and the worker of crises write links into mails, so that the web alone must not know the address."""
    file = _changed(production.COMPOSE_FILE, tmp_path, "", "")
    (tmp_path / "kanalvakt.env").write_text("KANALVAKT_WEB__PUBLIC_URL=https://kanalvakt.example.org\n")
    services = production.model(file)["services"]
    for name in {*PARTS, "kanalvakt"}:
        assert services[name]["environment"]["KANALVAKT_WEB__PUBLIC_URL"] == "https://kanalvakt.example.org", name
    assert services["web"]["environment"]["KANALVAKT_WEB__HOST"] == "0.0.0.0"
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"kanalvakt.env", "secrets/"} <= set(ignored), "what is the operator's own is in nobody's commit"


def test_no_secret_stands_in_the_compose_file() -> None:
    values = [str(value) for service in SERVICES.values() for value in (service.get("environment") or {}).values()]
    assert not [value for value in values if "@" in value]


def test_one_command_makes_the_secrets_and_changes_none_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["sh", str(ROOT / "config" / "compose" / "secrets"), str(tmp_path / "secrets")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    made = {each.name: each.read_text() for each in (tmp_path / "secrets").iterdir()}
    assert made.keys() | {"kanalvakt_smtp_url"} == MODEL["secrets"].keys()
    assert "kanalvakt_smtp_url" in told
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    subprocess.run(command, capture_output=True, check=True)
    assert {each.name: each.read_text() for each in (tmp_path / "secrets").iterdir()} == made
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "secrets"))
    found = Settings()
    assert made["postgres_password"] in found.database
    assert found.database.endswith("@database/kanalvakt")
    assert found.broker.split(":")[2].split("@")[0] == made["broker_conf"].split()[1]
    assert found.encryption_keys


@pytest.mark.systemd
def test_systemd_understands_the_units_and_they_may_do_little(tmp_path: Path) -> None:
    folder = production.copied_units(tmp_path / "units")
    units = ["kanalvakt.target", *wanted(folder), "kanalvakt-all.service"]
    assert production.verified(folder, units) == ""
    command = [os.environ["TEST_SYSTEMD_ANALYZE"], "security", "--offline=true", "--threshold=20", "--no-pager"]
    for unit in units[1:]:
        looked = subprocess.run([*command, unit], capture_output=True, text=True, check=False, cwd=folder)
        assert looked.returncode == 0, looked.stdout  # an exposure of 2.0 at most; without any hardening it is 9.6


@pytest.mark.systemd
@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("kanalvakt-.service.d/each.conf", "ProtectHome=", "ProtectHme="),
        ("kanalvakt-.service.d/each.conf", "Restart=always", "Restart=allways"),
        ("kanalvakt-beat@.service", "[Service]", "[Servce]"),
        ("kanalvakt-emergency.service", "ExecStart=/opt/", "ExecStart=/otp/"),
        ("kanalvakt.target", "beat@2", "baet@2"),
    ],
)
def test_what_is_misspelt_in_a_unit_is_found_by_systemd(tmp_path: Path, file: str, right: str, wrong: str) -> None:
    folder = production.copied_units(tmp_path / "units")
    _changed(folder / file, (folder / file).parent, right, wrong)
    assert production.verified(folder, ["kanalvakt.target", *wanted(folder)]) != ""


def test_the_command_goes_on_where_its_user_may_not_stand(tmp_path: Path) -> None:
    """Root stands in /root, where nobody else may: systemd would end it with 200 and say nothing."""
    told = tmp_path / "systemd-run"
    told.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    told.chmod(0o755)
    folder = tmp_path / "a folder"
    folder.mkdir()
    command = ["sh", str(production.UNITS / "run"), "doctor", "--quick"]
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder, env=path)
    words = ran.stdout.splitlines()
    assert f"--property=WorkingDirectory=-{folder}" in words
    assert "--same-dir" not in words
    assert words[-4:] == ["--", "/opt/kanalvakt/bin/kanalvakt", "doctor", "--quick"]


def test_the_units_run_every_part_each_queue_and_two_beats() -> None:
    units = wanted(production.UNITS)
    started = {name: (production.UNITS / re.sub("@.*[.]", "@.", name)).read_text() for name in units}
    assert {str(re.search(r"ExecStart=\S+ up --only (\w+)", text)[1]) for text in started.values()} == set(Part)  # type: ignore[index]
    queues = [name.removeprefix("kanalvakt-worker@").removesuffix(".service") for name in units if "worker@" in name]
    assert sorted(queues) == sorted(QUEUES)
    assert sum("beat@" in name for name in units) == 2


def wanted(folder: Path) -> list[str]:
    """The services that the target starts."""
    lines = re.findall(r"^Wants=(.*)$", (folder / "kanalvakt.target").read_text(), re.MULTILINE)
    return [name for line in lines for name in line.split() if name.endswith(".service")]


def test_the_image_is_built_from_the_lock_and_does_not_run_as_root() -> None:
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE
    last = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (\w+)", last, re.MULTILINE) == ["10001"]
    assert "useradd --system --uid 10001" in last
    assert "chmod 700 /var/lib/kanalvakt" in last
    assert "HEALTHCHECK" in last
    checks = re.search(r'"doctor", (.*)\]', last)
    assert checks
    assert {name.strip(' "') for name in checks[1].split(",")} <= CHECKS.keys()


def test_the_image_holds_every_package_and_nothing_else_is_sent_to_its_builder() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert "celeryconfig.py" in packages
    assert packages | {"requirements.lock", "pyproject.toml"} <= copied
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def _changed(file: Path, folder: Path, right: str, wrong: str) -> Path:
    """A copy of the file in that folder with one thing wrong in it, all over."""
    text = file.read_text()
    assert right in text
    (folder / file.name).write_text(text.replace(right, wrong))
    return folder / file.name
