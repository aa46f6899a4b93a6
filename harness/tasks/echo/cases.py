"""The systems and plans whose curves the package stores as the Octave program computed them."""

from __future__ import annotations

from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import DrawnOffsets
from harness.tasks.echo.plan import CHALLENGE, CONVERGED, EchoPlan
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.system import EchoSystem

LEHMER = DrawnOffsets(20201026, generator="lehmer")
SMALL = EchoSystem(0.12, Kernel("power", exponent=3.0), 1e-4, side=10, offsets=LEHMER, name="A")
LARGE = SMALL.with_(side=50, name="D")

CHECKS: tuple[tuple[EchoSystem, EchoPlan], ...] = (
    (SMALL, CHALLENGE),
    (SMALL.with_(name="B"), CONVERGED),
    (SMALL.with_(coupling="single-axis", name="C"), CHALLENGE),
    (LARGE, CHALLENGE),
    (LARGE.with_(coupling="single-axis", name="E"), CHALLENGE),
    (LARGE.with_(strength=0.18, kernel=Kernel("power", exponent=2.2), dissipation=1e-3, name="F"), CONVERGED),
    (SMALL.with_(kernel=Kernel("gauss", length=3.0), name="G"), CONVERGED),
    (SMALL.with_(strength=0.1, kernel=Kernel("rkky", length=3.0, normalised=False), name="H"), CONVERGED),
)
"""Each kernel, coupling and scheme; the published check values of the simulator are theirs."""

DRAWN: tuple[tuple[EchoSystem, EchoPlan], ...] = tuple((RECIPES["test"].system(k), CHALLENGE) for k in range(12))
"""The first systems of the test set, on 50 × 50 spins."""

CASES = CHECKS + DRAWN
