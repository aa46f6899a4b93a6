"""The parts of a dataset: blocks of trajectories whose systems are similar enough to share arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

SPLITS = ("train", "validation", "calibration", "test")


class Block(Protocol):
    """K systems of the same size and kind, and the answers of a reference; each task has its own class for them.

    ``part`` is the name of the part of the mix, ``split`` one of :data:`SPLITS`, ``fidelity`` the class of the sampling
    weights, ``reference`` the method. The ``seeds`` (K,) are all different within a dataset.
    """

    @property
    def part(self) -> str: ...  # noqa: D102

    @property
    def split(self) -> str: ...  # noqa: D102

    @property
    def fidelity(self) -> str: ...  # noqa: D102

    @property
    def reference(self) -> str: ...  # noqa: D102

    @property
    def grid(self) -> Any: ...  # noqa: D102

    @property
    def seeds(self) -> np.ndarray: ...  # noqa: D102

    def __len__(self) -> int: ...

    @property
    def size(self) -> int:
        """The size of every system."""
        ...

    @property
    def precision(self) -> str:
        """Of the signals: "float32" or "float64"."""
        ...

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """Every array by its name in the file, in the order of the file; K is the length of their first axis."""
        ...

    @property
    def attributes(self) -> Mapping[str, str | int | float]:
        """All values that are not arrays, by their names in the file; ``split`` is one of them."""
        ...

    @property
    def header(self) -> list[Any]:
        """:attr:`attributes` as plain JSON values in the order in which they enter the content hash."""
        ...

    def signal(self, name: str) -> np.ndarray:
        """(K, …, T) of an observable, by its name in trajectories."""
        ...

    def systems(self) -> list[Any]:
        """All K systems."""
        ...

    def trajectory(self, k: int) -> Any:
        """The k-th trajectory."""
        ...

    def take(self, rows: Sequence[int] | np.ndarray) -> Any:
        """The block of these rows, in the order given."""
        ...

    def with_arrays(self, arrays: Mapping[str, np.ndarray]) -> Any:
        """A block of the same kind with these arrays."""
        ...


class BlockFormat(Protocol):
    """How a task stores its blocks in a file."""

    @property
    def schema(self) -> str:
        """Of the dataset file."""
        ...

    @property
    def size_name(self) -> str:
        """The name that the task has for the size of a system."""
        ...

    def read(self, group: Any) -> Block:
        """One block from a group of an HDF5 file that :func:`harness.data.stored.refuse_foreign` has passed.

        Raises
        ------
        ValueError, KeyError
            For an array that is missing, or whose shape or type does not agree with the others.
        """
        ...


B = TypeVar("B", bound=Block)


def joined(blocks: Sequence[B]) -> B:
    """One block from several of the same kind (their attributes must agree)."""
    names = blocks[0].arrays
    return blocks[0].with_arrays({name: np.concatenate([block.arrays[name] for block in blocks]) for name in names})


def select(
    blocks: Iterable[B],
    split: str | None = None,
    size: int | None = None,
    fidelity: str | None = None,
    part: str | None = None,
) -> list[B]:
    """The blocks with this split, size, fidelity and part; None selects all."""
    return [
        b
        for b in blocks
        if (split is None or b.split == split)
        and (size is None or b.size == size)
        and (fidelity is None or b.fidelity == fidelity)
        and (part is None or b.part == part)
    ]
