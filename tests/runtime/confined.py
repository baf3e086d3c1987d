"""What the units forbid, really forbidden to a process, where no systemd runs: by the kernel, by systemd's lists.

From the directives as they stand: SystemCallFilter, MemoryDenyWriteExecute, RestrictAddressFamilies, Nice, LimitNOFILE
and UMask. Not here: what takes mounts, as ProtectSystem does.
"""

import ctypes
import errno
import os
import re
import resource
import socket
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests import production

ALLOW, FORBID, MASKED_EQUAL = 0x7FFF0000, 0x00050000 | errno.EPERM, 7
PROT_EXEC, PROT_WRITE, SHM_EXEC = 4, 2, 0o100000


class _Compared(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def directives(unit: str) -> list[tuple[str, str]]:
    """All of a unit's with their values, in the order in which systemd reads them: the unit's file, then what is added
    to it by the names of the files, from whichever folder."""
    name = re.sub(r"@.*", "@.service", unit) if "@" in unit else unit
    added = {f.name: f for folder in ("kanalvakt-.service.d", f"{name}.d") for f in _files(folder)}
    lines = [line for f in (production.UNITS / name, *map(added.__getitem__, sorted(added))) for line in _lines(f)]
    return [(key, value) for key, _sign, value in (line.partition("=") for line in lines)]


def _files(folder: str) -> list[Path]:
    return sorted((production.UNITS / folder).glob("*.conf"))


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if "=" in line and not line.startswith("#")]


def value(unit: str, key: str) -> str | None:
    """The last one that is given."""
    return dict(directives(unit)).get(key)


def allowed(unit: str) -> set[str]:
    """System calls, by name."""
    found = {*_group("@default")}
    for key, words in directives(unit):
        if key == "SystemCallFilter":
            named = {call for word in words.removeprefix("~").split() for call in _group(word)}
            found = found - named if words.startswith("~") else found | named
    return found


@cache
def _group(name: str) -> frozenset[str]:
    """The calls of one of systemd's groups, and of the groups in it; a call's name is itself."""
    if not name.startswith("@"):
        return frozenset({name})
    command = [os.environ["TEST_SYSTEMD_ANALYZE"], "syscall-filter", "--no-pager", name]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    words = [line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#")]
    return frozenset(call for word in words for call in _group(word))


def entering(unit: str) -> Callable[[], None]:
    """To be called in the child before it runs the program. All that takes time is done here, before the fork."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    strict = ctypes.c_void_p(library.seccomp_init(FORBID))
    for call in allowed(unit):
        _rule(library, strict, ALLOW, call)
    lenient = [_memory(library), _families(library, value(unit, "RestrictAddressFamilies") or "")]
    assert value(unit, "MemoryDenyWriteExecute") == "yes"
    nice, files = int(value(unit, "Nice") or 0), int(value(unit, "LimitNOFILE") or 0)

    def enter() -> None:
        os.nice(nice)
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        os.umask(int(value(unit, "UMask") or "", 8))
        for each in (*lenient, strict):  # the strict one last: it forbids to load another
            assert library.seccomp_load(each) == 0

    return enter


def _memory(library: ctypes.CDLL) -> ctypes.c_void_p:
    """As systemd has it: nothing becomes executable that can be written, or has been there."""
    found = ctypes.c_void_p(library.seccomp_init(ALLOW))
    both = PROT_EXEC | PROT_WRITE
    _rule(library, found, FORBID, "mmap", _Compared(2, MASKED_EQUAL, both, both))
    for call in ("mprotect", "pkey_mprotect"):
        _rule(library, found, FORBID, call, _Compared(2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    _rule(library, found, FORBID, "shmat", _Compared(2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC))
    return found


def _families(library: ctypes.CDLL, names: str) -> ctypes.c_void_p:
    found = ctypes.c_void_p(library.seccomp_init(ALLOW))
    for number in set(range(64)) - {getattr(socket, name) for name in names.split()}:
        _rule(library, found, FORBID, "socket", _Compared(0, MASKED_EQUAL, 0xFFFFFFFF, number))
    return found


def _rule(library: ctypes.CDLL, context: ctypes.c_void_p, action: int, call: str, *compared: _Compared) -> None:
    number = library.seccomp_syscall_resolve_name(call.encode())
    if number < 0:  # one that this architecture does not have
        return
    array = (_Compared * max(1, len(compared)))(*compared)
    assert library.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(compared), array) == 0, call
