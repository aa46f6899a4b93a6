"""The subject: small systems, six protons of strychnine, correlation times, and laws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from harness.suites.asking import Claim, ask, measured
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.plan import relaxing
from harness.tasks.spins.spinach.relaxation_cases import GRID, TAU_C_S, made
from harness.tasks.spins.suites.relaxation.cases import found, furthest, relative, small
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, EQUILIBRIUM_GRID, Plan
from harness.tasks.spins.systems import SpinSystem

FRAGMENT = "strychnine fragment redfield complete"


def subject_claims(subject: Any, plan: Plan) -> list[Claim]:
    """The subject on small systems and six protons of strychnine, against Spinach in complete bases."""
    entries = [entry for entry in found(small(plan)) if entry.system.relaxation.rlx_keep == "kite"]  # type: ignore[union-attr]
    errors = {}
    for entry in entries:
        answer = ask(subject, [entry.system_used], entry.grid)
        said = answer.trajectories[0]
        errors[entry.case] = np.inf if said is None else furthest(said, entry.trajectory(), ("m",))
    worst = max(errors, key=lambda case: errors[case])
    about = "largest error of M, made systems"
    claims = [
        Claim(
            measured(about, f"{len(errors)} systems", subject, errors[worst], reference="spinach", worst=worst), "small"
        )
    ]
    (fragment,) = found([item for item in relaxing() if item.case == FRAGMENT])
    answer = ask(subject, [fragment.system_used], fragment.grid)
    said = answer.trajectories[0]
    value = None if said is None else relative(said.m, fragment.trajectory().m)
    about = "relative L2 error of M, six protons of strychnine"
    found_claim = measured(about, FRAGMENT, subject, value, reference="spinach", problem=answer.problem)
    return [*claims, Claim(found_claim, "molecule")]


def tau_claim(subject: Any, plan: Plan, stretch: float = 1.0) -> Claim:
    """Largest error of M over correlation times from 10 ps to 10 ns; those of the truth are longer by ``stretch``."""
    base = made("redfield", 3, 0)
    assert base.relaxation is not None
    errors = {}
    for tau_c_s in np.geomspace(TAU_C_S[0] / 2, TAU_C_S[1] * 2, plan.correlation_times):
        times = float(tau_c_s), float(tau_c_s * stretch)
        system, true = (base.with_(relaxation=replace(base.relaxation, tau_c_s=one)) for one in times)
        said = ask(subject, [system], GRID).trajectories[0]
        truth = reference(BELIEVED).simulate(true, GRID, ("m",))
        errors[f"{tau_c_s:.2g} s"] = np.inf if said is None else furthest(said, truth, ("m",))
    worst = max(errors, key=lambda case: errors[case])
    case = f"{len(errors)} correlation times"
    about = "largest error of M over correlation times"
    return Claim(measured(about, case, subject, errors[worst], reference=BELIEVED, worst=worst), "tau_c")


def law_claims(subject: Any, plan: Plan) -> list[Claim]:
    """|M| does not grow, and the final state is the stated equilibrium."""
    gain = 0.0
    for entry in found(small(plan)):
        said = ask(subject, [entry.system_used], entry.grid).trajectories[0]
        gain = np.inf if said is None else max(gain, float(np.abs(said.m).max()) - 1)
    claims = [Claim(measured("largest |M| above 1", "made systems", subject, gain, reference="theory"), "gain")]
    system = warm_spin()
    said = ask(subject, [system], EQUILIBRIUM_GRID).trajectories[0]
    if said is not None and said.i1z is not None:
        value = abs(float(said.i1z[-1]) + 1)
        about = "polarisation at the end, in units of equilibrium, off 1"
        claims.append(Claim(measured(about, "one spin, 60 s", subject, value, reference="theory"), "equilibrium"))
    return claims


def warm_spin() -> SpinSystem:
    """One spin with T1 = 2 s that relaxes to thermal equilibrium."""
    from harness.tasks.spins.systems.relaxation import Relaxation

    rates = Relaxation(
        "t1_t2", r1_per_s=np.array([0.5]), r2_per_s=np.array([1.0]), equilibrium="dibari", temperature_k=298.0,
        field_t=14.1,
    )  # fmt: skip
    return SpinSystem([0.0], [[0.0]], relaxation=rates)
