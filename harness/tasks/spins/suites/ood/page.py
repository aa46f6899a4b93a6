"""The page of the suite ood."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of

LAYOUT = Layout(
    "Out of distribution",
    "Outside what it was trained on, is the subject's error bounded, and does it say that it is outside?",
    ("mean RMSE over that of the pair product", "AUROC of in against out of distribution"),
    (
        Picture(
            "figure5_ood",
            "RMSE per regime for subject and pair product; AUROC of uncertainty and flag.",
            "a: quartiles and extremes of the RMSE. b: how well uncertainty and domain flag tell each regime from the "
            "one in distribution (1: always, 0.5: never); a regime inside the domain that the subject states has no "
            "number.",
        ),
    ),
    ("exp5_ood.csv",),
    ("Couplings of 1-5 Hz are outside the trained range but easier than it: errors fall there.",),
)

present = partial(page_of, LAYOUT)
