"""Uncertainty: a standard deviation of bond lengths along the path, made of the residual of the kicks.

The residual r of a run, the rms of F_QM - F_in over its kicks, is known at no cost. The standard deviation of a bond
length at time t is stated as s(t) r, where s(t) is the rms of error/r over windows of a seed of its own: so the
residual must rank the windows, and the errors must be in proportion to it. Bond lengths are judged, because they have
one value at a time and do not depend on how a molecule is turned; what this suite cannot judge (does k fall, and where)
is judged by the suite ``fallback`` of the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Control
from harness.suites.uncertainty.plan import Plan, no_controls
from harness.suites.uncertainty.run import FEWEST, run
from harness.surrogates import Prediction
from harness.tasks.kstep.domain import rms
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.plans.common import JUDGED, believed
from harness.tasks.kstep.populations import Between, Starts
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subject import IntegratorSubject
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Signals, Window

MOLECULE = "methanol"
BONDS = {"C-O": (0, 1), "O-H": (1, 5)}
"""Name → its two atoms in the order of the library."""
SCALED_ON, SCALE_SEED = 40, 79
"""Windows that s(t) is taken from, and their seed, which no judged window has."""
BUDGET_S = 3600.0
"""The subject is always the same, and takes 0.1 s for a window: a busy machine is no reason for fewer windows."""
FEW_BEYOND = 4
"""Windows at 700 K of the controls, which are not judged there."""


def bond_lengths(signals: Signals) -> Mapping[str, np.ndarray]:
    """The length of each of :data:`BONDS` in nm, (T,)."""
    x = signals.arrays["positions"]
    return {name: np.linalg.norm(x[i] - x[j], axis=0) for name, (i, j) in BONDS.items()}


@dataclass(frozen=True)
class Stated(IntegratorModel):
    """``kernel`` with standard deviations s(t) r of bond lengths.

    Faults for the controls: ``factor`` multiplies them, ``other`` takes the residual of another window of the batch,
    that many places on, and ``inverted`` makes them large where the residual is small.
    """

    scales: Mapping[str, np.ndarray]
    factor: float = 1.0
    other: int = 0
    inverted: bool = False

    def predict(self, systems: Sequence[Window], grid: MacroGrid, uncertainty: str = "none") -> Prediction:
        """Paths, and with "mc" the standard deviations."""
        found = super().predict(systems, grid)
        if uncertainty != "mc":
            return found
        residuals = np.roll([rms(one.arrays["residual"]) for one in found.mean], self.other)
        if self.inverted:
            residuals = np.median(residuals) ** 2 / residuals
        std = tuple(
            Signals(grid, {name: self.factor * r * scale for name, scale in self.scales.items()}, 0) for r in residuals
        )
        return replace(found, std=std)


@dataclass(frozen=True)
class Statement:
    """Makes the subject that is judged, whatever the subject of the run is: only a correction has a residual."""

    population: Between

    @cached_property
    def method(self) -> Method:
        """The packaged correction."""
        return Method("kernel", resolve())

    @cached_property
    def scales(self) -> Mapping[str, np.ndarray]:
        """Bond → s(t), (T,), in nm/(kJ/mol/nm)."""
        windows = self.population.draw(SCALED_ON, SCALE_SEED, self.method.found)
        truths = believed()(windows, self.population.grid)
        answers = self.method.predict(windows, self.population.grid)
        ratios: dict[str, list[np.ndarray]] = {name: [] for name in BONDS}
        for answer, truth in zip(answers, truths, strict=True):
            mine, true = bond_lengths(answer), bond_lengths(truth)
            for name, ratio in ratios.items():
                ratio.append((mine[name] - true[name]) / rms(answer.arrays["residual"]))
        return {name: np.sqrt(np.mean(np.square(ratio), axis=0)) for name, ratio in ratios.items()}

    def subject(self, factor: float = 1.0, other: int = 0, inverted: bool = False) -> IntegratorSubject:
        """With its standard deviations as they are, or with a fault."""
        stated = Stated(self.method, self.scales, factor, other, inverted)
        return IntegratorSubject(stated, "kernel, spread from its residual")


def uncertainty(calibration: int, test: int, beyond: int) -> Plan:
    """Methanol between 300 and 600 K, where the correction was labelled, and at 700 K."""
    inside = Between("methanol, 300 to 600 K", MOLECULE, 300.0, 600.0, JUDGED)
    statement = Statement(inside)
    return Plan(
        inside=inside,
        outside=Starts("methanol, 700 K", (MOLECULE,), 700.0, JUDGED),
        calibration=calibration,
        test=test,
        beyond=beyond,
        observables={name: f"length of {name}" for name in BONDS},
        truths=believed,
        spread_label="from the residual",
        budget_s=BUDGET_S,
        shipped_levels=(),
        view=bond_lengths,
        subject=statement.subject,
        controls=partial(_broken, statement=statement),
    )


def _broken(plan: Plan, truths: Truths, statement: Statement) -> Sequence[Control]:
    few = replace(plan, calibration=FEWEST, beyond=FEW_BEYOND, controls=no_controls)

    def claims(factor: float = 1.0, other: int = 0, inverted: bool = False) -> list[Claim]:
        return run(statement.subject(factor, other, inverted), few, truths).claims

    return [
        Control("residuals of other windows", ("std_ranks",), partial(claims, other=1), ("std_ranks",)),
        Control("a tenth, and large where the residual is small", ("std_gap", "sparsification"),
                partial(claims, factor=0.1, inverted=True)),
    ]  # fmt: skip
