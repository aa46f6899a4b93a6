"""The verbs of the command line that this task has; ``cli/<verb>.py`` holds the command of each."""

from __future__ import annotations

VERBS = {
    "simulate": "Simulate one spin echo.",
    "dataset": "Generate curves with labels, resumably.",
    "import": "Read the challenge's text files.",
    "export": "Write the challenge's text files.",
    "train": "Train a posterior, a forward surrogate, or a network to compare with, resumably.",
    "infer": "Infer the labels of curves, with intervals.",
    "score": "Score the posterior on curves with labels.",
}
EXAMPLE = "harness echo simulate --alpha 0.12 --p 3 --d 4 --side 10 --out echo.csv"
"""A first command, for the help of the task."""
