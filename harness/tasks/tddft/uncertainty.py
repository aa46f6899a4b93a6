"""The uncertainty of the learned ensemble on H2, whatever the subject of the run is: no other model here states one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.subjects import NamedSubject
from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Control
from harness.suites.uncertainty.plan import Plan, no_controls
from harness.suites.uncertainty.run import run
from harness.surrogates.base import Prediction
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.data import STRONGER, UNSEEN
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.references import Magnus4
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import OBSERVABLES
from harness.trajectory import Trajectory

NAME = "learned-ensemble"
OF_THIS_RUN = replace(UNSEEN, name="H2 hf, bond lengths and pulses of this run")
"""Another name is another draw: with no seed are these the systems on which the packaged bands were calibrated."""
OVERCONFIDENT = 0.5
BUDGET_S = 3600.0
"""Far above the two minutes that the suite takes: the suite times four systems together, and one of four costs five
times as much as one of hundreds."""


def ensemble() -> NamedSubject:
    """The packaged ensemble."""
    return NamedSubject(NAME, "surrogate", TddftSurrogate(load_subject(NAME)), {}, "tddft")


def along_the_bond(answer: Any) -> Mapping[str, np.ndarray]:
    """The dipole along z: in 6-31G H2 responds along its bond alone."""
    return {"dipole": answer.arrays["dipole"][2]}


@dataclass(frozen=True)
class Overconfident(TddftSurrogate):
    """States half of its standard deviations and of the radii of its bands."""

    def predict(
        self, systems: Sequence[MolecularSystem], grid: AtomicTimeGrid, uncertainty: str = "none"
    ) -> Prediction:
        """As the ensemble."""
        found = super().predict(systems, grid, uncertainty)
        if found.std is not None:
            return replace(found, std=tuple(map(_halved, found.std)))
        if found.bands is None:
            return found
        bands = tuple(
            tuple(replace(one, radii={key: OVERCONFIDENT * radius for key, radius in one.radii.items()}) for one in row)
            for row in found.bands
        )
        return replace(found, bands=bands)


def plan(calibration: int, test: int, beyond: int, seed: int) -> Plan:
    """So many fresh cases to calibrate on, to test on, and under pulses twice as strong."""
    return Plan(
        inside=OF_THIS_RUN,
        outside=STRONGER,
        calibration=calibration,
        test=test,
        beyond=beyond,
        observables={"dipole": "δμ"},
        truths=lambda: Truths(Magnus4(), OBSERVABLES),
        spread_label="std of δμ",
        controls=_controls,
        view=along_the_bond,
        subject=ensemble,
        seed=seed,
        budget_s=BUDGET_S,
    )


def _controls(whole: Plan, truths: Truths) -> Sequence[Control]:
    """An ensemble that is too sure of itself must miss."""
    subject = replace(ensemble(), name="overconfident ensemble", model=Overconfident(load_subject(NAME)))

    def claims() -> list[Claim]:
        return run(subject, replace(whole, controls=no_controls), truths).claims

    return [Control(subject.name, ("std_gap",), claims)]


def _halved(std: Trajectory) -> Trajectory:
    arrays = {name: OVERCONFIDENT * values for name, values in std.arrays.items()}
    return Trajectory(std.grid, std.provenance, arrays)
