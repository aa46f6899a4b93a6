"""Measurements on systems: seconds for a curve, seeded faults."""

from __future__ import annotations

from typing import Any

from harness.report.records import Measurement
from harness.tasks.echo.cases import LARGE, LEHMER
from harness.tasks.echo.faults import FAULTS, NULLS
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.plan import CHALLENGE
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import DRAW
from harness.tasks.echo.suites.faulty import Faulty
from harness.tasks.echo.suites.measured import measured

SEED = 404
REPEATS = 10
BATCH = 256


def seconds_per_curve(subject: Any) -> Measurement:
    """Wall time from system to trajectory, the shortest of some calls: a batch of 256 where the subject is a surrogate.

    The checks of the answers, which belong to this harness, are not part of it.
    """
    systems = POPULATIONS["home"].draw(BATCH if subject.kind == "surrogate" else 1, SEED)
    calls = [subject.answers(systems, CHALLENGE) for _ in range(1 + REPEATS)][1:]
    best = min(sum(answer.wall_s for answer in answers) for answers in calls) / len(systems)
    note = f"shortest of {REPEATS} calls"
    return measured(
        "seconds per curve",
        f"batch of {len(systems)}",
        subject,
        best,
        unit="s",
        cases=len(systems),
        seed=SEED,
        note=note,
    )


def seeded_faults(truth: Any) -> list[tuple[Measurement, bool]]:
    """(RMSE of M of each seeded fault on a stored case, whether it is no fault)."""
    system = LARGE
    expected = truth.reference.simulate(system, CHALLENGE, DRAW)
    found = []
    for fault in (*FAULTS, *NULLS):
        subject = Faulty(fault)
        answer = subject.answer(system, CHALLENGE).trajectory
        value = METRICS["rmse_m"].of(answer, expected, system)
        one = measured(METRICS["rmse_m"].label, f"case {system.name}", subject, value, seed=LEHMER.seed, cases=1)
        found.append((one, fault.is_null))
    return found
