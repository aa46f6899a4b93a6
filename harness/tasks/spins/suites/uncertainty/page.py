"""The page of the suite uncertainty."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Uncertainty",
    "Is the stated uncertainty of the right size, and is it large where the error is?",
    ("largest |coverage - level|", "rank correlation of std and error"),
    (
        Picture(
            "figure7_uq",
            "Calibration curve, std against error, sparsification, conformal coverage and its law.",
            "Coverage against level (dashed: one constant width); stated std against error per case; error left when "
            "the most uncertain cases go; conformal coverage (dot), level (tick) and exact 99 % law (bar).",
        ),
    ),
    ("exp7_uq.json",),
    (
        "Fresh bands are calibrated on systems drawn like the test systems: they test the calibration code on any "
        "subject. Shipped bands are the subject's own. Out of distribution nothing is promised.",
    ),
    ("conformal_law",),
)

present = partial(page_of, LAYOUT)
