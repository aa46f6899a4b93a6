"""A magnetic field as it is typed: tesla are asked for, and spectrometers are called by their MHz."""

from __future__ import annotations

from math import tau

import click

STRONGEST_T = 30.0
"""No NMR magnet in routine use is stronger; numbers above are mostly proton frequencies."""


def warn_if_mhz(field_t: float | None) -> None:
    """One line on stderr where ``field_t`` (tesla) looks like a proton frequency in MHz; it is used as it is."""
    if field_t is None or not STRONGEST_T < field_t < float("inf"):
        return
    from harness.spins.isotopes import gyromagnetic_ratio

    tesla = field_t * 1e6 * tau / gyromagnetic_ratio("1H")
    meant = f"{field_t:g} MHz = {tesla:.{1 if tesla < 1e6 else 3}{'f' if tesla < 1e6 else 'g'}} T"
    click.echo(f"harness: warning: --field-t {field_t:g} is in tesla: did you mean {meant}?", err=True)
