"""A system in the frame of the laboratory, which its dipolar couplings and shift tensors belong to.

docs/conventions.md turns the axes of every spin of positive γ by π about x, so that offsets rise with the shift. Here
they are turned back: I_z and the sign of the offset of such a spin, and the couplings between spins of which one is
turned and the other is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import tanh

import numpy as np

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.relaxation import Relaxation

HBAR_J_S = 6.62607015e-34 / (2 * np.pi)
MU0_N_PER_A2 = 1.25663706127e-6
"""CODATA 2022, as Spinach has it."""
BOLTZMANN_J_PER_K = 1.380649e-23


@dataclass(frozen=True, eq=False)
class LaboratorySystem:
    """``rotating`` (H of the rotating frame, here in the laboratory's sense of rotation), and what relaxation needs.

    ``turned`` (N,) is -1 for a spin whose I_z has the opposite sign in our frame, else +1; ``larmor_rad_per_s`` (N,) is
    -γB0, 0 where the relaxation has no field.
    """

    rotating: SpinSystem
    relaxation: Relaxation
    turned: np.ndarray
    gammas: np.ndarray
    larmor_rad_per_s: np.ndarray

    @classmethod
    def of(cls, system: SpinSystem) -> LaboratorySystem:
        """``system`` must have a relaxation."""
        assert system.relaxation is not None
        gammas = np.array([system.relaxation.gamma(isotope) for isotope in system.isotopes])
        turned = -np.sign(gammas)
        rotating = system.with_(
            offsets_hz=turned * system.offsets_hz,
            couplings_hz=np.outer(turned, turned) * system.couplings_hz,
            relaxation=None,
        )
        return cls(rotating, system.relaxation, turned, gammas, -gammas * (system.relaxation.field_t or 0.0))

    def __len__(self) -> int:
        return len(self.turned)

    @property
    def inverted_share(self) -> float:
        """2<I_1z> of the tagged spin with its polarisation at equilibrium, -tanh(ħω/2kT), inverted."""
        assert self.relaxation.temperature_k is not None
        omega = self.larmor_rad_per_s[self.rotating.tagged_spin]
        return tanh(HBAR_J_S * omega / (2 * BOLTZMANN_J_PER_K * self.relaxation.temperature_k))

    @property
    def beta_s(self) -> float:
        """ħ/kT in seconds: H in rad/s times this is the exponent of the Boltzmann factor."""
        assert self.relaxation.temperature_k is not None
        return HBAR_J_S / (BOLTZMANN_J_PER_K * self.relaxation.temperature_k)
