"""Claims that do not hold: every experiment has its target, and its parts are right on their own."""

from dataclasses import replace

import numpy as np
import pytest

from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.kstep import claims
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.references import resolve
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))


def window() -> Window:
    state = start(methanol(), temperature_k=600.0)
    return Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.target)
def test_the_experiment_refutes_the_claim(claim, monkeypatch):
    monkeypatch.setattr(claims, "SINGLE_RUN_PS", 0.2)
    target = load_targets(task_of("xtb").targets)["claims"].target(claim.target)
    assert target.met_by(claim.measure(resolve(), [window()]))


def test_an_exact_jump_exceeds_no_bound_that_is_large_enough():
    share = claims.share_beyond(resolve(), [window()], lambda one: np.full(len(one.molecule), 50.0))
    assert share == 0


def test_superposition_removes_motion_and_no_mirror_image():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((6, 3))
    matrix = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    matrix[:, 0] *= np.sign(np.linalg.det(matrix))
    assert claims.superposed_distance_nm(x, x @ matrix.T + 1.0) == pytest.approx(0, abs=1e-7)
    assert claims.superposed_distance_nm(x, x * [1, 1, -1]) > 0.1


def test_the_corrected_jump_runs_on_a_grid_of_its_own_step():
    """Four base steps of the network and one of velocity Verlet: five base steps, two quantum calls."""
    grid, found = MacroGrid(6, 5), resolve()
    answer = Method("jump-corrected", found).predict([window()], grid)[0]
    truth = Truth(found).predict([window()], grid)[0]
    assert (answer.fault, answer.qm_calls) == ("", 10)
    assert truth.arrays["positions"].shape == (6, 3, 6)
    fine = Truth(found).predict([window()], replace(grid, points=26, k=1))[0]
    assert np.allclose(fine.arrays["positions"][..., ::5], truth.arrays["positions"], atol=1e-12)
    assert 0 < METRICS["position_end"].of(answer, truth, window()) < 0.02
