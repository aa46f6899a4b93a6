"""Models that answer on one fixed time grid: a network on θ, its loss, and how its output becomes mx, my and i1z.

With ``frames = "none"`` the network's three outputs are mx, my and i1z. Otherwise it gives one complex envelope e_k per
spin and a real z, that correct a zeroth order,

    M(t) = Σ_k w_k e^{iΩ_k t} (b_k(t) + (t/T)² e_k(t)),   i1z(t) = b_z(t) + (t/T)² z(t),

so that M(0) = 1, i1z(0) = 1 and a shift of the frame are exact, and the network makes slow functions only. With
``frames = "spins"`` b = 1, and the beats cos Dt, sin Dt are input functions of the network; with "pairs" b is the
product of exact pair factors (:mod:`harness.tasks.spins.references.pairs`), which is also its input.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import tau
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from harness.errors import InputError
from harness.surrogates.training.protocol import TrainableModel
from harness.tasks.spins.data.block import Block
from harness.tasks.spins.references.pairs import pair_products
from harness.tasks.spins.surrogates.encoding import ChainEncoding, Encoded, GeneralEncoding
from harness.tasks.spins.surrogates.penalty import initial_slopes, physics_penalty
from harness.tasks.spins.systems import SpinSystem, TimeGrid

FRAMES = ("none", "spins", "pairs")


@dataclass(frozen=True)
class GridSettings:
    """What a grid model is built from, as plain values.

    ``network`` goes to the network's constructor; ``penalty`` is the weight of the physics penalty in the loss;
    ``frames`` is "none", "spins" or "pairs", see the module docstring.
    """

    spins: int
    points: int = 300
    dt_s: float = 1e-4
    offset_hz: float = 250.0
    coupling_hz: tuple[float, float] = (5.0, 20.0)
    frames: str = "none"
    penalty: float = 0.01
    network: Mapping[str, Any] = field(default_factory=dict)

    @property
    def grid(self) -> TimeGrid:
        """The time grid of the answers."""
        return TimeGrid(self.points, self.dt_s)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**vars(self), "coupling_hz": list(self.coupling_hz), "network": dict(self.network)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GridSettings:
        """From JSON or TOML values; an unknown key is refused by name."""
        for key in values:
            if key not in cls.__dataclass_fields__:
                known = ", ".join(cls.__dataclass_fields__)
                raise InputError(f"model settings: key {key!r} is unknown (known: {known})")
        frames = values.get("frames", "none")
        if frames not in FRAMES:
            raise InputError(f"model settings: frames {frames!r} is unknown (known: {', '.join(FRAMES)})")
        low, high = values.get("coupling_hz", (5.0, 20.0))
        return cls(**{**values, "coupling_hz": (float(low), float(high))})


class Rows(NamedTuple):
    """Tensors of some systems; ``base`` (B, 2n+1, T) holds Re b_k, Im b_k and b_z; ``target`` is (B, 3, T)."""

    theta: Tensor
    offsets_hz: Tensor
    weight: Tensor
    beats_hz: Tensor
    base: Tensor | None = None
    slopes: Tensor | None = None
    target: Tensor | None = None

    def take(self, rows: np.ndarray, device: torch.device) -> Rows:
        """Some rows on a device."""
        index = torch.from_numpy(np.asarray(rows, dtype=np.int64))
        return Rows(*(None if x is None else x[index].to(device) for x in self))  # type: ignore[arg-type]


class GridModel(TrainableModel):
    """A network on a fixed grid, in the form that the trainer requires."""

    measure = "RMSE of M"

    def __init__(
        self,
        name: str,
        settings: GridSettings,
        encoding: ChainEncoding | GeneralEncoding,
        network: type[nn.Module],
        takes_functions: bool,
    ) -> None:
        self.name, self.grid_settings, self.encoding = name, settings, encoding
        channels = 2 * settings.spins + 1
        shown = {"none": 0, "spins": 2 * encoding.beats, "pairs": channels}[settings.frames]
        outputs = 3 if settings.frames == "none" else channels
        self.functions = shown if takes_functions else 0
        given = {"functions": self.functions} if self.functions else {}
        try:
            self.module = network(encoding.inputs, outputs, settings.points, **given, **settings.network)
        except TypeError as error:
            raise InputError(
                f"model {name!r}: network settings {dict(settings.network)} do not fit ({error})"
            ) from None

    def settings(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return self.grid_settings.as_dict()

    def rows(self, systems: Sequence[SpinSystem]) -> Rows:
        """Input tensors of some systems."""
        encoded: Encoded = self.encoding(systems)
        fields = (encoded.theta, encoded.offsets_hz, encoded.weight, encoded.beats_hz)
        rows = Rows(*(torch.from_numpy(x).float() for x in fields))
        if self.grid_settings.frames == "pairs":
            rows = rows._replace(base=torch.from_numpy(pair_base(systems, self.grid_settings)))
        return rows

    def prepare(self, blocks: Sequence[Block]) -> Rows:
        """Inputs and targets of all rows."""
        for block in blocks:
            if block.grid != self.grid_settings.grid:
                raise InputError(
                    f"model {self.name!r} is on {self.grid_settings.grid}, part {block.part!r} on {block.grid}"
                )
        inputs = self.rows([system for block in blocks for system in block.systems()])
        slopes = torch.from_numpy(np.concatenate([initial_slopes(b) for b in blocks])).float()
        target = np.concatenate([np.stack([b.mx, b.my, b.i1z], axis=1) for b in blocks])
        return inputs._replace(slopes=slopes, target=torch.from_numpy(target).float())

    def batch(self, prepared: Rows, rows: np.ndarray, device: torch.device) -> Rows:
        """Rows by number."""
        return prepared.take(rows, device)

    def signals(self, batch: Rows) -> Tensor:
        """(B, 3, T): mx, my, i1z."""
        settings = self.grid_settings
        if settings.frames == "none":
            return self.module(batch.theta)
        time = torch.arange(settings.points, device=batch.theta.device) * settings.dt_s
        functions, base = None, batch.base
        if base is None:
            beat = tau * batch.beats_hz[:, :, None] * time
            functions = torch.cat([torch.cos(beat), torch.sin(beat)], dim=1)
            base = functions.new_zeros(1, 2 * settings.spins + 1, 1)
            base[:, : settings.spins] = base[:, -1:] = 1.0
        else:
            functions = base
        out = self.module(batch.theta, functions if self.functions else None)
        out = base + torch.linspace(0, 1, settings.points, device=out.device).square() * out
        real, imag = out[:, : settings.spins], out[:, settings.spins : -1]
        phase = tau * batch.offsets_hz[:, :, None] * time
        cosine, sine = torch.cos(phase), torch.sin(phase)
        weight = batch.weight[:, :, None]
        mx = (weight * (real * cosine - imag * sine)).sum(1)
        my = (weight * (real * sine + imag * cosine)).sum(1)
        return torch.stack([mx, my, out[:, -1]], dim=1)

    def loss(self, batch: Rows) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error of the three signals, plus the weighted physics penalty."""
        assert batch.target is not None
        assert batch.slopes is not None
        settings = self.grid_settings
        signals = self.signals(batch)
        mse = (signals - batch.target).square().mean()
        penalty = physics_penalty(signals, batch.slopes, settings.dt_s, settings.offset_hz).mean()
        return mse + settings.penalty * penalty, {"mse": mse.detach(), "penalty": penalty.detach()}

    def errors(self, batch: Rows) -> Tensor:
        """(B,) RMSE of M."""
        assert batch.target is not None
        difference = self.signals(batch)[:, :2] - batch.target[:, :2]
        return (difference.square().sum(1).mean(1) / 2).sqrt()


def pair_base(systems: Sequence[SpinSystem], settings: GridSettings) -> np.ndarray:
    """(B, 2n+1, T) float32: the product of pair factors of every spin in its own frame, and that of I_1z."""
    n, grid = settings.spins, settings.grid
    base = np.zeros((len(systems), 2 * n + 1, grid.points), np.float32)
    row = 0
    for chunk, terms in pair_products(systems, grid):
        assert terms.signals is not None
        assert terms.i1z is not None
        for place, system in enumerate(chunk):
            signals = terms.signals[terms.starts[place] : terms.starts[place + 1]]
            slow = signals * np.exp(-1j * tau * np.outer(system.offsets_hz, grid.times_s))
            base[row, : len(system)], base[row, n : n + len(system)] = np.real(slow), np.imag(slow)
            base[row, -1] = terms.i1z[place]
            row += 1
    return base
