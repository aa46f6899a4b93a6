"""Every learned propagator of the package on H2 at bond lengths and under fields that none of them has seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.report.records import Interval
from harness.suites import intervals
from harness.surrogates.weights import save_weights
from harness.tasks.tddft.models.learned.data import FIELDS, GRID
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS, LearnedPropagator, name_of
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.subject import Subject
from harness.tasks.tddft.populations import MolecularPopulation
from harness.tasks.tddft.suites.packaged import Errors, errors_of

MODELS = tuple(name_of(head, seed) for head in HEADS for seed in SEEDS)
BASELINES = ("frozen", "casida")


@dataclass(frozen=True)
class Estimate:
    """A mean over cases, or a quotient of two, and its interval of 95 % (None for one case)."""

    value: float
    interval: Interval | None


def learned_errors(kind: str, cases: int, seed: int, more: tuple[Subject, ...] = ()) -> Errors:
    """Relative errors of δμ over 25.6 au under "pulses" or "kicks" of the trained strengths.

    Of every seed of both heads, of the baselines, and of the subjects ``more``.
    """
    population = MolecularPopulation(f"fresh H2, {kind}", "h2", FIELDS[kind], GRID, flexible=True)
    subjects = [*(load_subject(name) for name in (*MODELS, *BASELINES)), *more]
    return errors_of(subjects, population.draw(cases, seed), GRID)


def together(errors: Iterable[Errors]) -> Errors:
    """The cases of several populations, judged by the same models, as one."""
    every = list(errors)
    names = every[0].of
    return Errors(
        tuple(case for one in every for case in one.cases),
        {name: tuple(value for one in every for value in one.of[name]) for name in names},
    )


def mean_error(errors: Errors, model: str, seed: int) -> Estimate:
    """Mean error of a model."""
    values = np.array(errors.of[model])
    return Estimate(float(values.mean()), intervals.mean(values, np.random.default_rng(seed)))


def mean_ratio(errors: Errors, model: str, other: str, seed: int) -> Estimate:
    """Mean error of a model over that of another, on the same cases; the interval draws pairs."""

    def ratio(first: np.ndarray, second: np.ndarray) -> float:
        return float(first.mean() / second.mean())

    columns = (np.array(errors.of[model]), np.array(errors.of[other]))
    return Estimate(ratio(*columns), intervals.bootstrap(ratio, columns, np.random.default_rng(seed)))


def untrained(head: str, folder: Path) -> LearnedPropagator:
    """A network as training begins with it: the frozen Fock matrix. The negative control."""
    import torch

    from harness.tasks.tddft.models.learned.network import Propagator, Settings
    from harness.tasks.tddft.models.learned.weights import NAME, SCHEMA

    torch.manual_seed(0)
    settings = Settings(head=head)
    path = folder / f"untrained-{head}.safetensors"
    save_weights(path, NAME, {"settings": settings.as_dict()}, Propagator(settings).state_dict(), SCHEMA)
    return LearnedPropagator(f"untrained {head}", path)
