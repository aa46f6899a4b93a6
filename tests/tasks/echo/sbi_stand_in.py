"""A package that stands in for ``sbi``: for every row it answers one density, whose mass inside the ranges is known.

Labels are independent and uniform from −1/4 to 5/4, so that a share (2/3)^V of V labels lies inside 0 … 1.
"""

from __future__ import annotations

from pathlib import Path

from tests.subjects.standins import package

INFERENCE = """
import torch

class NPE:
    def __init__(self, prior, show_progress_bars):
        self.summary = {"epochs_trained": []}

    def append_simulations(self, labels, inputs):
        self.labels = labels.shape[1]
        assert len(labels) == len(inputs)
        return self

    def train(self, max_num_epochs=7):
        WHEN_TRAINED
        self.summary["epochs_trained"].append(max_num_epochs)
        return self

    def build_posterior(self, estimator):
        return Posterior(self.labels)

class Posterior:
    def __init__(self, labels):
        self.labels = labels

    def log_prob_batched(self, labels, inputs, norm_posterior):
        assert labels.shape[1] == len(inputs)
        return torch.full(labels.shape[:2], LOG_DENSITY)

    def sample_batched(self, shape, inputs, show_progress_bars, reject_outside_prior):
        assert not reject_outside_prior
        return SHIFT + 1.5 * torch.rand(*shape, len(inputs), self.labels) - 0.25
"""
UTILS = """
class BoxUniform:
    def __init__(self, low, high):
        pass
"""
SHIFT = "0.0"
LOG_DENSITY = "self.labels * float(torch.log(torch.tensor(2.0 / 3.0)))"


def stand_in(
    folder: Path, version: str, when_trained: str = "pass", log_density: str = LOG_DENSITY, shift: str = SHIFT
) -> None:
    """Write the package; ``when_trained`` is run by its training, ``shift`` moves its draws."""
    package(folder, "sbi", version)
    code = INFERENCE.replace("WHEN_TRAINED", when_trained).replace("LOG_DENSITY", log_density)
    code = code.replace("SHIFT", shift)
    (folder / "sbi" / "inference.py").write_text(code, encoding="utf-8")
    (folder / "sbi" / "utils.py").write_text(UTILS, encoding="utf-8")
