"""`make test`: everything that CI checks, the cheap part first; types, which take a minute, beside it and the tests.

python -m tests.run [--lint] [pytest arguments]
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tests.production import BIN, COMPOSE_FILE, DOCKERFILE, compose_program
from tests.services import PACKAGES, Services
from workers.yielding import AUTOGROUP, YIELDS

SCHEMA = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE)]
COMPOSE = [str(compose_program()), "--file", str(COMPOSE_FILE), "--profile", "*", "config", "--quiet"]
TYPES = ["mypy"]
CHECKS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["lint-imports"],
    ["deptry", "."],
    SCHEMA,
    COMPOSE,
    ["hadolint", str(DOCKERFILE)],
)


def main(arguments: list[str]) -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of a hundred processes compiles everything anew
    with ThreadPoolExecutor(1) as beside:
        typed = beside.submit(_passes, TYPES)
        failed = [_name(check) for check in CHECKS if not _passes(check)]
        code = 0 if failed or arguments == ["--lint"] else _tested(arguments)
        if not typed.result():
            failed.append(_name(TYPES))
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return code or int(bool(failed))


def _tested(arguments: list[str]) -> int:
    with Services() as services:
        for name in services.missing:
            print(f"Skipped: tests that need {name}. To run them: sudo apt-get install {PACKAGES[name]}", flush=True)
        if services.missing and os.environ.get("CI"):
            print("In CI nothing may be skipped.", file=sys.stderr)
            return 1
        command = [str(BIN / "pytest"), "-n", "4", "--dist", "worksteal", *arguments]
        return _ended(command, os.environ | services.environment)


def _ended(command: list[str], environment: dict[str, str]) -> int:
    """Its exit code. In a session of its own that is as nice as the workers that tests start and wait for: these let
    others go first, and would get next to no processor while other tests want one."""
    with subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_yield) as tests:  # noqa: PLW1509
        try:
            return tests.wait()
        except KeyboardInterrupt:
            tests.send_signal(signal.SIGINT)
            return tests.wait()


def _yield() -> None:
    with suppress(OSError):
        AUTOGROUP.write_text(str(YIELDS))


def _name(command: list[str]) -> str:
    return command[0].rpartition("/")[2]


def _passes(command: list[str]) -> bool:
    began = time.monotonic()
    result = subprocess.run([str(BIN / command[0]), *command[1:]], check=False, capture_output=True, text=True)
    verdict = "ok" if result.returncode == 0 else "FAILED"
    print(f"{_name(command):<18}{verdict:<8}{time.monotonic() - began:5.1f} s", flush=True)
    if result.returncode:
        print(result.stdout + result.stderr, file=sys.stderr, flush=True)
    return result.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
