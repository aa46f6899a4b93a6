"""What every surrogate has in common: it predicts batches, says how sure it is, and knows where it was trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args, overload, runtime_checkable

import numpy as np

from harness.errors import InputError, article
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

Uncertainty = Literal["none", "mc", "mc-raw", "conformal"]
UNCERTAINTIES = get_args(Uncertainty)


@dataclass(frozen=True)
class DomainCheck:
    """Does a system lie where the model was trained?

    ``exceeded`` names each limit that is passed and by how much, e.g. ``{"offset_hz": 31.0}`` (in the limit's unit).
    """

    exceeded: dict[str, float]

    def __bool__(self) -> bool:
        return not self.exceeded


@dataclass(frozen=True, eq=False)
class Band:
    """A prediction band of one trajectory at a stated level.

    ``kind`` is "pointwise" (each sample covered with probability ``level``) or "sup" (the whole trajectory at once).
    ``m_radius`` is (T,): |ΔM| is below it; ``i1z_radius`` (T,) likewise for |ΔI_1z|.
    """

    level: float
    kind: Literal["pointwise", "sup"]
    m_radius: object
    i1z_radius: object

    def __repr__(self) -> str:
        return f"Band({self.kind}, level {self.level:g}, radius of M up to {np.max(self.m_radius):.2g})"  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a surrogate says of a batch of systems.

    ``mean[k]`` belongs to ``systems[k]``. With uncertainty "mc", ``std[k]`` holds standard deviations of mx, my and i1z
    as a Trajectory ("mc-raw": as the passes with dropout spread, without the map that was fitted on calibration cases);
    with "conformal", ``bands[k]`` holds the bands. ``in_domain[k]`` is true where the answer can be trusted; some
    models look closer at doubtful answers only when somebody asks for it.

    ``len(prediction)`` is the number of systems B, ``prediction[k]`` is ``mean[k]``, and ``mx``, ``my``, ``m`` and
    ``i1z`` are the means of all systems as arrays (B, T).
    """

    mean: tuple[Trajectory, ...]
    in_domain: Sequence[DomainCheck]
    std: tuple[Trajectory, ...] | None = None
    bands: tuple[tuple[Band, ...], ...] | None = None

    def __len__(self) -> int:
        return len(self.mean)

    @overload
    def __getitem__(self, place: int) -> Trajectory: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Trajectory, ...]: ...

    def __getitem__(self, place: int | slice) -> Trajectory | tuple[Trajectory, ...]:
        return self.mean[place]

    def __iter__(self) -> Iterator[Trajectory]:
        return iter(self.mean)

    @property
    def mx(self) -> np.ndarray:
        """(B, T)."""
        return self._stacked("mx")

    @property
    def my(self) -> np.ndarray:
        """(B, T)."""
        return self._stacked("my")

    @property
    def m(self) -> np.ndarray:
        """(B, T) complex, Mx + i·My."""
        return self.mx + 1j * self.my

    @property
    def i1z(self) -> np.ndarray:
        """(B, T)."""
        return self._stacked("i1z")

    def _stacked(self, name: str) -> np.ndarray:
        signals = [getattr(one, name) for one in self.mean]
        if any(signal is None for signal in signals):
            raise InputError(f"prediction.{name}: that signal was not asked for (observables)")
        return np.array(signals, dtype=float).reshape(len(signals), -1)

    def __repr__(self) -> str:
        inside = sum(map(bool, self.in_domain))
        extra = "".join(f", with {name}" for name in ("std", "bands") if getattr(self, name) is not None)
        return f"Prediction({len(self.mean)} systems, {inside} of them in domain{extra})"


@runtime_checkable
class Surrogate(Protocol):
    """A trained model: SpinSystem in, Trajectory out, in batches."""

    name: str
    observables: tuple[str, ...]

    def predict(self, systems: Sequence[SpinSystem], grid: TimeGrid, uncertainty: Uncertainty = "none") -> Prediction:
        """Predict every system on one grid; systems outside the trained domain are flagged, not refused."""
        ...


def checked_systems(systems: object, grid: object) -> Sequence[SpinSystem]:
    """The systems that ``predict`` was called with.

    Raises
    ------
    InputError
        For one system alone, for anything in the list that is no system, or for a grid that is none.
    """
    if isinstance(systems, SpinSystem):
        raise InputError("predict takes a list of systems: write predict([system], grid)")
    if not isinstance(systems, Sequence) or isinstance(systems, str):
        raise InputError(f"predict takes a list of SpinSystem: this is {article(systems)}")
    odd = next((k for k, one in enumerate(systems) if not isinstance(one, SpinSystem)), None)
    if odd is not None:
        raise InputError(f"predict takes a list of SpinSystem: number {odd} in it is {article(systems[odd])}")
    if not isinstance(grid, TimeGrid):
        raise InputError(f"predict takes a TimeGrid, such as TimeGrid(points=300, dt_s=1e-4): this is {article(grid)}")
    return systems
