"""From the present density to its generator: pair tokens, a state-space model over time (mambapy), two heads.

For each ordered pair of shells the scalar products of the block of δD = D - D0 with the blocks of fixed operators are
read. A token is made of them, modulated (FiLM) by invariants of geometry and shells; the mean of all tokens runs
through the state-space model, one step for each sample. Decoded with the tokens it gives invariant coefficients,
which combine blocks of operators: head ``generator`` to a Hermitian correction of F0 + r·E, U = exp(-i dt G); head
``density`` to the change of D itself, which is then projected on the nearest D of the right rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from mambapy.mamba import Mamba, MambaConfig

from harness.tasks.tddft.models.learned.blocks import expanded, summed
from harness.tasks.tddft.models.learned.encoder import INVARIANTS, GeometryEncoder
from harness.tasks.tddft.models.learned.inputs import DISTANCES_BOHR, SHELL_FEATURES, MoleculeInputs
from harness.tasks.tddft.models.learned.interaction import Interaction, interaction
from harness.tasks.tddft.models.learned.projection import nearest_projector, purified

STATIC, DYNAMIC, BASIS = 4, 13, 13
SCALE = 20.0
"""Changes of the density are of the order 0.05."""
STRENGTH = 0.1


@dataclass(frozen=True)
class Settings:
    """``width`` of tokens and of the state-space model, its ``layers``, the ``head``, samples per evaluation
    ``bundle``."""

    width: int = 32
    layers: int = 2
    head: str = "generator"
    bundle: int = 1
    dt_au: float = 0.2

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Molecules:
    """What does not change in the rollout of a batch of molecules with the same shells.

    ``operators`` (B, 4, n, n), ``dipole`` (B, 3, n, n), ``pairs`` (B, shells, shells, width) their embeddings,
    ``interaction`` (B, 2, n², n²) on Re δD and Im δD.
    """

    operators: torch.Tensor
    dipole: torch.Tensor
    pairs: torch.Tensor
    interaction: torch.Tensor
    shells: torch.Tensor
    occupied: int

    def rows(self, places: torch.Tensor) -> Molecules:
        """Those of a batch in which molecules occur several times."""
        return replace(
            self,
            operators=self.operators[places],
            dipole=self.dipole[places],
            pairs=self.pairs[places],
            interaction=self.interaction[places],
        )


class Propagator(torch.nn.Module):
    """One evaluation of tokens and state-space model for every ``bundle`` samples, of the interaction for each."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        self.geometry = GeometryEncoder()
        pair = 2 * (SHELL_FEATURES + INVARIANTS) + len(DISTANCES_BOHR) + STATIC
        self.pair = _mlp(pair, width, width)
        self.interaction = Interaction(width, len(DISTANCES_BOHR), width)
        self.film = torch.nn.Linear(width, 2 * width)
        self.token = _mlp(DYNAMIC, width, width)
        self.dynamics = Mamba(MambaConfig(d_model=width, n_layers=settings.layers))
        self.decode = _mlp(3 * width, width, BASIS * settings.bundle)
        for parameter in self.decode[-1].parameters():  # it begins as the frozen Fock matrix
            torch.nn.init.zeros_(parameter)

    def prepare(self, molecules: Sequence[MoleculeInputs]) -> Molecules:
        """Embeddings, interaction and operators of molecules with the same shells and number of electrons.

        What depends on the geometry alone is computed once for each molecule, however often it occurs.
        """
        different = list(dict.fromkeys(molecules))
        places = torch.tensor([different.index(one) for one in molecules])
        return self._prepared(different).rows(places)

    def _prepared(self, molecules: list[MoleculeInputs]) -> Molecules:
        shells = molecules[0].shells
        operators, dipole = _stacked(molecules, "operators"), _stacked(molecules, "dipole")
        distances = _stacked(molecules, "distances")
        pairs = self.pairs(molecules)
        matrix = self.interaction(pairs, distances, operators, dipole, shells)
        return Molecules(operators, dipole, pairs, matrix, shells, molecules[0].occupied)

    def pairs(self, molecules: list[MoleculeInputs]) -> torch.Tensor:
        """(B, shells, shells, width) embeddings of molecules with the same shells."""
        one = molecules[0]
        invariants = self.geometry(_stacked(molecules, "places"), _stacked(molecules, "charges"))
        shells = torch.cat([_stacked(molecules, "features"), invariants[:, one.atoms]], dim=-1)
        count = shells.shape[1]
        both = [shells[:, :, None].expand(-1, -1, count, -1), shells[:, None].expand(-1, count, -1, -1)]
        norms = summed(_stacked(molecules, "operators") ** 2, one.shells).sqrt().permute(0, 2, 3, 1)
        return self.pair(torch.cat([*both, _stacked(molecules, "distances"), norms], dim=-1))

    def start(self, batch: int) -> list[Any]:
        """The memory of the state-space model before the first sample."""
        config = self.dynamics.config
        inputs = next(self.parameters()).new_zeros(batch, config.d_inner, config.d_conv - 1)
        return [(None, inputs) for _ in range(config.n_layers)]

    def coefficients(
        self, change: torch.Tensor, field: torch.Tensor, known: Molecules, memory: list[Any]
    ) -> tuple[torch.Tensor, list[Any]]:
        """(B, bundle, BASIS, n, n) symmetric real coefficients, expanded from shell pairs, and the new memory.

        ``change`` (B, n, n) δD, ``field`` (B, n, n) r·E.
        """
        real, imaginary = change.real, change.imag
        fixed = torch.cat([known.operators, field[:, None]], dim=1)
        squares = torch.stack([real**2, imaginary**2, field**2], dim=1)
        read = torch.cat([real[:, None] * fixed, imaginary[:, None] * fixed, squares], dim=1)
        seen = torch.asinh(SCALE * summed(read, known.shells).permute(0, 2, 3, 1))
        gain, shift = self.film(known.pairs).chunk(2, dim=-1)
        tokens = self.token(seen) * (1 + gain) + shift
        summary, memory = self.dynamics.step(tokens.mean(dim=(1, 2)), memory)
        spread = summary[:, None, None].expand_as(tokens)
        decoded = STRENGTH * self.decode(torch.cat([tokens, spread, known.pairs], dim=-1))
        decoded = (decoded + decoded.transpose(1, 2)) / 2
        decoded = decoded.unflatten(-1, (self.settings.bundle, BASIS)).permute(0, 3, 4, 1, 2)
        return expanded(decoded, known.shells), memory

    def halves(self, field: torch.Tensor, known: Molecules) -> torch.Tensor:
        """(B, steps, n, n) exp(-i dt/2 (F0 + r·E)) of ``field`` (B, steps, n, n)."""
        return torch.linalg.matrix_exp(-0.5j * self.settings.dt_au * (known.operators[:, :1] + field))

    def move(
        self,
        middle: torch.Tensor,
        coefficients: torch.Tensor | None,
        field: torch.Tensor,
        half: torch.Tensor,
        known: Molecules,
        exact: bool,
    ) -> torch.Tensor:
        """D after one sample; ``middle`` = half D half†, ``coefficients`` (B, BASIS, n, n) of the correction or None.

        What is learned is taken at the middle density moved on by half a step of it, as in the midpoint rule.

        ``exact`` projects by eigenvectors, else by McWeeny steps, which have a derivative.
        """
        dt = self.settings.dt_au
        learned = self._learned(middle, coefficients, field, known)
        if self.settings.head == "density":
            learned = self._learned(middle + dt / 2 * learned, coefficients, field, known)
            proposed = half @ (middle + dt * learned) @ half.mH
            return nearest_projector(proposed, known.occupied) if exact else purified(proposed)
        turn = torch.linalg.matrix_exp(-0.5j * dt * learned)
        learned = self._learned(turn @ middle @ turn.mH, coefficients, field, known)
        unitary = half @ torch.linalg.matrix_exp(-1j * dt * learned)
        return unitary @ middle @ unitary.mH

    def _learned(
        self, density: torch.Tensor, coefficients: torch.Tensor | None, field: torch.Tensor, known: Molecules
    ) -> torch.Tensor:
        """(B, n, n) Hermitian: the generator, or the rate of change of D.

        The interaction gives V, linear in δD, and -i[V, D0]: every change of a density at D0 has this form to first
        order. Blocks of operators with the coefficients are added.
        """
        ground = known.operators[:, 3].to(density.dtype)
        linear = interaction(known.interaction, density - ground)
        if self.settings.head == "density":
            linear = -1j * (linear @ ground - ground @ linear)
        if coefficients is None:
            return linear
        return linear + (coefficients * basis_of(density, field, known.operators)).sum(dim=1)


def basis_of(density: torch.Tensor, field: torch.Tensor, operators: torch.Tensor) -> torch.Tensor:
    """(B, BASIS, n, n) Hermitian matrices that the heads combine."""
    change = density - operators[:, 3]
    real, imaginary = change.real.to(density.dtype), 1j * change.imag
    fock = (operators[:, 0] + field).to(density.dtype)
    root = operators[:, 2].to(density.dtype)
    turning = -1j * (fock @ density - density @ fock)
    again = -1j * (fock @ turning - turning @ fock)
    fixed = [*operators.to(density.dtype).unbind(1), field.to(density.dtype)]
    mixed = [_both(fock, real), _both(fock, imaginary), _both(root, real), change @ change]
    return torch.stack([*fixed, real, imaginary, *mixed, turning, again], dim=1)


def _both(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return (first @ second + second @ first) / 2


def _stacked(molecules: list[MoleculeInputs], name: str) -> torch.Tensor:
    return torch.stack([getattr(one, name) for one in molecules])


def _mlp(inputs: int, width: int, outputs: int) -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, width), torch.nn.SiLU(), torch.nn.Linear(width, width), torch.nn.SiLU(),
        torch.nn.Linear(width, outputs),
    )  # fmt: skip
