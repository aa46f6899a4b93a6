"""Experiment 1: what does the subject cost and how far off is it, from 4 to 12 spins, beside every classical method?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.subjects import load_subject
from harness.suites.asking import Truths, plain_row
from harness.suites.running import record, worst_claim, write_document, write_figure, write_table
from harness.tasks.spins.suites.experiments import scaling
from harness.tasks.spins.suites.figures.scaling import front_figure, observables_figure, scaling_figure
from harness.tasks.spins.suites.measure.scaling import EXACT

SUITE = "scaling"


@pytest.fixture(scope="module")
def outcome(subject, validation):
    found = scaling.run(subject, scaling.PLANS[validation.options.tier], Truths())
    folder, points = validation.folder, found.points
    write_table(folder, "exp1_scaling", points)
    rows = {"points": [plain_row(p) for p in points], "speed_ups": [plain_row(r) for r in found.ratios]}
    write_document(folder, "exp1_scaling", rows)
    if any(p.method == subject.name for p in points):
        write_figure(folder, "figure1_scaling", scaling_figure(points, found.ratios, subject.name))
        sizes = sorted({p.spins for p in points if p.method == subject.name and p.spins <= EXACT})[-3:]
        write_figure(folder, "figure1b_front", front_figure(points, subject.name, sizes))
    if found.shown:
        write_figure(
            folder,
            "figure1c_observables",
            observables_figure(*found.shown, title="the chain of the largest size whose I₁z moves most"),
        )
    return found


def test_error_and_cost(outcome, verdict):
    record(verdict, outcome.claims)


def test_control(validation, verdict):
    """Weak coupling leaves out what makes these chains hard: it must miss the error target at some size."""
    plan = replace(scaling.PLANS[validation.options.tier], opponents=(), spins=(4, 6, 8), beyond=())
    claims = scaling.run(load_subject("weak-coupling"), plan, Truths()).claims
    for target in ("rmse", "i1z_rmse"):
        record(verdict, [worst_claim(claims, target)], control=True)
