"""What the embedded stack needs: seconds until everything answers, and memory when it has done some work."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.bench.rounds import COMMAND

SAMPLE = Path(__file__).parents[2] / "config" / "sample-register.toml"
SETTLED = 10  # seconds of work before memory is measured


def measure(home: Path) -> dict[str, Any]:
    """`up` with the sample register: seconds until the web answers and a canary has gone through broker, worker and
    database; proportional memory (PSS) of all its processes in MB; how many they are."""
    environment = os.environ | {"KANALVAKT_HOME": str(home), "KANALVAKT_WEB__PORT": "0"}
    subprocess.run([str(COMMAND), "register", "import", str(SAMPLE)], env=environment, check=True, capture_output=True)
    began = time.monotonic()
    house = subprocess.Popen([str(COMMAND), "up"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _is_well(environment):
            time.sleep(0.1)
        seconds = time.monotonic() - began
        time.sleep(SETTLED)
        family = [house.pid, *_children(house.pid)]
        return {"seconds": round(seconds, 1), "megabytes": round(sum(map(_pss, family))), "processes": len(family)}
    finally:
        house.terminate()
        house.wait(30)


def _is_well(environment: dict[str, str]) -> bool:
    """As `doctor` sees it: broker, workers, beat and the whole way from beat to database."""
    command = [str(COMMAND), "doctor", "--quick", "--json"]
    found = subprocess.run(command, env=environment, check=False, capture_output=True, text=True).stdout
    checks = {check["check"]: check["ok"] for check in json.loads(found or "[]")}
    return all(checks.get(name) for name in ("broker", "workers", "beat"))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    direct = [int(child) for path in tasks for child in path.read_text().split()]
    return direct + [below for child in direct for below in _children(child)]


def _pss(pid: int) -> float:
    """Megabytes; shared pages are counted once over all who share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
