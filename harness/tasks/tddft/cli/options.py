"""Options that the verbs share: the system and its field, and the grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from harness.tasks.tddft.systems import MolecularSystem


def system_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """MOLECULE or FILE.toml, and options that change parts of it."""
    for option in (
        click.option("--direction", nargs=3, type=float, help="Direction of the field.  [default: as the file has it]"),
        click.option("--pulse", nargs=2, type=float, metavar="E0 ω", help="A pulse: amplitude and frequency, au."),
        click.option("--kick", type=float, metavar="κ", help="An exact kick of this momentum, au."),
        click.option("--quadrature", type=click.IntRange(0, 9), help="Level of the quadrature grid of functionals."),
        click.option("--basis", help="Basis, as PySCF names it."),
        click.option("--functional", help="hf, lda, pbe or pbe0."),
        click.argument("what", metavar="MOLECULE|FILE.toml"),
    ):
        function = option(function)
    return function


def system_of(
    what: str,
    functional: str | None,
    basis: str | None,
    quadrature: int | None,
    kick: float | None,
    pulse: tuple[float, float] | None,
    direction: tuple[float, float, float] | None,
) -> MolecularSystem:
    """The system that the options describe.

    Raises
    ------
    InputError
        If it cannot be used, or a kick and a pulse are both given.
    """
    from harness.errors import InputError
    from harness.tasks.tddft.fields import Kick, Pulse
    from harness.tasks.tddft.system_file import load_system

    system = load_system(what)
    if kick is not None and pulse is not None:
        raise InputError("--kick and --pulse: one field at a time")
    changes: dict[str, Any] = {"functional": functional, "basis": basis, "quadrature": quadrature}
    system = replace(system, **{key: value for key, value in changes.items() if value is not None})
    if kick is not None:
        system = system.under(Kick(kick))
    if pulse is not None:
        system = system.under(Pulse(*pulse))
    if direction is not None:
        system = system.under(replace(system.field, direction=direction))
    return system
