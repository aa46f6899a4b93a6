"""The remainder network without autograd: the same numbers in plain matrix products, for systems of one graph.

States are (bonds, B, width): the bonds of one graph come first, so that the input of a bond from others is a copy of
whole blocks, whatever the batch. Layers that share an input are one matrix product. Weights are those of the training
model, which is in single precision; here all is computed in double, so that an answer depends neither on the batch that
it is in nor on the way that a matrix product is done (tests/surrogates/test_spin_graph_batches.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.graphs import Bonds

Array = np.ndarray
WIDE = 4
GAUSSIANS = np.array([-1 / 10**2, -1 / 30**2, -1 / 100**2])
SLOPES = np.array([1 / 15, 1 / 50, 1 / 200])
SMALLEST = np.array([1e-5, 1e-4]).reshape(2, 1, 1, 1)
"""What the training model adds to the mean square of even and odd states before it divides by the root."""


@dataclass(frozen=True, eq=False)
class FastGraph:
    """The bonds of one graph and how to sum over them.

    ``at_target`` and ``at_source`` sum over the other bonds into the target (the source, less the way back).
    """

    bonds: Bonds
    by_target: Sums
    by_source: Sums
    at_target: Sums
    at_source: Sums

    @classmethod
    def of(cls, bonds: Bonds, nodes: int) -> FastGraph:
        """Prepare a graph of ``nodes`` spins."""
        into = [np.flatnonzero(bonds.target == k).tolist() for k in range(nodes)]
        out = [np.flatnonzero(bonds.source == k).tolist() for k in range(nodes)]
        every = range(len(bonds.target))
        return cls(
            bonds,
            Sums.of(into, len(every)),
            Sums.of(out, len(every)),
            Sums.of([[e for e in into[bonds.target[b]] if e != b] for b in every], len(every)),
            Sums.of([[e for e in into[bonds.source[b]] if e != bonds.reverse[b]] for b in every], len(every)),
        )


@dataclass(frozen=True, eq=False)
class FastRound:
    """Weights of one update, even and odd halves stacked.

    ``inside`` (2, 4w, 2w): even → hidden even and gate, odd → hidden odd and square; ``outside`` (2, w, w).
    """

    scale: Array
    shift: Array
    inside: Array
    even_bias: Array
    mix: Array
    outside: Array
    out_bias: Array


@dataclass(frozen=True, eq=False)
class FastNetwork:
    """All weights as float64 arrays, inputs first."""

    even_in: Array
    even_in_bias: Array
    odd_in: Array
    rounds: tuple[FastRound, ...]
    even_out: Array
    even_out_bias: Array
    odd_out: Array

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> FastNetwork:
        """The weights of a trained network, by the names that the training model gives them."""
        s = {name: np.asarray(value, np.float64) for name, value in arrays.items()}

        def turned(*names: str) -> Array:
            return np.ascontiguousarray(np.concatenate([s[f"{n}.weight"] for n in names]).T)

        def bias(*names: str) -> Array:
            return np.concatenate([s[f"{n}.bias"] for n in names])

        rounds = []
        for r in range(sum(name.endswith(".mix.weight") for name in s)):
            at = f"rounds.{r}."
            rounds.append(
                FastRound(
                    scale=s[at + "norm.weight"],
                    shift=s[at + "norm.bias"],
                    inside=np.stack([turned(at + "even", at + "gate"), turned(at + "odd", at + "square")]),
                    even_bias=bias(at + "even", at + "gate"),
                    mix=turned(at + "mix"),
                    outside=np.stack([turned(at + "even_out"), turned(at + "odd_out")]),
                    out_bias=bias(at + "even_out"),
                )
            )
        return cls(
            turned("even_in", "gate_in"),
            bias("even_in", "gate_in"),
            turned("odd_in"),
            tuple(rounds),
            turned("even_out"),
            bias("even_out"),
            turned("odd_out"),
        )

    def coefficients(self, graph: FastGraph, couplings_hz: Array, detunings_hz: Array) -> tuple[Array, Array]:
        """Real and imaginary parts of c, (nodes, B, polynomials) each, from J and D of the bonds, (bonds, B) in Hz."""
        bonds = graph.bonds
        even_features, odd_features, mixing = features(couplings_hz, detunings_hz)
        count, batch = mixing.shape
        first = _linear(even_features, self.even_in) + self.even_in_bias
        width = first.shape[-1] // 2
        cells = count * batch
        state = np.empty((2, count, batch, width))  # even and odd halves
        state[0] = silu(first[..., :width])
        np.tanh(_linear(odd_features, self.odd_in), out=state[1])
        state[1] *= first[..., width:]
        own = np.zeros((2, count + 1, batch, width))  # a block of zeros at the end
        seen = np.empty((2, count, batch, 4, width))
        ones = np.full((width, 1), 1.0 / width)
        for r in self.rounds:
            scaled = own[:, :-1]
            scaled[...] = state
            scaled[0] -= _linear(state[0], ones)
            scaled *= 1 / np.sqrt(_linear(scaled * scaled, ones) + SMALLEST)
            scaled[0] *= r.scale
            scaled[0] += r.shift
            seen[..., 0, :] = scaled
            graph.at_target.add(own, seen[..., 1, :])
            graph.at_source.add(own, seen[..., 2, :])
            seen[..., 3, :] = own[:, bonds.reverse]
            inner = (seen.reshape(2, cells, 4 * width) @ r.inside).reshape(2, count, batch, 2 * width)
            inner[0] += r.even_bias
            product = inner[1, ..., width:]
            hidden = inner[..., :width]
            hidden[0] += _linear(product * product, r.mix)
            turned = np.empty_like(state)
            turned[0] = silu(hidden[0])
            np.tanh(hidden[1], out=turned[1])
            turned[1] *= inner[0, ..., width:]
            state += (turned.reshape(2, cells, width) @ r.outside).reshape(state.shape)
            state[0] += r.out_bias
        even, odd = state
        square = _ended(mixing * mixing)
        neighbours = graph.at_target(square) + graph.at_source(square)
        weight = (mixing * neighbours / (1 + neighbours) * bonds.active[:, None])[..., None]
        real = _ended((_linear(even, self.even_out) + self.even_out_bias) * weight)
        imag = _ended(_linear(odd, self.odd_out) * weight)
        half = real.shape[-1] // 2
        return (
            graph.by_target(real[..., :half]) + graph.by_source(real[..., half:]),
            graph.by_target(imag[..., :half]) + graph.by_source(imag[..., half:]),
        )


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over listed blocks: ``first`` (sums, width) are their numbers, filled up with that of a block of zeros.

    Lists longer than ``WIDE`` are summed by a matrix of zeros and ones instead.
    """

    first: Array | None
    matrix: Array | None

    @classmethod
    def of(cls, lists: list[list[int]], blocks: int) -> Sums:
        """Sum each of the lists of block numbers below ``blocks``."""
        width = max(map(len, lists), default=0)
        if width <= WIDE:
            table = np.full((width, len(lists)), blocks)
            for row, numbers in enumerate(lists):
                table[: len(numbers), row] = numbers
            return cls(table, None)
        matrix = np.zeros((len(lists), blocks))
        for row, numbers in enumerate(lists):
            matrix[row, numbers] = 1.0
        return cls(None, matrix)

    def add(self, values: Array, out: Array) -> None:
        """The same for a stack: (stack, blocks + 1, …) into ``out`` (stack, sums, …)."""
        if self.first is None:
            for one, into in zip(values, out, strict=True):
                into[...] = self(one)
        elif not len(self.first):
            out[...] = 0.0
        else:
            out[...] = values[:, self.first[0]]
            for more in self.first[1:]:
                out += values[:, more]

    def __call__(self, values: Array) -> Array:
        """(blocks + 1, …), the last one zero -> (sums, …)."""
        if self.first is None:
            flat = values[:-1].reshape(len(values) - 1, -1)
            return (self.matrix @ flat).reshape(-1, *values.shape[1:])
        if not len(self.first):
            return np.zeros((self.first.shape[1], *values.shape[1:]), values.dtype)
        total = values[self.first[0]]
        for more in self.first[1:]:
            total += values[more]
        return total


def silu(x: Array) -> Array:
    """x / (1 + e^-x)."""
    return x / (1 + np.exp(-x))


def features(coupling: Array, detuning: Array) -> tuple[Array, Array, Array]:
    """As :func:`harness.tasks.spins.surrogates.spin_graph.network.features`, features last."""
    coupling = np.abs(coupling)
    strength = coupling / 20
    root = np.sqrt(coupling * coupling + detuning * detuning) + 1e-9
    mixing, bias = coupling / root, detuning / root
    even = np.empty((*coupling.shape, 8))
    odd = np.empty((*coupling.shape, 5))
    even[..., 0] = strength
    even[..., 1] = mixing
    np.multiply(bias, bias, out=even[..., 2])
    np.exp((detuning * detuning)[..., None] * GAUSSIANS, out=even[..., 3:6])
    np.multiply(strength, strength, out=even[..., 6])
    np.log1p(np.abs(detuning) / 20, out=even[..., 7])
    odd[..., 0] = bias
    np.tanh(detuning[..., None] * SLOPES, out=odd[..., 1:4])
    np.multiply(detuning, 1 / 500, out=odd[..., 4])
    return even, odd, mixing


def _ended(x: Array) -> Array:
    """With a block of zeros at the end."""
    return np.concatenate([x, np.zeros_like(x[:1])])


def _linear(x: Array, weight: Array) -> Array:
    """(…, a) @ (a, b) as one product."""
    return (x.reshape(-1, x.shape[-1]) @ weight).reshape(*x.shape[:-1], weight.shape[1])
