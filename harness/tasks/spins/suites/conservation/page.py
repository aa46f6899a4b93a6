"""The page of the suite conservation."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Conservation over 1000 steps",
    "Is what physics conserves conserved, by the methods and by what the subject's outputs determine?",
    ("violation of Σ<I_kz>", "violation of <H>", "violation of |M| ≤ 1", "violation of frame shift"),
    (
        Picture(
            "figure3_conservation",
            "Deviation of trace, energy, purity and hermiticity over 1000 steps per method.",
            "Density operators from (1 + 2 I₁z)/2^N. Grey: Runge-Kutta and Euler on the propagator, the controls, "
            "which must miss the targets (dashed lines).",
        ),
        Picture(
            "figure3b_invariants",
            "Largest violation of each invariant of the subject's outputs.",
            "What the subject's own outputs say over 1000 steps and over 30 ms (what a model learned may reach no "
            "further); where they say nothing, that is written. Dashed: the target of each. Values below 1e-17 are "
            "drawn there.",
        ),
    ),
    ("exp3_conservation.json",),
)

present = partial(page_of, LAYOUT)
