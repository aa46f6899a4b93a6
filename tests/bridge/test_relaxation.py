"""Relaxation through the bridge: what a request file and a cache entry hold, and every engine with each model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach import Entry, MoleculeRequest, find_spinach, system_used
from harness.tasks.spins.spinach.contract import Answer, write_requests
from harness.tasks.spins.spinach.drivers import Driver, single
from harness.tasks.spins.spinach.entry import from_bytes, to_bytes
from harness.tasks.spins.spinach.matlab_batch import MatlabBatch
from harness.tasks.spins.spinach.matlab_engine import MatlabEngine
from harness.tasks.spins.spinach.oct2py_session import Oct2PySession
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.relaxation_cases import GRID, MODEL_OF_MOLECULE, made
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory
from tests.bridge.conftest import made_up_entry

SHORT = GRID.prefix(24)
MOLECULE_GRID = TimeGrid(24, 5e-4)
MODELS = tuple(MODEL_OF_MOLECULE)
LIMIT, MOLECULE_LIMIT = 1e-8, 1e-7
"""Given a molecule, Spinach subtracts the carrier from Larmor frequencies of 4e9 rad/s, which rounds by 1e-6 rad/s."""
ENGINES: tuple[Callable[[], Driver], ...] = (OctaveBatch, Oct2PySession, MatlabEngine, MatlabBatch)


def relaxing(model: str, name: str = "alanine", **more: Any) -> MoleculeRequest:
    relaxation = {"model": model, **MODEL_OF_MOLECULE[model], **more}
    return MoleculeRequest.of_molecule(load_molecule(name), 14.1, MOLECULE_GRID, relaxation=relaxation)


@contextmanager
def started(make: Callable[[], Driver]) -> Iterator[Driver]:
    driver = make()
    try:
        found = driver.probe()
        assert found.usable, found.reason
        yield driver
    finally:
        driver.close()


def furthest(system: SpinSystem, predicted: Trajectory | Answer, grid: TimeGrid) -> float:
    ours = simulate(system, grid, "liouville-dense")
    return max(float(np.abs(getattr(ours, name) - getattr(predicted, name)).max()) for name in ("m", "i1z"))


@pytest.mark.parametrize("draw", [1, 3])
@pytest.mark.parametrize("model", MODELS)
def test_the_request_file_holds_the_whole_relaxation(tmp_path: Path, model: str, draw: int) -> None:
    from scipy.io import loadmat

    system = made(model, 3, draw)
    it = system.relaxation
    assert it is not None
    write_requests(tmp_path / "r.mat", [Request.of(system, SHORT)], "spinach", "/root", tmp_path)
    job = loadmat(tmp_path / "r.mat", simplify_cells=True)["request"]["jobs"]
    assert (job["relaxation"], job["rlx_keep"], job["equilibrium"]) == (model, it.rlx_keep, it.equilibrium)
    assert job.get("temperature_k") == it.temperature_k
    assert (job.get("damp_rate"), job.get("tau_c_s")) == (it.damp_rate_per_s, it.tau_c_s)
    for key, value in (("r1_rates", it.r1_per_s), ("r2_rates", it.r2_per_s), ("positions", it.positions_angstrom)):
        np.testing.assert_array_equal(job.get(key), value)
    if it.csa_ppm is not None:
        np.testing.assert_array_equal(job["csa_ppm"], it.csa_ppm.reshape(3, 9))


def test_a_request_without_relaxation_has_no_field_of_it(tmp_path: Path) -> None:
    from scipy.io import loadmat

    still = made("damp", 2, 0).with_(relaxation=None)
    write_requests(tmp_path / "r.mat", [Request.of(still, SHORT)], "spinach", "/root", tmp_path)
    job = loadmat(tmp_path / "r.mat", simplify_cells=True)["request"]["jobs"]
    assert not {"relaxation", "rlx_keep", "equilibrium", "rlx_zero", "rlx_integration"} & set(job)


def test_a_molecule_that_relaxes_is_another_request() -> None:
    still = MoleculeRequest.of_molecule(load_molecule("alanine"), 14.1, MOLECULE_GRID)
    models = (("damp", {}), ("t1_t2", {}), ("redfield", {}), ("redfield", {"rlx_keep": "secular"}))
    requested = [relaxing(model, **options) for model, options in models]
    assert len({one.family for one in (still, *requested)}) == 5
    assert requested[2].options.formalism == "sphten-liouv"
    assert requested[2].options.magnet_t == 14.1
    with pytest.raises(InputError, match=r"leucine.*needs positions"):
        relaxing("redfield", "leucine")


def test_an_entry_of_a_molecule_that_relaxes_comes_back_as_it_was_written() -> None:
    requested = relaxing("redfield", equilibrium="dibari", temperature_k=298.0)
    blank = made_up_entry(requested.system, points=requested.grid.points)
    answer = replace(blank.answer, gyromagnetic_ratios=np.full(4, 2.7e8))
    entry = Entry(requested, answer, blank.engine, blank.commit, blank.details, "laboratory", "alanine")
    back = from_bytes(to_bytes(entry), "back").request
    assert isinstance(back, MoleculeRequest)
    assert back.family == requested.family
    assert back.system.relaxation is not None
    assert requested.system.relaxation is not None
    assert back.system.relaxation.as_dict() == requested.system.relaxation.as_dict()


@pytest.mark.spinach
@pytest.mark.usefixtures("matlab_engine_standin", "matlab_program_standin")
@pytest.mark.parametrize("make", ENGINES)
def test_every_engine_answers_each_model(make: Callable[[], Driver]) -> None:
    """Both ways to MATLAB through their stand-ins, which run our m-files in Octave (standins/README.md)."""
    requests = [Request.of(made(model, 2, draw), SHORT) for model in MODELS for draw in (1, 3)]
    with started(make) as driver:
        outcomes = driver.run(requests, "spinach", str(find_spinach().root))
    for request, outcome in zip(requests, outcomes, strict=True):
        answer = single(outcome)
        entry = Entry(request, answer, "", "", {})
        assert furthest(entry.system_used, answer, request.grid) < LIMIT, request.system.relaxation


@pytest.mark.spinach
@pytest.mark.parametrize("model", MODELS)
def test_live_spinach_is_given_a_molecule_that_relaxes(model: str) -> None:
    """No number of our rotating frame goes to Spinach; with a rate or a correlation time 5 % off it would be seen."""
    requested = relaxing(model)
    predicted = reference("spinach", live=True).answer(requested)
    system = system_used(requested.system, predicted)
    assert furthest(system, predicted, requested.grid) < MOLECULE_LIMIT
    assert system.relaxation is not None
    other = {
        name: 1.05 * value
        for name in ("damp_rate_per_s", "r2_per_s", "tau_c_s")
        if (value := getattr(system.relaxation, name)) is not None
    }
    wrong = system.with_(relaxation=replace(system.relaxation, **other))
    assert furthest(wrong, predicted, requested.grid) > 1e2 * MOLECULE_LIMIT
