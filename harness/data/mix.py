"""What a mix must define for generation: the systems, the reference, the counts; each task has its own class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from harness.data.block import Block, BlockFormat
from harness.data.plain_mix import load_plain_mix, plain_blocks
from harness.data.seeds import Unit
from harness.errors import InputError
from harness.task import Learning, Task, default_task, loaded, task_named


class Mix(Protocol):
    """A whole mix; it is sent to other processes and must therefore support pickling.

    ``shares`` are the sampling weights of the fidelity classes (they are independent of the counts).
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def seed(self) -> int: ...  # noqa: D102

    @property
    def grid(self) -> Any: ...  # noqa: D102

    @property
    def shares(self) -> Mapping[str, float]: ...  # noqa: D102

    @property
    def precision(self) -> str: ...  # noqa: D102

    @property
    def shard_samples(self) -> int: ...  # noqa: D102

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of :meth:`as_dict` as sorted JSON text."""
        ...

    @property
    def blocks(self) -> BlockFormat:
        """How its blocks are stored in a file."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values: everything that the data depend on."""
        ...

    def units(self) -> Sequence[Unit]:
        """All its blocks, smallest systems first; their streams of seeds are distinct."""
        ...

    def simulate(self, unit: Any, seeds: Sequence[int]) -> Block:
        """Draw the systems of these seeds and simulate them."""
        ...

    def without(self, *fidelities: str) -> Any:
        """The mix without some classes."""
        ...

    def only(self, sizes: tuple[int, ...]) -> Any:
        """The mix with only the systems of these sizes."""
        ...


def learning_of(task: Task | str = "") -> Learning:
    """What a task (given as an object or by its name, "" for the default task) defines for data and training.

    Raises
    ------
    InputError
        If it defines nothing.
    """
    task = _task(task)
    if task.learning is None:
        raise InputError(f"task {task.name!r} has no training data: fill in TASK.learning in {task.folder / 'task.py'}")
    return task.learning


def load_mix(name: str | Path, task: Task | str = "") -> Any:
    """A mix of a task by the name of its preset, or from a TOML file; see docs/data-format.md.

    Raises
    ------
    InputError
        For anything in it that cannot be used; the message names the file, the part and the key.
    """
    task = _task(task)
    learning = learning_of(task)
    return loaded(learning.mixes)(name) if learning.mixes else load_plain_mix(name, task)


def block_format(task: Task | str = "") -> BlockFormat:
    """How a task stores its blocks in files."""
    task = _task(task)
    learning = learning_of(task)
    return loaded(learning.blocks) if learning.blocks else plain_blocks(task)


def _task(task: Task | str) -> Task:
    if isinstance(task, Task):
        return task
    return task_named(task) if task else default_task()
