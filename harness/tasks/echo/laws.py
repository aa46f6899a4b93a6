"""What every correct simulator of this task obeys: exact sums without coupling, conserved quantities, symmetries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from harness.task import Law, Predict
from harness.tasks.echo.kernels import Kernel
from harness.tasks.echo.offsets import GivenOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.signals import DRAW, MEAN, curve_of
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Trajectory


def free_decay(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float:
    """Without coupling, up to the second pulse: M(t) = −(i/2) e^(−Γt/2) Σ_j e^(−iΔ_j t)/N, summed directly."""
    free = system.with_(strength=0.0)
    t = plan.times[: plan.pulse_sample + 1]
    expected = -0.5j * np.exp(-0.5 * system.dissipation * t)
    expected = expected * np.mean(np.exp(-1j * np.outer(t, free.offset_values().ravel())), axis=1)
    return float(np.max(np.abs(curves(predict, [free], plan)[0, : len(t)] - expected)))


def repeated_half(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float:
    """Without coupling the curve after the echo repeats that after the first pulse, times e^(−Γτ)."""
    m = curves(predict, [system.with_(strength=0.0)], plan)[0]
    q = np.arange(1, plan.pulse_sample + 1)
    expected = m[q - 1] * math.exp(-system.dissipation * plan.delay)
    return float(np.max(np.abs(m[plan.echo_sample + q] - expected)))


def bound(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float:
    """|M| ≤ e^(−Γt/2)/2: what is larger is an excess."""
    size = np.abs(curves(predict, [system], plan)[0])
    return float(max(0.0, np.max(size - 0.5 * np.exp(-0.5 * system.dissipation * plan.times))))


def bound_without_dissipation(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float:
    """|M| ≤ 1/2, whatever Γ."""
    return float(max(0.0, np.max(np.abs(curves(predict, [system], plan)[0])) - 0.5))


def sign_of_strength(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float | None:
    """Secular coupling: M does not depend on the sign of α."""
    if system.coupling != "secular":
        return None
    m = curves(predict, [system, system.with_(strength=-system.strength)], plan)
    return float(np.max(np.abs(m[0] - m[1])))


def mirror(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float | None:
    """Secular coupling: Δ → −Δ turns M into −M*."""
    if system.coupling != "secular":
        return None
    m = curves(predict, [system, system.with_(offsets=GivenOffsets(-system.offset_values()))], plan)
    return float(np.max(np.abs(m[1] + m[0].conj())))


def length_drops_out(predict: Predict, system: EchoSystem, plan: EchoPlan) -> float | None:
    """The length of a normalised power law has no effect."""
    kernel = system.kernel
    if kernel.family != "power" or not kernel.normalised:
        return None
    m = curves(predict, [system.with_(kernel=Kernel("power", x, kernel.exponent)) for x in (1.0, 13.0)], plan)
    return float(np.max(np.abs(m[0] - m[1])))


class MissingAnswer(Exception):
    """A system without an answer: no law can be judged on it."""


def curves(predict: Predict, systems: Sequence[EchoSystem], plan: EchoPlan) -> np.ndarray:
    """(n, T) complex: what a subject answers, one draw or the mean over draws.

    Raises
    ------
    MissingAnswer
        Where a system has no answer.
    """
    found = []
    for one in predict(systems, plan):
        arrays = {} if one is None else one.arrays
        draw, mean = curve_of(arrays, DRAW), curve_of(arrays, MEAN)
        if draw is None and mean is None:
            raise MissingAnswer
        found.append(mean if draw is None else draw)
    return np.stack(found)


def _law(name: str, target: str, rule: Callable[..., float | None], needs: tuple[str, ...]) -> Law:
    """A law whose rule sees only the observables that it needs, and returns None if an answer has none of them."""

    def violation(predict: Predict, system: EchoSystem, grid: EchoPlan) -> float | None:
        def predict_needed(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Trajectory | None]:
            return [None if one is None else _only(one, needs) for one in predict(systems, plan)]

        try:
            return rule(predict_needed, system, grid)
        except MissingAnswer:
            return None

    return Law(name, target, violation, needs)


def _only(answer: Any, names: tuple[str, ...]) -> Trajectory:
    """The answer without its other observables: a law of one draw does not hold for the mean over draws."""
    arrays = {name: answer.arrays[name] for name in names if name in answer.arrays}
    return Trajectory(answer.grid, answer.provenance, arrays)


LAWS = (
    _law("uncoupled spins, first half", "free_decay", free_decay, DRAW),
    _law("uncoupled spins, second half", "repeated_half", repeated_half, DRAW),
    _law("size of M", "bound", bound, DRAW),
    _law("sign of the strength", "sign", sign_of_strength, DRAW),
    _law("mirror image", "mirror", mirror, DRAW),
    _law("length of the power law", "length", length_drops_out, DRAW),
)
"""Laws of the curve of one draw."""
MEAN_LAWS = (_law("size of mean M", "mean_bound", bound_without_dissipation, MEAN),)
"""Laws of the mean over draws."""


QUANTITIES = {"polarisation": "Σ⟨Iz⟩/N", "energy": "E/N", "length": "|⟨I⟩|"}


def conserved(system: EchoSystem, plan: EchoPlan) -> dict[str, np.ndarray]:
    """What our own simulator conserves between pulses without dissipation: it alone shows single spins.

    The drifts (T,) of Σ⟨Iz⟩/N and of E/N = −⟨Δ Iz⟩ − (α/4) Re⟨s* m⟩ since the pulse before, which the secular coupling
    conserves, and the largest deviation of |⟨I⟩| of a spin from 1/2.
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
    halves = np.split(values[:2], [plan.pulse_sample + 1], axis=1)
    drifts = np.concatenate([np.abs(half - half[:, :1]) for half in halves], axis=1)
    return {"polarisation": drifts[0], "energy": drifts[1], "length": values[2]}
