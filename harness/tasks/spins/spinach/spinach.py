"""The user's own copy of Spinach: its folder, whether it is a copy of Spinach, and its version."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError

ROOT_VARIABLE = "SPINACH_ROOT"
LANDMARKS = (
    "kernel/create.m",
    "kernel/basis.m",
    "kernel/hamiltonian.m",
    "kernel/evolution.m",
    "kernel/utilities/tolerances.m",
)


class NoSpinach(InputError):
    """SPINACH_ROOT is not set, or is not Spinach."""


@dataclass(frozen=True)
class SpinachCopy:
    """A folder that holds Spinach.

    ``commit`` is the git commit, or "content-" and a hash of the kernel's m-files where there is no git, or the commit
    with "+modified-" and that hash where m-files of the kernel differ from the commit. ``absent`` counts tracked files
    of the kernel that are not there (large tables of a partial checkout).
    """

    root: Path
    commit: str
    modified: tuple[str, ...] = ()
    absent: int = 0

    @property
    def clean(self) -> bool:
        """True if git reports no changed file in the kernel."""
        return not self.modified and not self.commit.startswith("content-")


def find_spinach(root: str | Path | None = None) -> SpinachCopy:
    """The copy that ``root``, or else the environment variable SPINACH_ROOT, points to.

    Raises
    ------
    NoSpinach
        Naming the folder and what is missing in it.
    """
    named = str(root) if root is not None else os.environ.get(ROOT_VARIABLE, "")
    if not named:
        raise NoSpinach(f"{ROOT_VARIABLE} is not set: point it to your copy of Spinach (https://spindynamics.org)")
    folder = Path(named).expanduser().absolute()
    if os.pathsep in str(folder):
        raise NoSpinach(f"{ROOT_VARIABLE} = {named!r}: a path with {os.pathsep!r} cannot be on a search path; move it")
    try:
        str(folder).encode("utf-8")
    except UnicodeEncodeError:
        raise NoSpinach(f"{ROOT_VARIABLE} = {named!r}: Octave takes no path that is not UTF-8; move it") from None
    for landmark in LANDMARKS:
        if not (folder / landmark).is_file():
            raise NoSpinach(f"{ROOT_VARIABLE} = {named!r} is not Spinach: {landmark} is missing there")
    return _identify(folder)


def _identify(folder: Path) -> SpinachCopy:
    commit = _git(folder, "rev-parse", "HEAD")
    top = _git(folder, "rev-parse", "--show-toplevel")
    if commit is None or top is None or Path(top.strip()).resolve() != folder.resolve():
        return SpinachCopy(folder, f"content-{kernel_hash(folder)[:32]}")
    status = _git(folder, "status", "--porcelain", "--untracked-files=all", "--", "kernel") or ""
    lines = [(line[:2], line[3:]) for line in status.splitlines()]
    absent = sum("D" in code for code, _ in lines)
    modified = tuple(name for code, name in lines if "D" not in code or name.endswith(".m"))
    commit = commit.strip()
    if modified:
        commit = f"{commit}+modified-{kernel_hash(folder)[:16]}"
    return SpinachCopy(folder, commit, modified, absent)


def kernel_hash(folder: Path) -> str:
    """SHA-256 over names and contents of the kernel's m-files, in order of name."""
    digest = hashlib.sha256()
    kernel = folder / "kernel"
    for path in sorted(kernel.rglob("*.m")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(kernel).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _git(folder: Path, *arguments: str) -> str | None:
    from harness.bridge.process import run_limited

    try:
        done = run_limited(["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments], limit_s=60)
    except OSError:
        return None
    return done.stdout if done.status == 0 and not done.timed_out else None
