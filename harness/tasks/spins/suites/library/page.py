"""The page of the suite library."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Real molecules",
    "On a thousand real molecules, at a high and a low field: how wrong is the subject, and does it say where?",
    ("wrong answers that nothing reveals", "share of good answers flagged or refused"),
    (
        Picture(
            "figure9_library",
            "Relative error of M against the hardness of each system, one panel per window.",
            "One marker per system and field; hardness is the mean over the spins of their strongest |J|/(|Δν| + |J|): "
            "0 is weak coupling, 1 strong coupling everywhere. Hollow: the subject says itself that it may be wrong. "
            "Errors below 1e-13 are drawn there.",
        ),
    ),
    ("exp9_library.csv",),
    (
        "The truth is exact, shown to be right by what Spinach says of sixty of the systems; of parts that are too "
        "large for it, grown clusters with the error that they state. Wrong means a relative error of M above 1e-2, "
        "good one up to 1e-3. The quick tier takes every tenth system, the others all 1,080.",
    ),
    ("exact_m",),
)

present = partial(page_of, LAYOUT)
