"""Claims of the field that do not hold: the experiments of the nightly tier show it."""

from __future__ import annotations

import pytest

from harness.report import judge
from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.tddft.suites import claims
from harness.tasks.tddft.suites.claims import EXPERIMENTS, Experiment
from harness.tasks.tddft.suites.number import number

TARGETS = load_targets(task_of("nwchem").targets)["claims"]


def _verdict(experiment: Experiment, value: float) -> str:
    return judge(number(experiment.reads, "", "", value, reference=""), TARGETS.target(experiment.target)).verdict


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.target)
def test_the_claim_does_not_hold_and_what_is_done_instead_does(experiment: Experiment) -> None:
    claimed, instead = experiment.measure()
    assert _verdict(experiment, claimed) == "pass"
    assert _verdict(experiment, instead) == "fail"


def test_every_experiment_has_a_target() -> None:
    assert {one.target for one in EXPERIMENTS} == set(TARGETS.targets)


def test_an_experiment_whose_claim_holds_is_seen() -> None:
    """If densities had memory in none of their parts, both halves would agree, and the target would be missed."""
    experiment = next(one for one in EXPERIMENTS if one.target == "memory")
    assert _verdict(experiment, claims.memory()[1]) == "fail"
