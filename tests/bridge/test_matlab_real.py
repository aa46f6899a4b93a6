"""Live checks with a real MATLAB: run by its owners, see docs/matlab.md. Elsewhere they are skipped with the reason."""

from __future__ import annotations

import time

import numpy as np
import pytest

from harness import SpinSystem, load_molecule, simulate
from harness.tasks.spins.spinach import SpinachCache, find_spinach
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import Driver
from harness.tasks.spins.spinach.matlab_batch import MatlabBatch
from harness.tasks.spins.spinach.matlab_engine import MatlabEngine
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import STANDARD_GRID

pytestmark = [pytest.mark.matlab, pytest.mark.spinach]

COMPLETE = 1e-10  # of M(0), as for Octave


@pytest.fixture(params=[MatlabEngine, MatlabBatch])
def driver(request: pytest.FixtureRequest):
    way: Driver = request.param()
    found = way.probe()
    if not found.usable:
        pytest.skip(found.reason)
    yield way
    way.close()


def test_matlab_agrees_with_exact(driver: Driver) -> None:
    rng = np.random.default_rng(int(time.time() // 86400))
    requests = []
    for _ in range(20):
        n = int(rng.integers(1, 6))
        couplings = np.triu(rng.uniform(-20, 20, (n, n)), 1)
        system = SpinSystem(rng.uniform(-400, 400, n), couplings + couplings.T)
        requests.append(Request.of(system, STANDARD_GRID))
    for request, answer in zip(requests, driver.run(requests, "spinach", str(find_spinach().root)), strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert answer.engine == "matlab"
        used = request.system.with_(offsets_hz=answer.offsets_hz, couplings_hz=answer.couplings_hz)
        exact = simulate(used, request.grid, "exact")
        assert np.abs(answer.m - exact.m).max() <= COMPLETE
        assert np.abs(answer.i1z - exact.i1z).max() <= COMPLETE


def test_matlab_agrees_with_what_octave_stated(driver: Driver) -> None:
    """Every cached base molecule, recomputed by MATLAB."""
    entries = list(SpinachCache.open().entries("molecule", engine="spinach-octave"))
    assert entries
    answers = driver.run([entry.request for entry in entries], "spinach", str(find_spinach().root))
    for entry, answer in zip(entries, answers, strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert np.abs(answer.m - entry.answer.m).max() <= COMPLETE, entry.case
        assert np.abs(answer.i1z - entry.answer.i1z).max() <= COMPLETE, entry.case


def test_our_exact_fid_runs_in_matlab(driver: Driver) -> None:
    system = load_molecule("alanine").at(14.1)
    (answer,) = driver.run([Request.of(system, STANDARD_GRID)], "exact", "")
    assert isinstance(answer, Answer), str(answer)
    assert np.abs(answer.m - simulate(system, STANDARD_GRID, "exact").m).max() <= COMPLETE


def test_matlab_agrees_with_what_octave_stated_of_spins_that_relax(driver: Driver) -> None:
    """Made systems of two and three spins, each model of relaxation."""
    entries = [e for e in SpinachCache.open().entries("relaxation", engine="spinach-octave") if len(e.system) <= 3]
    assert {entry.system.relaxation.model for entry in entries if entry.system.relaxation} == {
        "damp", "t1_t2", "redfield",
    }  # fmt: skip
    answers = driver.run([entry.request for entry in entries], "spinach", str(find_spinach().root))
    for entry, answer in zip(entries, answers, strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert np.abs(answer.m - entry.answer.m).max() <= COMPLETE, entry.case
