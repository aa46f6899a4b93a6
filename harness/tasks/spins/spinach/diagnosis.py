"""What is installed and what is missing: one finding per component, each with its reason and its remedy."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.requirements import install_command
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.matlab_batch import EXECUTABLE_VARIABLE, MatlabBatch, engine_pip_line, matlab_release
from harness.tasks.spins.spinach.matlab_engine import MatlabEngine
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.round_trip import path_fault
from harness.tasks.spins.spinach.spinach import NoSpinach, SpinachCopy, find_spinach


@dataclass(frozen=True)
class Finding:
    """One line of the table. ``state`` is "ok", "missing" (not needed for everything) or "fault" (to be repaired)."""

    what: str
    state: str
    found: str
    remedy: str = ""


def findings(cache_dir: str | Path | None = None) -> Iterator[Finding]:
    """Everything that the bridge can use, in the order of the ladder, then the cache and the machine."""
    yield from _matlab()
    yield from _octave()
    copy = yield from _spinach()
    if copy is not None:
        yield from _shadowed(copy)
    yield from _cache(cache_dir)
    yield from _weights()
    yield from _machine()


def _matlab() -> Iterator[Finding]:
    executable = shutil.which(os.environ.get(EXECUTABLE_VARIABLE) or "matlab")
    release = matlab_release(executable)
    batch = MatlabBatch().probe()
    if batch.usable:
        yield Finding("MATLAB", "ok", f"{batch.version} at {executable}")
        toolbox = Path(str(executable)).resolve().parent.parent / "toolbox"
        for name, folder, purpose in (
            ("Parallel Computing Toolbox", "parallel", "Spinach opens a pool with it"),
            ("Optimization Toolbox", "optim", "Spinach's optimal control only; FIDs do without"),
        ):
            there = (toolbox / folder).is_dir()
            remedy = "" if there else f"{purpose}; install it from MATLAB's Add-On Explorer"
            yield Finding(name, "ok" if there else "missing", str(toolbox / folder) if there else "not there", remedy)
    else:
        yield Finding("MATLAB", "missing", "not on the path", f"add MATLAB's bin/ to PATH or set {EXECUTABLE_VARIABLE}")
    engine = MatlabEngine().probe()
    if engine.usable:
        yield Finding("MATLAB Engine", "ok", f"matlabengine {_package_version('matlabengine')}")
    else:
        yield Finding("MATLAB Engine", "missing", engine.reason.split(":")[0], engine_pip_line(release))


def _octave() -> Iterator[Finding]:
    octave = OctaveBatch()
    found = octave.probe()
    if found.usable:
        yield Finding("Octave", "ok", f"{found.version} at {shutil.which(octave.executable)}")
        fault = path_fault(octave)
        remedy = "keep SPINACH_ROOT and TMPDIR in paths of ASCII letters" if fault else ""
        yield Finding("Octave's paths", "fault" if fault else "ok", fault or "letters outside ASCII work too", remedy)
    else:
        there = shutil.which(octave.executable) is not None
        reason, _, remedy = found.reason.partition(": install")
        yield Finding("Octave", "fault" if there else "missing", reason, f"install{remedy}" if remedy else "")
    version = _package_version("oct2py")
    if version:
        yield Finding("oct2py", "ok", version)
    else:
        yield Finding(
            "oct2py", "missing", "not installed", f"{install_command('octave')} for fast repeated calls"
        )


def _spinach() -> Iterator[Finding]:
    try:
        copy = find_spinach()
    except NoSpinach as error:
        state = "fault" if os.environ.get("SPINACH_ROOT") else "missing"
        reason, _, remedy = str(error).partition(": ")
        yield Finding("Spinach", state, reason, remedy or "get it from https://spindynamics.org, set SPINACH_ROOT")
        return None
    yield Finding("Spinach", "ok", f"{copy.root}, commit {copy.commit}")
    if copy.modified:
        names = ", ".join(copy.modified[:3])
        remedy = "git checkout -- kernel, or accept that results are marked as modified"
        yield Finding("Spinach's kernel", "fault", f"{len(copy.modified)} files changed: {names}", remedy)
    elif copy.clean:
        absent = f"; {copy.absent} tables of large bases are not checked out" if copy.absent else ""
        yield Finding("Spinach's kernel", "ok", f"unchanged against its commit{absent}")
    else:
        yield Finding("Spinach's kernel", "missing", "no git commit to compare with", "clone it with git to have one")
    return copy


def _shadowed(copy: SpinachCopy) -> Iterator[Finding]:
    """m-files in folders on MATLABPATH or OCTAVE_PATH that have the name of a function of Spinach or ours."""
    ours = {path.name for path in (copy.root / "kernel").rglob("*.m")}
    ours |= {"harness_run.m", "harness_spinach.m", "harness_exact.m", "harness_path.m"}
    folders = [
        folder
        for variable in ("OCTAVE_PATH", "MATLABPATH")
        for folder in os.environ.get(variable, "").split(os.pathsep)
        if folder and not Path(folder).resolve().is_relative_to(copy.root.resolve())
    ]
    clashes = [str(path) for folder in folders for path in sorted(Path(folder).glob("*.m")) if path.name in ours]
    if clashes:
        remedy = "take the folder off OCTAVE_PATH / MATLABPATH, or rename the files"
        yield Finding("Shadowed functions", "fault", ", ".join(clashes[:3]), remedy)
    else:
        yield Finding("Shadowed functions", "ok", "none")


def _cache(cache_dir: str | Path | None) -> Iterator[Finding]:
    from datetime import UTC, datetime

    from harness.tasks.spins.spinach.entry import CacheFault, Entry, read_entry

    cache = SpinachCache.open(cache_dir)
    sound: list[Entry] = []
    refused = 0
    for path in cache.paths():
        try:
            sound.append(read_entry(path))
        except CacheFault:
            refused += 1
    if refused:
        found = f"{refused} of {refused + len(sound)} entries are refused"
        yield Finding("Cache", "fault", found, "harness cache verify names them")
    if not sound:
        yield Finding("Cache", "missing", f"no entry in {cache.describe()}", "harness cache build")
        return
    now = datetime.now(UTC)
    ages = [(now - datetime.fromisoformat(str(entry.details["date"]))).days for entry in sound]
    engines = ", ".join(sorted({f"{e.details['engine']} {e.details['engine_version']}" for e in sound}))
    commits = ", ".join(sorted({entry.commit[:12] for entry in sound}))
    days = " to ".join(dict.fromkeys((str(min(ages)), str(max(ages)))))
    found = f"{len(sound)} entries, {days} days old, by {engines}, Spinach {commits}"
    yield Finding("Cache", "ok", found)


def _weights() -> Iterator[Finding]:
    folder = Path(__file__).resolve().parent.parent / "surrogates" / "pretrained"
    names = sorted(path.stem for path in folder.glob("*.safetensors")) if folder.is_dir() else []
    if names:
        yield Finding("Pretrained weights", "ok", ", ".join(names))
    else:
        yield Finding("Pretrained weights", "missing", "none in the package", "harness train")


def _machine() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{sys.version.split()[0]} on {platform.system()} {platform.machine()}")
    threads = os.environ.get("OMP_NUM_THREADS")
    setting = f"OMP_NUM_THREADS={threads}" if threads else "OMP_NUM_THREADS is not set"
    remedy = "" if threads == "1" else "timings are taken with OMP_NUM_THREADS=1"
    yield Finding("Threads", "ok", f"{os.cpu_count()} cores, {setting}", remedy)
    version = _package_version("torch")
    if not version:
        yield Finding("PyTorch", "fault", "not installed", install_command())
        return
    import torch

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else ""
    yield Finding("PyTorch", "ok", version)
    yield Finding(
        "GPU", "ok" if gpu else "missing", gpu or "none that PyTorch can use", "" if gpu else "nothing needs one"
    )


def _package_version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""
