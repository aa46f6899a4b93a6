"""Classical references: every method by its name.

``simulate(system, grid, method="exact")`` is the public call; :func:`reference` gives the object behind a name.
Methods are imported on first use, one file each.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from harness.errors import InputError, nearest
from harness.references.base import DEFAULT_OBSERVABLES, Reference
from harness.spins import SpinSystem, TimeGrid, Trajectory

__all__ = ["METHODS", "Reference", "reference", "simulate"]

_HOMES = {
    "exact": "harness.references.exact:Exact",
    "dense": "harness.references.dense:Dense",
    "krylov": "harness.references.krylov:Krylov",
    "chebyshev": "harness.references.chebyshev:Chebyshev",
    "typicality": "harness.references.typicality:Typicality",
    "cluster": "harness.references.cluster:Cluster",
    "grown-cluster": "harness.references.grown_cluster:GrownCluster",
    "pair-product": "harness.references.pair_product:PairProduct",
    "weak-coupling": "harness.references.weak_coupling:WeakCoupling",
    "rk4": "harness.references.rk4:RungeKutta4",
    "spinach": "harness.bridge.methods:Spinach",
    "spinach-matlab": "harness.bridge.methods:SpinachMatlab",
    "spinach-octave": "harness.bridge.methods:SpinachOctave",
    "octave": "harness.bridge.methods:OctaveExact",
}

METHODS: tuple[str, ...] = tuple(_HOMES)


def reference(name: str, **options: Any) -> Reference:
    """The reference of this name, made with its options (e.g. ``reference("cluster", size=7)``).

    Raises
    ------
    InputError
        For an unknown name.
    """
    if name not in _HOMES:
        raise InputError(f"method {name!r} is unknown{nearest(name, METHODS)} (known: {', '.join(METHODS)})")
    module, _, cls = _HOMES[name].partition(":")
    return getattr(import_module(module), cls)(**options)


def simulate(
    system: SpinSystem,
    grid: TimeGrid,
    method: str = "exact",
    observables: Sequence[str] = DEFAULT_OBSERVABLES,
    **options: Any,
) -> Trajectory:
    """Simulate ``system`` on ``grid`` with a method by name.

    Parameters
    ----------
    system, grid
        What and when.
    method
        One of :data:`METHODS`.
    observables
        Any of "m", "i1z", "spin_signals", "spin_polarisations" that the method gives.
    options
        Passed to the method's constructor.

    Returns
    -------
    Trajectory
        ``.mx``, ``.my``, ``.i1z`` are (T,) float64, normalised to 1 at t = 0 (``my`` to 0).

    Warns
    -----
    UserWarning
        If an observed offset lies beyond 1/(2 dt): the samples are exact, but a spectrum of them would alias.

    Raises
    ------
    InputError
        For an unknown method or observable, or a system that the method refuses.
    """
    from harness.spins.checks import warn_if_aliased

    warn_if_aliased(system, grid)
    return reference(method, **options).simulate(system, grid, observables)
