"""Wrong answers about relaxation that the judge of small systems must see, and changes that it must not mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.report import Measurement
from harness.suites.asking import Claim
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.relaxation_cases import GRID, TEMPERATURE_K, made
from harness.tasks.spins.suites.relaxation.cases import furthest
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, OBSERVABLES
from harness.tasks.spins.suites.relaxation.wrong import (
    Wrong,
    cross_relaxation_times,
    forgotten_equilibrium,
    matrix_times,
    rates_times,
)
from harness.tasks.spins.systems import SpinSystem, Trajectory
from harness.tasks.spins.systems.relaxation import Relaxation

FAULTS = (
    Wrong("rate doubled", matrix=matrix_times(2.0)),
    Wrong("cross relaxation dropped", matrix=cross_relaxation_times(0.0)),
    Wrong("sign of the cross relaxation turned", matrix=cross_relaxation_times(-1.0)),
    Wrong("correlation time 10 % long", data=rates_times(1.1)),
    Wrong("equilibrium forgotten", data=forgotten_equilibrium),
)
Answer = Callable[[SpinSystem], Trajectory]


@dataclass(frozen=True)
class Seen:
    """Largest deviation of one answer on one system from the right one."""

    change: str
    system: str
    deviation: float


def faulty_systems() -> dict[str, SpinSystem]:
    """Dipolar spins that relax to thermal equilibrium: two in extreme narrowing, and those of the cache."""
    found = {"2 spins, extreme narrowing": _warm(made("redfield", 2, 0), tau_c_s=1e-11)}
    for size in (2, 3, 4):
        system = _warm(made("redfield", size, 3))
        assert system.relaxation is not None
        assert system.relaxation.tau_c_s is not None
        found[f"{size} spins, {system.relaxation.tau_c_s * 1e12:.0f} ps"] = system
    return found


def _warm(system: SpinSystem, **changes: float) -> SpinSystem:
    return system.with_(
        relaxation=replace(
            _relaxation(system), rlx_keep="kite", equilibrium="dibari", temperature_k=TEMPERATURE_K, **changes
        )
    )


def _relaxation(system: SpinSystem) -> Relaxation:
    assert system.relaxation is not None
    return system.relaxation


def harmless() -> dict[str, Answer]:
    """Right answers that were obtained in another way."""
    dense, krylov = reference(BELIEVED), reference("liouville-krylov")

    def turned(system: SpinSystem) -> Trajectory:
        it, turn = _relaxation(system), np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]
        assert it.positions_angstrom is not None
        places = it.positions_angstrom @ turn.T + np.array([3.0, -1.0, 2.0])
        tensors = None if it.csa_ppm is None else np.array([_symmetric(turn @ one @ turn.T) for one in it.csa_ppm])
        other = replace(it, positions_angstrom=places, csa_ppm=tensors)
        return dense.simulate(system.with_(relaxation=other), GRID, OBSERVABLES)

    return {
        "molecule turned and shifted": turned,
        "liouville-krylov": lambda system: krylov.simulate(system, GRID, OBSERVABLES),
    }


def _symmetric(tensor: np.ndarray) -> np.ndarray:
    return (tensor + tensor.T) / 2


def seen() -> tuple[list[Seen], list[Seen]]:
    """Deviations of the faults and of the harmless changes on every system."""
    systems = faulty_systems()
    truths = {name: reference(BELIEVED).simulate(system, GRID, OBSERVABLES) for name, system in systems.items()}
    answers: Mapping[str, Answer] = {one.name: lambda system, one=one: one.simulate(system, GRID) for one in FAULTS}

    def deviations(changes: Mapping[str, Answer]) -> list[Seen]:
        return [
            Seen(change, name, furthest(answer(system), truths[name], OBSERVABLES))
            for change, answer in changes.items()
            for name, system in systems.items()
        ]

    return deviations(answers), deviations(harmless())


def slipped_claim(rows: Sequence[Seen], limit: float) -> Claim:
    """The number of wrong answers that would pass with the limit of small systems."""
    missed = [f"{row.change}: {row.system}" for row in rows if not row.deviation > limit]
    return _claim("faults that the judge of small systems lets pass", rows, missed, "slipped")


def rejected_claim(rows: Sequence[Seen], limit: float) -> Claim:
    """The number of right answers that would not pass with the limit of small systems."""
    missed = [f"{row.change}: {row.system}" for row in rows if row.deviation > limit]
    return _claim("right answers that the judge of small systems rejects", rows, missed, "rejected")


def _claim(metric: str, rows: Sequence[Seen], missed: Sequence[str], target: str) -> Claim:
    case = f"{len(rows)} answers"
    return Claim(
        Measurement(
            metric, case, "faults", BELIEVED, float(len(missed)), worst=missed[0] if missed else "",
            subject_provenance={"kind": "harness"}, cases=len(rows),
        ),
        target,
    )  # fmt: skip
