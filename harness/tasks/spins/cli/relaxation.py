"""Relaxation on the command line: the model and its numbers; the molecule has all other data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from harness.errors import InputError

_OPTIONS: tuple[tuple[str, Any, str], ...] = (
    ("relaxation", str, "How spins relax: damp, t1_t2 or redfield (docs/relaxation.md).  [default: not at all]"),
    ("tau_c_s", float, "Rotational correlation time in seconds, for redfield."),
    ("rlx_keep", str, "The retained part of a Redfield matrix: kite, secular or labframe.  [default: kite]"),
    ("r1_per_s", float, "R1 of every spin in 1/s, for t1_t2."),
    ("r2_per_s", float, "R2 of every spin in 1/s, for t1_t2."),
    ("damp_rate_per_s", float, "Rate of every state in 1/s, for damp."),
    ("equilibrium", str, "Where it ends: zero, or dibari (thermal equilibrium).  [default: zero]"),
    ("temperature_k", float, "Temperature in kelvin, for dibari."),
)
NAMES = tuple(name for name, _, _ in _OPTIONS)


def relaxation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--relaxation`` and what belongs to it; :func:`relaxation_of` makes one table of them."""
    for name, kind, words in reversed(_OPTIONS):
        command = click.option(f"--{name.replace('_', '-')}", name, type=kind, default=None, help=words)(command)
    return command


def relaxation_of(given: dict[str, Any]) -> dict[str, Any] | None:
    """The table that :meth:`Molecule.at` takes, None without ``--relaxation``.

    Raises
    ------
    InputError
        For a number of a relaxation without its model.
    """
    from harness.errors import InputError

    stated = {name: value for name, value in given.items() if value is not None}
    model = stated.pop("relaxation", None)
    if model is None:
        if stated:
            name, value = next(iter(stated.items()))
            raise InputError(f"--{name.replace('_', '-')} {value}: belongs to a model; add --relaxation MODEL")
        return None
    return {"model": model, **stated}


def not_for_offsets(what: str, relaxation: dict[str, Any]) -> InputError:
    """The error for ``--relaxation`` with a file of offsets in Hz, which holds its own."""
    from harness.errors import InputError

    return InputError(
        f"--relaxation {relaxation['model']}: {what!r} gives offsets in Hz: add [relaxation] to that file"
    )
