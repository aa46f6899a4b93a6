"""One step of the mean-field equations for a batch of lattices: fields, rotations, damping, pulses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.tasks.echo.plan import Pulse, Scheme
from harness.tasks.echo.system import CARRIER

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Spins:
    """⟨Ix⟩, ⟨Iy⟩, ⟨Iz⟩ of every spin, each (B, L, L)."""

    x: torch.Tensor
    y: torch.Tensor
    z: torch.Tensor

    @classmethod
    def along_z(cls, like: torch.Tensor) -> Spins:
        """Fully polarised spins, ⟨Iz⟩ = 1/2, of the shape and kind of ``like``."""
        return cls(like.new_zeros(like.shape), like.new_zeros(like.shape), like.new_full(like.shape, 0.5))


@dataclass(frozen=True)
class Fields:
    """The parameters of the field at every spin.

    ``offsets`` (B, L, L) are Δ, ``transfer`` (B, L, L) is the Fourier transform of the couplings, ``strength``
    (B, 1, 1) is α; ``single_axis`` selects the coupling.
    """

    offsets: torch.Tensor
    transfer: torch.Tensor
    strength: torch.Tensor
    single_axis: bool

    def mean_field(self, spins: Spins) -> torch.Tensor:
        """(B, L, L) complex: m_i = Σ_j K_ij s_j as a cyclic convolution."""
        import torch

        return torch.fft.ifft2(torch.fft.fft2(torch.complex(spins.x, spins.y)) * self.transfer)

    def transverse(self, spins: Spins, time: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Ωx and Ωy, (B, L, L) each, with the phase of the single-axis coupling taken at ``time``."""
        m = self.mean_field(spins)
        if not self.single_axis:
            scale = -0.5 * self.strength
            return m.real * scale, m.imag * scale
        # c = m − m* exp(iφ), written for the real and the imaginary part of m.
        phase = 2.0 * CARRIER * time
        cosine, sine, scale = math.cos(phase), math.sin(phase), -0.5 * self.strength
        real, imag = m.real * scale, m.imag * scale
        return real * (1.0 - cosine) - imag * sine, imag * (1.0 + cosine) - real * sine


def pulsed(spins: Spins, pulse: Pulse) -> Spins:
    """The spins after an ideal pulse; 180y turns s into −s* and ⟨Iz⟩ into −⟨Iz⟩."""
    angle = math.radians(pulse.angle_deg)
    cosine, sine = math.cos(angle), math.sin(angle)
    if pulse.axis == "x":
        return Spins(spins.x, spins.y * cosine - spins.z * sine, spins.y * sine + spins.z * cosine)
    return Spins(spins.x * cosine + spins.z * sine, spins.y, spins.z * cosine - spins.x * sine)


def stepped(spins: Spins, fields: Fields, dissipation: torch.Tensor, time: float, step: float, scheme: Scheme) -> Spins:
    """One step from ``time`` on; the single-axis coupling takes its phase at the end of the step."""
    frozen = fields.transverse(spins, time + step)
    if scheme == "midpoint":
        middle = turned(spins, frozen, fields.offsets, dissipation, 0.5 * step)
        frozen = fields.transverse(middle, time + 0.5 * step)
    return turned(spins, frozen, fields.offsets, dissipation, step)


def turned(
    spins: Spins,
    transverse: tuple[torch.Tensor, torch.Tensor],
    offsets: torch.Tensor,
    dissipation: torch.Tensor,
    step: float,
) -> Spins:
    """Half the damping, the exact rotation about the frozen field Ω for ``step``, half the damping.

    I' = I cos θ + (Ω × I) sin θ/|Ω| + Ω (Ω·I)(1 − cos θ)/|Ω|², θ = |Ω|·step (Rodrigues).
    """
    (wx, wy), damping = transverse, (-0.25 * step * dissipation).exp()
    x, y, z = spins.x * damping, spins.y * damping, spins.z
    square = wx * wx
    square.addcmul_(wy, wy).addcmul_(offsets, offsets).clamp_min_(1e-30)
    size = square.sqrt()
    angle = size * step
    cosine = angle.cos()
    slope = angle.sin_().div_(size)
    along = (wx * x).addcmul_(wy, y).addcmul_(offsets, z, value=-1.0)
    along.mul_(1.0 - cosine).div_(square)
    turned_x = (wy * z).addcmul_(offsets, y).mul_(slope).addcmul_(along, wx).addcmul_(cosine, x)
    turned_y = (wx * z).addcmul_(offsets, x).mul_(slope).neg_().addcmul_(along, wy).addcmul_(cosine, y)
    turned_z = (wx * y).addcmul_(wy, x, value=-1.0).mul_(slope).addcmul_(along, offsets, value=-1.0)
    turned_z.addcmul_(cosine, z)
    return Spins(turned_x.mul_(damping), turned_y.mul_(damping), turned_z)
