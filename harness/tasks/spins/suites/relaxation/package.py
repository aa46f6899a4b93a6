"""The references of the package against Spinach: they are judged in every run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.report import Measurement
from harness.suites.asking import Claim
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.spinach.plan import Planned
from harness.tasks.spins.suites.relaxation.cases import found, furthest
from harness.tasks.spins.systems import SpinSystem


@dataclass(frozen=True)
class Apart:
    """How far two answers about one made system are apart.

    ``of_start``: largest difference of M and I_1z in units of M(0). ``of_polarisation``: of I_1z in units of its own
    start, which towards thermal equilibrium is a polarisation of 5e-5 of the state in which M starts; None for a system
    that ends at the unit state.
    """

    case: str
    of_start: float
    of_polarisation: float | None


def apart(method: Any, item: Planned, change: Callable[[SpinSystem], SpinSystem] = lambda it: it) -> Apart | None:
    """A method of the package against Spinach; None where the answer of Spinach is not cached."""
    (entry,) = found([item]) or (None,)
    if entry is None:
        return None
    system, theirs = entry.system_used, entry.trajectory()
    ours = method.simulate(change(system), entry.grid)
    of_m, of_i1z = (furthest(ours, theirs, (name,)) for name in ("m", "i1z"))
    relaxation = system.relaxation
    assert relaxation is not None
    if relaxation.equilibrium == "zero":
        return Apart(entry.case, max(of_m, of_i1z), None)
    share = abs(LaboratorySystem.of(system).inverted_share)
    return Apart(entry.case, max(of_m, share * of_i1z), of_i1z)


def small_claims(method: Any, rows: Sequence[Apart | None], whose: str) -> list[Claim]:
    """The largest of both differences."""
    there = [row for row in rows if row is not None]
    lacking = len(rows) - len(there)
    problem = f"{lacking} of {len(rows)} answers of Spinach are not cached" if lacking else ""
    whole = [(row.of_start, row.case) for row in there]
    cold = [(row.of_polarisation, row.case) for row in there if row.of_polarisation is not None]
    numbers = (
        ("largest error of M and I_1z in units of M(0), made systems", "reference_small", whole),
        ("largest error of I_1z in units of its thermal polarisation, made systems", "reference_cold", cold),
    )
    return [
        Claim(
            Measurement(
                metric, f"{len(values)} systems", whose, "spinach", None if problem else max(values)[0],
                worst=max(values, default=(0.0, ""))[1], problem=problem, cases=len(values),
                subject_provenance={"kind": "reference", "name": method.name},
            ),
            name,
        )
        for metric, name, values in numbers
    ]  # fmt: skip
