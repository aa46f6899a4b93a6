"""The subject against Spinach: small systems, amino acids, six protons of strychnine; and correlation times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.suites.asking import Claim, ask, measured
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.relaxation_cases import GRID, TAU_C_S, made
from harness.tasks.spins.suites.relaxation.cases import furthest, relative
from harness.tasks.spins.suites.relaxation.plan import BELIEVED

FRAGMENT = "strychnine fragment redfield complete"
SMALL_METRIC = "largest error of M and I_1z, made systems"
TAU_METRIC = "largest error of M over correlation times"


def small_claim(subject: Any, entries: Sequence[Entry], target: str = "small") -> Claim:
    """Largest error of M and I_1z on small systems; of I_1z towards an equilibrium in units of its polarisation."""
    errors, problem = {}, ""
    for entry in entries:
        answer = ask(subject, [entry.system_used], entry.grid)
        problem = problem or answer.problem or answer.refusal
        (one,) = answer.trajectories
        errors[entry.case] = np.inf if one is None else furthest(one, entry.trajectory(), ("m", "i1z"))
    worst, value = _worst(errors)
    case = f"{len(errors)} systems"
    return Claim(
        measured(SMALL_METRIC, case, subject, value, reference="spinach", worst=worst, problem=problem,
                 cases=len(errors)), target
    )  # fmt: skip


def molecule_claims(subject: Any, molecules: Sequence[Entry], fragment: Entry) -> list[Claim]:
    """Relative error of M of molecules, of the worst of the amino acids and of six protons of strychnine."""
    groups = {f"{len(molecules)} answers about amino acids": list(molecules), FRAGMENT: [fragment]}
    claims = []
    for case, entries in groups.items():
        if not entries:
            continue
        errors, problem = {}, ""
        for entry in entries:
            answer = ask(subject, [entry.system_used], entry.grid)
            problem = problem or answer.problem or answer.refusal
            (one,) = answer.trajectories
            errors[entry.case] = np.inf if one is None else relative(one.m, entry.trajectory().m)
        worst, value = _worst(errors)
        about = "relative L2 error of M, molecules"
        found = measured(about, case, subject, value, reference="spinach", worst=worst, problem=problem)
        claims.append(Claim(found, "molecule"))
    return claims


@dataclass(frozen=True, eq=False)
class OverTau:
    """Largest error of M for each correlation time in seconds."""

    tau_c_s: np.ndarray
    errors: np.ndarray


def over_tau(subject: Any, count: int) -> OverTau:
    """``count`` correlation times from extreme narrowing (10 ps) to slow tumbling (10 ns) of one system of 3 spins."""
    base = made("redfield", 3, 0)
    assert base.relaxation is not None
    times, errors = np.geomspace(TAU_C_S[0] / 2, TAU_C_S[1] * 2, count), []
    for tau_c_s in times:
        system = base.with_(relaxation=replace(base.relaxation, tau_c_s=float(tau_c_s)))
        (answer,) = ask(subject, [system], GRID).trajectories
        truth = reference(BELIEVED).simulate(system, GRID, ("m",))
        errors.append(np.inf if answer is None else furthest(answer, truth, ("m",)))
    return OverTau(times, np.array(errors))


def tau_claim(subject: Any, found: OverTau, target: str = "tau_c") -> Claim:
    """The largest of these errors."""
    worst = int(np.argmax(found.errors))
    case = f"{len(found.errors)} correlation times"
    value, where = float(found.errors[worst]), f"{found.tau_c_s[worst]:.2g} s"
    return Claim(measured(TAU_METRIC, case, subject, value, reference=BELIEVED, worst=where), target)


def _worst(errors: Mapping[str, float]) -> tuple[str, float]:
    worst = max(errors, key=lambda case: errors[case])
    return worst, float(errors[worst])
