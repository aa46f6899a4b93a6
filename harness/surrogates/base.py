"""The common interface of all surrogates: predictions for batches, their uncertainty, and the training domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args, overload, runtime_checkable

import numpy as np

from harness.errors import InputError, article
from harness.trajectory import TimeGrid

Uncertainty = Literal["none", "mc", "mc-raw", "conformal"]
UNCERTAINTIES = get_args(Uncertainty)


@dataclass(frozen=True)
class DomainCheck:
    """Does a system lie in the training domain of the model?

    ``exceeded`` names each limit that is exceeded and by how much, e.g. ``{"horizon_s": 0.07}`` (in the limit's unit).
    """

    exceeded: dict[str, float]

    def __bool__(self) -> bool:
        return not self.exceeded


@dataclass(frozen=True, eq=False)
class Band:
    """A prediction band of one trajectory at a stated level.

    ``kind`` is "pointwise" (each sample covered with probability ``level``) or "sup" (the whole trajectory at once).
    ``radii[name]`` is (T,): the error of the observable of that name is below it; ``band.NAME_radius`` is the same.
    """

    level: float
    kind: Literal["pointwise", "sup"]
    radii: Mapping[str, np.ndarray]

    def __getattr__(self, attribute: str) -> np.ndarray:
        name = attribute.removesuffix("_radius")
        radii = self.__dict__.get("radii", {})
        if name == attribute or name not in radii:
            raise AttributeError(f"a band of {', '.join(radii)} has no {attribute!r}")
        return radii[name]

    def __repr__(self) -> str:
        widest = ", ".join(f"{name} up to {np.max(radius):.2g}" for name, radius in self.radii.items())
        return f"Band({self.kind}, level {self.level:g}, radius of {widest})"


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction of a surrogate for a batch of systems.

    ``mean[k]`` belongs to ``systems[k]``. With uncertainty "mc", ``std[k]`` holds standard deviations as a trajectory
    ("mc-raw": the spread of the passes with dropout, without the map that was fitted on calibration cases); with
    "conformal", ``bands[k]`` holds the bands. ``in_domain[k]`` is true if the system lies in the training domain; some
    models examine uncertain cases only when a check is read.

    ``len(prediction)`` is the number of systems B, ``prediction[k]`` is ``mean[k]``.
    """

    mean: tuple[Any, ...]
    in_domain: Sequence[DomainCheck]
    std: tuple[Any, ...] | None = None
    bands: tuple[tuple[Band, ...], ...] | None = None

    def __len__(self) -> int:
        return len(self.mean)

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...

    def __getitem__(self, place: int | slice) -> Any:
        return self.mean[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.mean)

    def array(self, name: str) -> np.ndarray:
        """(B, …, T) of an observable of all systems.

        Raises
        ------
        InputError
            If it was not computed.
        """
        if any(name not in one.arrays for one in self.mean):
            raise InputError(f"prediction.{name}: that signal was not requested (observables)")
        return np.stack([one.arrays[name] for one in self.mean])

    def __repr__(self) -> str:
        inside = sum(map(bool, self.in_domain))
        extra = "".join(f", with {name}" for name in ("std", "bands") if getattr(self, name) is not None)
        return f"Prediction({len(self.mean)} systems, {inside} of them in domain{extra})"


@runtime_checkable
class Surrogate(Protocol):
    """A trained model: systems in, trajectories out, in batches."""

    name: str
    observables: tuple[str, ...]

    def predict(self, systems: Sequence[Any], grid: Any, uncertainty: Uncertainty = "none") -> Prediction:
        """Predict every system on one grid; systems outside the trained domain are flagged, not refused."""
        ...


def checked_systems(systems: object, grid: object, kind: type) -> Sequence[Any]:
    """The systems, each of the class ``kind``, that ``predict`` was called with.

    Raises
    ------
    InputError
        For a single system instead of a list, for an element of the list that is not a system, or an invalid grid.
    """
    if isinstance(systems, kind):
        raise InputError("predict takes a list of systems: write predict([system], grid)")
    if not isinstance(systems, Sequence) or isinstance(systems, str):
        raise InputError(f"predict takes a list of {kind.__name__}: this is {article(systems)}")
    odd = next((k for k, one in enumerate(systems) if not isinstance(one, kind)), None)
    if odd is not None:
        raise InputError(f"predict takes a list of {kind.__name__}: number {odd} in it is {article(systems[odd])}")
    if not isinstance(grid, TimeGrid):
        raise InputError(f"predict takes a TimeGrid, such as TimeGrid(points=300, dt_s=1e-4): this is {article(grid)}")
    return systems
