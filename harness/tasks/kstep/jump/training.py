"""Training the jump network: on the force field first, then on GFN2-xTB; killed and resumed to the same weights.

The order of batches and the learning rate are functions of the seed and the step. The loss is the mean square of both
residuals and of the forces, each in units of its typical norm.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from math import cos, inf, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.errors import InputError
from harness.surrogates.training.checkpoint import Place, load_checkpoint, save_checkpoint
from harness.surrogates.weights import read_weights
from harness.tasks.kstep.data.pairs import Jumps
from harness.tasks.kstep.jump.errors import Batch, errors_in_words, loss_of, relative_error, relative_force_error
from harness.tasks.kstep.jump.network import JumpNetwork, Settings
from harness.tasks.kstep.jump.scales import scales_and_bounds
from harness.tasks.kstep.jump.weights import MODEL, SCHEMA, UNITS

KEPT = 2
SCRATCH = "scratch"
"""What the record of a training from random weights states in place of the checksum of pretrained ones."""


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
        if min(self.steps, self.batch, self.checkpoint_every) < 1:
            raise InputError(
                f"training: steps = {self.steps}, batch = {self.batch}, checkpoint_every = {self.checkpoint_every}: at "
                "least 1 of each is due"
            )
        if not (0 < self.learning_rate < inf and 0 <= self.force_weight < inf):
            raise InputError(
                f"training: learning_rate = {self.learning_rate:g} must be positive and force_weight = "
                f"{self.force_weight:g} not negative, both finite"
            )


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

    ``pretrained`` are weights to start from; if they do not fit (another size, k or units), a warning states why,
    training starts from random weights and no round is frozen.

    Raises
    ------
    InputError
        For sets of different τ, frozen rounds without pretrained weights, or a folder of another training.
    """
    taus = {jumps.tau_ps for jumps in [*training, *validation]}
    if len(taus) != 1 or not training:
        raise InputError(f"training needs jumps of one length, these have τ = {sorted(taus)} ps")
    if recipe.freeze and pretrained is None:
        raise InputError(
            f"freeze = {recipe.freeze} without pretrained weights: the frozen rounds would stay random; name weights "
            "with --pretrained"
        )
    torch.manual_seed(recipe.seed)
    network = JumpNetwork(recipe.settings)
    record = _record(training, recipe, taus.pop())
    record["started_from"] = _start_from(network, pretrained, record)
    scales, bounds = scales_and_bounds(training, temperature_k)
    network.scales.copy_(torch.as_tensor(scales))
    network.bounds.copy_(torch.as_tensor(bounds))
    network.freeze(0 if record["started_from"] == SCRATCH else recipe.freeze)
    return _loop(
        network, [Batch.of(j) for j in training], [Batch.of(j) for j in validation], recipe, folder, record, say
    )


def _loop(
    network: JumpNetwork,
    training: list[Batch],
    validation: list[Batch],
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
        loss = loss_of(network, batch, recipe.force_weight)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % recipe.checkpoint_every == 0 or step + 1 == recipe.steps:
            errors = {
                "validation": relative_error(network, validation), "forces": relative_force_error(network, validation)
            }  # fmt: skip
            curve = [*curve, {"step": step + 1, "loss": loss.item(), **errors}]
            say(f"step {step + 1} of {recipe.steps}: {errors_in_words(curve)}")
            save_checkpoint(folder, MODEL, record, Place(step + 1, step + 1, curve), network, optimiser, {}, KEPT)
            network.train()
    network.eval()
    return Trained(network, curve, record)


def _record(training: Sequence[Jumps], recipe: Recipe, tau_ps: float) -> dict[str, Any]:
    jumps_of: Counter[str] = Counter()
    for jumps in training:
        jumps_of[jumps.molecule.name] += len(jumps)
    return {
        "units": UNITS,
        "tau_ps": tau_ps,
        "elements": sorted({number for jumps in training for number in jumps.molecule.numbers}),
        "molecules": dict(jumps_of),
        "recipe": asdict(recipe),
    }


def _start_from(network: JumpNetwork, pretrained: Path | None, record: dict[str, Any]) -> str:
    """Load pretrained weights where they fit; the checksum of what was loaded, or :data:`SCRATCH`."""
    if pretrained is None:
        return SCRATCH
    found = read_weights(pretrained, MODEL, SCHEMA)
    reason = ""
    if found.record["units"] != record["units"]:
        reason = f"they are in units {found.record['units']!r}, not {record['units']!r}"
    elif found.record["recipe"]["settings"] != record["recipe"]["settings"]:
        reason = "the network has another size"
    elif abs(found.record["tau_ps"] - record["tau_ps"]) > 1e-12:
        reason = f"they are of jumps of {found.record['tau_ps']:g} ps, not {record['tau_ps']:g} ps"
    if reason:
        line = f"{pretrained}: {reason}; training starts from scratch, and no round is frozen"
        warnings.warn(line, UserWarning, stacklevel=3)
        return SCRATCH
    network.load_state_dict(found.tensors)
    return found.sha256
