"""Seeded faults: simulators with known errors that the suites must detect, and some without an error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.tasks.echo.kernels import Kernel, distances
from harness.tasks.echo.offsets import GivenOffsets
from harness.tasks.echo.plan import EchoPlan, Pulse
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.system import EchoSystem

Change = Callable[[EchoSystem, EchoPlan], tuple[EchoSystem, EchoPlan]]


@dataclass(frozen=True)
class EchoFault:
    """A fault: what it does, how it changes the system and the plan before, and the curves after, the simulation.

    ``is_null`` marks a change without an effect on the curves: it must pass every suite.
    """

    name: str
    words: str
    before: Change = lambda system, plan: (system, plan)
    after: Callable[[np.ndarray], np.ndarray] = lambda m: m
    is_null: bool = False

    def curves(self, systems: Sequence[EchoSystem], plan: EchoPlan) -> np.ndarray:
        """(n, T) the wrong curves; a stretched plan has the same number of samples."""
        answers = []
        for system in systems:
            changed, wrong = self.before(system, plan)
            answers.append(self.after(simulate([changed], wrong)[0]))
        return np.stack(answers)


def _other_scheme(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
    """Forward instead of midpoint; if only forward is possible, steps of half the length."""
    if plan.scheme == "midpoint":
        return system, replace(plan, scheme="forward")
    return system, replace(plan, steps_per_sample=2 * plan.steps_per_sample)


def _longer_steps(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
    """All times are 1 % longer; the samples are returned as if they belonged to the plan."""
    return system, replace(plan, delay=1.01 * plan.delay, dt=1.01 * plan.dt)


def _other_coupling(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
    other = "secular" if system.coupling == "single-axis" else "single-axis"
    return system.with_(coupling=other), replace(plan, scheme="forward")


class _WrongKernel(Kernel, ABC):
    """A kernel with wrong couplings; equal to no kernel but itself."""

    def transfer(self, side: int) -> np.ndarray:
        return np.fft.fft2(self.spoilt(side)).real

    @abstractmethod
    def spoilt(self, side: int) -> np.ndarray:
        """(L, L) the wrong couplings."""


class OpenEdges(_WrongKernel):
    """Distances within the cell instead of to the nearest image."""

    def spoilt(self, side: int) -> np.ndarray:
        """(L, L) the mean of the couplings in each direction, so that K(r) = K(−r)."""
        plain = self.couplings(side, periodic=False)
        there = np.roll(plain[::-1, ::-1], (1, 1), (0, 1))
        return 0.5 * (plain + there)


class WithSelf(_WrongKernel):
    """A spin acts on itself as on a neighbour at distance 1."""

    def spoilt(self, side: int) -> np.ndarray:
        """(L, L)."""
        values = self.couplings(side).copy()
        values[0, 0] = values[distances(side) == 1.0].max()
        return values / values.sum() if self.normalised else values


def _kernel(kind: type[_WrongKernel]) -> Change:
    def change(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
        kernel = system.kernel
        return system.with_(kernel=kind(kernel.family, kernel.length, kernel.exponent, kernel.normalised)), plan

    return change


def _unnormalised(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
    return system.with_(kernel=replace(system.kernel, normalised=not system.kernel.normalised)), plan


def _rate(factor: float) -> Change:
    return lambda system, plan: (system.with_(dissipation=factor * system.dissipation), plan)


def _strength(factor: float) -> Change:
    return lambda system, plan: (system.with_(strength=factor * system.strength), plan)


def _scaled_offsets(factor: float) -> Change:
    def change(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
        return system.with_(offsets=GivenOffsets(factor * system.offset_values())), plan

    return change


def _swapped(system: EchoSystem, plan: EchoPlan) -> tuple[EchoSystem, EchoPlan]:
    """α and p, as fractions of their ranges, are exchanged."""
    strength, exponent = 0.1 * (system.kernel.exponent - 2.0), 2.0 + 10.0 * abs(system.strength)
    return system.with_(strength=strength, kernel=replace(system.kernel, exponent=exponent)), plan


FAULTS = (
    EchoFault("damping Γ for Γ/2", "the transverse damping is twice as large", _rate(2.0)),
    EchoFault("other scheme", "forward steps for midpoint steps, or half as long ones", _other_scheme),
    EchoFault("time step", "every step is 1 % longer", _longer_steps),
    EchoFault("other coupling", "secular for single-axis, or the reverse", _other_coupling),
    EchoFault("one sample late", "every sample is that of the next time", after=lambda m: np.append(m[1:], m[-1])),
    EchoFault("open edges", "distances do not go through the periodic boundary", _kernel(OpenEdges)),
    EchoFault("coupling with itself", "the kernel is not zero at r = 0", _kernel(WithSelf)),
    EchoFault("line 44 % wider", "half width 0.036 for 0.025", _scaled_offsets(1.44)),
    EchoFault(
        "pulse of 175°",
        "the second pulse turns by 175° and not by 180°",
        lambda system, plan: (system, replace(plan, second=Pulse(175.0, plan.second.axis))),
    ),
    EchoFault("kernel norm", "the couplings are not divided by their sum, or are", _unnormalised),
    EchoFault("conjugate", "M* for M", after=np.conj),
    EchoFault("swapped labels", "α and p, as fractions of their ranges, change places", _swapped),
    EchoFault("α too large", "α times 1.02", _strength(1.02)),
)
"""Each must fail a comparison on equal offsets."""

NULLS = (
    EchoFault(
        "α of the other sign",
        "M does not depend on the sign of α (secular coupling)",
        lambda system, plan: (system.with_(strength=-system.strength), plan),
        is_null=True,
    ),
    EchoFault(
        "other length",
        "ξ of the normalised power law has no effect",
        lambda system, plan: (system.with_(kernel=replace(system.kernel, length=7.0)), plan),
        is_null=True,
    ),
)
"""Each must pass on systems with the secular coupling and the normalised power law."""


def too_narrow(samples: np.ndarray, factor: float = 0.5) -> np.ndarray:
    """Samples (n, S, V) of a posterior contracted towards their medians: a fault of an inference."""
    medians = np.median(samples, axis=1, keepdims=True)
    return medians + factor * (samples - medians)


def swapped_columns(samples: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Samples whose first two labels, as fractions of their ranges, are exchanged: a fault of an inference."""
    order = [1, 0, *range(2, samples.shape[-1])]
    return (samples / widths)[..., order] * widths
