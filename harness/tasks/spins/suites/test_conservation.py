"""Experiment 3: is what physics conserves conserved over 1000 steps, by the methods and by the subject's outputs?"""

from __future__ import annotations

import pytest

from harness.suites.asking import Claim, Truths, finite
from harness.suites.running import record, worst_claim, write_document, write_figure
from harness.tasks.spins.suites.experiments import conservation
from harness.tasks.spins.suites.experiments.detection import RICH
from harness.tasks.spins.suites.figures.conservation import conservation_figure, invariants_figure
from harness.tasks.spins.suites.measure.conservation import QUANTITIES

SUITE = "conservation"


@pytest.fixture(scope="module")
def densities(validation):
    return conservation.density_rows(conservation.PLANS[validation.options.tier])


@pytest.fixture(scope="module")
def outcome(subject, validation, densities):
    plan = conservation.PLANS[validation.options.tier]
    found = conservation.run(subject, plan, Truths(observables=RICH))
    rows, absent = densities
    folder = validation.folder
    write_document(
        folder,
        "exp3_conservation",
        {
            "density_operators": [
                {"method": r.method, "control": r.method in conservation.CONTROLS}
                | {"spins": r.spins, "points": len(r.times_s)}
                | {q: finite(r.worst(q)) for q in QUANTITIES}
                for r in rows
            ],
            "without_density_operator": absent,
            "subject": subject.name,
            "invariants": {
                horizon: {
                    name: {"largest_violation": finite(row.value), "case": row.case, "where": row.where}
                    | ({} if row.value is not None else {"value": "not determined by this subject"})
                    for name, row in worst.items()
                }
                for horizon, worst in found.worst().items()
            },
        },
    )
    suite = validation.suites[SUITE]
    limits = {
        words: float(suite.target(name).value)
        for words, name in (("target, exact methods", "density_exact"), ("target, iterative", "density_iterative"))
    }
    write_figure(folder, "figure3_conservation", conservation_figure(rows, conservation.CONTROLS, limits))
    if found.invariants:
        worst = {f"{subject.name}, {horizon}": rows for horizon, rows in found.worst().items()}
        asked = {name: float(suite.target(key).value) for name, key in conservation.INVARIANT_TARGETS.items()}
        write_figure(folder, "figure3b_invariants", invariants_figure(worst, asked))
    return found


def test_density_operators(densities, verdict):
    """Every method with a density operator conserves; Runge-Kutta on the propagator and Euler must not."""
    for claim, control in conservation.density_claims(*densities):
        record(verdict, [claim], control=control)


def test_invariants(outcome, verdict):
    record(verdict, outcome.claims)


def test_control(validation, verdict):
    """An exact subject with noise of 1e-2 on every output breaks the symmetries and the sum rules."""
    from harness.tasks.spins.suites.experiments.detection import PLANS, Bench
    from harness.tasks.spins.suites.faults.more import FAULTS

    noise = next(fault for fault in FAULTS if fault.name == "noise").sized(1e-2)
    bench = Bench(PLANS["smoke"], validation.suites, Truths(observables=RICH))
    claims: list[Claim] = conservation.run(bench.faulty(noise), PLANS["smoke"].conservation).claims
    for target in ("start", "curvature", "reversal", "frame", "relabelling"):
        record(verdict, [worst_claim(claims, target)], control=True)
