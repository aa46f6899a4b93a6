"""The Fourier neural operator in time: spectral convolutions, and the network built from them.

Source: Z. Li et al., Fourier Neural Operator for Parametric Partial Differential Equations, ICLR 2021.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class SpectralConv(nn.Module):
    """Spectral convolution on a periodic grid of P points, cut after ``modes`` frequencies.

    Continuous: y(t) = Σ_{|k| < modes} e^{2πikt/P} R_k x̂_k with R_{-k} = conj(R_k). Discrete:
    y = irfft(R_k · rfft(x)_k), the frequencies k ≥ modes being zero. With few modes both transforms are products with
    P × modes matrices of cosines and sines: faster on a CPU than a whole FFT, and equal to it to rounding.

    Parameters
    ----------
    width
        Channels in and out.
    modes
        Number of frequencies retained, 0 … modes-1; at most P/2 + 1.
    points
        P, padding included.
    """

    cosine: Tensor
    sine: Tensor
    scale: Tensor

    def __init__(self, width: int, modes: int, points: int) -> None:
        super().__init__()
        if modes > points // 2 + 1:
            raise ValueError(f"{modes} modes do not fit {points} points")
        self.weight = nn.Parameter(torch.randn(2, modes, width, width) / width)
        phase = 2 * math.pi * torch.outer(torch.arange(points, dtype=torch.float64), torch.arange(modes)) / points
        once = torch.full((modes,), 2.0, dtype=torch.float64)
        once[0] = 1.0
        if points % 2 == 0 and modes == points // 2 + 1:
            once[-1] = 1.0
        self.register_buffer("cosine", torch.cos(phase).float(), persistent=False)
        self.register_buffer("sine", torch.sin(phase).float(), persistent=False)
        self.register_buffer("scale", (once / points).float()[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, width, P) to the same."""
        batch, width, points = x.shape
        flat = x.reshape(batch * width, points)
        # rfft: x̂_k = Σ x (cos - i sin); stored as (modes, batch, width) for one matrix product per frequency.
        real = (flat @ self.cosine).view(batch, width, -1).permute(2, 0, 1)
        imag = (flat @ -self.sine).view(batch, width, -1).permute(2, 0, 1)
        r, i = self.weight[0] * self.scale, self.weight[1] * self.scale
        out_real, out_imag = real @ r - imag @ i, real @ i + imag @ r
        back = out_real.permute(1, 2, 0).reshape(batch * width, -1) @ self.cosine.T
        back = back - out_imag.permute(1, 2, 0).reshape(batch * width, -1) @ self.sine.T
        return back.view(batch, width, points)


class FourierOperator(nn.Module):
    """Parameters θ and optional input functions of time to output functions of time.

    θ → two dense layers of ``encoder`` units → h; x_0(t) = A h + b·t/T + C·input(t); the window of T points is followed
    by ``padding`` zeros, because time is not periodic; x ← gelu(spectral(x) + W x) ``layers`` times, the last without
    gelu; two pointwise layers to the outputs; the padding is cut off. Dropout follows the encoder and every layer.
    """

    time: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        points: int,
        functions: int = 0,
        encoder: int = 128,
        width: int = 32,
        layers: int = 6,
        modes: int = 24,
        padding: int = 84,
        dropout: float = 0.05,
    ) -> None:
        super().__init__()
        self.points, self.padding = points, padding
        self.encoder = nn.Sequential(
            nn.Linear(inputs, encoder), nn.GELU(), nn.Linear(encoder, encoder), nn.GELU(), nn.Dropout(dropout)
        )
        self.lift = nn.Linear(encoder, width)
        self.lift_time = nn.Linear(1 + functions, width, bias=False)
        self.spectral = nn.ModuleList(SpectralConv(width, modes, points + padding) for _ in range(layers))
        self.pointwise = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Sequential(nn.Conv1d(width, encoder, 1), nn.GELU(), nn.Conv1d(encoder, outputs, 1))
        self.register_buffer("time", torch.linspace(0, 1, points), persistent=False)

    def forward(self, theta: Tensor, functions: Tensor | None = None) -> Tensor:
        """θ (batch, inputs) and functions (batch, functions, T) or None, to (batch, outputs, T)."""
        time = self.time.expand(len(theta), 1, -1)
        drive = time if functions is None else torch.cat([time, functions], dim=1)
        x = nn.functional.conv1d(drive, self.lift_time.weight[:, :, None]) + self.lift(self.encoder(theta))[:, :, None]
        x = nn.functional.pad(x, (0, self.padding))
        last = len(self.spectral) - 1
        for place, (spectral, pointwise) in enumerate(zip(self.spectral, self.pointwise, strict=True)):
            x = spectral(x) + pointwise(x)
            if place < last:
                x = self.dropout(nn.functional.gelu(x))
        return self.project(x[:, :, : self.points])
