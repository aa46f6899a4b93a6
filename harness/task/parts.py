"""The parts of a task: what a system, an observable, a metric, a population, a law and a model are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args, runtime_checkable

if TYPE_CHECKING:
    import numpy as np

Tier = Literal["smoke", "nightly", "full"]
TIERS: tuple[Tier, ...] = get_args(Tier)


class System(Protocol):
    """What is simulated: a frozen, hashable value."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def size(self) -> int:
        """The number by which costs grow: spins, atoms, basis functions."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that an answer depends on."""
        ...


class Grid(Protocol):
    """Equidistant times, hashable."""

    @property
    def points(self) -> int:
        """Number of samples T; the first is t = 0."""
        ...

    @property
    def step(self) -> float:
        """Distance between two samples, in :attr:`unit`."""
        ...

    @property
    def unit(self) -> str:
        """Unit of time: "s", "ps", "au"."""
        ...


class Signals(Protocol):
    """The answer of a method for one system on one grid: arrays by the name of their observable."""

    @property
    def grid(self) -> Any:
        """The :class:`Grid`."""
        ...

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Observables by name; the last axis is time. What was not computed has no entry."""
        ...


@dataclass(frozen=True)
class Observable:
    """A signal by its name in :attr:`Signals.arrays`, with its label and unit for figures and tables."""

    name: str
    label: str
    unit: str
    axes: tuple[str, ...] = ("time",)


@dataclass(frozen=True)
class Metric:
    """A distance between an answer and the truth, declared once.

    ``label`` is its name in records ("RMSE of x"), ``words`` explains it to a reader who does not know the name,
    ``of`` is the formula: (answer, truth, system) → a number in ``unit``, NaN where the answer does not determine it.
    """

    key: str
    label: str
    words: str
    unit: str
    of: Callable[[Any, Any, Any], float]
    needs: tuple[str, ...] = ()
    """Observables without which it cannot be had."""
    worst: Callable[[Any, Any, Any], str] | None = None
    """(answer, truth, system) → where the answer is furthest from the truth, in words."""


class Population(Protocol):
    """Systems drawn at random from stated ranges, and the grid on which they are observed."""

    @property
    def name(self) -> str:
        """Its name in records."""
        ...

    @property
    def size(self) -> int:
        """The size of its systems."""
        ...

    @property
    def grid(self) -> Any:
        """The :class:`Grid`."""
        ...

    def draw(self, count: int, seed: int) -> list[Any]:
        """``count`` systems; the i-th depends on the ranges, ``seed`` and i alone, not on ``count``."""
        ...

    def within(self, domain: Any) -> bool:
        """True if these ranges lie inside the domain that a model states for itself."""
        ...


@runtime_checkable
class BatchedReference(Protocol):
    """A method without training that answers many systems in one call, and one at a time."""

    def simulate(self, system: Any, grid: Any, observables: Sequence[str] = ...) -> Any:
        """The trajectory of one system."""
        ...

    def simulate_batch(self, systems: Sequence[Any], grid: Any, observables: Sequence[str] = ...) -> Sequence[Any]:
        """One trajectory for each system."""
        ...


Predict = Callable[[Sequence[Any], Any], Sequence[Any]]
"""(systems, grid) → one answer for each system."""


@dataclass(frozen=True)
class Law:
    """Something that every correct answer obeys, whatever the method: a bound, a sum rule, a symmetry, a conserved sum.

    ``violation`` (predict, system, grid) gives the largest violation, None where the outputs do not determine it.
    ``target`` is the name of its target in the table of the suite.
    """

    name: str
    target: str
    violation: Callable[[Predict, Any, Any], float | None]
    needs: tuple[str, ...] = ()
    unit: str = "1"


@dataclass(frozen=True, eq=False)
class Resolution:
    """What computes the answers of the reference in a run, and why.

    Parameters
    ----------
    requested, used, why
        The reference that the run names, the source of the answers ("cache", "exact", …), and in one line why, with
        the reason of every step of the search for it.
    is_requested
        False after a fallback: the run then does not validate against the requested reference, and every page begins
        with this statement.
    live
        True if the reference can compute, in this run, what no cache contains.
    reference
        The object that computes the answers: ``simulate(system, grid, observables)``.
    stand_in
        Name of the method that computes the answers after a fallback.
    """

    requested: str
    used: str
    why: str
    is_requested: bool
    live: bool = False
    reference: Any = None
    stand_in: str = ""

    @property
    def name(self) -> str:
        """Name of the reference in records: the requested reference, or the method that replaces it."""
        return self.requested if self.is_requested else self.stand_in


@dataclass(frozen=True)
class Codec:
    """Systems and grids as plain JSON values, for foreign subjects, child processes and records."""

    system_to_json: Callable[[Any], dict[str, Any]]
    system_from_json: Callable[[Mapping[str, Any]], Any]
    grid_to_json: Callable[[Any], dict[str, Any]]
    grid_from_json: Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Learning:
    """The part of a task for training data and training.

    Parameters
    ----------
    mixes
        "module:function": a mix by the name of its preset or from a file (:class:`harness.data.Mix`); "" for mixes of
        the populations of the task (:mod:`harness.data.plain_mix`).
    blocks
        "module:object": how blocks are stored in files (:class:`harness.data.BlockFormat`); "" for plain ones.
    domain
        "module:function", (training blocks, mix, one network for each size) → the limits of these systems as plain
        values, for the record of the weights; "" for none.
    packaged
        Folder of the weights that are part of the package; None: there are none.
    formulas
        References without training that are listed above every table of networks.
    validation
        Key in the record of weights for mean and worst error over the validation rows.
    prefix
        First word of the schema names of its files: "harness" writes "harness-weights-1".
    """

    mixes: str = ""
    blocks: str = ""
    domain: str = ""
    packaged: Path | None = None
    formulas: tuple[str, ...] = ()
    validation: str = "validation_error"
    prefix: str = "harness"

    def schema(self, kind: str) -> str:
        """The schema name of a file, e.g. of "weights-1"."""
        return f"{self.prefix}-{kind}"


@dataclass(frozen=True)
class Model:
    """Where a model of the task is made: "module:function" that loads it, and the one that trains it ("" for none)."""

    load: str
    train: str = ""
