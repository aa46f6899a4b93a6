"""``harness fit``: offsets and couplings of a molecule from a measured FID."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.tasks.spins.cli.simulate import complete_molecule

if TYPE_CHECKING:
    pass


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
    The forward model is exact, over the whole acquisition. Spins of one group of the molecule file share an offset.
    harness fit measured/ketobutyrate_500MHz --molecule 2-ketobutyrate --out overlay.png
    \b
    Exit status 0: found. 1: no such multiplet, not determined, local optimum suspected, or the molecule does not
    explain the data; the evidence is printed.
    """
    import io
    import sys

    from harness.durable import check_file, json_text, write_bytes, write_json
    from harness.errors import InputError
    from harness.tasks.spins.exchange.bruker import read_bruker
    from harness.tasks.spins.inverse.measured import fit_measured
    from harness.tasks.spins.inverse.numbers import numbers_of
    from harness.tasks.spins.inverse.overlay import overlay_figure
    from harness.tasks.spins.systems import load_molecule

    if out is not None and out.suffix not in (".png", ".json"):
        raise InputError(f"--out {str(out)!r}: the ending must be .png or .json")
    if out is not None:
        check_file(out)
    if not 0 < search_ppm < 5:
        raise InputError(f"--search-ppm {search_ppm!r}: must lie between 0 and 5")
    start = load_molecule(molecule, source)
    fit = fit_measured(read_bruker(folder), start, search_ppm=search_ppm)
    numbers = numbers_of(fit)
    # First what was found, then the file: a full disk must not cause its loss.
    click.echo(json_text(numbers) if as_json else _table(numbers))
    if out is not None and out.suffix == ".png":
        buffer = io.BytesIO()
        overlay_figure(fit).savefig(buffer, format="png", dpi=200)
        write_bytes(out, buffer.getvalue())
    elif out is not None:
        write_json(out, numbers)
    if not fit.verdict.found:
        sys.exit(1)


def _table(numbers: dict[str, Any]) -> str:
    lines = [f"{numbers['molecule']} in {numbers['measurement']}: {numbers['verdict']}"]
    lines += [f"  {sentence}" for sentence in numbers["evidence"]]
    lines += ["", f"{'':<18}{'value':>12}{'± error':>12}{'start':>12}"]
    for p in numbers["parameters"]:
        error = "-" if p["standard_error"] is None else f"{p['standard_error']:.2g}"
        lines.append(f"{p['name']:<18}{p['value']:>12.4f}{error:>12}{p['start']:>12.4f}  {p['unit']}")
    lines += ["", f"{'multiplet':<18}{'linewidth':>12}{'phase':>12}{'per spin':>10}{'S/N':>10}{'residual':>12}"]
    for m in numbers["multiplets"]:
        lines.append(
            f"{m['name']:<18}{m['linewidth_hz']:>9.3f} Hz{m['phase_rad']:>8.3f} rad{m['amplitude']:>10.3f}"
            f"{m['signal_to_noise']:>10.3g}{100 * m['residual']:>10.2f} %"
        )
    lines += ["", f"axis off by {numbers['reference_shift_ppm']:+.4f} ppm (taken off above)"]
    for pairs in numbers["exchangeable"]:
        moved = ", ".join(f"{one} for {other}" for one, other in pairs if one < other)
        lines.append(f"the data do not tell labels apart: {moved}")
    reached = f"{numbers['starts_at_best']} of {numbers['starts']} starts at the best optimum"
    lines.append(f"{reached}, {numbers['evaluations']} evaluations, {numbers['seconds']:.1f} s")
    return "\n".join(lines)
