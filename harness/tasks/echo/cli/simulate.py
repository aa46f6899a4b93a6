"""``harness echo simulate``: one spin echo, as a table of time, Mx and My."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.ends import printed
from harness.cli.names import Name
from harness.cli.values import SEED
from harness.tasks.echo.kernels import FAMILIES
from harness.tasks.echo.plan import SCHEMES
from harness.tasks.echo.system import COUPLINGS

if TYPE_CHECKING:
    import numpy as np

    from harness.tasks.echo import EchoPlan, EchoSystem

METHODS = ("torch", "numpy", "octave", "mean-field", "components", "polynomials")


@click.command("simulate")
@click.option("--alpha", type=float, required=True, help="Coupling strength, units of γ.")
@click.option("--d", type=float, default=None, help="Dissipation as −log10 Γ.  [default: no dissipation]")
@click.option("--kernel", type=Name(FAMILIES), default="power", show_default=True, help="Couplings as a function of r.")
@click.option("--p", type=float, default=3.0, show_default=True, help="Exponent of the power law.")
@click.option("--xi", type=float, default=1.0, show_default=True, help="Correlation length, lattice spacings.")
@click.option("--normalised/--unnormalised", default=True, show_default=True, help="Whether the couplings add up to 1.")
@click.option("--side", type=click.IntRange(1, 1024), default=50, show_default=True, help="Spins along an edge.")
@click.option("--coupling", type=Name(COUPLINGS), default="secular", show_default=True, help="Form of the coupling.")
@click.option("--scheme", type=Name(SCHEMES), default="midpoint", show_default=True, help="Scheme of integration.")
@click.option("--steps", type=click.IntRange(1, 1000), default=1, show_default=True, help="Steps for each sample.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the offsets.")
@click.option(
    "--method", type=Name(METHODS), default="torch", show_default=True,
    help="torch and numpy: our integrator; octave: the independent program; mean-field: the ladder of the reference; "
    "components and polynomials: surrogates of the mean over draws.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A CSV file.  [default: on stdout]")
def command(
    alpha: float,
    d: float | None,
    kernel: str,
    p: float,
    xi: float,
    normalised: bool,
    side: int,
    coupling: str,
    scheme: str,
    steps: int,
    seed: int,
    method: str,
    out: Path | None,
) -> None:
    """Simulate one spin echo.

    \b
    harness echo simulate --alpha 0.12 --p 3 --d 4 --out echo.csv     # t_s,mx,my: 471 samples
    """
    import numpy as np

    from harness.durable import check_file, write_text
    from harness.tasks.echo import DrawnOffsets, EchoPlan, EchoSystem, Kernel

    if out is not None:
        check_file(out)
    rate = 0.0 if d is None else 10.0**-d
    shape = Kernel(kernel, xi, p, normalised)  # type: ignore[arg-type]
    system = EchoSystem(alpha, shape, rate, side, coupling, DrawnOffsets(seed))  # type: ignore[arg-type]
    plan = EchoPlan(scheme=scheme, steps_per_sample=steps)  # type: ignore[arg-type]
    m = simulated(system, plan, method)
    lines = [f"{t:.9e},{x:.9e},{y:.9e}" for t, x, y in zip(plan.times_s, np.real(m), np.imag(m), strict=True)]
    text = "\n".join(["t_s,mx,my", *lines]) + "\n"
    if out is None:
        printed(text)
    else:
        write_text(out, text)


def simulated(system: EchoSystem, plan: EchoPlan, method: str) -> np.ndarray:
    """M(t), (T,) complex, by one of :data:`METHODS`."""
    if method == "torch":
        from harness.tasks.echo.simulate import simulate

        return simulate([system], plan)[0]
    if method == "numpy":
        from harness.tasks.echo.plain import simulate_plain

        return simulate_plain(system, plan)
    if method == "octave":
        from harness.tasks.echo.octave import simulate_octave

        return simulate_octave([system], plan)[0][0]
    if method == "mean-field":
        from harness.tasks.echo.reference import MeanField

        return MeanField().curve(system, plan)
    from harness.tasks.echo.forward.surrogate import packaged_forward

    prediction = packaged_forward(method).predict([system], plan)
    if not prediction.in_domain[0]:
        click.echo(f"harness: {method}: outside the domain of its training; not to be trusted", err=True)
    return prediction.mean[0]
