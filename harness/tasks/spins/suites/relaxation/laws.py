"""What relaxation obeys whatever its model: of the answers of a method, and of the generator behind them.

A subject gives signals only. Of these, |M| ≤ 1 (relaxation adds no norm), the polarisation at the end is that of the
stated equilibrium, and the map of one spin is completely positive: the eigenvalues of its Choi matrix are
(1 - λ_z)/4 twice and (1 + λ_z ± 2 |λ|)/4, λ_z = I_1z(t), |λ| = |M(t)|, so that 2 |M| ≤ 1 + I_1z (which R2 ≥ R1/2 says
for exponential decays; M. B. Ruskai, S. Szarek, E. Werner, Linear Algebra Appl. 347, 159 (2002)).

The trace and the positivity of states of several spins are judged of the generator of the dense reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.suites.asking import Claim, ask, measured
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.suites.relaxation.plan import EQUILIBRIUM_GRID
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.relaxation import Relaxation

CHANNEL_GRID = TimeGrid(200, 1e-2)


def law_claims(subject: Any, entries: Sequence[Entry], prefix: str = "") -> list[Claim]:
    """The laws, on the systems of the entries and on single spins; ``prefix`` of the names of the targets."""
    gain = 0.0
    for entry in entries:
        answer = ask(subject, [entry.system_used], entry.grid).trajectories[0]
        gain = np.inf if answer is None else max(gain, float(np.abs(answer.m).max()) - 1)
    about = f"{len(entries)} systems"
    claims = [Claim(measured("largest |M| above 1", about, subject, gain, reference="theory"), f"{prefix}gain")]
    answer = ask(subject, [warm_spin()], EQUILIBRIUM_GRID).trajectories[0]
    if answer is not None and answer.i1z is not None:
        value = abs(float(answer.i1z[-1]) + 1)
        about = "polarisation at the end, in units of equilibrium, off 1"
        one = measured(about, "one spin, 60 s", subject, value, reference="theory")
        claims.append(Claim(one, f"{prefix}equilibrium"))
    answer = ask(subject, [quiet_spin()], CHANNEL_GRID).trajectories[0]
    if answer is not None and answer.i1z is not None:
        value = float(np.max(2 * np.abs(answer.m) - 1 - answer.i1z))
        about = "largest 2|M| - 1 - I_1z of one spin"
        one = measured(about, "one spin, R2 = R1/2", subject, value, reference="theory")
        claims.append(Claim(one, f"{prefix}one_spin"))
    return claims


def warm_spin() -> SpinSystem:
    """One spin with T1 = 2 s that relaxes to thermal equilibrium."""
    rates = Relaxation(
        "t1_t2", r1_per_s=np.array([0.5]), r2_per_s=np.array([1.0]), equilibrium="dibari", temperature_k=298.0,
        field_t=14.1,
    )  # fmt: skip
    return SpinSystem([0.0], [[0.0]], relaxation=rates)


def quiet_spin() -> SpinSystem:
    """One spin whose transverse polarisation lives as long as physics allows, T2 = 2 T1."""
    rates = Relaxation("t1_t2", r1_per_s=np.array([2.0]), r2_per_s=np.array([1.0]))
    return SpinSystem([12.0], [[0.0]], relaxation=rates)
