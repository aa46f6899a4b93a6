"""What every correct simulator of this task obeys: exact sums without coupling, conserved quantities, symmetries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import GivenOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.system import EchoSystem

Curves = Callable[[Sequence[EchoSystem], EchoPlan], np.ndarray]
"""(systems, plan) → M(t), (n, T) complex."""


@dataclass(frozen=True)
class EchoLaw:
    """A law by its name, its target in ``targets.toml``, one line about it, and its largest violation.

    ``violation`` (curves, system, plan) gives None where the law says nothing about that system.
    """

    name: str
    target: str
    words: str
    violation: Callable[[Curves, EchoSystem, EchoPlan], float | None]


def free_decay(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float:
    """Without coupling, up to the second pulse: M(t) = −(i/2) e^(−Γt/2) Σ_j e^(−iΔ_j t)/N, summed directly."""
    free = system.with_(strength=0.0)
    t = plan.times[: plan.pulse_sample + 1]
    expected = -0.5j * np.exp(-0.5 * system.dissipation * t)
    expected = expected * np.mean(np.exp(-1j * np.outer(t, free.offset_values().ravel())), axis=1)
    return float(np.max(np.abs(curves([free], plan)[0, : len(t)] - expected)))


def repeated_half(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float:
    """Without coupling the curve after the echo repeats that after the first pulse, times e^(−Γτ)."""
    m = curves([system.with_(strength=0.0)], plan)[0]
    q = np.arange(1, plan.pulse_sample + 1)
    expected = m[q - 1] * math.exp(-system.dissipation * plan.delay)
    return float(np.max(np.abs(m[plan.echo_sample + q] - expected)))


def bound(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float:
    """|M| ≤ e^(−Γt/2)/2: what is larger is an excess."""
    size = np.abs(curves([system], plan)[0])
    return float(max(0.0, np.max(size - 0.5 * np.exp(-0.5 * system.dissipation * plan.times))))


def bound_without_dissipation(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float:
    """|M| ≤ 1/2, whatever Γ."""
    return float(max(0.0, np.max(np.abs(curves([system], plan)[0])) - 0.5))


def sign_of_strength(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float | None:
    """Secular coupling: M does not depend on the sign of α."""
    if system.coupling != "secular":
        return None
    m = curves([system, system.with_(strength=-system.strength)], plan)
    return float(np.max(np.abs(m[0] - m[1])))


def mirror(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float | None:
    """Secular coupling: Δ → −Δ turns M into −M*."""
    if system.coupling != "secular":
        return None
    m = curves([system, system.with_(offsets=GivenOffsets(-system.offset_values()))], plan)
    return float(np.max(np.abs(m[1] + m[0].conj())))


def length_drops_out(curves: Curves, system: EchoSystem, plan: EchoPlan) -> float | None:
    """The length of a normalised power law has no effect."""
    kernel = system.kernel
    if kernel.family != "power" or not kernel.normalised:
        return None
    m = curves([system.with_(kernel=Kernel("power", x, kernel.exponent)) for x in (1.0, 13.0)], plan)
    return float(np.max(np.abs(m[0] - m[1])))


LAWS = (
    EchoLaw("uncoupled spins, first half", "free_decay", "the direct sum over the offsets", free_decay),
    EchoLaw("uncoupled spins, second half", "repeated_half", "the first half again, damped", repeated_half),
    EchoLaw("size of M", "bound", "|M| is at most 1/2 times the damping", bound),
    EchoLaw("sign of the strength", "sign", "α and −α give the same curve", sign_of_strength),
    EchoLaw("mirror image", "mirror", "offsets of the other sign give −M*", mirror),
    EchoLaw("length of the power law", "length", "ξ of the normalised power law has no effect", length_drops_out),
)
"""Laws of a simulator of single draws."""
MEAN_LAWS = (EchoLaw("size of M", "bound", "|M| is at most 1/2", bound_without_dissipation),)
"""Laws of a surrogate of the mean over draws."""


@dataclass(frozen=True)
class Conserved:
    """Largest drift between pulses of Σ⟨Iz⟩/N and of the energy per spin, and of |⟨I⟩| from 1/2, at Γ = 0."""

    polarisation: float
    energy: float
    length: float


def conserved(system: EchoSystem, plan: EchoPlan) -> Conserved:
    """What our own simulator conserves without dissipation: it alone shows single spins.

    E/N = −⟨Δ Iz⟩ − (α/4) Re⟨s* m⟩, conserved by the secular coupling.
    """
    import torch

    from harness.tasks.echo.propagate import Fields, Spins
    from harness.tasks.echo.simulate import simulate

    def observed(spins: Spins, fields: Fields) -> torch.Tensor:
        mean = fields.mean_field(spins)
        overlap = (torch.complex(spins.x, -spins.y) * mean).real
        energy = (-fields.offsets * spins.z - 0.25 * fields.strength * overlap).mean((1, 2))
        size = (spins.x**2 + spins.y**2 + spins.z**2).sqrt()
        return torch.stack([spins.z.mean((1, 2)), energy, (size - 0.5).abs().amax((1, 2))], dim=1)

    values = simulate([system.with_(dissipation=0.0)], plan, observe=observed)[0]
    halves = np.split(values, [plan.pulse_sample + 1], axis=1)
    drifts = np.max([np.max(np.abs(half - half[:, :1]), axis=1) for half in halves], axis=0)
    return Conserved(float(drifts[0]), float(drifts[1]), float(values[2].max()))
