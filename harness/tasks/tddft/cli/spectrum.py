"""``harness tddft spectrum``: three kicks, three trajectories, one absorption spectrum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from harness.tasks.tddft.cli.options import system_of, system_options

KICK_AU = 1e-3
LINES_SHOWN = 12


@click.command("spectrum")
@system_options
@click.option("--method", default="cfm4", show_default=True, help="A propagator, surrogate or baseline.")
@click.option("--horizon-au", type=float, default=400.0, show_default=True, help="Length of the trajectories.")
@click.option("--dt-au", type=float, default=0.2, show_default=True, help="Distance of samples, at most 0.4.")
@click.option("--damping-ev", type=float, default=0.1, show_default=True, help="Half width of a line.")
@click.option("--range-ev", nargs=2, type=float, default=(0.0, 30.0), show_default=True, help="The part that is shown.")
@click.option("--out", type=click.Path(path_type=Path), help="A .csv or .png.  [default: excitations on stdout]")
def command(
    method: str,
    horizon_au: float,
    dt_au: float,
    damping_ev: float,
    range_ev: tuple[float, float],
    out: Path | None,
    **options: Any,
) -> None:
    """The absorption spectrum, averaged over kicks along x, y and z; without --out the excitations of linear response.

    \b
    harness tddft spectrum lih
    harness tddft spectrum h2o --functional pbe --range-ev 5 25 --out h2o.png
    """
    import numpy as np

    from harness.errors import InputError
    from harness.tasks.tddft.casida import excitations
    from harness.tasks.tddft.cli.output import draw_spectrum, per_ev, spectrum_text
    from harness.tasks.tddft.structure import structure_of
    from harness.tasks.tddft.units import HARTREE_EV

    if damping_ev <= 0:
        raise InputError(f"--damping-ev {damping_ev:g}: must be above 0")
    if out is not None and out.suffix not in (".csv", ".png"):
        raise InputError(f"--out {out}: the ending must be .csv or .png")
    system = system_of(**options)
    found = excitations(structure_of(system))
    energies_ev = found.energies_au * HARTREE_EV
    shown = (energies_ev >= range_ev[0]) & (energies_ev <= range_ev[1]) & (found.strengths > 1e-4)
    if out is None:
        click.echo("energy_ev,oscillator_strength")
        for energy, strength in zip(
            energies_ev[shown][:LINES_SHOWN], found.strengths[shown][:LINES_SHOWN], strict=True
        ):
            click.echo(f"{energy:.4f},{strength:.4f}")
        return
    frequencies, strength = _strength_function(system, method, horizon_au, dt_au, damping_ev / HARTREE_EV)
    inside = (frequencies * HARTREE_EV >= range_ev[0]) & (frequencies * HARTREE_EV <= range_ev[1])
    axis, values = frequencies[inside] * HARTREE_EV, per_ev(strength[inside])
    if out.suffix == ".csv":
        from harness.durable import write_text

        write_text(out, spectrum_text(axis, values))
    else:
        title = f"{system.name}, {system.functional}/{system.basis}, by {method}"
        draw_spectrum(out, title, axis, values, (energies_ev[shown], found.strengths[shown]))
    highest = float(axis[int(np.argmax(values))])
    click.echo(f"{out}: {system.name}, highest line at {highest:.3f} eV, by {method}", err=True)


def _strength_function(system: Any, method: str, horizon_au: float, dt_au: float, damping_au: float) -> tuple[Any, Any]:
    """Frequencies, and the strength function averaged over three directions."""
    import numpy as np

    from harness.tasks.tddft.fields import Kick
    from harness.tasks.tddft.grid import AtomicTimeGrid
    from harness.tasks.tddft.models.registry import load_subject
    from harness.tasks.tddft.signals import absorption
    from harness.tasks.tddft.trajectory import induced

    grid = AtomicTimeGrid.until(horizon_au, dt_au)
    subject = load_subject(method)
    parts = []
    for axis, direction in enumerate(np.eye(3)):
        kick = Kick(KICK_AU, (float(direction[0]), float(direction[1]), float(direction[2])))
        answer = subject.answer(system.under(kick), grid)
        frequencies, strength = absorption(induced(answer)[axis], KICK_AU, grid, damping_au)
        parts.append(strength)
    return frequencies, np.mean(parts, axis=0)
