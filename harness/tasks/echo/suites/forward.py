"""Measurements on systems: seconds for a curve, the simulator as a rival, seeded faults."""

from __future__ import annotations

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
SIDES = (50, 25, 12)
DRAWS_OF_RIVALS = 16


def seconds_per_curve(subject: Any) -> Measurement:
    """Wall time of the subject for each system, in a batch of 256 where it is a surrogate, else of one."""
    systems = POPULATIONS["home"].draw(BATCH if subject.kind == "surrogate" else 1, SEED)
    subject.answers(systems, CHALLENGE)
    best = min(_timed(lambda: subject.answers(systems, CHALLENGE)) for _ in range(REPEATS)) / len(systems)
    return measured("seconds per curve", f"batch of {len(systems)}", subject, best, unit="s", cases=len(systems))


def front(subject: Any) -> list[Measurement]:
    """The simulator as a rival at three lattices: seconds for one draw, and how far it lies from the mean."""
    system = DRAWN[0][0]
    expected = answer_of(CHALLENGE, Provenance("mean"), mean=mean_over_draws(system, CHALLENGE))
    offsets = [DrawnOffsets(SEED + k) for k in range(DRAWS_OF_RIVALS)]
    found = []
    for side in SIDES:
        batch = [system.with_(side=side, offsets=one) for one in offsets]
        begun = perf_counter()
        curves = simulate(batch, CHALLENGE, "float32")
        seconds = (perf_counter() - begun) / len(batch)
        draws = [answer_of(CHALLENGE, Provenance("draw"), mean=m) for m in curves]
        error = float(np.mean([METRICS["rmse_mean"].of(draw, expected, system) for draw in draws]))
        case = f"{side} × {side} spins"
        found.append(measured("seconds per curve of the simulator", case, subject, seconds, unit="s"))
        found.append(measured("RMSE of one draw to the mean", case, subject, error, cases=len(draws)))
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
