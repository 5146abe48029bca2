# SPDX-License-Identifier: AGPL-3.0-or-later
"""Take away rights of a process for good: to read one directory (Linux Landlock), to leave a core file.

The demonstration's root key lies in a file of the same account that the workers run under, so file
modes alone cannot keep them from it. Landlock (kernel 5.13, docs.kernel.org/userspace-api/landlock)
lets a process give up rights that it and its children can never get back; it also forbids tracing
processes outside, such as the launcher. Its rules only allow, so everything beside the way to the
forbidden directory is allowed by name.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_READ_FILE = 1 << 2
_PR_SET_NO_NEW_PRIVS = 38


def forbid_core_dumps(pid: int = 0) -> None:
    """No core file of this process (or of another one of this account), nor of any that it starts.

    A limit of 0 bytes holds for files only: with a program in kernel.core_pattern the kernel passes the
    whole memory on all the same. A limit of 1 stops both (fs/coredump.c).
    """
    if sys.platform != "linux":
        if pid == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return
    hard = resource.prlimit(pid, resource.RLIMIT_CORE)[1]
    most = 1 if hard == resource.RLIM_INFINITY else min(1, hard)
    resource.prlimit(pid, resource.RLIMIT_CORE, (most, most))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def forbid_reading(forbidden: Path) -> bool:
    """Make every file below `forbidden` unreadable for this process and its children.

    Returns:
        False where the system has no Landlock (another system, an old kernel): nothing changed then.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    handled = ctypes.c_uint64(_READ_FILE)
    ruleset = libc.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if ruleset < 0:
        return False
    try:
        for path in _beside(forbidden.resolve()):
            _allow(libc, ruleset, path)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        return int(libc.syscall(_RESTRICT_SELF, ruleset, 0)) == 0
    finally:
        os.close(ruleset)


def _beside(forbidden: Path) -> list[Path]:
    """Everything in the directories on the way down to `forbidden`, except the way itself.

    No symbolic links: what one leads to is allowed by its own name, and it may lead back to the way.
    """
    way = {forbidden, *forbidden.parents}
    parents = [parent for parent in forbidden.parents if parent.is_dir()]
    entries = (entry for parent in parents for entry in parent.iterdir())
    return [entry for entry in entries if entry not in way and not entry.is_symlink()]


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # vanished meanwhile, or not ours to open: then it stays forbidden
    try:
        rule = _PathBeneath(_READ_FILE, fd)
        libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(fd)
