"""The page of the suite inverse."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Inverse problem",
    "How well and how fast do couplings and offsets come back from a noisy FID, and from measured ones?",
    ("RMSE / Cramér-Rao bound", "parameters in the right basin", "processor time of a fit, median"),
    (
        Picture(
            "figure6_inverse",
            "Convergence of J, errors in units of the Cramér-Rao bound, errors of all parameters, time per fit.",
            "Distance of J from the truth, 12.5 Hz, from a start at 5 Hz; errors of all fits of one J against the "
            "normal distribution; error against bound of every offset and coupling; processor time compared with the "
            "same fits with exact and cluster.",
        ),
        Picture(
            "figure6_measured_2-ketobutyrate",
            "Measured and fitted multiplets of 2-ketobutyrate.",
            "2-ketobutyrate, 499.84 MHz: measured, fitted by the exact model, and the difference.",
        ),
        Picture(
            "figure6_measured_gaba",
            "Measured and fitted multiplets of GABA.",
            "GABA, 500.16 MHz: measured, fitted by the exact model, and the difference.",
        ),
    ),
    ("exp6_inverse.json",),
    (
        "Signs of couplings are left out: M does not determine them. Parameters with a bound of 1 Hz or more are "
        "counted, not judged. Measured FIDs last seconds: only the exact forward model goes there.",
    ),
)

present = partial(page_of, LAYOUT)
