"""Wrong answers about relaxation that the judge of small systems must see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.suites.asking import Claim
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.relaxation_cases import GRID, made
from harness.tasks.spins.suites.relaxation.cases import furthest
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, OBSERVABLES
from harness.tasks.spins.systems import SpinSystem, Trajectory


def faults() -> dict[str, Callable[[SpinSystem], Trajectory]]:
    """Wrong answers for a pair of dipolar spins that relaxes to equilibrium, keyed by the fault."""
    dense = reference(BELIEVED)

    def with_(**changes: Any) -> Callable[[SpinSystem], Trajectory]:
        def answer(system: SpinSystem) -> Trajectory:
            assert system.relaxation is not None
            return dense.simulate(system.with_(relaxation=replace(system.relaxation, **changes)), GRID, OBSERVABLES)

        return answer

    def turned(system: SpinSystem) -> Trajectory:
        right = dense.simulate(system, GRID, OBSERVABLES)
        assert right.spin_polarisations is not None
        signs = np.where(np.arange(len(system)) == system.tagged_spin, 1.0, -1.0)
        return replace(right, spin_polarisations=right.spin_polarisations * signs[:, None])

    def dropped(system: SpinSystem) -> Trajectory:
        right = dense.simulate(system, GRID, OBSERVABLES)
        assert right.spin_polarisations is not None
        kept = np.arange(len(system)) == system.tagged_spin
        return replace(right, spin_polarisations=right.spin_polarisations * kept[:, None])

    system = faulty_pair()
    assert system.relaxation is not None
    assert system.relaxation.tau_c_s is not None
    tau_c_s = system.relaxation.tau_c_s
    return {
        "rate doubled": with_(tau_c_s=2 * tau_c_s),
        "cross relaxation dropped": dropped,
        "sign of the cross relaxation turned": turned,
        "correlation time 10 % long": with_(tau_c_s=1.1 * tau_c_s),
        "equilibrium forgotten": with_(equilibrium="zero", temperature_k=None),
    }


def faulty_pair() -> SpinSystem:
    """Two dipolar spins in the extreme narrowing limit, where every rate is proportional to the correlation time."""
    system = made("redfield", 2, 0)
    assert system.relaxation is not None
    cold = replace(system.relaxation, tau_c_s=1e-11, equilibrium="dibari", temperature_k=298.0)
    return system.with_(relaxation=cold)


def slipped_claim(answers: Mapping[str, Callable[[SpinSystem], Trajectory]], limit: float) -> Claim:
    """The number of wrong answers that would pass with the limit of small systems."""
    system = faulty_pair()
    truth = reference(BELIEVED).simulate(system, GRID, OBSERVABLES)
    seen = {what: furthest(answer(system), truth, OBSERVABLES) > limit for what, answer in answers.items()}
    slipped = [what for what, caught in seen.items() if not caught]
    return Claim(
        Measurement(
            "faults that the judge of small systems lets pass", f"{len(seen)} faults", "faults", BELIEVED,
            float(len(slipped)), worst=slipped[0] if slipped else "", subject_provenance={"kind": "harness"},
        ),
        "slipped",
    )  # fmt: skip
