"""The remainder network for one system at a time: the same numbers from a third of the array operations.

For one system the time of an operation is that of its call, not of its numbers. So even and odd halves of a state are
in one array, (bonds, 2·width), the input of a bond from the others is one product with a matrix of zeros and ones, and
all layers that share an input are one product with a matrix that is partly zero. x·sigmoid(x) = x/2·(1 + tanh x/2), so
that both halves are gated by one tanh; halves and biases are in the weights. In double precision, like fast.py, and
equal to it to rounding (tests/surrogates/test_spin_graph_one.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.fast import GAUSSIANS, SLOPES, SMALLEST, FastNetwork
from harness.tasks.spins.surrogates.spin_graph.graphs import Bonds

Array = np.ndarray
FEATURES = 15
"""|J|, D, J², D², |J|/R, D/R, J²/R², D²/R², three Gaussians, three tanh, and log(1 + |D|/20), in this order; then 1."""


@dataclass(frozen=True, eq=False)
class OneRound:
    """Weights of one update.

    ``centre`` (2w, 2w) takes the mean from the even half; ``mean_square`` (2w, 2w) averages each half;
    ``inside`` (8w, 5w) and ``bias`` (bonds, 5w) give half the hidden even and the hidden odd values, the same half
    again and the gate, and what is squared; ``mix`` (w, 4w) adds squares to the even ones; ``outside`` (2w + 1, 2w).
    """

    inside: Array
    bias: Array
    mix: Array
    outside: Array


@dataclass(frozen=True, eq=False)
class OneNetwork:
    """All weights, bound to one graph: ``seen`` (4·bonds, bonds) holds, bond by bond, itself, the others into its
    target, the others into its source, and the way back; ``neighbours`` (bonds, bonds) sums over the bonds next to it;
    ``gather`` (nodes, 2·bonds) over bonds, target half and source half in turn.
    """

    width: int
    polynomials: int
    seen: Array
    neighbours: Array
    gather: Array
    centre: Array
    mean_square: Array
    smallest: Array
    first: Array
    rounds: tuple[OneRound, ...]
    last: Array
    last_bias: Array

    @classmethod
    def of(cls, network: FastNetwork, bonds: Bonds, nodes: int) -> OneNetwork:
        """Bind weights to the bonds of a graph of ``nodes`` spins."""
        w, count = network.even_in.shape[1] // 2, len(bonds.target)
        every = np.arange(count)
        itself, back = np.eye(count), np.eye(count)[bonds.reverse]
        into_target = (bonds.target[:, None] == bonds.target) - itself
        into_source = (bonds.source[:, None] == bonds.target) - back
        seen = np.stack([itself, into_target, into_source, back], axis=1)
        gather = np.zeros((nodes, count, 2))
        gather[bonds.target, every, 0] = gather[bonds.source, every, 1] = bonds.active
        even, odd = slice(0, w), slice(w, 2 * w)
        centre = np.eye(2 * w)
        centre[even, even] -= 1 / w
        mean_square = np.zeros((2 * w, 2 * w))
        mean_square[even, even] = mean_square[odd, odd] = 1 / w
        first = np.zeros((FEATURES + 1, 4 * w))
        e, b = network.even_in.astype(float), network.even_in_bias
        # strength |J|/20, |J|/R, D²/R², Gaussians, strength², log: what the columns of even_in belong to
        rows, factor = [0, 4, 7, 8, 9, 10, 2, 14, 15], [1 / 20, 1, 1, 1, 1, 1, 1 / 400, 1, 1]
        first[rows] = _gated(w, np.vstack([e, b]) * np.array(factor)[:, None])
        first[[5, 11, 12, 13, 1], odd] = network.odd_in * np.array([1, 1, 1, 1, 1 / 500])[:, None]
        rounds = []
        for r in network.rounds:
            scale = np.tile(r.scale, 4)[:, None]
            from_even = r.inside[0].reshape(4, w, 2 * w)
            inside = np.zeros((4, 2 * w, 5 * w))
            inside[:, even, : 4 * w] = _gated(w, r.inside[0] * scale).reshape(4, w, 4 * w)
            from_odd = r.inside[1].reshape(4, w, 2 * w)
            inside[:, odd, odd] = from_odd[..., :w]
            inside[:, odd, 4 * w :] = from_odd[..., w:]
            shifted = np.einsum("bso,sh->bh", seen, np.einsum("k,skh->sh", r.shift, from_even)) + r.even_bias
            bias = np.zeros((count, 5 * w))
            bias[:, : 4 * w] = _gated(w, shifted)
            mix = _gated(w, np.hstack([r.mix, np.zeros((w, w))]))
            outside = np.zeros((2 * w + 1, 2 * w))
            outside[even, even], outside[odd, odd], outside[-1, even] = r.outside[0], r.outside[1], r.out_bias
            rounds.append(OneRound(_f64(inside.reshape(8 * w, 5 * w)), _f64(bias), _f64(mix), _f64(outside)))
        half = network.even_out.shape[1] // 2
        last, last_bias = np.zeros((2 * w, 2, 2, half)), np.zeros((2, 2, half))  # target or source, real or imaginary
        last[even, :, 0], last[odd, :, 1] = network.even_out.reshape(w, 2, half), network.odd_out.reshape(w, 2, half)
        last_bias[:, 0] = network.even_out_bias.reshape(2, half)
        return cls(
            w, half, _f64(seen.reshape(4 * count, count)), _f64(into_target + into_source),
            _f64(gather.reshape(nodes, 2 * count)), _f64(centre), _f64(mean_square),
            np.repeat(SMALLEST.ravel(), w), _f64(first), tuple(rounds),
            _f64(last.reshape(2 * w, 4 * half)), _f64(last_bias.reshape(4 * half)),
        )  # fmt: skip

    def coefficients(self, couplings_hz: Array, detunings_hz: Array) -> Array:
        """c as (nodes, 2·polynomials), real parts first, from J and D of the bonds, (bonds,) in Hz."""
        w, count = self.width, len(couplings_hz)
        given, mixing_square, mixing = features(couplings_hz, detunings_hz)
        turned = np.ones((count, 2 * w + 1))
        body = turned[:, :-1]
        state = self._gate(given @ self.first, body).copy()
        for r in self.rounds:
            scaled = state @ self.centre
            size = (scaled * scaled) @ self.mean_square
            size += self.smallest
            np.sqrt(size, out=size)
            scaled /= size
            inner = (self.seen @ scaled).reshape(count, 8 * w) @ r.inside
            inner += r.bias
            product = inner[:, 4 * w :]
            inner[:, : 4 * w] += (product * product) @ r.mix
            self._gate(inner, body)
            state += turned @ r.outside
        neighbours = self.neighbours @ mixing_square
        mixing *= neighbours
        neighbours += 1
        mixing /= neighbours
        out = state @ self.last
        out += self.last_bias
        out *= mixing[:, None]
        return self.gather @ out.reshape(2 * count, 2 * self.polynomials)

    def _gate(self, inner: Array, out: Array) -> Array:
        """Even: h/2·(1 + tanh h/2) = silu(h), odd: gate·tanh(h)."""
        np.tanh(inner[:, : 2 * self.width], out=out)
        out[:, : self.width] += 1
        out *= inner[:, 2 * self.width : 4 * self.width]
        return out


def features(coupling: Array, detuning: Array) -> tuple[Array, Array, Array]:
    """The features (bonds, 16), J²/R² and |J|/R of bonds."""
    out = np.ones((len(coupling), FEATURES + 1))
    raw = out[:, :2]
    np.abs(coupling, out=raw[:, 0])
    raw[:, 1] = detuning
    np.multiply(raw, raw, out=out[:, 2:4])
    root = np.sqrt(out[:, 2:3] + out[:, 3:4])
    root += 1e-9
    np.divide(raw, root, out=out[:, 4:6])
    np.multiply(out[:, 4:6], out[:, 4:6], out=out[:, 6:8])
    np.multiply(out[:, 3:4], GAUSSIANS, out=out[:, 8:11])
    np.exp(out[:, 8:11], out=out[:, 8:11])
    np.multiply(out[:, 1:2], SLOPES, out=out[:, 11:14])
    np.tanh(out[:, 11:14], out=out[:, 11:14])
    size = np.abs(detuning)
    size *= 1 / 20
    np.log1p(size, out=out[:, 14])
    return out, out[:, 6], out[:, 4].copy()


def _gated(w: int, both: Array) -> Array:
    """From columns (hidden even, gate) to (half of hidden even, 0, the same half, gate)."""
    half = 0.5 * both[..., :w]
    return np.concatenate([half, np.zeros_like(half), half, both[..., w:]], axis=-1)


def _f64(x: Array) -> Array:
    return np.ascontiguousarray(x, np.float64)
