"""What made the numbers of a run, as hashes: numbers are taken up after a kill only where all of it is still the same.

Bytes and not names: a subject's file that was rewritten is another subject. What a foreign object or program reads from
outside its own folder cannot be known; ``--restart`` begins anew.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path

from harness.errors import InputError
from harness.resources import shared_folder

SETTINGS = ("HARNESS_", "OPENBLAS_", "OMP_", "MKL_", "ATEN_", "SPINACH_ROOT", "PYTHONPATH", "PYTHONOPTIMIZE")
"""Variables, by how they begin, that can change a number."""


def made_of(subject: str) -> dict[str, str]:
    """Part → SHA-256: the code with all that it ships, the subject, the caches, installed distributions, settings."""
    from harness.tasks.spins.spinach.cache import SpinachCache

    versions = sorted(f"{found.name}=={found.version}" for found in distributions())
    settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(SETTINGS))
    return {
        "code": code_fingerprint(),
        "subject": digest_of(subject_files(subject)),
        "cache": digest_of(path for folder in SpinachCache.open().folders for path in files_below(folder)),
        "spinach": _spinach(),
        "distributions": hashlib.sha256("\n".join(versions).encode()).hexdigest(),
        "settings": hashlib.sha256("\n".join(settings).encode()).hexdigest(),
    }


def changed(before: dict[str, str], now: dict[str, str]) -> str:
    """The first part that is not what it was, in words; "" if everything is."""
    return next((part for part in {**now, **before} if before.get(part) != now.get(part)), "")


def code_fingerprint() -> str:
    """SHA-256 over the package and what it ships: code, targets, weights, molecules, m-files, presets."""
    package = Path(__file__).resolve().parent.parent
    beside = [shared_folder(name) for name in ("molecules", "matlab", "configs")]
    return digest_of(path for folder in (package, *beside) for path in files_below(folder))


def subject_files(spec: str) -> list[Path]:
    """The files of a subject that are not the harness's own.

    Weights of ``NAME@WEIGHTS``; a program, or the module of an object, with the other files of its folder; the whole
    package of an object in one.
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
    """A file and those beside it: weights mostly lie there."""
    beside = (one for one in path.resolve().parent.iterdir() if one.is_file() and not one.name.startswith("."))
    return sorted({path.resolve(), *beside})


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder in a fixed order; what Python compiled is left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents; a file that cannot be read counts as such."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0")
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            digest.update(f"unreadable: {error.errno}".encode())
    return digest.hexdigest()


def _spinach() -> str:
    """Commit of the live Spinach, with its changes; why there is none."""
    from harness.tasks.spins.spinach.spinach import NoSpinach, find_spinach

    try:
        return find_spinach().commit
    except (NoSpinach, InputError) as error:
        return f"none: {error}"
