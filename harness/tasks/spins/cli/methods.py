"""A method or a surrogate by its name on the command line, with the options that the command line has for it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from harness.errors import InputError
from harness.surrogates import SURROGATES
from harness.tasks.spins.references import METHODS

if TYPE_CHECKING:
    from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

NAMES = (*METHODS, *SURROGATES)
TAKE = {"size": ("cluster",), "tolerance": ("krylov", "chebyshev", "grown-cluster")}
"""Options of the command line, and the methods that take them."""


def options_of(method: str, **given: float | None) -> dict[str, float]:
    """The options that were given, for the constructor of a method.

    Raises
    ------
    InputError
        For an option that this method does not take.
    """
    requested = {name: value for name, value in given.items() if value is not None}
    for name, value in requested.items():
        if method not in TAKE[name]:
            takers = ", ".join(TAKE[name])
            raise InputError(f"--{name} {value:g}: method {method!r} does not take it; it is for {takers}")
    return requested


def answered(
    system: SpinSystem, grid: TimeGrid, method: str, options: Mapping[str, Any], names: Sequence[str] = ("m", "i1z")
) -> Trajectory:
    """M and i1z, those in ``names``, from a method or a surrogate; each of its warnings is one line on stderr."""
    if method in SURROGATES:
        return _predicted(system, grid, method)
    from harness.tasks.spins.references import reference, simulate

    wanted = [name for name in names if name in reference(method, **options).observables]
    with warnings_as_lines():
        return simulate(system, grid, method, wanted, **options)


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """What is warned of inside is one line on stderr for each warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        click.echo(f"harness: warning: {warning.message}", err=True)


def _predicted(system: SpinSystem, grid: TimeGrid, name: str) -> Trajectory:
    from harness.surrogates import load_surrogate
    from harness.tasks.spins.systems.checks import aliased, refuse_unresolved

    refuse_unresolved(system, grid)
    if line := aliased(system, grid):
        click.echo(f"harness: warning: {line}", err=True)
    prediction = load_surrogate(name).predict([system], grid)
    if beyond := prediction.in_domain[0].exceeded:
        limits = ", ".join(f"{limit} {excess:+.3g}" for limit, excess in beyond.items())
        click.echo(f"harness: warning: {name} was not trained for this (over its limits: {limits})", err=True)
    return prediction.mean[0]
