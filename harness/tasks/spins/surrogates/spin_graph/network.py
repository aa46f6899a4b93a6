"""The learned remainder: a small network on the coupling graph, one state per directed bond.

The remainder of the cluster expansion is, spin by spin, a slow envelope in the spin's own frame,

    M_exact - M_0 = 1/n Σ_k e^{iΩ_k t} x³ Σ_m c_km T_m(2x - 1),   x = t/horizon,  T_m Chebyshev polynomials,

and the network gives c_km. The state of the bond (j→k) has an even and an odd half: even features (|J|, |D|, J/R …) do
not change when the signs of all offsets and couplings do, odd ones (D/R, tanh D …, D = Ω_j - Ω_k) change sign, and
every layer conserves this parity. Real parts of c come from the even half, imaginary parts from the odd half, so that
reversing all signs conjugates the remainder exactly. It does not depend on the carrier (frame shift), nor on the order
of the spins (relabelling), nor on the sign of J. A bond enters with weight s·a/(1 + a), s = |J|/R, a the sum of s² over
the bonds next to it, and only in connected components of more than three spins: the remainder vanishes with J and as
the cube of J/D for weak coupling, for isolated spins, pairs and triples, for couplings between different isotopes, and
as t³ at t = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

EVEN_FEATURES = 8
ODD_FEATURES = 5


@dataclass(frozen=True, eq=False)
class GraphBatch:
    """Directed bonds j→k of a batch of systems, numbered over all of them.

    ``source`` j, ``target`` k and ``reverse`` (the bond k→j) are (bonds,) int64; ``coupling`` J and ``detuning``
    D = Ω_j - Ω_k (bonds,) in Hz; ``active`` is 1 in components of more than three spins, else 0. ``nodes`` spins in
    all.
    """

    nodes: int
    source: Tensor
    target: Tensor
    reverse: Tensor
    coupling: Tensor
    detuning: Tensor
    active: Tensor


class Round(nn.Module):
    """One update of all bond states from themselves, the other bonds into k, the other bonds into j, and k→j."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.even = nn.Linear(4 * width, width)
        self.odd = nn.Linear(4 * width, width, bias=False)
        self.square = nn.Linear(4 * width, width, bias=False)
        self.mix = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(4 * width, width)
        self.even_out = nn.Linear(width, width)
        self.odd_out = nn.Linear(width, width, bias=False)

    def forward(self, even: Tensor, odd: Tensor, graph: GraphBatch) -> tuple[Tensor, Tensor]:
        """New even and odd halves, (bonds, width) each."""
        width = even.shape[1]
        size = torch.rsqrt(odd.square().mean(-1, keepdim=True) + 1e-4)
        state = torch.cat([self.norm(even), odd * size], 1)
        node = state.new_zeros(graph.nodes, 2 * width).index_add_(0, graph.target, state)
        reverse = state[graph.reverse]
        seen = torch.stack([state, node[graph.target] - state, node[graph.source] - reverse, reverse], 1)
        evens, odds = seen[:, :, :width].flatten(1), seen[:, :, width:].flatten(1)
        product = self.square(odds)
        hidden_even = nn.functional.silu(self.even(evens) + self.mix(product * product))
        hidden_odd = torch.tanh(self.odd(odds)) * self.gate(evens)
        return even + self.even_out(hidden_even), odd + self.odd_out(hidden_odd)


class RemainderNetwork(nn.Module):
    """Coefficients c_km of one horizon.

    Parameters
    ----------
    width, rounds, polynomials
        Size of each half of a state, number of updates, number of Chebyshev polynomials.
    dropout
        Probability with which entries of the final states are dropped in training (and in Monte Carlo passes).
    """

    def __init__(self, width: int = 32, rounds: int = 3, polynomials: int = 10, dropout: float = 0.0) -> None:
        super().__init__()
        self.polynomials = polynomials
        self.even_in = nn.Linear(EVEN_FEATURES, width)
        self.odd_in = nn.Linear(ODD_FEATURES, width, bias=False)
        self.gate_in = nn.Linear(EVEN_FEATURES, width)
        self.rounds = nn.ModuleList(Round(width) for _ in range(rounds))
        self.dropout = nn.Dropout(dropout)
        self.even_out = nn.Linear(width, 2 * polynomials)
        self.odd_out = nn.Linear(width, 2 * polynomials, bias=False)
        with torch.no_grad():
            self.even_out.weight.mul_(0.1)
            self.odd_out.weight.mul_(0.1)
            self.even_out.bias.zero_()

    def forward(self, graph: GraphBatch) -> tuple[Tensor, Tensor]:
        """Real and imaginary parts of c, (nodes, polynomials) each."""
        even_features, odd_features, mixing = features(graph.coupling, graph.detuning)
        even = nn.functional.silu(self.even_in(even_features))
        odd = torch.tanh(self.odd_in(odd_features)) * self.gate_in(even_features)
        for update in self.rounds:
            even, odd = update(even, odd, graph)
        weight = (bond_weight(mixing, graph) * graph.active)[:, None]
        return (
            self._gather(self.even_out(self.dropout(even)) * weight, graph),
            self._gather(self.odd_out(self.dropout(odd)) * weight, graph),
        )

    def _gather(self, values: Tensor, graph: GraphBatch) -> Tensor:
        """One half of the outputs goes to the bond's target, the other to its source."""
        out = values.new_zeros(graph.nodes, self.polynomials)
        out = out.index_add(0, graph.target, values[:, : self.polynomials])
        return out.index_add(0, graph.source, values[:, self.polynomials :])

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> RemainderNetwork:
        """Build from plain values."""
        return cls(**settings)


def features(coupling: Tensor, detuning: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Even (bonds, 8) and odd (bonds, 5) features of bonds, and |J|/R; J and D in Hz, R² = J² + D²."""
    strength = coupling.abs() / 20
    root = torch.sqrt(coupling.square() + detuning.square()) + 1e-9
    mixing, bias = coupling.abs() / root, detuning / root
    even = torch.stack(
        [
            strength,
            mixing,
            bias * bias,
            torch.exp(-((detuning / 10) ** 2)),
            torch.exp(-((detuning / 30) ** 2)),
            torch.exp(-((detuning / 100) ** 2)),
            strength * strength,
            torch.log1p(detuning.abs() / 20),
        ],
        1,
    )
    tanhs = [torch.tanh(detuning / scale) for scale in (15.0, 50.0, 200.0)]
    return even, torch.stack([bias, *tanhs, detuning / 500], 1), mixing


def bond_weight(mixing: Tensor, graph: GraphBatch) -> Tensor:
    """s·a/(1 + a) of every bond: s = |J|/R, a the sum of s² over the other bonds of both its spins."""
    square = mixing.square()
    total = square.new_zeros(graph.nodes).index_add(0, graph.target, square)
    neighbours = total[graph.target] + total[graph.source] - 2 * square
    return mixing * neighbours / (1 + neighbours)


def time_basis(x: Tensor, polynomials: int) -> Tensor:
    """x³ T_m(2x - 1) for m < polynomials, (polynomials, T); x = t/horizon."""
    y = 2 * x - 1
    found = [torch.ones_like(y), y]
    for _ in range(2, polynomials):
        found.append(2 * y * found[-1] - found[-2])
    return x**3 * torch.stack(found[:polynomials])
