"""NWChem as a child process: decks in, an answer out, a hard time limit, no files left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from harness.bridge.engine import Availability, EngineFault, ResultFault
from harness.bridge.process import RunningProcess, run_limited
from harness.bridge.recorded import Recorded
from harness.bridge.recorded import Request as Recording
from harness.tasks.tddft.nwchem.answer import Answer
from harness.tasks.tddft.nwchem.deck import JOB, deck_of, decks_of
from harness.tasks.tddft.nwchem.output import read_points, read_real_density, read_restart, read_rows
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.structure import structure_of

EXECUTABLE_VARIABLE = "HARNESS_NWCHEM"
REMEDY = f"install NWChem (apt-get install nwchem), or name the executable in {EXECUTABLE_VARIABLE}"
MPIRUN = ("mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "1")
INTO_FILE = ("/bin/sh", "-c", 'exec "$0" "$@" > out 2>&1')
"""An output has a megabyte for each thousand steps."""
RUN_LIMIT_S = 1800.0


class NWChemProgram:
    """Engine "nwchem": one process for each run of the chain of a request, in an empty folder.

    The request is bound to the engine, because its entry names the system by its fingerprint alone.
    """

    name = "nwchem"

    def __init__(self, request: Request | None = None) -> None:
        self.request = request
        self._running = RunningProcess()

    def probe(self) -> Availability:
        """Look for the executable and for mpirun, without starting either."""
        name = os.environ.get(EXECUTABLE_VARIABLE) or "nwchem"
        path = shutil.which(name)
        if path is None:
            return Availability(False, reason=f"{name} is not on the path: {REMEDY}")
        if shutil.which(MPIRUN[0]) is None:
            reason = f"{MPIRUN[0]} is not on the path: install Open MPI (apt-get install openmpi-bin)"
            return Availability(False, reason=reason)
        return Availability(True, path)

    def run(self, request: Recording, limit_s: float = RUN_LIMIT_S) -> Recorded:
        """The answer to the request that this engine was made for, as an entry.

        Raises
        ------
        EngineFault
            If NWChem is missing, does not end within ``limit_s`` for each run, or fails.
        ResultFault
            If its files are truncated.
        """
        assert self.request is not None
        assert self.request.key == request.key
        return self.answer(self.request, structure_of(self.request.system).size, limit_s).recorded

    def answer(self, request: Request, basis_functions: int, limit_s: float = RUN_LIMIT_S) -> Answer:
        """Run the chain of decks of a request; errors as for :meth:`run`."""
        found = self.probe()
        if not found.usable:
            raise EngineFault(f"NWChem: {found.reason}")
        parts, complexes, seconds = [], [], 0.0
        with tempfile.TemporaryDirectory(prefix="harness-nwchem-") as name:
            folder = Path(name)
            for link, (first, last) in enumerate(request.links):
                (folder / f"{JOB}.nw").write_text(deck_of(request, link), encoding="ascii")
                command = [*INTO_FILE, *MPIRUN, found.version, f"{JOB}.nw"]
                done = run_limited(command, limit_s, folder, {"OMP_NUM_THREADS": "1"}, self._running)
                seconds += done.wall_s
                if done.timed_out:
                    raise EngineFault(f"NWChem: no end within {limit_s:g} s, it was killed: shorten the grid")
                text = (folder / "out").read_text(encoding="utf-8", errors="replace")
                parts.append(read_rows(text, request.grid.times_au[first : last + 1]))
                if request.complex_at and last in request.complex_at:
                    complexes.append(_snapshot(folder, request, basis_functions, last))
            real = _real_densities(folder, request, basis_functions)
            points = _points(folder, request)
        return Answer.joined(request, decks_of(request), parts, real, np.array(complexes), points, seconds)

    def close(self) -> None:
        """Nothing is held."""

    def abort(self) -> None:
        """Kill the process that runs, if any."""
        self._running.kill()


def _snapshot(folder: Path, request: Request, n: int, sample: int) -> np.ndarray:
    """The complex P of the end of a run."""
    time, density = read_restart(folder / f"{JOB}.rt_restart", request.system, n)
    due = sample * request.grid.dt_au
    if abs(time - due) > 1e-6:
        raise ResultFault(f"NWChem restart: is of t = {time:g} au where {due:g} is due: the run ended early")
    return density


def _points(folder: Path, request: Request) -> np.ndarray:
    """(points, 4) of the quadrature grid; empty where they are not wanted."""
    if not request.with_points:
        return np.empty((0, 4))
    path = folder / f"{JOB}.gridpts.0"
    if not path.is_file():
        raise ResultFault(f"NWChem: wrote no {path.name}: it kept its grid in memory; give it room on the disk")
    return read_points(path)


def _real_densities(folder: Path, request: Request, n: int) -> np.ndarray:
    """(samples, n, n) Re P of every ``real_every``-th sample; empty where none is wanted."""
    if not request.real_every:
        return np.empty((0, n, n))
    samples = range(0, request.grid.points, request.real_every)
    paths = [folder / f"{JOB}.ptot_ao_re.{sample + 1:010d}" for sample in samples]
    if gone := next((path.name for path in paths if not path.is_file()), None):
        raise ResultFault(f"NWChem: wrote no {gone}: the run ended early")
    return np.array([read_real_density(path, request.system, n) for path in paths])
