"""The conditions of a measurement: the machine, its load, threads, versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from harness.machine import memory_bytes, processor
from harness.requirements import distributions


def conditions() -> dict[str, Any]:
    """Processor, cores, memory, system, load and the versions of the libraries, as plain JSON values."""
    versions = {}
    for name in distributions():
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "memory_bytes": memory_bytes(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions,
        "threads": os.environ.get("OMP_NUM_THREADS", "not set"),
        "load": round(os.getloadavg()[0], 2),
    }


def peak_memory_bytes() -> int:
    """Largest resident size of this process so far."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
