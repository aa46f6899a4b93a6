"""The task behind the door: found by its reference, judged by the common suites, wrong subjects refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import InputError
from harness.report import judge
from harness.subjects import load_subject
from harness.suites.accuracy.run import run as run_accuracy
from harness.suites.asking import Claim, Truths
from harness.suites.detection.bench import Bench, fault_row
from harness.suites.inverse.run import of_subject
from harness.suites.targets import load_targets
from harness.task import task_of
from harness.task.checks import check_plans
from harness.tasks.tddft import inverse, plans
from harness.tasks.tddft.fields import Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.larger_steps import LargerSteps
from harness.tasks.tddft.models.registry import SUBJECTS
from harness.tasks.tddft.models.surrogate import check
from harness.tasks.tddft.references import NWChem
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.trajectory import induced

TASK = task_of("nwchem")


def _missed(claims: list[Claim], suite: str) -> list[str]:
    targets = load_targets(TASK.targets)[suite]
    judged = [claim for claim in claims if claim.target]
    assert judged
    return [c.target for c in judged if judge(c.measurement, targets.target(c.target)).verdict in ("fail", "error")]


def test_the_task_is_whole() -> None:
    assert TASK.name == "tddft"
    check_plans(TASK)
    assert set(TASK.models) <= set(SUBJECTS)
    suites = load_targets(TASK.targets)
    assert set(TASK.plans) <= set(suites)


def test_systems_and_grids_travel_as_json() -> None:
    system = load_system("h2o").under(Pulse(0.02, 0.4, (1, 1, 0)))
    grid = AtomicTimeGrid.until(10, 0.1, rule="em")
    codec = TASK.codec
    assert codec.system_from_json(json.loads(json.dumps(codec.system_to_json(system)))) == system
    assert codec.grid_from_json(json.loads(json.dumps(codec.grid_to_json(grid)))) == grid


@pytest.fixture(scope="module")
def small():
    """Two cases of NWChem."""
    plan = plans.accuracy(("hf",))
    cases = [case for case in plan.cases() if case.id.startswith(("LiH hf, pulse", "H2 hf, field"))][:2]
    return plans.Accuracy(lambda: cases, plan.metrics, plan.baselines, plan.observables, plan.rounding)


def test_a_baseline_is_compared_in_what_it_gives() -> None:
    """Linear response has no energy; a run that counted this as undetermined spoke of it in its first line."""
    plan = plans.accuracy(("hf",))
    cases = [case for case in plan.cases() if case.id.startswith("H2 hf, pulse")]
    few = replace(plan, cases=lambda: cases)
    claims = run_accuracy(load_subject("kernel", task=TASK), few, Truths(NWChem(), few.observables)).claims
    theirs = [one.measurement for one in claims if one.measurement.subject == "linear response"]
    assert len(theirs) == 3
    assert all(one.value is not None for one in theirs)


def test_the_kernel_passes_and_faults_fail(small) -> None:
    truths = Truths(NWChem(), small.observables)
    assert _missed(run_accuracy(load_subject("kernel", task=TASK), small, truths).claims, "accuracy") == []
    wrong = _missed(run_accuracy(plans.faulty("exchange times 0.99"), small, truths).claims, "accuracy")
    assert "hf_dipole" in wrong
    assert "hf_dipole" in _missed(run_accuracy(load_subject("frozen", task=TASK), small, truths).claims, "accuracy")


def test_the_bench_catches_a_late_field_and_spares_what_is_right() -> None:
    bench = Bench(plans.detection(30), load_targets(TASK.targets))
    named = {fault.name: fault for fault in bench.plan.faults}
    late = fault_row(bench, named["half a step late"])
    assert (late.cells["accuracy"], late.cells["conservation"], late.cells["unitarity"]) == (
        "caught",
        "caught",
        "passed",
    )
    assert not fault_row(bench, named["none"]).caught


def test_the_bond_length_of_h2_comes_back() -> None:
    found = of_subject(load_subject("geometry", task=TASK), inverse.plan(1, 1, 60))
    values = {claim.target: claim.measurement.value for claim in found.claims if claim.target}
    assert values["unconverged"] == 0
    assert values["right_fraction"] == 1


def test_a_wrong_forward_model_is_biased() -> None:
    """A field that is 1 % stronger in the model comes back as a kick that is 1 % weaker, many bounds away."""
    (case,) = inverse.cases((1,), 1, 60)
    stronger = inverse.forward_of(plans.faulty("stale cache"))
    found = inverse.fit(stronger, case, 3, 1e-6)
    assert abs(float(case.distance(found.theta)[0])) > 5 * case.bound[0]
    right = inverse.fit(inverse.forward_of(plans.faulty("none")), case, 3, 1e-6)
    assert abs(float(right.theta[0] - case.truth[0])) < 5 * case.bound[0]


@pytest.mark.parametrize(
    ("name", "exceeded"),
    [
        ("kernel", set()),
        ("kernel+quad", set()),
        ("ridge", {"functional", "geometry"}),
        ("learned-generator", {"molecule"}),
    ],
)
def test_models_say_where_they_were_made_for(name: str, exceeded: set[str]) -> None:
    from dataclasses import replace

    system = load_system("h2o").under(Pulse(0.02, 0.4))
    bent = replace(system, positions_bohr=((0, 0, 0.2226), (0, 1.5, -0.9), (0, -1.5, -0.9)))
    assert set(check(SUBJECTS[name]().domain, bent).exceeded) == exceeded
    strong = system.under(Pulse(0.15, 0.4))
    assert check(SUBJECTS["kernel"]().domain, strong).exceeded == {"strength_au": 0.15}


def test_larger_steps_cost_fewer_builds_and_accuracy() -> None:
    system = load_system("h2o").under(Pulse(0.02, 0.4))
    grid = AtomicTimeGrid.until(20, 0.1)
    truth = induced(SUBJECTS["cfm4"]().answer(system, grid))
    errors, builds = [], []
    for step in (0.2, 0.4, 0.8):
        found = LargerSteps("cfm4", step).answer(system, grid)
        errors.append(np.linalg.norm(induced(found) - truth) / np.linalg.norm(truth))
        builds.append(found.provenance.details["builds"])
    assert errors[0] < errors[1] < errors[2] < 0.05
    assert builds[0] > builds[1] > builds[2]


def test_weights_of_others_are_refused_in_one_line() -> None:
    with pytest.raises(InputError, match="name it without @"):
        load_subject("kernel@x.safetensors", task=TASK)
    with pytest.raises(InputError, match="did you mean 'kernel'"):
        load_subject("kernl", task=TASK)
