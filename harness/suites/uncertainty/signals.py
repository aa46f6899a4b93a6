"""Errors of many cases as arrays, by observable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.task import Population, Signals

ROUNDING = 1e-11
"""Errors below this are rounding, for which no uncertainty can be required."""
Errors = Mapping[str, np.ndarray]
"""Differences (cases, T) by observable, real or complex; an observable that the subject does not give is missing."""


Drawn = Mapping[str, tuple[Population, list[Any]]]


def errors_of(
    predicted: Sequence[Signals | None],
    truths: Sequence[Signals],
    observables: Iterable[str],
    view: Callable[[Any], Mapping[str, Any]],
) -> Errors:
    """Answer minus truth of every observable that all answers have; ``view`` gives the signals of an answer."""
    pairs = [(view(one), view(truth)) for one, truth in zip(predicted, truths, strict=True) if one is not None]
    given = [name for name in observables if all(name in one for one, _ in pairs)]
    return {name: np.stack([one[name] - truth[name] for one, truth in pairs]) for name in given}


def components(values: np.ndarray) -> np.ndarray:
    """Real components of signals (cases, T): (cases, 2, T) of complex ones, (cases, 1, T) of real ones."""
    return np.stack([np.real(values), np.imag(values)], axis=1) if np.iscomplexobj(values) else values[:, None]


def signals(errors: Mapping[str, Errors]) -> tuple[str, ...]:
    """The signals that the subject gives, with errors above rounding: equal scores of 0 have no such distribution."""
    absolute = absolute_of(errors["test"])
    return tuple(name for name, values in absolute.items() if np.sqrt(np.mean(values**2)) >= ROUNDING)


def absolute_of(errors: Errors) -> dict[str, np.ndarray]:
    """|Δ| of every observable, (cases, T)."""
    return {name: np.abs(values) for name, values in errors.items()}


def radius_of(band: Any, observable: str) -> np.ndarray:
    """The radius of a band for one observable, (T,)."""
    return np.asarray(band.radii[observable])
