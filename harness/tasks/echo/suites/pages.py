"""What a reader is told of each suite."""

from __future__ import annotations

from harness.report.page import SuitePage, SuiteRun

QUESTIONS = {
    "accuracy": ("Accuracy", "Are curves on equal offsets, and means over draws, those of the reference?"),
    "cost": ("Cost", "How long does one curve take, beside the simulator at smaller lattices?"),
    "conservation": ("Conservation", "Do exact sums, bounds and symmetries hold, and is conserved what is conserved?"),
    "ood": ("Out of distribution", "Are curves unlike those of the training called so?"),
    "inverse": (
        "Inference",
        "How well are the labels known from one curve, and is nothing said where nothing is known?",
    ),
    "uncertainty": ("Calibration", "Is the posterior as wide as its errors?"),
    "detection": ("Detection", "Does each seeded fault miss the target, and does what is no fault meet it?"),
}
HARNESS_TARGETS = {
    "conservation": ("polarisation", "energy", "length"),
    "detection": ("rmse_m",),
}
"""Targets by which the task's own simulator and faults are judged, whoever the subject is."""


def present(run: SuiteRun) -> SuitePage:
    """Title and question of the suite; its numbers are shown by the report itself."""
    title, question = QUESTIONS[run.name]
    return SuitePage(title, question, harness_targets=HARNESS_TARGETS.get(run.name, ()))
