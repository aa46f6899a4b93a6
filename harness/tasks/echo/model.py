"""The models of the task as subjects: mean curves from systems, and labels from curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from harness.tasks.echo.forward.domain import TrainingDomain
from harness.tasks.echo.forward.surrogate import ForwardSurrogate, load_forward, packaged_forward
from harness.tasks.echo.inference.posterior import Posterior, packaged_posterior
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.signals import MEAN
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory


@dataclass(frozen=True, eq=False)
class EchoPrediction:
    """One trajectory for each system, and which systems are like those of the training, examined when it is read.

    ``std`` and ``bands`` of the common protocol are those of an error of the mean, which is not estimated; the spread
    of single draws and their bands are those of :class:`harness.tasks.echo.forward.surrogate.ForwardSurrogate`.
    """

    mean: tuple[Trajectory, ...]
    systems: Sequence[EchoSystem]
    domain: TrainingDomain
    std: None = None
    bands: None = None

    @cached_property
    def in_domain(self) -> np.ndarray:
        """(n,) bool."""
        return self.domain.contains(self.systems)


@dataclass(frozen=True, eq=False)
class EchoModel:
    """A forward surrogate with the posteriors that go with it.

    ``predict`` gives the mean over draws of the offsets; ``posterior`` infers labels from curves.
    """

    name: str
    forward: ForwardSurrogate
    observables: tuple[str, ...] = MEAN

    @property
    def record(self) -> Mapping[str, Any]:
        """What the forward surrogate was trained on."""
        return self.forward.record

    def predict(self, systems: Sequence[EchoSystem], grid: EchoPlan, uncertainty: str = "none") -> EchoPrediction:
        """The mean curve of every system; those outside the domain are flagged and not refused.

        All systems go through the network at once; of what surrounds it, only the arrays of the answers are made one
        by one.

        Raises
        ------
        InputError
            For another plan than that of the training.
        """
        self.forward.refuse_plan(grid)
        domain, source, (x, y) = self.forward.domain, Provenance(self.name, "torch"), MEAN
        parts = self.forward.mean_parts(domain.labels(systems))
        mean = tuple(Trajectory(grid, source, {x: re, y: im}) for re, im in parts)
        return EchoPrediction(mean, systems, domain)

    @cached_property
    def posterior(self) -> Posterior:
        """For curves of the power law."""
        return packaged_posterior("power")

    @cached_property
    def posterior_gauss(self) -> Posterior:
        """For curves of the normalised Gaussian kernel: the same networks trained on other curves."""
        return packaged_posterior("gauss")


def load_polynomials(weights: str | Path | None = None) -> EchoModel:
    """``echo-polynomials``: least squares on polynomials of the labels; comes with the package."""
    return _loaded("polynomials", weights)


def load_components(weights: str | Path | None = None) -> EchoModel:
    """``echo-components``: principal components, their coefficients from a dense network; comes with the package."""
    return _loaded("components", weights)


def load_fno(weights: str | Path | None = None) -> EchoModel:
    """``echo-fno``: a Fourier neural operator in time; comes with the package."""
    return _loaded("fno", weights)


PACKAGED: Mapping[str, Callable[[], EchoModel]] = {
    "echo-components": load_components,
    "echo-polynomials": load_polynomials,
    "echo-fno": load_fno,
}
"""The models that come with the package, by their names as subjects."""


def _loaded(kind: str, weights: str | Path | None) -> EchoModel:
    forward = packaged_forward(kind) if weights is None else load_forward(weights, kind)
    return EchoModel(forward.name, forward)
