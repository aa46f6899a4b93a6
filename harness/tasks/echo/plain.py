"""The transparent twin of the simulator: one lattice, Bloch vectors, numpy, each line as in the equations."""

from __future__ import annotations

import numpy as np

from harness.tasks.echo.plan import EchoPlan, Pulse
from harness.tasks.echo.simulate import refuse_unsupported
from harness.tasks.echo.system import CARRIER, EchoSystem

AXES = {"x": np.array([1.0, 0.0, 0.0]), "y": np.array([0.0, 1.0, 0.0])}


def simulate_plain(system: EchoSystem, plan: EchoPlan) -> np.ndarray:
    """M(t) of one system, (T,) complex128; see :func:`harness.tasks.echo.simulate.simulate`."""
    refuse_unsupported([system], plan)
    offsets, transfer = system.offset_values(), system.kernel.transfer(system.side)
    step = plan.dt / plan.steps_per_sample

    def field(spins: np.ndarray, time: float) -> np.ndarray:
        mean = np.fft.ifft2(np.fft.fft2(spins[..., 0] + 1j * spins[..., 1]) * transfer)
        if system.coupling == "single-axis":
            mean = mean - mean.conj() * np.exp(2j * CARRIER * time)
        half = -0.5 * system.strength * mean
        return np.stack([half.real, half.imag, -offsets], axis=-1)

    def turned(spins: np.ndarray, omega: np.ndarray, duration: float) -> np.ndarray:
        damping = np.exp(-0.25 * system.dissipation * duration * np.array([1.0, 1.0, 0.0]))
        return rotated(spins * damping, omega * duration) * damping

    spins = pulsed(np.full((system.side, system.side, 3), [0.0, 0.0, 0.5]), plan.first)
    samples = []
    for k in range(plan.points):
        for n in range(plan.steps_per_sample):
            time = (k * plan.steps_per_sample + n) * step
            frozen = field(spins, time + step)
            if plan.scheme == "midpoint":
                frozen = field(turned(spins, frozen, step / 2), time + step / 2)
            spins = turned(spins, frozen, step)
        samples.append(np.mean(spins[..., 0] + 1j * spins[..., 1]))
        if k == plan.pulse_sample:
            spins = pulsed(spins, plan.second)
    return np.array(samples)


def pulsed(spins: np.ndarray, pulse: Pulse) -> np.ndarray:
    """Every spin after an ideal pulse."""
    return rotated(spins, np.broadcast_to(np.radians(pulse.angle_deg) * AXES[pulse.axis], spins.shape))


def rotated(spins: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """(…, 3) vectors turned right-handed about ``vectors``, whose lengths are the angles (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=-1, keepdims=True)
    axis = np.divide(vectors, angle, out=np.zeros_like(vectors), where=angle > 0)
    along = np.sum(axis * spins, axis=-1, keepdims=True)
    return spins * np.cos(angle) + np.cross(axis, spins) * np.sin(angle) + axis * along * (1 - np.cos(angle))
