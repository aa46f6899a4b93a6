"""Experiment 4: how large is the error of a model trained on chains for rings, stars and trees?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from harness.subjects import load_subject, untrained
from harness.suites.asking import Claim
from harness.suites.running import Files, record, worst_claim, write
from harness.tasks.spins.metrics import case_errors
from harness.tasks.spins.suites.believed import exact_truths, plain_method
from harness.tasks.spins.suites.populations import topologies
from harness.tasks.spins.suites.topology import run as topology
from harness.tasks.spins.suites.topology.chain_trained import MODELS, chain_trained
from harness.tasks.spins.suites.topology.figure import rings_figure, topology_figure
from harness.tasks.spins.suites.topology.plan import PLANS
from harness.tasks.spins.suites.topology.rings_cut_open import rings_cut_open

SUITE = "topology"
RING_TARGETS = (
    "ring_increase",
    "ring_relative_increase_below_20",
    "ring_relative_increase_at_20",
    "ring_relative_increase_beyond_20",
    "ring_training_cost",
)
"""The targets of weights that were trained on chains only."""


@pytest.fixture(scope="module")
def truths():
    return exact_truths()


@dataclass(frozen=True, eq=False)
class Asked:
    """The outcome of the subject, the outcomes of the models trained on chains only, the effect of this training on
    each of them, and the outcomes of the models that they are compared with (other weights, no network).
    """

    subject: topology.Outcome
    chains_only: dict[str, topology.Outcome]
    costs: dict[str, list[Claim]]
    compared: dict[str, topology.Outcome]


@pytest.fixture(scope="module")
def requested(subject, validation, truths):
    """The subject first, then the models that were trained on chains only, if their weights exist."""
    plan = PLANS[validation.options.tier]
    found = Asked(topology.run(subject, plan, truths), {}, {}, {})
    for model in chain_trained()[0]:
        mine = found.chains_only[model.subject.name] = topology.run(model.subject, plan, truths)
        others = {}
        for what, other in model.others.items():
            if other.name == subject.name:
                others[what] = found.subject
            else:
                others[what] = found.compared[other.name] = topology.run(other, plan, truths)
        found.costs[model.subject.name] = topology.training_cost(model.subject, mine, others, truths, plan)
        bare = untrained(model.others["every topology"])
        if bare is not None:
            found.compared[bare.name] = topology.run(bare, plan, truths)
    outcomes = {subject.name: found.subject, **found.chains_only, **found.compared}
    write(validation.folder, _files(outcomes, subject, validation, plan, truths))
    return found


def _files(outcomes, subject, validation, plan, truths):
    """The table of all outcomes, and the figures."""
    table = [row for one in outcomes.values() for row in one.rows]
    figures = {}
    # Weights that were trained on every topology are drawn only if they are the subject, to limit the number of curves.
    drawn = {name: one for name, one in outcomes.items() if name not in MODELS or name == subject.name}
    spins = plan.spins[0]
    errors = {name: one.errors[spins] for name, one in drawn.items() if spins in one.errors}
    if errors:
        errors["pair product"] = _pair_product(spins, plan, truths)
        rows = [row for one in drawn.values() for row in one.rows]
        allowed = float(validation.suites[SUITE].target("ring_relative_increase_below_20").value)
        figures["figure4_topology"] = lambda: topology_figure(errors, rows, allowed)
        if len({row.spins for row in rows}) > 1:
            figures["figure4b_rings"] = lambda: rings_figure(rows, list(errors), allowed)
    return Files(tables={"exp4_topology": table}, figures=figures)


def _pair_product(spins, plan, truths):
    found = {}
    for regime in topologies(spins):
        systems = regime.draw(plan.cases, plan.seed)
        found[regime.kind] = case_errors(systems, plain_method(systems, regime.grid), truths(systems, regime.grid))
    return found


def test_subject(requested, subject, verdict):
    record(verdict, requested.subject.claims)


def test_trained_on_chains(requested, subject, verdict):
    """The models trained on chains only. They are judged if the subject is of the same family; for any other subject
    they are only recorded, because their misses are not misses of the subject."""
    for name, outcome in requested.chains_only.items():
        family = name == f"{subject.name} (chains only)"
        for claim in (*outcome.claims, *requested.costs[name]):
            judged = family and claim.target in RING_TARGETS
            record(verdict, [claim if judged else Claim(claim.measurement)])
    for outcome in requested.compared.values():
        record(verdict, [Claim(claim.measurement) for claim in outcome.claims])


def test_control_of_rings(validation, truths, verdict):
    """A model that treats a ring as a chain must have a larger increase of the error on rings than is allowed."""
    plan = PLANS[validation.options.tier]
    claims = topology.run(rings_cut_open(), replace(plan, spins=plan.spins[:1], beyond=()), truths).claims
    for target in ("ring_increase", "ring_relative_increase_below_20"):
        record(verdict, [worst_claim(claims, target)], control=True)


def test_control_of_training(requested, verdict):
    """No chain has a spin with three bonds: training on chains must increase the error on stars above the target."""
    for costs in requested.costs.values():
        stars = [c.measurement for c in costs if c.measurement.case.startswith("star")]
        record(verdict, [Claim(one, "ring_training_cost") for one in stars[:1]], control=True)


def test_control(validation, truths, verdict):
    """Weak coupling must miss the error targets of every topology."""
    claims = topology.run(load_subject("weak-coupling"), PLANS[validation.options.tier], truths).claims
    for kind in ("chain", "ring", "star", "tree"):
        record(verdict, [worst_claim(claims, f"{kind}_rmse")], control=True)
