"""The page of the suite detection."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Detection power",
    "Which seeded faults do the suites catch, and do they leave alone what is right?",
    ("seeded faults that slip through", "null faults and correct subjects rejected"),
    (
        Picture(
            "figure8_faults",
            "Matrix of faults against suites: caught, passed or not run.",
            "One row per seeded fault, null fault or correct subject; ✗ marks what is not as it should be.",
        ),
    ),
    ("fault_matrix.csv", "fault_matrix.json"),
    ("The faults are wrapped round exact subjects: this page is about the suites, not about the subject.",),
)

present = partial(page_of, LAYOUT)
