"""Experiment 4: trained on chains, how far off is a model on rings, stars and trees?"""

from __future__ import annotations

import pytest

from harness.report import Measurement
from harness.subjects import load_subject
from harness.suites.experiments import topology
from harness.suites.experiments.chain_trained import chain_trained_subjects
from harness.suites.experiments.common import Truths, plain_method
from harness.suites.figures.generalisation import topology_figure
from harness.suites.measure.draws import topologies
from harness.suites.measure.errors import case_errors
from harness.suites.running import record, worst_claim, write_figure, write_table

SUITE = "topology"


@pytest.fixture(scope="module")
def truths():
    return Truths()


@pytest.fixture(scope="module")
def outcomes(subject, validation, truths):
    """The subject first, then the models that were trained on chains only, where there are weights for them."""
    plan = topology.PLANS[validation.options.tier]
    others, missing = chain_trained_subjects()
    found = {one.name: topology.run(one, plan, truths) for one in (subject, *others)}
    write_table(validation.folder, "exp4_topology", [row for one in found.values() for row in one.rows])
    spins = plan.spins[0]
    errors = {name: one.errors[spins] for name, one in found.items() if spins in one.errors}
    if errors:
        errors["pair product"] = _pair_product(spins, plan, truths)
        rows = [row for one in found.values() for row in one.rows if row.spins == spins]
        allowed = float(validation.suites[SUITE].target("ring_increase").value)
        write_figure(validation.folder, "figure4_topology", topology_figure(errors, rows, allowed))
    return found, missing


def _pair_product(spins, plan, truths):
    found = {}
    for regime in topologies(spins):
        systems = regime.draw(plan.cases, plan.seed)
        found[regime.kind] = case_errors(systems, plain_method(systems, regime.grid), truths(systems, regime.grid))
    return found


def test_subject(outcomes, subject, verdict):
    record(verdict, outcomes[0][subject.name].claims)


def test_trained_on_chains(outcomes, subject, verdict):
    """The models for which the question was asked: judged by the increase alone where the subject is of their family;
    beside any other subject they are recorded, because their misses are not the subject's."""
    found, missing = outcomes
    for name, one in found.items():
        if name != subject.name:
            family = name == f"{subject.name} (chains only)"
            for claim in one.claims:
                judged = family and claim.target == "ring_increase"
                record(verdict, [claim if judged else type(claim)(claim.measurement)])
    for name, why in missing.items():
        verdict.info(
            Measurement("error increase over chains, ring", "chain-trained weights", name, "exact", None,
                        determined=False, note=why)
        )  # fmt: skip


def test_control(validation, truths, verdict):
    """Weak coupling must miss the error targets on every topology."""
    claims = topology.run(load_subject("weak-coupling"), topology.PLANS[validation.options.tier], truths).claims
    for kind in ("chain", "ring", "star", "tree"):
        record(verdict, [worst_claim(claims, f"{kind}_rmse")], control=True)
