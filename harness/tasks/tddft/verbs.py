"""The verbs of ``harness tddft``; ``cli/<verb>.py`` holds the command of each."""

from __future__ import annotations

VERBS = {
    "benchmark": "Cost at equal error: models against larger steps and coarser grids.",
    "cache": "List and check what NWChem answered, or ask it anew.",
    "convert": "A stored trajectory as text, JSON or a figure.",
    "dataset": "Generate training trajectories, resumably.",
    "simulate": "Propagate a molecule under its field with any method.",
    "spectrum": "The absorption spectrum of a molecule, in eV.",
    "train": "Train a model of the Fock matrix, or the learned propagator.",
    "transfer": "The learned propagator on a molecule that it has not seen.",
}
EXAMPLE = "harness tddft simulate h2o --kick 0.001 --horizon-au 20 --out h2o.csv"
"""A first command, for the help of the task."""
