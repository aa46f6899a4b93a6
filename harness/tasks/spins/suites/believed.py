"""The reference methods that do not use the production code, and the formula without training that every surrogate
has to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.suites.asking import Truths
from harness.suites.baseline import Baseline
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

EXACT = 12
"""Number of spins up to which errors are computed against the exact method. Errors of larger systems are computed
against clusters of ``BELIEVED_CLUSTER`` spins."""
BELIEVED_CLUSTER = 9
"""On chains and rings of 12 spins such clusters differ from exact by 4e-7 (mean RMSE of M), and at N = 40 they differ
from clusters of 11 spins by 2e-7. Clusters of 7 spins differ by 1e-5, which would be counted as an error of
a good surrogate."""
RICH = ("m", "i1z", "spin_signals", "spin_polarisations")


def exact_truths(reference: Any = None, observables: tuple[str, ...] = ("m", "i1z"), remembers: bool = True) -> Truths:
    """The exact method, or ``reference`` if it is accurate enough and faster; clusters beyond :data:`EXACT` spins."""
    if reference is None:
        reference = _method("exact")
    return Truths(reference, observables, remembers, EXACT, lambda: _method("cluster", size=BELIEVED_CLUSTER))


def rich_truths() -> Truths:
    """:func:`exact_truths` with the signals and polarisations of single spins."""
    return exact_truths(observables=RICH)


def cluster_truths(size: int = 12) -> Truths:
    """Clusters larger than the systems: exact, and solved in batches."""
    return exact_truths(_method("cluster", size=size))


def formula(name: str) -> Callable[[Sequence[SpinSystem], TimeGrid], list[Trajectory]]:
    """The function (systems, grid) → answers of a method without training."""

    def answers(systems: Sequence[SpinSystem], grid: TimeGrid) -> list[Trajectory]:
        method = _method(name)
        return [method.simulate(system, grid) for system in systems]

    return answers


def plain_method(systems: Sequence[SpinSystem], grid: TimeGrid) -> list[Trajectory]:
    """The product of exact pair factors: the formula without training that every surrogate has to beat."""
    return formula("pair-product")(systems, grid)


PAIR_PRODUCT = Baseline("pair_product", "pair product", plain_method, "mean RMSE over that of the pair product")


def _method(name: str, **options: Any) -> Any:
    from harness.tasks.spins.references import reference

    return reference(name, **options)
