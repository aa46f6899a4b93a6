"""RESPA that takes shorter macro steps once its inner force is known to be wrong.

At every kick the residual r, the rms of F_QM - F_in, is known without an additional call. The error of a step of τ
grows as τ² r. After each window of macro steps with a mean residual above ``limit``, macro steps are taken in p equal
parts, p the smallest power of two that divides k with p² ≥ r/``limit``: the error of a part is then that of an
undivided step with the residual ``limit``.

k falls between windows, never inside one, and never rises again. Inside a window the map is RESPA, symplectic and
reversible. At every change of k the energy that RESPA conserves changes a little: if p followed the residual from step
to step, these changes would add up, and cost more accuracy than the shorter steps bring.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from harness.tasks.kstep.integrators.base import Around, Repairing
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.state import State

WINDOW = 25
"""Macro steps of a window: 50 fs at k = 8, five periods of a bond to hydrogen."""


@dataclass(eq=False)
class AdaptiveRespa(Around, Repairing):
    """``inner`` with its macro steps divided after a window whose mean residual exceeds ``limit`` in kJ/mol/nm.

    ``parts`` is p of the present window; ``fallbacks`` counts the macro steps that were divided. What they cost is in
    ``qm_calls``.
    """

    inner: Respa
    limit: float
    name: str = "adaptive"
    window: int = WINDOW
    parts: int = field(default=1, init=False)
    fallbacks: int = field(default=0, init=False)
    _residuals: list[float] = field(default_factory=list, init=False)

    symplectic: ClassVar[bool] = False
    reversible: ClassVar[bool] = False

    def step(self, state: State) -> State:
        """The state one macro step later."""
        if len(self._residuals) == self.window:
            self.parts = max(self.parts, self.parts_for(float(np.mean(self._residuals))))
            self._residuals.clear()
        short = replace(self.inner, k=self.inner.k // self.parts)
        for _ in range(self.parts):
            state = short.step(state)
        self._residuals.append(state.residual_kj_mol_nm)
        self.fallbacks += self.parts > 1
        return state

    def parts_for(self, residual: float) -> int:
        """The number of parts for a residual in kJ/mol/nm; as many as k can be halved into where none is enough."""
        parts = 1
        while parts**2 * self.limit < residual and self.inner.k % (2 * parts) == 0:
            parts *= 2
        return parts
