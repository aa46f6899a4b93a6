"""Where and with which software a run was made: machine, versions, commit, threads."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.machine import REPORTED_THREADS, machine
from harness.report.records import Context


def utc_now() -> str:
    """ISO 8601, seconds, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


CPU_FLAGS = ("avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl")
ARITHMETIC_VARIABLES = ("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY")
"""Environment variables by which libraries choose other kernels than the processor offers."""


def arithmetic() -> dict[str, str]:
    """Which kernels compute the sums: the instruction sets of the processor, and the choice of each library.

    Sums in another order differ in their last digits; a report states its kernels, so that it can be repeated.
    BLAS libraries and torch are queried only if they are loaded in this process, so call this at the end of a run.
    """
    from threadpoolctl import threadpool_info

    blas = [
        f"{one['prefix']} {one['version']} {one.get('architecture', 'of unknown architecture')}"
        for one in threadpool_info()
        if one["user_api"] == "blas"
    ]
    torch = sys.modules.get("torch")
    return {
        "cpu_flags": " ".join(flag for flag in CPU_FLAGS if flag in _cpu_flags()) or "none of those that matter",
        "blas": "; ".join(sorted(blas)) or "none loaded",
        "torch_cpu": "not loaded" if torch is None else torch.backends.cpu.get_cpu_capability(),
        **{name: os.environ.get(name, "unset") for name in ARITHMETIC_VARIABLES},
    }


def _cpu_flags() -> frozenset[str]:
    """The instruction sets of the first processor, as the kernel names them; empty where it does not list them."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    found = next((line.partition(":")[2] for line in text.splitlines() if line.startswith("flags")), "")
    return frozenset(found.split())


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Python and the installed ones of ``distributions``, without importing any."""
    found = {"python": platform.python_version()}
    for name in distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit_of(folder: Path) -> tuple[str, bool | None]:
    """Commit and dirty flag of the repository that ``folder`` is tracked in; ("", None) where there is none.

    An untracked folder (an installed package inside somebody's repository) counts as none.
    """
    git = ["git", "-C", str(folder)]
    try:
        tracked = subprocess.run([*git, "ls-files", "."], capture_output=True, text=True, timeout=10, check=False)
        if tracked.returncode or not tracked.stdout:
            return "", None
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False)
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no"],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return "", None
    return head.stdout.strip(), bool(changed.stdout.strip())


def context(
    run: str, code: Path, distributions: Iterable[str], options: Mapping[str, Any], arguments: Iterable[str]
) -> Context:
    """The context of the run that starts now; ``code`` is a folder of the code that measures."""
    commit, dirty = commit_of(code)
    return Context(
        run=run,
        started=utc_now(),
        command=shlex.join(["pytest", *arguments]),
        machine=machine(),
        versions=versions(distributions),
        commit=commit,
        dirty=dirty,
        threads={name: os.environ.get(name, "unset") for name in REPORTED_THREADS},
        options=dict(options),
    )
