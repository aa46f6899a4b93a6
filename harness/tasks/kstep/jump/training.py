"""Training the jump network: on the force field first, then on GFN2-xTB; killed and resumed to the same weights.

The order of batches and the learning rate are functions of the seed and the step. The loss is the mean square of both
residuals and of the forces, each in units of its typical norm.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.errors import InputError
from harness.surrogates.training.checkpoint import Place, load_checkpoint, save_checkpoint
from harness.surrogates.weights import read_weights
from harness.tasks.kstep.data.pairs import Jumps
from harness.tasks.kstep.jump.network import JumpNetwork, Settings, graph_distances
from harness.tasks.kstep.jump.scales import scales_and_bounds
from harness.tasks.kstep.jump.weights import MODEL, SCHEMA, UNITS

KEPT = 2


@dataclass(frozen=True)
class Recipe:
    """Steps, batch, learning rate, weight of the forces, frozen rounds and seed of one training."""

    steps: int = 2000
    batch: int = 32
    learning_rate: float = 2e-3
    force_weight: float = 0.1
    freeze: int = 0
    checkpoint_every: int = 200
    seed: int = 0
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        if min(self.steps, self.batch, self.checkpoint_every) < 1 or self.learning_rate <= 0 or self.force_weight < 0:
            raise InputError("training: steps, batch, checkpoint_every and learning_rate must be positive")


@dataclass(frozen=True, eq=False)
class Trained:
    """A network, the validation errors during the training, and its provenance."""

    network: JumpNetwork
    curve: list[dict[str, float]]
    record: dict[str, Any]


def train(
    training: Sequence[Jumps],
    validation: Sequence[Jumps],
    recipe: Recipe,
    folder: Path,
    temperature_k: float,
    pretrained: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Trained:
    """Train, or continue from the last checkpoint in ``folder``.

    ``pretrained`` are weights to start from; if they do not fit (another size or k), a warning states why and
    training starts from random weights.

    Raises
    ------
    InputError
        For sets of different τ, or a folder of another training.
    """
    taus = {jumps.tau_ps for jumps in [*training, *validation]}
    if len(taus) != 1 or not training:
        raise InputError(f"training needs jumps of one length, these have τ = {sorted(taus)} ps")
    torch.manual_seed(recipe.seed)
    network = JumpNetwork(recipe.settings)
    record = _record(training, recipe, taus.pop())
    record["started_from"] = _start_from(network, pretrained, record)
    scales, bounds = scales_and_bounds(training, temperature_k)
    network.scales.copy_(torch.as_tensor(scales))
    network.bounds.copy_(torch.as_tensor(bounds))
    network.freeze(recipe.freeze)
    return _loop(
        network, [_Tensors.of(j) for j in training], [_Tensors.of(j) for j in validation], recipe, folder, record, say
    )


def _loop(
    network: JumpNetwork,
    training: list[_Tensors],
    validation: list[_Tensors],
    recipe: Recipe,
    folder: Path,
    record: dict[str, Any],
    say: Callable[[str], None],
) -> Trained:
    optimiser = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=recipe.learning_rate)
    folder.mkdir(parents=True, exist_ok=True)
    place = load_checkpoint(folder, MODEL, record, network, optimiser, {})
    curve = place.curve
    network.train()
    for step in range(place.step, recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * 0.5 * (1 + cos(pi * step / recipe.steps))
        rng = np.random.default_rng([recipe.seed, step])
        one = training[int(rng.integers(len(training)))]
        batch = one.chosen(rng.choice(len(one), size=min(recipe.batch, len(one)), replace=False))
        optimiser.zero_grad()
        loss = _loss(network, batch, recipe.force_weight)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % recipe.checkpoint_every == 0 or step + 1 == recipe.steps:
            curve = [*curve, {"step": step + 1, "loss": loss.item(), "validation": relative_error(network, validation)}]
            say(f"step {step + 1} of {recipe.steps}: validation error {curve[-1]['validation']:.4f}")
            save_checkpoint(folder, MODEL, record, Place(step + 1, step + 1, curve), network, optimiser, {}, KEPT)
            network.train()
    network.eval()
    return Trained(network, curve, record)


@dataclass(frozen=True, eq=False)
class _Tensors:
    """Jumps of one molecule as float32 tensors."""

    numbers: Tensor
    graph: Tensor
    x: Tensor
    v: Tensor
    forces: Tensor
    residuals: Tensor
    changes: Tensor
    tau_ps: float

    @classmethod
    def of(cls, jumps: Jumps) -> _Tensors:
        molecule = jumps.molecule
        return cls(
            numbers=torch.tensor(molecule.numbers),
            graph=graph_distances(len(molecule), molecule.bonds),
            x=_single(jumps.positions_nm),
            v=_single(jumps.velocities_nm_ps),
            forces=_single(jumps.forces),
            residuals=_single(jumps.position_residuals_nm),
            changes=_single(jumps.velocity_changes_nm_ps),
            tau_ps=jumps.tau_ps,
        )

    def __len__(self) -> int:
        return len(self.x)

    def chosen(self, rows: np.ndarray) -> _Tensors:
        some = torch.as_tensor(rows)
        return replace(
            self, x=self.x[some], v=self.v[some], forces=self.forces[some], residuals=self.residuals[some],
            changes=self.changes[some],
        )  # fmt: skip


def _single(array: np.ndarray) -> Tensor:
    return torch.as_tensor(array, dtype=torch.float32)


def _loss(network: JumpNetwork, batch: _Tensors, force_weight: float) -> Tensor:
    loss = _jump_error(network, batch)
    if force_weight:
        forces = network.forces(batch.numbers, batch.graph, batch.x)
        loss = loss + force_weight * ((forces - batch.forces) ** 2).mean() / (batch.forces**2).mean()
    return loss


def _jump_error(network: JumpNetwork, batch: _Tensors) -> Tensor:
    """Mean squares of both residuals in units of the typical norms."""
    found = network(batch.numbers, batch.graph, batch.x, batch.v, batch.tau_ps)
    error = batch.x.new_zeros(())
    for quantity, (one, due) in enumerate(zip(found, (batch.residuals, batch.changes), strict=True)):
        scale = network.scales[batch.numbers, quantity][:, None]
        error = error + (((one - due) / scale) ** 2).sum(dim=-1).mean()
    return error


def relative_error(network: JumpNetwork, sets: Sequence[_Tensors]) -> float:
    """Root mean square error of the jumps over their root mean square: 1 for a network that predicts nothing."""
    network.eval()
    with torch.no_grad():
        errors = [float(_jump_error(network, one)) / 2 for one in sets]
    return float(np.sqrt(np.mean(errors)))


def predicted_jumps(network: JumpNetwork, jumps: Jumps) -> tuple[np.ndarray, np.ndarray]:
    """Δx - v τ in nm and Δv in nm/ps of all jumps, (J, N, 3) each."""
    one = _Tensors.of(jumps)
    network.eval()
    with torch.no_grad():
        residuals, changes = network(one.numbers, one.graph, one.x, one.v, one.tau_ps)
    return residuals.double().numpy(), changes.double().numpy()


def _record(training: Sequence[Jumps], recipe: Recipe, tau_ps: float) -> dict[str, Any]:
    return {
        "units": UNITS,
        "tau_ps": tau_ps,
        "elements": sorted({number for jumps in training for number in jumps.molecule.numbers}),
        "molecules": {jumps.molecule.name: len(jumps) for jumps in training},
        "recipe": asdict(recipe),
    }


def _start_from(network: JumpNetwork, pretrained: Path | None, record: dict[str, Any]) -> str:
    """Load pretrained weights where they fit; the checksum of what was loaded, or "scratch"."""
    if pretrained is None:
        return "scratch"
    found = read_weights(pretrained, MODEL, SCHEMA)
    reason = ""
    if found.record["recipe"]["settings"] != record["recipe"]["settings"]:
        reason = "the network has another size"
    elif abs(found.record["tau_ps"] - record["tau_ps"]) > 1e-12:
        reason = f"they are of jumps of {found.record['tau_ps']:g} ps"
    if reason:
        warnings.warn(f"{pretrained}: {reason}; training starts from scratch", UserWarning, stacklevel=3)
        return "scratch"
    network.load_state_dict(found.tensors)
    return found.sha256
