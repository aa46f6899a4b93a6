"""A correlation time that is 10 % off, on whole molecules: does the comparison with Spinach see it?

Glycine and alanine in complete bases at two fields, judged as small systems are, and strychnine in Spinach's largest
basis, judged by its spectrum. Correct answers must pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.report import Measurement
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.relaxation_cases import ROLE_MOLECULE
from harness.tasks.spins.suites.relaxation.cases import found, furthest, planned_cases
from harness.tasks.spins.suites.relaxation.plan import BELIEVED
from harness.tasks.spins.suites.relaxation.whole import Whole, in_basis, relative_spectrum
from harness.tasks.spins.systems import SpinSystem

MOLECULES = ("glycine", "alanine")
FACTORS = {"correct": 1.0, "correlation time 10 % long": 1.1, "correlation time 10 % short": 0.9}


@dataclass(frozen=True)
class Judged:
    """The error of one answer about one molecule, and the target that judges it."""

    case: str
    fault: str
    target: str
    error: float

    def passes(self, limits: Mapping[str, float]) -> bool:
        """True if the answer would be believed."""
        return self.error <= limits[self.target]


def judged(strychnine: Whole) -> list[Judged]:
    """Every molecule with the correct correlation time and with both wrong ones."""
    rows = []
    for entry in found([item for item in planned_cases(ROLE_MOLECULE) if item.case.split()[1] == "redfield"]):
        if entry.case.split()[0] not in MOLECULES:
            continue
        spinach_shape = entry.trajectory()
        for fault, factor in FACTORS.items():
            answer = reference(BELIEVED).simulate(with_tau(entry.system_used, factor), entry.grid, ("m", "i1z"))
            rows.append(Judged(entry.case, fault, "small", furthest(answer, spinach_shape, ("m", "i1z"))))
    entry = strychnine.entry
    for fault, factor in FACTORS.items():
        m = in_basis(with_tau(entry.system_used, factor), entry.grid, entry.request.options)
        error = relative_spectrum(strychnine.shape(m), strychnine.spinach_shape)
        rows.append(Judged(entry.case, fault, "whole_spectrum", error))
    return rows


def with_tau(system: SpinSystem, factor: float) -> SpinSystem:
    """The system with its correlation time times ``factor``."""
    relaxation = system.relaxation
    assert relaxation is not None
    assert relaxation.tau_c_s is not None
    return system.with_(relaxation=replace(relaxation, tau_c_s=factor * relaxation.tau_c_s))


def missed(rows: list[Judged], limits: Mapping[str, float]) -> Measurement:
    """The number of wrong answers that pass."""
    wrong = [row for row in rows if row.fault != "correct"]
    passing = [row for row in wrong if row.passes(limits)]
    return _count("wrong correlation times that pass on whole molecules", wrong, passing)


def refused(rows: list[Judged], limits: Mapping[str, float]) -> Measurement:
    """The number of correct answers that do not pass."""
    right = [row for row in rows if row.fault == "correct"]
    failing = [row for row in right if not row.passes(limits)]
    return _count("correct answers that do not pass on whole molecules", right, failing)


def _count(metric: str, rows: list[Judged], counted: list[Judged]) -> Measurement:
    worst = f"{counted[0].case}, {counted[0].fault}" if counted else ""
    return Measurement(
        metric, f"{len(rows)} answers", "faults", "spinach", float(len(counted)), worst=worst, cases=len(rows),
        subject_provenance={"kind": "harness"},
    )  # fmt: skip
