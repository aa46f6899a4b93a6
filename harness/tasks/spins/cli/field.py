"""A magnetic field on the command line: in tesla, or as the proton frequency that gives spectrometers their names."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import click

DEFAULT_T = 14.1
"""Of molecules, where no field is given: 600 MHz."""
STRONGEST_T = 30.0
"""No NMR magnet in routine use is stronger; numbers above are mostly proton frequencies."""


def field_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--field-t`` and ``--mhz``; :func:`field_of` makes one number of them."""
    mhz = click.option("--mhz", type=float, help="B0 as the proton frequency in MHz, instead of --field-t.")
    tesla = click.option("--field-t", type=float, help=f"B0 in tesla.  [default: {DEFAULT_T:g} for molecules]")
    return tesla(mhz(command))


def field_of(field_t: float | None, mhz: float | None) -> float | None:
    """B0 in tesla, None where neither was given; a number that is likely in the other unit is a warning.

    Raises
    ------
    InputError
        Where both were given, or a frequency that is not positive and finite.
    """
    from harness.errors import InputError
    from harness.tasks.spins.systems.isotopes import field_of_mhz

    if mhz is None:
        _warn_if_mhz(field_t)
        return field_t
    if field_t is not None:
        raise InputError(f"--mhz {mhz:g} and --field-t {field_t:g}: one magnet has one field; keep one of them")
    tesla = field_of_mhz(mhz)
    if mhz <= STRONGEST_T:
        shown = mhz / field_of_mhz(1.0)
        _warn(f"--mhz {mhz:g} is a proton frequency in MHz: did you mean --field-t {mhz:g} ({shown:.4g} MHz)?")
    return tesla


def field_or_default(field_t: float | None, mhz: float | None) -> float:
    """As :func:`field_of`, and :data:`DEFAULT_T` where neither was given."""
    found = field_of(field_t, mhz)
    return DEFAULT_T if found is None else found


def _warn_if_mhz(field_t: float | None) -> None:
    """One line on stderr where ``field_t`` (tesla) looks like a proton frequency in MHz; it is used as it is."""
    if field_t is None or not STRONGEST_T < field_t < inf:
        return
    from harness.tasks.spins.systems.isotopes import field_of_mhz

    tesla = field_of_mhz(field_t)
    shown = f"{tesla:.1f}" if tesla < 1e6 else f"{tesla:.3g}"
    _warn(f"--field-t {field_t:g} is in tesla: did you mean --mhz {field_t:g} ({shown} T)?")


def _warn(line: str) -> None:
    click.echo(f"harness: warning: {line}", err=True)
