"""Measurements on systems: accuracy of curves and means, cost, laws, seeded faults."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from harness.report.records import Measurement
from harness.tasks.echo.cases import DRAWN, LARGE
from harness.tasks.echo.draws import mean_over_draws
from harness.tasks.echo.faults import FAULTS, NULLS
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.offsets import DrawnOffsets
from harness.tasks.echo.plan import CHALLENGE
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import DRAW, answer_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.suites.faulty import Faulty
from harness.tasks.echo.suites.measured import measured
from harness.trajectory import Provenance

SEED = 404
REPEATS = 5
BATCH = 256


def offers(subject: Any, names: Sequence[str]) -> bool:
    """Whether the subject declares these observables."""
    return set(names) <= set(subject.offers)


def seconds_per_curve(subject: Any) -> Measurement:
    """Wall time of the subject for each system, in a batch of 256 where it is a surrogate, else of one."""
    systems = POPULATIONS["home"].draw(BATCH if subject.kind == "surrogate" else 1, SEED)
    subject.answers(systems, CHALLENGE)
    best = min(_timed(lambda: subject.answers(systems, CHALLENGE)) for _ in range(REPEATS)) / len(systems)
    return measured("seconds per curve", f"batch of {len(systems)}", subject, best, unit="s", cases=len(systems))


def front(subject: Any) -> list[Measurement]:
    """The simulator as a rival: seconds and error of the mean at smaller lattices and longer steps, one draw each."""
    system = DRAWN[0][0]
    expected = answer_of(CHALLENGE, Provenance("mean"), mean=mean_over_draws(system, CHALLENGE))
    rivals = {
        "50 × 50 spins, dt 2": (system, CHALLENGE),
        "25 × 25 spins, dt 2": (system.with_(side=25), CHALLENGE),
        "12 × 12 spins, dt 2": (system.with_(side=12), CHALLENGE),
    }
    found = []
    for name, (rival, plan) in rivals.items():
        batch = [rival.with_(offsets=DrawnOffsets(SEED + k, rival.offsets.line)) for k in range(16)]  # type: ignore[union-attr]
        seconds = _timed(lambda batch=batch, plan=plan: simulate(batch, plan, "float32")) / len(batch)
        curves = simulate(batch, plan, "float32")
        errors = [METRICS["rmse_mean"].of(answer_of(plan, Provenance("draw"), mean=m), expected, rival) for m in curves]
        found.append(measured("seconds per curve of the simulator", name, subject, seconds, unit="s"))
        found.append(measured("RMSE of one draw to the mean", name, subject, float(np.mean(errors))))
    return found


def seeded_faults(truth: Any) -> list[tuple[Measurement, bool]]:
    """(RMSE of M of each seeded fault on a stored case, whether it is no fault)."""
    system = LARGE
    expected = truth.reference.simulate(system, CHALLENGE, DRAW)
    found = []
    for fault in (*FAULTS, *NULLS):
        subject = Faulty(fault)
        answer = subject.answer(system, CHALLENGE).trajectory
        value = METRICS["rmse_m"].of(answer, expected, system)
        found.append((measured(METRICS["rmse_m"].label, f"case {system.name}", subject, value), fault.is_null))
    return found


def _timed(call: Any) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun
