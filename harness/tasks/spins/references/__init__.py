"""Classical references: every method by its name.

``simulate(system, grid, method="exact")`` is the public call; :func:`reference` gives the object of a name.
Methods are imported on first use, one file each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from inspect import signature
from typing import Any

from harness.errors import InputError, article, nearest, shown
from harness.tasks.spins.references.base import DEFAULT_OBSERVABLES, Reference
from harness.tasks.spins.systems import Molecule, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.task import TASK

__all__ = ["METHODS", "RELAXING", "Reference", "check_options", "reference", "simulate"]

HOMES = TASK.references
METHODS: tuple[str, ...] = tuple(HOMES)
RELAXING = "liouville-neighbourhoods"
"""The method of a system that relaxes, where none is named."""


def reference(name: str, **options: Any) -> Reference:
    """The reference of this name, made with its options (e.g. ``reference("cluster", size=7)``).

    Raises
    ------
    InputError
        For an unknown name, or an option that the method does not take.
    """
    if name not in HOMES:
        from harness.surrogates import SURROGATES

        if name in SURROGATES:
            raise InputError(f"method {name!r} is a surrogate: load_surrogate({name!r}).predict([system], grid)")
        raise InputError(f"method {shown(name)} is unknown{nearest(name, METHODS)} (known: {', '.join(METHODS)})")
    try:
        return _class(name)(**options)
    except TypeError:
        _check_names(name, options)
        raise


def check_options(name: str, options: Mapping[str, Any]) -> None:
    """Refuse options of a file that a method does not take, and (of our own methods) values that it refuses.

    Raises
    ------
    InputError
        Naming the method, the option and those that it takes.
    """
    _check_names(name, options)
    for option, value in options.items():
        if not isinstance(value, str | int | float | bool):
            raise InputError(f"method {name!r}: {option} = {shown(value)} must be a number or a word")
    if HOMES[name].startswith("harness.tasks.spins.references."):
        try:
            _class(name)(**options)
        except InputError:
            raise
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"method {name!r}: options {shown(dict(options))} cannot be used ({error})") from None


def _check_names(name: str, options: Mapping[str, Any]) -> None:
    taken = signature(_class(name)).parameters
    for option in options:
        if option not in taken:
            known = ", ".join(taken) or "none"
            raise InputError(f"method {name!r} has no option {shown(option)} (it has: {known})")


def _class(name: str) -> Any:
    module, _, cls = HOMES[name].partition(":")
    return getattr(import_module(module), cls)


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
        For an unknown method or observable, a system that the method refuses, or an object of another type.
    """
    from harness.tasks.spins.systems.checks import refuse_unresolved, warn_if_aliased

    _check_types(system, grid)
    refuse_unresolved(system, grid)
    warn_if_aliased(system, grid)
    return reference(method, **options).simulate(system, grid, observables).on(system.axis)


def _check_types(system: object, grid: object) -> None:
    if not isinstance(system, SpinSystem):
        if isinstance(system, str):
            remedy = f"load_molecule({shown(system)}).at(field_t=14.1) makes one"
        elif isinstance(system, Molecule):
            remedy = f"{system.name!r} is a molecule, whose .at(field_t=14.1) makes one"
        else:
            remedy = f"this is {article(system)}; for several systems call it once for each"
        raise InputError(f"simulate takes a SpinSystem: {remedy}")
    if not isinstance(grid, TimeGrid):
        raise InputError(f"simulate takes a TimeGrid, such as TimeGrid(points=300, dt_s=1e-4): this is {article(grid)}")
