"""A method as the model of a subject: what the common suites ask besides its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.surrogates import DomainCheck, Prediction
from harness.tasks.kstep.domain import Domain, checked, packaged_domain
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Signals, Window

OBSERVABLES = ("positions", "velocities", "energy")
CORRECTED = ("kernel", "kernel-adaptive")
"""Methods with a learned correction: they state where it may be trusted, and measure what it lacks at every kick."""


@dataclass(frozen=True)
class IntegratorModel:
    """An integrator that answers windows in batches.

    ``std`` of a prediction holds ``residual`` (T,): the rms of the force that the inner potential lacks, in kJ/mol/nm,
    which is no bound of an error but grows with it.
    """

    method: Method

    @property
    def name(self) -> str:
        """That of the method."""
        return self.method.name

    @property
    def observables(self) -> tuple[str, ...]:
        """What every method provides."""
        return OBSERVABLES

    @property
    def offers(self) -> frozenset[str]:
        """Observables, and where it has a learned correction a measure of its error and a flag outside its domain."""
        aware = {"standard_deviations", "domain_flag"} if self.aware else set()
        return frozenset({*OBSERVABLES, *aware})

    @property
    def aware(self) -> bool:
        """True if it states a domain."""
        return self.method.name in CORRECTED

    @property
    def domain(self) -> Domain:
        """That of the packaged corrections; a method without one is compared on the same populations."""
        return packaged_domain()

    def predict(self, systems: Sequence[Window], grid: MacroGrid, uncertainty: str = "none") -> Prediction:
        """The path of each window; with "mc" also the residuals."""
        found = self.method.predict(systems, grid)
        checks = [self._check(window, one) for window, one in zip(systems, found, strict=True)]
        std = tuple(_spread(one) for one in found) if uncertainty == "mc" and self.aware else None
        return Prediction(tuple(found), checks, std)

    def _check(self, window: Window, answer: Signals) -> DomainCheck:
        if not self.aware:
            return DomainCheck({})
        residuals = answer.arrays.get("residual", np.array([]))
        return checked(window.molecule, residuals, window.temperature_k, self.method.weights)


def _spread(answer: Signals) -> Signals:
    """The residuals after the first state, where none is known yet."""
    return Signals(answer.grid, {"residual": answer.arrays["residual"][1:]}, answer.qm_calls)
