"""The differentiable version of exact: signals and spectra as PyTorch functions of offsets and couplings.

``signal`` is exact (diagonalisation in z-blocks, as :mod:`harness.tasks.spins.references.exact`), batched, in float64
or float32, on any device, and differentiable in offsets and couplings. Its gradient is programmed explicitly, because
that of an eigensystem does not exist where two energies are equal, while that of the signal does: with
S_ab = Σ_t g(t) exp(i(E_a - E_b)t) for the gradient g(t) of a loss with respect to M(t), and F the observed operator in
the eigenbasis of two blocks,

    ∂L/∂H_ac = Re Σ_b F_ab F_cb (S_cb - S_ab)/(E_c - E_a),    for E_c → E_a    Re Σ_b F_ab F_cb ∂S_ab/∂E_a

in the upper block, and likewise with the opposite sign in the lower one (divided differences).

Source: Yu. L. Daletskii, S. G. Krein, Amer. Math. Soc. Transl. 47, 1 (1965); N. J. Higham, Functions of Matrices
(2008), theorem 3.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import pi, tau
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.errors import InputError

__all__ = ["signal", "spectrum"]

MOST_SPINS = 10
IN_CACHE = 1 << 20
"""Waves of so many numbers are held at once: on a CPU a large batch is faster in pieces that stay in the cache."""

NEAR = 1e-4
"""Energies whose difference times the longest time is below this are taken as equal: the error is its square."""


def signal(
    offsets_hz: Tensor,
    couplings_hz: Tensor,
    times_s: Tensor,
    isotopes: Sequence[str] | None = None,
    observed: str | None = None,
) -> Tensor:
    """M(t) of a batch of systems of N spins 1/2.

    Parameters
    ----------
    offsets_hz
        (…, N) real.
    couplings_hz
        (…, N, N); the upper triangle counts, so that the gradient with respect to J_ij is that of one parameter.
    times_s
        (T,), in any order and spacing; may be given on any device.
    isotopes, observed
        As for :class:`harness.SpinSystem`, the same for all systems of the batch.

    Returns
    -------
    Tensor
        (…, T) complex, M(0) = 1; double precision for float64, single for float32.

    Raises
    ------
    InputError
        For shapes that do not fit, numbers that are not finite, or more than ten spins.
    """
    offsets, couplings, batch = _checked(offsets_hz, couplings_hz, times_s)
    n = offsets.shape[-1]
    kinds = tuple(isotopes) if isotopes is not None else ("1H",) * n
    layout = _layout(kinds, observed or kinds[0], str(offsets.device), offsets.dtype)
    one, two = torch.triu_indices(n, n, 1, device=offsets.device)
    parameters = torch.cat([tau * offsets, pi * couplings[:, one, two]], dim=1)
    times = times_s.to(offsets)
    step = max(1, IN_CACHE // (2**n * max(1, len(times))))
    m = torch.cat([_Signal.apply(some, times, layout) for some in parameters.split(step)])
    return m.reshape(*batch, len(times))


def spectrum(m: Tensor, dt_s: float, t2_s: float | None = None, points: int | None = None) -> tuple[Tensor, Tensor]:
    """Frequencies (P,) in Hz, ascending, and the complex spectrum (…, P) of signals on an equidistant grid from t = 0.

    The first point counts half (the sum is an integral from 0); ``t2_s`` multiplies by exp(-t/T2); ``points`` fills
    with zeros. Differentiable. The real part is absorptive.
    """
    if not (dt_s > 0 and (t2_s is None or t2_s > 0)):
        raise InputError(f"spectrum: dt_s = {dt_s!r} and t2_s = {t2_s!r} must be positive numbers of seconds")
    count = m.shape[-1]
    times = dt_s * torch.arange(count, device=m.device, dtype=m.real.dtype)
    weights = torch.ones_like(times) if t2_s is None else torch.exp(-times / t2_s)
    weights = torch.where(times == 0, weights / 2, weights)
    size = max(points or count, count)
    # FFT has exp(-2πi f t), in which a line of frequency f is at f.
    found = torch.fft.fftshift(dt_s * torch.fft.fft(m * weights, n=size), dim=-1)
    frequencies = torch.fft.fftshift(torch.fft.fftfreq(size, dt_s, device=m.device, dtype=times.dtype))
    return frequencies, found


def _checked(offsets: Tensor, couplings: Tensor, times: Tensor) -> tuple[Tensor, Tensor, torch.Size]:
    """(B, N) and (B, N, N) tensors of one dtype and device, and the shape of the batch."""
    for name, value in (("offsets_hz", offsets), ("couplings_hz", couplings), ("times_s", times)):
        if not isinstance(value, Tensor) or not value.is_floating_point():
            raise InputError(f"{name}: a real floating-point torch tensor is due, not {type(value).__name__}")
        if not bool(torch.isfinite(value.detach()).all()):
            raise InputError(f"{name}: every value must be finite")
    if offsets.ndim < 1 or couplings.ndim < 2 or times.ndim != 1:
        shapes = ", ".join(str(tuple(value.shape)) for value in (offsets, couplings, times))
        raise InputError(f"shapes {shapes}: offsets_hz must be (…, N), couplings_hz (…, N, N) and times_s (T,)")
    n = offsets.shape[-1]
    if couplings.shape[-2:] != (n, n):
        raise InputError(f"couplings_hz: shape {tuple(couplings.shape)} must end in ({n}, {n}) for {n} offsets")
    if n > MOST_SPINS:
        raise InputError(f"{n} spins: the differentiable signal takes at most {MOST_SPINS}; use simulate() instead")
    try:
        batch = torch.broadcast_shapes(offsets.shape[:-1], couplings.shape[:-2])
    except RuntimeError:
        one, other = tuple(offsets.shape[:-1]), tuple(couplings.shape[:-2])
        raise InputError(f"batches {one} of offsets_hz and {other} of couplings_hz do not fit together") from None
    dtype = torch.promote_types(offsets.dtype, couplings.dtype)
    offsets = offsets.to(dtype).expand(*batch, n).reshape(-1, n)
    couplings = couplings.to(offsets).expand(*batch, n, n).reshape(-1, n, n)
    return offsets, couplings, batch


class _Layout:
    """The linear map from parameters (2πΩ, πJ) to the blocks of H, and the observed operator between blocks."""

    def __init__(self, isotopes: tuple[str, ...], observed: str, device: str, dtype: torch.dtype) -> None:
        from harness.tasks.spins.references.isotope_bookkeeping import bookkeeping_of

        bookkeeping = bookkeeping_of(isotopes, observed)
        to = {"device": device, "dtype": dtype}
        self.spins = len(isotopes)
        self.diagonal = torch.as_tensor(bookkeeping.diagonal, **to)
        self.blocks = bookkeeping.blocks
        self.pairs = [(p.upper, p.lower, torch.as_tensor(p.total, **to)) for p in bookkeeping.pairs]
        self.norm = len(bookkeeping.observed_spins) * 2.0 ** (self.spins - 1)
        owner = np.searchsorted([m.stop for m in bookkeeping.matrices], bookkeeping.off_diagonal, side="right")
        self.off: list[tuple[Tensor, Tensor]] = []
        for number, matrix in enumerate(bookkeeping.matrices):
            mine = owner == number
            places = bookkeeping.off_diagonal[mine] - matrix.start
            self.off.append(
                (torch.as_tensor(places, device=device),
                 torch.as_tensor(self.spins + bookkeeping.flipped[mine], device=device))
            )  # fmt: skip

    def hamiltonians(self, parameters: Tensor) -> list[Tensor]:
        """Every block of H, (B, d, d) in rad/s."""
        energies = parameters @ self.diagonal
        found = []
        for rows, (places, edges) in zip(self.blocks, self.off, strict=True):
            size = rows.stop - rows.start
            h = torch.zeros(len(parameters), size * size, device=parameters.device, dtype=parameters.dtype)
            h[:, places] = parameters[:, edges]
            h[:, :: size + 1] = energies[:, rows]
            found.append(h.reshape(-1, size, size))
        return found

    def gradient(self, blocks: Sequence[Tensor]) -> Tensor:
        """The transposed map: (B, parameters) from ∂L/∂H of every block."""
        first = blocks[0]
        total = torch.zeros(len(first), self.diagonal.shape[0], device=first.device, dtype=first.dtype)
        energies = torch.cat([block.diagonal(dim1=1, dim2=2) for block in blocks], dim=1)
        total += energies @ self.diagonal.T
        for block, (places, edges) in zip(blocks, self.off, strict=True):
            total.index_add_(1, edges, block.reshape(len(block), -1)[:, places])
        return total


@lru_cache(maxsize=8)
def _layout(isotopes: tuple[str, ...], observed: str, device: str, dtype: torch.dtype) -> _Layout:
    return _Layout(isotopes, observed, device, dtype)


class _Signal(torch.autograd.Function):
    """M(t) from the parameters of H; see the module docstring for the gradient.

    Waves are held as cosines and sines side by side, (B, d, 2T): every product is then one of real matrices.
    """

    @staticmethod
    def forward(ctx: Any, parameters: Tensor, times: Tensor, layout: _Layout) -> Tensor:
        """(B, P) parameters in rad/s, (T,) times: (B, T) complex."""
        eigen = [torch.linalg.eigh(h) for h in layout.hamiltonians(parameters)]
        waves = [_waves(energies, times) for energies, _ in eigen]
        real = torch.zeros(len(parameters), len(times), device=times.device, dtype=times.dtype)
        imaginary = torch.zeros_like(real)
        for upper, lower, total in layout.pairs:
            f = eigen[upper][1].mT @ total @ eigen[lower][1]
            cosine, sine = torch.matmul(f * f, waves[lower]).chunk(2, dim=2)
            c, s = waves[upper].chunk(2, dim=2)
            real += (c * cosine + s * sine).sum(dim=1)
            imaginary += (s * cosine - c * sine).sum(dim=1)
        ctx.layout, ctx.eigen, ctx.waves, ctx.times = layout, eigen, waves, times
        return torch.complex(real, imaginary) / layout.norm

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        """∂L/∂parameters; ``gradients`` is that of M as PyTorch defines it for complex numbers."""
        layout, eigen, waves, times = ctx.layout, ctx.eigen, ctx.waves, ctx.times
        g = gradients[0].conj() / layout.norm
        near = [_near(energies, times) for energies, _ in eigen]
        blocks = [torch.zeros_like(vectors) for _, vectors in eigen]
        for upper, lower, total in layout.pairs:
            f = eigen[upper][1].mT @ total @ eigen[lower][1]
            c, s = waves[upper].chunk(2, dim=2)
            real = g.real[:, None] * c - g.imag[:, None] * s
            imaginary = g.real[:, None] * s + g.imag[:, None] * c
            sums = torch.matmul(torch.cat([real, imaginary], dim=2), waves[lower].mT)
            slope = torch.matmul(torch.cat([-times * imaginary, times * real], dim=2), waves[lower].mT)
            blocks[upper] += _divided(f, sums, slope, eigen[upper][0], near[upper])
            blocks[lower] += _divided(f.mT, sums.mT, -slope.mT, eigen[lower][0], near[lower])
        inside = [v @ block @ v.mT for block, (_, v) in zip(blocks, eigen, strict=True)]
        return layout.gradient([(h + h.mT) / 2 for h in inside]), None, None


def _waves(energies: Tensor, times: Tensor) -> Tensor:
    """cos Et and sin Et side by side, (B, d, 2T) from (B, d) and (T,)."""
    turns = energies[..., None] * times
    return torch.cat([torch.cos(turns), torch.sin(turns)], dim=2)


def _near(energies: Tensor, times: Tensor) -> Tensor:
    """(B, d, d): energies so close that they cannot be distinguished on the grid."""
    return (energies[:, None, :] - energies[:, :, None]).abs() * times.abs().max() < NEAR


def _divided(f: Tensor, s: Tensor, slope: Tensor, energies: Tensor, near: Tensor) -> Tensor:
    """Σ_b F_ab F_cb (S_cb - S_ab)/(E_c - E_a), (B, d, d); the derivative where the energies are ``near``."""
    product = torch.matmul(f * s, f.mT)
    difference = energies[:, None, :] - energies[:, :, None]
    far = (product.mT - product) / torch.where(near, torch.ones_like(difference), difference)
    limit = f * slope
    if bool((near.sum(dim=(1, 2)) == near.shape[1]).all()):  # no energy is near another: only the diagonal remains
        far.diagonal(dim1=1, dim2=2).copy_((limit * f).sum(dim=2))
        return far
    limit = torch.matmul(limit, f.mT)
    return torch.where(near, (limit + limit.mT) / 2, far)
