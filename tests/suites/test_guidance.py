"""Sentences on which method to use: from the run's own numbers, with the crossing point, and silent without them."""

from __future__ import annotations

from harness.report.records import Context, Judgement, Measurement, Record
from harness.tasks.spins.suites.guidance import EXACT_ON_LIBRARY, ON_LIBRARY, guidance

CONTEXT = Context("run", "2026-01-01T00:00:00Z", "pytest", {}, {}, "", None, {})


def record(suite: str, metric: str, case: str, value: float | None, **more) -> Record:
    measured = Measurement(metric, case, "net", "exact", value, **more)
    return Record("r1", suite, 1, measured, None, "meet", Judgement("info"), "t", "c", "now", CONTEXT)


def chains(**factors: float) -> list[Record]:
    return [record("scaling", "speed-up of net against exact", f"chain-{k[1:]}", v) for k, v in factors.items()]


def test_the_crossing_point_is_where_exact_stops_being_faster():
    error = record("scaling", "mean RMSE of M", "chain-8", 3e-5)
    (line, last) = guidance([*chains(n4=0.5, n6=0.9, n8=4.0), error], "net")
    assert "use exact up to 6 spins; net is 4 times as fast as exact at 8 spins at an RMSE of 3.00e-5" in line
    assert "relaxation" in last


def test_a_subject_that_is_never_faster_is_not_recommended():
    assert "faster than net at every size measured (to 8)" in guidance(chains(n4=0.5, n8=0.2), "net")[0]


def test_batches_and_molecules():
    batch = record("scaling", "speed-up of net (batch 64) against exact", "chain-8", 20.0)
    exact = record("library", EXACT_ON_LIBRARY, "1 s, 11.74 T", 4e-3, cases=107)
    mine = record("library", ON_LIBRARY, "100 ms, 1.4 T", 2e-2)
    lines = guidance([batch, exact, mine], "net")
    assert "64 systems at a time" in lines[0]
    assert "107 of the library): use exact: exact takes 4 ms on average for 1 s, 11.74 T, net 20 ms" in lines[1]
    quick = record("library", ON_LIBRARY, "1 s, 1.4 T", 1e-3)
    assert "use exact" not in guidance([exact, quick], "net")[0]


def test_nothing_measured_nothing_stated():
    assert guidance([], "net") == []
    assert guidance([record("scaling", "speed-up of net against exact", "chain-8", None)], "net") == []
    assert guidance(chains(n8=1.0), "exact") == []
