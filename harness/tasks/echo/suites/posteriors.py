"""The posterior of a subject, if it has one."""

from __future__ import annotations

from typing import Any

from harness.subjects import NamedSubject
from harness.tasks.echo.inference.posterior import Posterior
from harness.tasks.echo.model import EchoModel
from harness.tasks.echo.suites.inference import Inferred
from harness.tasks.echo.suites.sizes import Sizes

SEEDS = {"power": ("test", 3), "gauss": ("gauss-test", 6)}
"""Recipe and seed of the fresh curves, by kernel."""


def posterior_of(subject: Any, kernel: str) -> Posterior | None:
    """The posterior for curves of this kernel, None where the subject infers nothing."""
    if not isinstance(subject, NamedSubject) or not isinstance(subject.model, EchoModel):
        return None
    return subject.model.posterior if kernel == "power" else subject.model.posterior_gauss


def inferred(subject: Any, kernel: str, sizes: Sizes) -> Inferred | None:
    """The posterior evaluated for fresh curves, None if the subject infers nothing."""
    posterior = posterior_of(subject, kernel)
    if posterior is None:
        return None
    recipe, seed = SEEDS[kernel]
    return Inferred.of(posterior, recipe, sizes.curves if kernel == "power" else sizes.gauss, sizes.draws, seed)
