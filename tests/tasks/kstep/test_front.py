"""The comparison at equal cost: who is better, the step of equal quality, and runs that are made once."""

import numpy as np
import pytest

from harness.report.records import judge
from harness.tasks.kstep.references import resolve
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites import runs
from harness.tasks.kstep.suites.front import FrontRow, dominators, front_row, largest_k, seconds_per_ps
from harness.tasks.kstep.suites.measured import measured, recorded
from harness.tasks.kstep.suites.plan import Plan
from harness.tasks.kstep.window import Window
from tests.tasks.kstep.examples import ethanol, methanol, needs, start

needs("tblite", "rdkit", "gfnff")

TARGETS = {"drift": 0.05, "temperature": 1.0, "spectrum_cm": 10.0}


def row(method, drift, temperature, spectrum, calls=500.0) -> FrontRow:
    return FrontRow(method, 8, calls, drift, 0.0, 0.0, 0.1, temperature, spectrum, 0)


def test_numbers_that_meet_their_target_are_equal_and_the_others_decide():
    mine, equal = row("mine", 0.01, 0.9, 8.0), row("equal", 0.001, 0.2, 0.1)
    assert dominators([mine, equal], mine, TARGETS) == []
    worse = row("worse", 0.08, 0.3, 300.0)
    assert dominators([mine, equal, worse], worse, TARGETS) == [mine, equal]
    assert dominators([mine, row("other", 0.2, 0.1, 20.0)], row("one", 0.1, 0.1, 30.0), TARGETS) == [mine]


def test_a_method_with_more_calls_or_an_unknown_number_is_not_better():
    worse = row("worse", 0.08, 0.3, 300.0)
    assert dominators([row("costly", 0.01, 0.1, 0.1, calls=1000.0)], worse, TARGETS) == []
    assert dominators([row("unknown", np.nan, 0.1, 0.1)], worse, TARGETS) == []


def test_the_step_of_equal_quality_of_velocity_verlet_and_respa():
    """Velocity Verlet of 0.5 fs already shifts the O-H bond by 12 cm⁻¹ beyond the base step."""
    found = resolve()
    assert largest_k(Method("verlet", found), "ethanol", 2.0) == 1
    assert largest_k(Method("respa-mmff", found), "ethanol", 2.0) == 4
    assert largest_k(Method("kernel", found), "ethanol", 2.0) == 16


@pytest.fixture
def short(monkeypatch) -> runs.Runs:
    """Two starts of 20 fs."""
    monkeypatch.setattr(runs, "SPECTRUM_PS", 0.02)
    windows = []
    for seed in (1, 2):
        state = start(methanol(), seed)
        windows.append(Window(f"start {seed}", methanol(), state.positions_nm, state.velocities_nm_ps))
    return runs.Runs(Plan(("methanol",), 2, 2, 0.02, 0.02), {"methanol": windows}, 0)


def test_a_run_is_made_once(short, monkeypatch):
    made = []
    real = runs.energy_path
    monkeypatch.setattr(runs, "energy_path", lambda *about: made.append(about) or real(*about))
    method = Method("respa-mmff", resolve())
    both = short.energy(method, "methanol", 8, 2)
    assert len(made) == len(both.slopes) == 2
    assert short.energy(method, "methanol", 8, 1).slopes == both.slopes[:1]
    assert short.energy(Method("verlet", method.found), "methanol", 8, 1).calls_per_ps == pytest.approx(550)
    assert len(made) == 3


def test_a_row_has_no_drift_without_energies_and_no_temperature_under_constraints(short):
    found = resolve()
    assert np.isnan(front_row(short, Method("force-field", found), "methanol", 8, 2).drift)
    rattle = front_row(short, Method("rattle", found), "methanol", 4, 2)
    assert np.isnan(rattle.temperature)
    assert rattle.drift > 0


def test_a_run_that_ends_early_has_infinite_shifts(short):
    assert np.isinf(short.shifts_cm(Method("verlet", resolve()), "methanol", 16)).all()


def test_methods_are_timed_in_turn(monkeypatch):
    from harness.tasks.kstep.suites import front

    monkeypatch.setattr(front, "ROUND_PS", 0.004)
    state = start(ethanol())
    window = Window("ethanol", ethanol(), state.positions_nm, state.velocities_nm_ps)
    found = resolve()
    seconds = seconds_per_ps([(Method("verlet", found), 1), (Method("verlet", found), 8)], window)
    assert seconds.shape == (2, front.ROUNDS)
    slow, fast = np.median(seconds, axis=1)
    assert slow > 2 * fast  # 8 times as many calls


def test_a_missing_number_is_a_problem_of_the_subject_and_only_a_remark_for_a_rival():
    lost = float("inf")
    assert judge(measured("drift", "case", "kernel", lost, "1"), None, "meet").verdict == "error"
    assert judge(recorded("drift", "case", "verlet", lost, "1"), None, "meet").verdict == "not-determined"
    assert (
        judge(recorded("drift", "case", "verlet", np.nan, "1", absent="no energy"), None, "meet").message == "no energy"
    )
