"""The page of the suite scaling."""

from __future__ import annotations

from functools import partial

from harness.suites.cost.run import DOMINATED
from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.spins.metrics import RMSE_I1Z_OF_POPULATIONS, RMSE_M

LAYOUT = Layout(
    "Cost and error against the number of spins",
    "What does the subject cost and how far off is it, compared with every classical method?",
    (f"mean {RMSE_M.label}", f"mean {RMSE_I1Z_OF_POPULATIONS.label}", f"{DOMINATED}, one system"),
    (
        Picture(
            "figure1_scaling",
            "Time and error against the number of spins, speed-up bars and a table.",
            "Time per system and RMSE of M against N; speed-up over each opponent with the opponent's error; "
            "the table at the largest N. Dotted lines and hatched bars are extrapolated; hollow stars are batches.",
        ),
        Picture(
            "figure1b_front",
            "Error against time per system, one point per method, one panel per size.",
            "The error-cost front: no method left of and below the grey line exists here. Hollow: batched.",
        ),
        Picture(
            "figure1c_observables",
            "Mx, My and I1z over the window, subject dashed on the truth, differences below.",
            "Mx and My beat, I1z leaves spin 1 by spin diffusion.",
        ),
    ),
    ("exp1_scaling.csv", "exp1_scaling.json"),
    (
        "Every speed-up names its opponent and both errors. The hoped factors were meant against Chebyshev. Spinach's "
        "time is what its engine (Octave or MATLAB, as its cache entry says) took when the cache was built, perhaps on "
        "another machine; all others were timed in this run.",
    ),
)

present = partial(page_of, LAYOUT)
