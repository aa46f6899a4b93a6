"""The verbs of the command line that the task has; ``cli/<verb>.py`` holds the command of each."""

from __future__ import annotations

VERBS = {
    "curves": "Learning curves: what transfer from the force field saves.",
    "dataset": "Generate trajectories to train on, resumably.",
    "integrate": "Run an integrator on live GFN2-xTB forces.",
    "simulate": "The reference trajectory: velocity Verlet of 0.25 fs on GFN2-xTB.",
    "solvated": "A molecule by GFN2-xTB in a cluster of water by MMFF94.",
    "train": "Train a correction potential or a jump network.",
}
EXAMPLE = "harness kstep simulate ethanol --length-fs 200 --out ethanol.xyz"
"""A first command, for the help of the task."""
