"""The machine of a measurement: processor, cores, memory, system; and the setting of one thread per library."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)
"""Numbers of threads of the numerical libraries; they have an effect only if set before numpy is loaded."""
REPORTED_THREADS = THREAD_VARIABLES[:3]
"""The variables that a report and a nightly run state."""


def machine() -> dict[str, Any]:
    """Processor, cores, memory, operating system; no host name and no user."""
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(memory_bytes() / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def one_thread(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` with every thread pool set to one thread."""
    return {**environment, **dict.fromkeys(THREAD_VARIABLES, "1")}


def processor() -> str:
    """Model name of the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
            return next(names, "") or platform.processor() or platform.machine()
    except OSError:
        return platform.processor() or platform.machine()


def memory_bytes() -> int:
    """Physical memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
