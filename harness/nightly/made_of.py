"""What determines the numbers of a run, as hashes: numbers are used again after an interruption only if all are equal.

File contents are compared, not names: if a subject's file was rewritten, it is another subject. What an external object
or program reads from outside its own folder cannot be known; ``--restart`` begins a new run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path

from harness.digest import digest_of, files_below
from harness.suites.behaviour import behaviour_of
from harness.task import Task, default_task

SETTINGS = ("HARNESS_", "OPENBLAS_", "OMP_", "MKL_", "ATEN_", "PYTHONPATH", "PYTHONOPTIMIZE")
"""Variables, by how they begin, that can change a number of any task."""


def made_of(subject: str, task: Task | None = None) -> dict[str, str]:
    """Part → SHA-256: the code with all its files, the subject, the distributions, the settings; the parts of a task.

    A task (by default the default one) adds what else determines its numbers: files outside its folder, a cache of
    answers.
    """
    task = task or default_task()
    versions = sorted(f"{found.name}=={found.version}" for found in distributions())
    beginnings = (*SETTINGS, *task.variables)
    settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(beginnings))
    return {
        "code": digest_of(code_files(task.folder)),
        "subject": digest_of(subject_files(subject)),
        **behaviour_of(task).made_of(),
        "distributions": hashlib.sha256("\n".join(versions).encode()).hexdigest(),
        "settings": hashlib.sha256("\n".join(settings).encode()).hexdigest(),
    }


def changed(before: dict[str, str], now: dict[str, str]) -> str:
    """The first part that has changed, in words; "" if none has."""
    return next((part for part in {**now, **before} if before.get(part) != now.get(part)), "")


def code_files(task: Path) -> list[Path]:
    """Common code, and the folder of a task with its code, targets and weights; other tasks do not count."""
    package = Path(__file__).resolve().parent.parent
    common = (path for path in files_below(package) if not path.is_relative_to(package / "tasks"))
    return [*common, *files_below(task)]


def subject_files(spec: str) -> list[Path]:
    """The files of a subject that are not the harness's own.

    Weights of ``NAME@WEIGHTS``; a program, or the module of an object, with the other files of its folder; the whole
    package of an object that is in a package.
    """
    name, at, weights = spec.partition("@")
    if at and not (os.sep in name or ":" in name):
        path = Path(weights)
        return list(files_below(path)) if path.is_dir() else [path]
    if os.sep in spec and ":" not in Path(spec).name:
        return _neighbours(Path(spec))
    module, _, found = spec.partition(":")
    return _module_files(module.partition(".")[0]) if found else []


def _module_files(name: str) -> list[Path]:
    """Files of a top-level module as the subject's process would find it: the current folder first."""
    spec = PathFinder.find_spec(name, [os.getcwd(), *sys.path])
    if spec is None:
        return []
    if spec.submodule_search_locations:
        return [path for folder in spec.submodule_search_locations for path in files_below(Path(folder))]
    return _neighbours(Path(spec.origin)) if spec.origin and Path(spec.origin).is_file() else []


def _neighbours(path: Path) -> list[Path]:
    """A file and the other files of its folder, because weights are usually there."""
    next_to = (one for one in path.resolve().parent.iterdir() if one.is_file() and not one.name.startswith("."))
    return sorted({path.resolve(), *next_to})
