"""What a task consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.task.drawn import plan_at
from harness.task.parts import Codec, Learning, Metric, Model, Observable, Population, Tier


def loaded(place: str) -> Any:
    """The object at "module:name", imported now."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def late(place: str) -> Callable[..., Any]:
    """The function at "module:name", imported at its first call."""

    def call(*arguments: Any, **options: Any) -> Any:
        return loaded(place)(*arguments, **options)

    return call


class Late(Mapping[str, Any]):
    """The mapping at "module:name", imported at its first use.

    ``task.py`` of every task is imported to find the task of a reference, so its import must be fast: what
    needs arrays or models is in separate modules and is referred to by this class.
    """

    def __init__(self, place: str) -> None:
        self.place = place

    @cached_property
    def _content(self) -> Mapping[str, Any]:
        return loaded(self.place)

    def __getitem__(self, key: str) -> Any:
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def __repr__(self) -> str:
        return f"Late({self.place!r})"


@dataclass(frozen=True)
class Task:
    """One kind of system that the harness judges.

    Verbs of the command line are no part of it: ``verbs.py`` next to ``task.py`` has ``VERBS``, verb → one
    line about it, and ``cli/<verb>.py`` its ``command``.

    Parameters
    ----------
    name, question
        The folder below ``harness/tasks``, and in one sentence the question that a run of this task answers.
    production, subject, baseline
        Names: the production code (a key of ``references``), the default subject, the formula without training.
    observables, metrics, populations, references, models, codec, faults
        The data of the task; ``references`` and ``models`` name their places ("module:class or function") and are
        imported on first use.
    peers
        Other people's programs as subjects: name → "module:function", (name, seconds per system) → Subject.
    plans
        Suite → tier → plan. The type of a plan names the common suite that carries it out: a plan of the class
        ``harness.suites.accuracy.plan.Plan`` is carried out by ``harness/suites/accuracy``. The key is the name of the
        suite in records, reports and targets.
    targets
        The file ``targets.toml``, a table for each suite.
    extra, packages
        The optional extra of the task's heavy packages, and the modules that show whether they are installed.
    learning
        The part for training data and training; None for a task without models to train.
    answers
        "module:class" of how answers are checked and sent between processes, written with the task; see
        :class:`harness.subjects.format.AnswerFormat`.
    behaviour
        "module:class" of the part that needs code, see :class:`harness.suites.behaviour.Behaviour`.
    variables
        Variables of the environment that can change a number, besides those that begin with ``HARNESS_``.
    size_name
        What the size of a system counts, as a heading: "spins", "atoms", "basis functions".
    compared
        Keys of the metrics that ``harness compare`` shows; the first one ranks.
    """

    name: str
    question: str
    production: str
    subject: str
    baseline: str
    observables: tuple[Observable, ...]
    metrics: Mapping[str, Metric]
    populations: Mapping[str, Population]
    references: Mapping[str, str]
    models: Mapping[str, Model]
    codec: Codec
    plans: Mapping[str, Mapping[Tier, Any]]
    targets: Path
    peers: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Any, ...] = ()
    extra: str = ""
    packages: tuple[str, ...] = ()
    learning: Learning | None = None
    answers: str = "harness.subjects.format:AnswerFormat"
    behaviour: str = "harness.suites.behaviour:Behaviour"
    variables: tuple[str, ...] = ()
    size_name: str = "size"
    compared: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the task: that of its ``targets.toml``, after all links are resolved."""
        return self.targets.resolve().parent

    @property
    def suites(self) -> tuple[str, ...]:
        """Names of the suites: the tables of the file of targets."""
        from harness.toml_checks import read_toml

        return tuple(read_toml(self.targets))

    def plan_of(self, suite: str, tier: Tier, seed: int = 0) -> Any:
        """The plan of a suite in a tier, in a run with this seed; None if the tier has none."""
        return plan_at(self.plans.get(suite, {}).get(tier), seed)
