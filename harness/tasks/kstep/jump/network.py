"""An equivariant graph network with attention that predicts jumps, and a force head.

Invariants of the atoms (element) and of all pairs (16 radial functions of the distance, distance in the graph of bonds,
u·Δv and |Δv|) enter four rounds of messages, each followed by attention with four heads over the atoms. The residuals
Δx - v τ and Δv are sums of directions with invariant factors,

    Σ_j a_ij u_ij + b_ij (v_j - v_i) + c_i v_i,

so that they rotate with the molecule. The norm of each is limited by ``bounds`` of its element. The force head is
minus the gradient of an energy that the same rounds compute from the positions only.

Sources: V. G. Satorras, E. Hoogeboom, M. Welling, ICML 2021 (messages); A. Vaswani et al., NeurIPS 2017 (attention).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harness.errors import InputError
from harness.tasks.kstep.units import SYMBOLS

FAR_NM = 0.6
MOST_GRAPH = 5
"""Distances in the graph of bonds from this on count as the same."""
SPEED_NM_PS = 1.0
"""Velocities enter in this unit: hydrogen at 300 K has 1.6 nm/ps."""


@dataclass(frozen=True)
class Settings:
    """Sizes of the network."""

    width: int = 64
    rounds: int = 4
    radial: int = 16
    heads: int = 4

    def __post_init__(self) -> None:
        if min(self.width, self.rounds, self.radial, self.heads) < 1 or self.width % self.heads:
            raise InputError(f"network of width {self.width} and {self.heads} heads: the width must be a multiple")


class Attention(nn.Module):
    """Attention of every atom to all: softmax(QK'/√d) V, by plain products, which have second derivatives (the fused
    kernel has none, and the force head needs them in training)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.inward = nn.Linear(width, 3 * width)
        self.outward = nn.Linear(width, width)

    def forward(self, atoms: Tensor) -> Tensor:
        """(B, N, W) -> (B, N, W)."""
        batch, size, width = atoms.shape
        parts = self.inward(atoms).reshape(batch, size, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        weights = torch.softmax(query @ key.mT / (width // self.heads) ** 0.5, dim=-1)
        return self.outward((weights @ value).transpose(1, 2).reshape(batch, size, width))


class Round(nn.Module):
    """One round of messages between all atoms, and attention over them."""

    def __init__(self, settings: Settings, pair: int) -> None:
        super().__init__()
        width = settings.width
        self.message = nn.Sequential(nn.Linear(2 * width + pair, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.update = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))
        self.attention = Attention(width, settings.heads)
        self.norm = nn.LayerNorm(width)

    def forward(self, atoms: Tensor, pairs: Tensor, others: Tensor) -> Tensor:
        """(B, N, W) atoms, (B, N, N, E) pairs and the mask (N, N) of different atoms: (B, N, W)."""
        size = atoms.shape[1]
        first = atoms[:, :, None].expand(-1, -1, size, -1)
        second = atoms[:, None].expand(-1, size, -1, -1)
        messages = self.message(torch.cat([first, second, pairs], dim=-1)) * others[..., None]
        atoms = atoms + self.update(torch.cat([atoms, messages.sum(dim=2)], dim=-1))
        return atoms + self.attention(self.norm(atoms))


class JumpNetwork(nn.Module):
    """Residuals of a jump, and forces.

    ``scales`` holds typical norms for each element and quantity, (119, 2): of Δx - v τ in nm and of Δv in nm/ps;
    ``bounds`` their largest norms. Both are set from data before training and belong to the weights.
    """

    centres: Tensor
    scales: Tensor
    bounds: Tensor

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        most = max(SYMBOLS) + 1
        self.elements = nn.Embedding(most, width)
        pair = settings.radial + MOST_GRAPH + 3
        self.rounds = nn.ModuleList(Round(settings, pair) for _ in range(settings.rounds))
        self.factors = nn.Sequential(nn.Linear(2 * width + pair, width), nn.SiLU(), nn.Linear(width, 4))
        self.own = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 2))
        self.potential = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))
        self.register_buffer("centres", torch.linspace(0.05, FAR_NM, settings.radial))
        self.register_buffer("scales", torch.ones(most, 2))
        self.register_buffer("bounds", torch.full((most, 2), float("inf")))

    def forward(self, numbers: Tensor, graph: Tensor, x: Tensor, v: Tensor, tau_ps: float) -> tuple[Tensor, Tensor]:
        """Δx - v τ in nm and Δv in nm/ps, (B, N, 3) each.

        ``numbers`` (N,), ``graph`` (N, N) distances in bonds, ``x`` (B, N, 3) in nm, ``v`` (B, N, 3) in nm/ps.
        """
        atoms, pairs, directions, others = self._trunk(numbers, graph, x, v, tau_ps)
        size = x.shape[1]
        ends = [atoms[:, :, None].expand(-1, -1, size, -1), atoms[:, None].expand(-1, size, -1, -1)]
        factors = self.factors(torch.cat([*ends, pairs], dim=-1)) * others[..., None]
        relative = (v[:, None] - v[:, :, None]) / SPEED_NM_PS
        found = []
        for quantity, own in enumerate(self.own(atoms).unbind(dim=-1)):
            a, b = factors[..., 2 * quantity, None], factors[..., 2 * quantity + 1, None]
            vectors = (a * directions + b * relative).sum(dim=2) + own[..., None] * v / SPEED_NM_PS
            scale, bound = self.scales[numbers, quantity], self.bounds[numbers, quantity]
            found.append(bounded(vectors * scale[:, None], bound[:, None]))
        return found[0], found[1]

    def forces(self, numbers: Tensor, graph: Tensor, x: Tensor) -> Tensor:
        """Minus the gradient of the energy in kJ/mol/nm, (B, N, 3): differentiable for training."""
        with torch.enable_grad():
            places = x if x.requires_grad else x.detach().requires_grad_(True)
            atoms = self._trunk(numbers, graph, places, torch.zeros_like(places), 0.0)[0]
            energy = 100.0 * self.potential(atoms).sum()
            return -torch.autograd.grad(energy, places, create_graph=self.training)[0]

    def _trunk(
        self, numbers: Tensor, graph: Tensor, x: Tensor, v: Tensor, tau_ps: float
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        size = x.shape[1]
        others = 1 - torch.eye(size, dtype=x.dtype, device=x.device)
        apart = x[:, None] - x[:, :, None]
        # A diagonal element is not a pair: with a length of 1 the gradient of the square root stays finite there.
        distance = torch.sqrt((apart**2).sum(dim=-1) + torch.eye(size, dtype=x.dtype, device=x.device))
        directions = apart / distance[..., None]
        relative = (v[:, None] - v[:, :, None]) / SPEED_NM_PS
        radial = torch.exp(-(((distance[..., None] - self.centres) * self.settings.radial / FAR_NM) ** 2))
        steps = nn.functional.one_hot(graph.clamp(max=MOST_GRAPH) - 1 + torch.eye(size, dtype=graph.dtype), MOST_GRAPH)
        along = (directions * relative).sum(dim=-1)
        speed = torch.sqrt((relative**2).sum(dim=-1) + 1e-12)
        tau = torch.full_like(along, 1e3 * tau_ps)
        own = torch.stack([along, speed, tau], dim=-1)
        pairs = torch.cat([radial, steps.to(x).expand(len(x), -1, -1, -1), own], dim=-1)
        atoms = self.elements(numbers).expand(len(x), -1, -1)
        for one in self.rounds:
            atoms = one(atoms, pairs, others)
        return atoms, pairs, directions, others

    def freeze(self, rounds: int) -> None:
        """Do not change the element embedding and the first ``rounds`` rounds in training."""
        if not 0 <= rounds <= len(self.rounds):
            raise InputError(f"freeze = {rounds}: the network has {len(self.rounds)} rounds")
        frozen = [self.elements, *self.rounds[:rounds]] if rounds else []
        for module in frozen:
            module.requires_grad_(False)


def bounded(vectors: Tensor, bound: Tensor) -> Tensor:
    """Vectors (…, 3) with norms below ``bound`` (…, 1): tanh of the norm, the identity where the bound is infinite."""
    norms = torch.sqrt((vectors**2).sum(dim=-1, keepdim=True) + 1e-24)
    ratio = norms / bound
    return torch.where(torch.isfinite(bound), vectors * torch.tanh(ratio) / ratio.clamp(min=1e-12), vectors)


def graph_distances(size: int, bonds: tuple[tuple[int, int, float], ...]) -> Tensor:
    """Number of bonds between all atoms, (N, N) integer; 0 on the diagonal."""
    found = torch.full((size, size), size, dtype=torch.long)
    found.fill_diagonal_(0)
    for i, j, _ in bonds:
        found[i, j] = found[j, i] = 1
    for middle in range(size):
        found = torch.minimum(found, found[:, middle, None] + found[None, middle])
    return found
