"""The functions that a live trajectory really calls: ours that replace missing ones of Octave, and those of Spinach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.tasks.spins.spinach.drivers import CALL_LIMIT_S, exchange
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.mfiles import matlab_folder
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.spinach.spinach import SpinachCopy


@dataclass(frozen=True)
class UsedFunctions:
    """Names of functions: compatibility functions called and not called, and functions of Spinach called."""

    compatibility: tuple[str, ...]
    unused_compatibility: tuple[str, ...]
    spinach: tuple[str, ...]


def compatibility_functions() -> dict[str, str]:
    """Every compatibility function by name, with the file (relative to ``matlab/``) that holds it."""
    folder = matlab_folder()
    named = {}
    for path in sorted((folder / "octave").rglob("*.m")):
        parent = path.parent.name
        name = f"{parent}/{path.stem}" if parent.startswith("@") else path.stem
        named[name] = path.relative_to(folder).as_posix()
    return named


def used_functions(requests: Sequence[Request], copy: SpinachCopy, limit_s: float = CALL_LIMIT_S) -> UsedFunctions:
    """Profile the requests under Octave; requests of every kind together give the whole list."""
    with exchange(requests, "spinach", str(copy.root)) as files:
        env = {"HARNESS_REQUEST": str(files.request), "HARNESS_RESULT": str(files.result)}
        done = OctaveBatch().run_main("harness_used_main.m", env, limit_s)
        if done.status != 0 or done.timed_out:
            raise EngineFault(f"Octave ended early ({done.ending}): {done.last_message}")
        files.read(requests, "Octave")
    called = {line.strip() for line in done.stdout.splitlines() if line.strip()}
    # A method is listed as @class/name, a subfunction as file>name.
    called |= {name.split(">", 1)[0] for name in called}
    ours = compatibility_functions()
    # A constructor is listed by the name of its class, a package function with its package in front.
    called |= {f"@{name}/{name}" for name in called} | {name.rpartition(".")[2] for name in called}
    compatibility = sorted(name for name in ours if name in called)
    kernel = {path.stem for path in (copy.root / "kernel").rglob("*.m") if not path.parent.name.startswith("@")}
    spinach = sorted(name for name in called if name in kernel and name not in ours)
    return UsedFunctions(
        tuple(compatibility), tuple(name for name in ours if name not in compatibility), tuple(spinach)
    )
