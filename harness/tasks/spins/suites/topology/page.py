"""The page of the suite topology."""

from __future__ import annotations

from functools import partial

from harness.suites.layout import Layout, Picture, page_of
from harness.tasks.spins.metrics import RMSE_M

LAYOUT = Layout(
    "Topologies",
    "How far off is a model on rings, stars and trees, above all one that has seen only chains?",
    (
        "mean RMSE of M on rings minus that on chains",
        "error increase over chains, ring",
        "error over that of weights trained on rings alone, ring",
        f"mean {RMSE_M.label}",
    ),
    (
        Picture(
            "figure4_topology",
            "RMSE per topology, and the increase over chains with intervals.",
            "a: quartiles and extremes of the RMSE. b: increase of the mean over chains with the same offsets, 95 % "
            "bootstrap intervals; dotted: what the graph costs the pair product, which was never trained.",
        ),
        Picture(
            "figure4b_rings",
            "Increase of the error on rings over chains, against the number of spins.",
            "The ring's increase at every size; grey: what follows from counting alone, since a ring of N spins has N "
            "strings of four where a chain has N - 3.",
        ),
    ),
    ("exp4_topology.csv",),
)

present = partial(page_of, LAYOUT)
