"""The physics penalty: what M and I_1z of any spin system must satisfy, whatever its couplings.

    P = mean_t relu(|M|² - 1) + |M(0) - 1|² + (i1z(0) - 1)² + |M'(0) - i·m_1|²/Ω_s² + |M''(0) + m_2|²/Ω_s⁴,

m_1 = mean Ω_k, m_2 = mean(Ω_k² + Σ_j (πJ_kj)²), means over the observed spins k, the sum over spins j of other
isotopes; Ω_s is a scale in rad/s that makes the residuals of the derivatives numbers of order one. The derivatives are
five-point forward differences (errors of order dt⁴ and dt³). Tr ρ = 1 itself is not determined by three observables.
"""

from __future__ import annotations

from math import pi, tau

import numpy as np
import torch
from torch import Tensor

from harness.tasks.spins.data.block import Block

FIRST = (-25 / 12, 4.0, -3.0, 4 / 3, -1 / 4)
SECOND = (35 / 12, -26 / 3, 19 / 2, -14 / 3, 11 / 12)


def initial_slopes(block: Block) -> np.ndarray:
    """(K, 2): m_1 in rad/s and m_2 in (rad/s)² of every system of a block."""
    isotopes = np.array(block.isotopes)
    observed = isotopes == block.observed
    other = isotopes[:, None] != isotopes[None, :]
    omega = tau * block.offsets_hz
    split = np.sum(np.where(other, (pi * block.couplings_hz) ** 2, 0.0), axis=2)
    return np.stack([omega[:, observed].mean(axis=1), (omega**2 + split)[:, observed].mean(axis=1)], axis=1)


def physics_penalty(signals: Tensor, slopes: Tensor, dt_s: float, scale_hz: float) -> Tensor:
    """P of each row.

    Parameters
    ----------
    signals
        (batch, 3, T): mx, my, i1z.
    slopes
        (batch, 2): m_1 and m_2 of :func:`initial_slopes`.
    dt_s, scale_hz
        Dwell time, and Ω_s/2π.
    """
    mx, my, i1z = signals.unbind(1)
    omega = tau * scale_hz
    first, second = signals.new_tensor(FIRST), signals.new_tensor(SECOND)
    start = signals[:, :2, : len(FIRST)]
    d1 = (start @ first) / (dt_s * omega)
    d2 = (start @ second) / (dt_s * omega) ** 2
    m1, m2 = slopes[:, 0] / omega, slopes[:, 1] / omega**2
    return (
        torch.relu(mx.square() + my.square() - 1).mean(1)
        + (mx[:, 0] - 1).square()
        + my[:, 0].square()
        + (i1z[:, 0] - 1).square()
        + d1[:, 0].square()
        + (d1[:, 1] - m1).square()
        + (d2[:, 0] + m2).square()
        + d2[:, 1].square()
    )
