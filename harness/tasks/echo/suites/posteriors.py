"""The posterior of a subject, if it has one, and its answers for curves that are drawn for this run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from harness.subjects import NamedSubject
from harness.tasks.echo.inference.posterior import Posterior
from harness.tasks.echo.model import EchoModel
from harness.tasks.echo.suites.inference import Inferred
from harness.tasks.echo.suites.measured import FRESH
from harness.tasks.echo.suites.sizes import SIZES, Sizes

RECIPES = {"power": "test", "gauss": "gauss-test"}
"""The recipe of the fresh curves, by kernel; their seed is that of the run."""


def posterior_of(subject: Any, kernel: str) -> Posterior | None:
    """The posterior for curves of this kernel, None where the subject infers nothing."""
    if not isinstance(subject, NamedSubject) or not isinstance(subject.model, EchoModel):
        return None
    return subject.model.posterior if kernel == "power" else subject.model.posterior_gauss


def inferred(subject: Any, kernel: str, options: Any) -> Inferred | None:
    """The posterior evaluated for fresh curves of this run, None if the subject infers nothing.

    ``options`` are those of the run: tier and fresh seed.
    """
    posterior = posterior_of(subject, kernel)
    return None if posterior is None else _evaluated(posterior, kernel, SIZES[options.tier], options.fresh_seed)


@lru_cache(maxsize=2)
def _evaluated(posterior: Posterior, kernel: str, sizes: Sizes, seed: int) -> Inferred:
    """Remembered: three suites look at the same samples."""
    count = sizes.curves if kernel == "power" else sizes.gauss
    return Inferred.of(posterior, RECIPES[kernel], count, sizes.draws, FRESH + seed)
