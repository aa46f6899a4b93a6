"""The task at the door: found by its reference, whole in its shape, its plan beside its suites, and its refusals."""

import importlib
import inspect

import pytest

from harness.errors import InputError
from harness.suites.behaviour import behaviour_of
from harness.suites.targets import load_targets
from harness.task import TIERS, check_packages, check_plans, task_of
from harness.tasks.kstep.integrators import VelocityVerlet
from harness.tasks.kstep.methods import METHODS
from harness.tasks.kstep.references import Cache, ladder
from harness.tasks.kstep.subject import subject_of
from harness.tasks.kstep.suites.detect import Bench
from harness.tasks.kstep.suites.pages import QUESTIONS
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit", "gfnff")

TASK = task_of("xtb")
MARKED = {"nightly": ("temperature", "spectrum")}


def test_it_is_found_by_its_reference_and_whole():
    assert TASK.name == "kstep"
    check_packages(TASK)
    check_plans(TASK)
    assert set(TASK.models) <= set(METHODS)


@pytest.mark.parametrize("tier", TIERS)
def test_the_plan_lists_every_test_and_every_target_of_the_suites(tier):
    planned = behaviour_of(TASK).tier_plan(tier).tests
    targets = load_targets(TASK.targets)
    due = [suite for suite in QUESTIONS if tier != "smoke" or suite not in MARKED["nightly"]]
    there = set()
    for suite in due:
        module = importlib.import_module(f"harness.tasks.kstep.suites.test_{suite}")
        assert suite == module.SUITE
        there |= {
            (suite, name) for name, _ in inspect.getmembers(module, inspect.isfunction) if name.startswith("test_")
        }
    assert {(test.suite, test.name) for test in planned} == there
    for test in planned:
        assert all(number.target in targets[test.suite].targets for number in test.numbers)
    named = {
        (test.suite, number.target) for test in behaviour_of(TASK).tier_plan("full").tests for number in test.numbers
    }
    assert named == {(suite, target) for suite, table in targets.items() for target in table.targets}


def test_every_suite_has_a_control_that_must_miss():
    planned = behaviour_of(TASK).tier_plan("full").tests
    controlled = {test.suite for test in planned if any(number.expected == "miss" for number in test.numbers)}
    assert controlled == set(QUESTIONS)


def test_without_an_engine_a_run_is_refused_whatever_is_allowed(monkeypatch):
    monkeypatch.setattr(ladder, "_tblite", lambda: ("", "tblite is not installed; pip install it"))
    monkeypatch.setattr(ladder, "_program", lambda: ("", "no program xtb on the PATH"))
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


def test_the_bench_says_why_a_fault_fails(tmp_path):
    from harness.tasks.kstep.faults import FAULTS
    from harness.tasks.kstep.references import resolve

    state = start(methanol(), temperature_k=600.0)
    window = Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)
    bench = Bench(resolve(cache=Cache(tmp_path)), window, MacroGrid(101, 8), load_targets(TASK.targets))
    by_name = {fault.name: fault for fault in FAULTS}
    assert any("momentum" in reason for reason in bench.seen(by_name["mass"]))
    assert any("reversal" in reason for reason in bench.seen(by_name["rescaled"]))
    assert any("position error" in reason for reason in bench.seen(by_name["scale"]))
