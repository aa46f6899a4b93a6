"""The task at the door: found by its reference, whole in its shape, its plan beside its suites, and its refusals."""

import importlib
import inspect

import numpy as np
import pytest

from harness.bridge.engine import Availability
from harness.errors import InputError
from harness.suites.behaviour import behaviour_of
from harness.suites.detection.bench import Bench, fault_row
from harness.suites.targets import load_targets
from harness.task import TIERS, check_packages, check_plans, task_of
from harness.tasks.kstep.faults import FAULTS
from harness.tasks.kstep.integrators import VelocityVerlet
from harness.tasks.kstep.methods import METHODS
from harness.tasks.kstep.plans.detection import detection
from harness.tasks.kstep.references import answers
from harness.tasks.kstep.references.engines import Tblite, XtbCommand
from harness.tasks.kstep.subject import subject_of
from harness.tasks.kstep.suites.pages import PAGES
from harness.tasks.kstep.suites.plan import PLANS
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")

TASK = task_of("xtb")


def test_it_is_found_by_its_reference_and_whole():
    assert TASK.name == "kstep"
    check_packages(TASK)
    check_plans(TASK)
    assert set(TASK.models) <= set(METHODS)


def own_tests(tier):
    """(suite, name) of every test of the suites of this task that runs in a tier."""
    found = set()
    for suite in PAGES:
        module = importlib.import_module(f"harness.tasks.kstep.suites.test_{suite}")
        assert suite == module.SUITE
        for name, function in inspect.getmembers(module, inspect.isfunction):
            marks = [getattr(module, "pytestmark", None), *getattr(function, "pytestmark", [])]
            nightly = any(mark is not None and mark.args == ("nightly",) for mark in marks)
            if name.startswith("test_") and (tier != "smoke" or not nightly):
                found.add((suite, name))
    return found


@pytest.mark.parametrize("tier", TIERS)
def test_the_plan_lists_every_test_and_every_target_of_the_suites(tier):
    behaviour = behaviour_of(TASK)
    targets = load_targets(TASK.targets)
    assert {(test.suite, test.name) for test in behaviour.own_tests(tier)} == own_tests(tier)
    for test in behaviour.tier_plan(tier).tests:
        assert all(number.target in targets[test.suite].targets for number in test.numbers)
    named = {
        (test.suite, number.target) for test in behaviour_of(TASK).tier_plan("full").tests for number in test.numbers
    }
    assert named == {(suite, target) for suite, table in targets.items() for target in table.targets}


def test_every_suite_has_a_control_that_must_miss():
    planned = behaviour_of(TASK).tier_plan("full").tests
    controlled = {test.suite for test in planned if any(number.expected == "miss" for number in test.numbers)}
    assert controlled == {*PAGES, *TASK.plans}


def test_without_an_engine_a_run_is_refused_whatever_is_allowed(monkeypatch):
    for engine, reason in ((Tblite, "tblite is not installed"), (XtbCommand, "no program xtb on the PATH")):
        monkeypatch.setattr(engine, "probe", lambda self, reason=reason: Availability(False, reason=reason))
    with pytest.raises(InputError, match=r"nothing stands in.*tblite is not installed.*no program xtb"):
        behaviour_of(TASK).resolve("xtb", False, True)


def test_subjects_are_methods_or_functions_that_make_integrators():
    assert subject_of("respa-mmff").name == "respa-mmff"
    made = subject_of("tests.tasks.kstep.test_task:small_steps")
    state = start(methanol())
    window = Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)
    answer = made.answer(window, MacroGrid(3, 4))
    assert answer.trajectory.arrays["positions"].shape == (6, 3, 3)
    assert made.answer(
        Window("hot", methanol(), state.positions_nm, 80 * state.velocities_nm_ps), MacroGrid(60, 4)
    ).problem
    for spec, message in (("kernal", "did you mean 'kernel'"), ("no_such_module:x", "No module")):
        with pytest.raises(InputError, match=message):
            subject_of(spec)


def small_steps(setting):
    """A foreign integrator: velocity Verlet on the quantum force, with the macro step."""
    from harness.tasks.kstep.forces import Counted

    return VelocityVerlet(Counted(setting.quantum), setting.molecule.masses_da, setting.step.tau_ps)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_is_a_subject(fault):
    subject = subject_of(f"harness.tasks.kstep.faulty:{fault.name.replace('-', '_')}")
    molecule = methanol()
    made = subject.method.integrator(molecule, 8)
    state = start(molecule)
    correct = subject_of("kernel").method.integrator(molecule, 8)
    for _ in range(3):
        state = correct.step(state)
    theirs, ours = made.step(made.step(state.bare())), correct.step(correct.step(state.bare()))
    assert np.abs(theirs.velocities_nm_ps - ours.velocities_nm_ps).max() > 1e-9


def test_the_bench_says_why_a_fault_fails(tmp_path, monkeypatch):
    """Through the plan of the common suite, on one short start."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    monkeypatch.setattr(answers, "START_PS", 0.05)
    plan = detection()
    bench = Bench(plan, load_targets(TASK.targets))
    replaced = plan.replaced(bench.truths)
    reasons = {name: bench.examine(replaced[name][1])[1] for name in ("rescaled", "dt")}
    assert "violation of reversal" in reasons["rescaled"]["structure"]
    assert "macro step of 2.02 fs" in reasons["dt"]["jump"]
    cells = {fault.name: fault_row(bench, fault).cells for fault in plan.faults}
    assert cells["turned velocities"] == {"jump": "passed", "structure": "caught"}
    assert cells["nothing"] == {"jump": "passed", "structure": "passed"}


def test_the_subject_has_more_starts_where_its_drift_decides():
    """Eight starts of ethanol leave two standard errors of 0.03 kJ/mol/ps; a smoke run judges no drift."""
    nightly, smoke = PLANS["nightly"], PLANS["smoke"]
    assert [nightly.starts_of(name) for name in nightly.molecules] == [16, 8]
    assert smoke.starts_of("methanol") == smoke.starts
