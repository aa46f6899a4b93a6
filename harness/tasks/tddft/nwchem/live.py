"""NWChem as a child process: decks in, an answer out, a hard time limit, no files left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.bridge.process import run_limited
from harness.errors import InputError
from harness.tasks.tddft.nwchem.answer import Answer
from harness.tasks.tddft.nwchem.deck import JOB, deck_of, decks_of
from harness.tasks.tddft.nwchem.output import read_real_density, read_restart, read_rows
from harness.tasks.tddft.nwchem.request import Request

EXECUTABLE_VARIABLE = "HARNESS_NWCHEM"
REMEDY = f"install NWChem (apt-get install nwchem), or name the executable in {EXECUTABLE_VARIABLE}"
MPIRUN = ("mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "1")
INTO_FILE = ("/bin/sh", "-c", 'exec "$0" "$@" > out 2>&1')
"""An output has a megabyte for each thousand steps."""
RUN_LIMIT_S = 1800.0


@dataclass(frozen=True)
class Found:
    """Where NWChem is installed; if it is not, ``path`` is empty and ``reason`` states why."""

    path: str
    reason: str = ""


def find_nwchem() -> Found:
    """Look for the executable and for mpirun, without starting either."""
    name = os.environ.get(EXECUTABLE_VARIABLE) or "nwchem"
    path = shutil.which(name)
    if path is None:
        return Found("", f"{name} is not on the path: {REMEDY}")
    if shutil.which(MPIRUN[0]) is None:
        return Found("", f"{MPIRUN[0]} is not on the path: install Open MPI (apt-get install openmpi-bin)")
    return Found(path)


def run_nwchem(request: Request, basis_functions: int, limit_s: float = RUN_LIMIT_S) -> Answer:
    """Run the chain of decks of a request in an empty folder.

    Raises
    ------
    InputError
        If NWChem is missing, does not end within ``limit_s`` for each run, fails, or its files are truncated.
    """
    found = find_nwchem()
    if not found.path:
        raise InputError(f"NWChem: {found.reason}")
    parts, complexes, seconds = [], [], 0.0
    with tempfile.TemporaryDirectory(prefix="harness-nwchem-") as name:
        folder = Path(name)
        for link, (first, last) in enumerate(request.links):
            (folder / f"{JOB}.nw").write_text(deck_of(request, link), encoding="ascii")
            done = run_limited(
                [*INTO_FILE, *MPIRUN, found.path, f"{JOB}.nw"], limit_s, folder, {"OMP_NUM_THREADS": "1"}
            )
            seconds += done.wall_s
            if done.timed_out:
                raise InputError(f"NWChem: no end within {limit_s:g} s, it was killed: shorten the grid")
            text = (folder / "out").read_text(encoding="utf-8", errors="replace")
            parts.append(read_rows(text, request.grid.times_au[first : last + 1]))
            if request.complex_at and last in request.complex_at:
                complexes.append(_snapshot(folder, request, basis_functions, last))
        real = _real_densities(folder, request, basis_functions)
    return Answer.joined(request, decks_of(request), parts, real, np.array(complexes), seconds)


def _snapshot(folder: Path, request: Request, n: int, sample: int) -> np.ndarray:
    """The complex P of the end of a run."""
    time, density = read_restart(folder / f"{JOB}.rt_restart", request.system, n)
    due = sample * request.grid.dt_au
    if abs(time - due) > 1e-6:
        raise InputError(f"NWChem restart: is of t = {time:g} au where {due:g} is due: the run ended early")
    return density


def _real_densities(folder: Path, request: Request, n: int) -> np.ndarray:
    """(samples, n, n) Re P of every ``real_every``-th sample; empty where none is wanted."""
    if not request.real_every:
        return np.empty((0, n, n))
    samples = range(0, request.grid.points, request.real_every)
    paths = [folder / f"{JOB}.ptot_ao_re.{sample + 1:010d}" for sample in samples]
    if gone := next((path.name for path in paths if not path.is_file()), None):
        raise InputError(f"NWChem: wrote no {gone}: the run ended early")
    return np.array([read_real_density(path, request.system, n) for path in paths])
