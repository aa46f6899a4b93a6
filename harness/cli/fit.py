"""``harness fit``: offsets and couplings of a molecule from a measured FID."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.simulate import complete_molecule

if TYPE_CHECKING:
    from harness.inverse.measured import MeasuredFit


@click.command("fit")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--molecule", required=True, shell_complete=complete_molecule, help="Molecule, or a molecule file, to start from."
)
@click.option("--source", help="Source of the molecule.  [default: gissmo]")
@click.option("--search-ppm", type=float, default=0.2, show_default=True, help="How far off the axis may be.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Overlay of measurement and fit (.png), or all numbers (.json)."
)
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON on stdout.")
def command(
    folder: Path, molecule: str, source: str | None, search_ppm: float, out: Path | None, as_json: bool
) -> None:
    """Fit a molecule to a measured Bruker FID in DIR (fid, acqus).

    \b
    Free: offsets, couplings between groups, one linewidth per multiplet, amplitudes, phases, baselines.
    The forward model is exact, over the whole acquisition.
    harness fit measured/ketobutyrate_500MHz --molecule 2-ketobutyrate --out overlay.png
    """
    import io
    import json

    from harness.durable import write_bytes, write_json
    from harness.errors import InputError
    from harness.exchange.bruker import read_bruker
    from harness.inverse.draw import overlay_figure
    from harness.inverse.measured import fit_measured
    from harness.spins import load_molecule

    if out is not None and out.suffix not in (".png", ".json"):
        raise InputError(f"--out {str(out)!r}: the ending must be .png or .json")
    if out is not None and not out.parent.is_dir():
        raise InputError(f"--out {str(out)!r}: there is no folder {str(out.parent)!r}; make it first")
    if not 0 < search_ppm < 5:
        raise InputError(f"--search-ppm {search_ppm!r}: must lie between 0 and 5")
    start = load_molecule(molecule, source)
    fit = fit_measured(read_bruker(folder), start, search_ppm=search_ppm)
    numbers = numbers_of(fit)
    if out is not None and out.suffix == ".png":
        buffer = io.BytesIO()
        overlay_figure(fit).savefig(buffer, format="png", dpi=200)
        write_bytes(out, buffer.getvalue())
    elif out is not None:
        write_json(out, numbers)
    if as_json:
        click.echo(json.dumps(numbers))
    else:
        click.echo(_table(numbers))


def numbers_of(fit: MeasuredFit) -> dict[str, Any]:
    """A fit as plain JSON values: shifts in ppm and couplings in Hz as in the laboratory, not as in our frame."""
    from harness.spins.isotopes import frame_signs

    signs = frame_signs(fit.molecule.isotopes)
    parameters = []
    begun = fit.parameters.mean_of(fit.parameters.template)
    for k, name in enumerate(fit.parameters.names):
        value = float(fit.theta[k])
        coupling = bool(fit.parameters.is_coupling[k])
        sign = float(signs[fit.parameters.couplings[k - len(fit.parameters.offsets)][0]]) if coupling else 1.0
        parameters.append(
            {
                "name": name.replace("offset", "shift"),
                "value": sign * value if coupling else float(fit.ppm(value)),
                "unit": "Hz" if coupling else "ppm",
                "standard_error": float(fit.standard_errors_hz[k]) / (1 if coupling else 1e-6 * fit.fid.larmor_hz),
                "start": sign * float(begun[k]) if coupling else float(fit.ppm(begun[k]) + fit.reference_shift_ppm),
            }
        )
    multiplets = [
        {"name": w.name, "linewidth_hz": float(width), "phase_rad": float(phase), "residual": float(size)}
        for w, width, phase, size in zip(fit.windows, fit.linewidths_hz, fit.phases_rad, fit.residual, strict=True)
    ]
    return {
        "molecule": fit.molecule.name,
        "measurement": fit.fid.name,
        "parameters": parameters,
        "multiplets": multiplets,
        "reference_shift_ppm": fit.reference_shift_ppm,
        "converged": fit.converged,
        "evaluations": fit.evaluations,
        "seconds": fit.seconds,
    }


def _table(numbers: dict[str, Any]) -> str:
    lines = [f"{numbers['molecule']} fitted to {numbers['measurement']}", ""]
    lines.append(f"{'':<18}{'value':>12}{'± noise':>12}{'start':>12}")
    for p in numbers["parameters"]:
        row = f"{p['name']:<18}{p['value']:>12.4f}{p['standard_error']:>12.5f}{p['start']:>12.4f}  {p['unit']}"
        lines.append(row)
    lines += ["", f"{'multiplet':<18}{'linewidth':>12}{'phase':>12}{'residual':>12}"]
    for m in numbers["multiplets"]:
        lines.append(
            f"{m['name']:<18}{m['linewidth_hz']:>9.3f} Hz{m['phase_rad']:>8.3f} rad{100 * m['residual']:>10.2f} %"
        )
    lines += ["", f"axis off by {numbers['reference_shift_ppm']:+.4f} ppm (taken off above)"]
    state = "converged" if numbers["converged"] else "NOT converged"
    lines.append(f"{state}, {numbers['evaluations']} steps, {numbers['seconds']:.1f} s")
    return "\n".join(lines)
