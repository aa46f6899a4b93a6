"""Windows, metrics, laws and faults: a correct method passes, and every seeded fault is seen by one of them."""

from dataclasses import replace

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.codec import grid_from_json, grid_to_json
from harness.tasks.kstep.domain import Domain, checked
from harness.tasks.kstep.faults import FAULTS
from harness.tasks.kstep.faulty import faulty_method
from harness.tasks.kstep.laws import LAWS, angular_momentum_change
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.populations import POPULATIONS
from harness.tasks.kstep.references import XtbEntries, resolve
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.window import MacroGrid, Signals, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")

GRID = MacroGrid(31, 8)
AGAINST_RESPA = 0.5
LARGEST = {"momentum": 1e-9, "angular_momentum": 1e-9, "reversal": 1e-10}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return resolve(cache=XtbEntries((tmp_path_factory.mktemp("cache"),)))


@pytest.fixture(scope="module")
def window() -> Window:
    state = start(methanol(), temperature_k=600.0)
    return Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)


@pytest.fixture(scope="module")
def truth(found, window) -> Signals:
    return Truth(found).predict([window], GRID)[0]


@pytest.fixture(scope="module")
def plain(found, window, truth) -> float:
    """The position error of RESPA with MMFF94 after 10 macro steps."""
    return METRICS["position_10"].of(Method("respa-mmff", found).predict([window], GRID)[0], truth, window)


def seen(method: Method, strict: Method, window: Window, truth: Signals, plain: float) -> list[str]:
    """What fails for a method: its error against RESPA with MMFF94, and its laws with a tightly converged SCF."""
    answer = method.predict([window], GRID)[0]
    error = METRICS["position_10"].of(answer, truth, window)
    failures = [answer.fault] if answer.fault else []
    failures += [f"position error {error:.1e} nm"] if not error <= AGAINST_RESPA * plain else []
    for law in LAWS:
        size = law.violation(strict.predict, window, GRID)
        if size is not None and not size <= LARGEST[law.target]:
            failures.append(f"{law.name} {size:.1e}")
    return failures


def test_the_learned_correction_passes(found, window, truth, plain):
    strict = Method("kernel", found, accuracy=1e-6)
    assert seen(Method("kernel", found), strict, window, truth, plain) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_is_seen(found, window, truth, plain, fault):
    method = faulty_method(fault.name, found)
    assert seen(method, replace(method, accuracy=1e-6), window, truth, plain)


def test_a_window_survives_json_and_its_fingerprint_sees_velocities(window):
    assert Window.from_dict(window.as_dict()) == window
    faster = Window("methanol", window.molecule, window.positions_nm, 1.0001 * window.velocities_nm_ps)
    assert faster.fingerprint != window.fingerprint
    with pytest.raises(InputError, match="finite"):
        Window("methanol", window.molecule, window.positions_nm, window.velocities_nm_ps * np.nan)


def test_runs_that_end_early_are_filled_with_nan_and_are_infinitely_wrong(found, window, truth):
    hot = Window("hot", window.molecule, window.positions_nm, 40 * window.velocities_nm_ps)
    answer = Method("verlet", found).predict([hot], GRID)[0]
    assert "failed" in answer.fault
    assert answer.arrays["positions"].shape == truth.arrays["positions"].shape == (6, 3, 31)
    assert METRICS["position_10"].of(answer, truth, window) == np.inf
    assert METRICS["drift"].of(answer, truth, window) == np.inf


def test_populations_are_drawn_by_seed_and_number_alone(found, monkeypatch):
    from harness.tasks.kstep.references import answers

    monkeypatch.setattr(answers, "START_PS", 0.01)
    population = POPULATIONS["methanol"]
    one, other = population.draw(2, 3, found), population.draw(1, 3, found)
    assert one[0] == other[0]
    assert one[0] != one[1]
    assert population.size == 6
    domain = Domain(frozenset({methanol().topology}), 600.0)
    assert population.within(domain)
    assert not POPULATIONS["unseen"].within(domain)
    assert not replace(population, temperature_k=700.0).within(domain)


@pytest.mark.parametrize(("points", "k"), [(1, 8), (10, 0), (10, 65), (2.5, 8)])
def test_grids_that_cannot_be_are_refused(points, k):
    with pytest.raises(InputError):
        MacroGrid(points, k)


def test_the_reference_answers_on_a_grid_of_any_k(found, window):
    """k = 6 and k = 2 have the time of every third sample in common."""
    coarse = Truth(found).predict([window], MacroGrid(3, 6))[0].arrays["positions"]
    fine = Truth(found).predict([window], MacroGrid(7, 2))[0].arrays["positions"]
    np.testing.assert_allclose(coarse, fine[..., ::3], atol=1e-12)
    assert np.abs(coarse - fine[..., :3]).max() > 1e-6


def test_a_corrected_jump_without_a_network_for_the_grid_is_refused(found, window):
    """The corrector takes one base step after the jump: a grid of k = 4 needs a network of k = 3."""
    with pytest.raises(InputError, match=r"no jump network for k = 3 \(there are: k = 4, 8\): train one with"):
        Method("jump-corrected", found).predict([window], MacroGrid(3, 4))
    assert Method("jump", found).predict([window], MacroGrid(3, 4))[0].qm_calls == 0


def test_an_object_with_another_macro_step_is_judged_and_its_fault_is_named(found, window):
    answer = faulty_method("dt", found).predict([window], MacroGrid(3, 8))[0]
    assert answer.fault == "its macro step of 2.02 fs is not that of the grid, 2 fs"
    assert np.isfinite(answer.arrays["positions"]).all()


def test_a_grid_states_how_far_each_scf_converges_and_survives_json(found, window):
    """At the usual accuracy the forces themselves have a torque, which changes the angular momentum."""
    tight = grid_from_json(grid_to_json(MacroGrid(26, 8, 1e-6)))
    assert tight == MacroGrid(26, 8, 1e-6)
    assert grid_to_json(MacroGrid(26, 8)) == {"points": 26, "k": 8}
    predict = Method("kernel", found).predict
    loose, strict = (angular_momentum_change(predict, window, grid) for grid in (MacroGrid(26, 8), tight))
    assert strict < 1e-9 < loose


def test_a_correction_says_where_it_may_not_be_trusted(found, window):
    """The residual comes with the answer; hot starts are flagged by their temperature and by what the kicks lack."""
    model = IntegratorModel(Method("kernel", found))
    hot = Window("hot", window.molecule, window.positions_nm, 4 * window.velocities_nm_ps, 9600.0)
    prediction = model.predict([window, hot], GRID, "mc")
    assert prediction.std[0].arrays["residual"].shape == (30,)
    assert not prediction.in_domain[1]
    assert set(prediction.in_domain[1].exceeded) == {"temperature_k", "residual_kj_mol_nm"}
    assert IntegratorModel(Method("respa-mmff", found)).predict([hot], GRID).in_domain[0]


def test_a_run_within_the_domain_has_no_flag():
    assert checked(methanol(), np.array([np.nan, 20.0, 30.0]), 300.0)
    assert set(checked(methanol(), np.array([20.0, 30.0]), 700.0).exceeded) == {"temperature_k"}
    assert set(checked(methanol(), np.array([90.0, 30.0]), 300.0).exceeded) == {"residual_kj_mol_nm"}
