"""Systems drawn at random from stated ranges: the home of the training, and what lies outside of it in one respect."""

from __future__ import annotations

from dataclasses import dataclass

from harness.tasks.echo.labels import GAUSS_PRIOR, XI, D, Label, P, Prior
from harness.tasks.echo.offsets import OffsetLine
from harness.tasks.echo.plan import CONVERGED, EchoPlan
from harness.tasks.echo.recipe import CurveRecipe
from harness.tasks.echo.system import EchoSystem


@dataclass(frozen=True)
class EchoPopulation:
    """Systems of a recipe, whatever its count and seed."""

    name: str
    recipe: CurveRecipe

    @property
    def size(self) -> int:
        """Number of spins."""
        return self.recipe.side**2

    @property
    def grid(self) -> EchoPlan:
        """The plan on which they are observed."""
        return self.recipe.plan

    def draw(self, count: int, seed: int) -> list[EchoSystem]:
        """``count`` systems; the i-th depends on the ranges, ``seed`` and i alone."""
        recipe = self.recipe.with_(name=self.name, count=max(1, count), seed=seed)
        return [recipe.system(k) for k in range(count)]

    def within(self, domain: EchoPopulation) -> bool:
        """True if all that makes a curve is as in ``domain`` and the ranges of the labels lie inside its own."""
        mine, other = self.recipe, domain.recipe
        alike = all(
            getattr(mine, key) == getattr(other, key)
            for key in ("family", "normalised", "side", "coupling", "line", "plan", "noise")
        )
        limits = {label.key: label for label in other.prior.labels}
        return alike and all(
            label.key in limits and limits[label.key].low <= label.low and label.high <= limits[label.key].high
            for label in mine.prior.labels
        )


HOME = CurveRecipe("home", 1, 0)
STRONGER = Label("alpha", "α", "coupling strength", 0.2, 0.3)

POPULATIONS = {
    population.name: population
    for population in (
        EchoPopulation("home", HOME),
        EchoPopulation("secular coupling", HOME.with_(coupling="secular", plan=CONVERGED)),
        EchoPopulation("secular coupling, forward steps", HOME.with_(coupling="secular")),
        EchoPopulation("25 × 25 spins", HOME.with_(side=25)),
        EchoPopulation("α from 0.2 to 0.3", HOME.with_(prior=Prior((STRONGER, XI, P, D)))),
        EchoPopulation("gaussian kernel", HOME.with_(prior=GAUSS_PRIOR, family="gauss")),
        EchoPopulation("gaussian line", HOME.with_(line=OffsetLine("gauss"))),
        EchoPopulation("line 20 % wider", HOME.with_(line=OffsetLine("lorentz", 0.06))),
        EchoPopulation("white noise 0.001", HOME.with_(noise=1e-3)),
    )
}
"""By name; "home" is what the models were trained on."""
