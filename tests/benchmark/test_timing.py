"""The timing protocol on calls whose cost is known."""

from __future__ import annotations

import time

import pytest

from harness.benchmark import Protocol, growth, measure
from harness.benchmark.machine import conditions
from harness.errors import InputError
from harness.machine import one_thread


class Clock:
    """Stands in for time: every call of ``work`` advances it by the next of ``costs``."""

    def __init__(self, costs) -> None:
        self.now, self.costs, self.calls = 0.0, list(costs), 0

    def work(self) -> None:
        self.calls += 1
        self.now += self.costs.pop(0) if len(self.costs) > 1 else self.costs[0]


@pytest.fixture
def clocked(monkeypatch):
    def make(costs) -> Clock:
        clock = Clock(costs)
        monkeypatch.setattr("harness.benchmark.timing.perf_counter", lambda: clock.now)
        monkeypatch.setattr("harness.benchmark.timing.process_time", lambda: clock.now / 2)
        return clock

    return make


def test_steady_calls_take_three_warm_ups_and_five_runs(clocked) -> None:
    clock = clocked([9.0, 9.0, 9.0, 1.0])
    timing = measure(clock.work, Protocol(budget_s=1e6))
    assert clock.calls == 8
    assert (timing.wall_s, timing.cpu_s, timing.wall_std_s) == (1.0, 0.5, 0.0)
    assert (timing.runs, timing.warmups, timing.flagged) == (5, 3, "")
    assert timing.spent_s == 3 * 9.0 + 5 * 1.0


def test_unsteady_calls_are_repeated_until_they_settle(clocked) -> None:
    clock = clocked([1.0, 1.0, 1.0, 2.0, 1.0, 3.0, 1.0])
    timing = measure(clock.work, Protocol(budget_s=1e6))
    assert clock.calls == 3 + 3 + 5
    assert timing.wall_s == 1.0
    assert not timing.flagged


def test_calls_that_never_settle_are_flagged(clocked) -> None:
    clock = clocked([1.0, 2.0] * 20 + [1.0])
    timing = measure(clock.work, Protocol(budget_s=1e6, most_runs=12))
    assert clock.calls == 3 + 12
    assert "spread" in timing.flagged
    assert timing.spread > 0.05


def test_the_budget_ends_the_runs_and_says_so(clocked) -> None:
    clock = clocked([10.0])
    timing = measure(clock.work, Protocol(budget_s=25.0))
    assert clock.calls == 2
    assert timing.runs == 1
    assert "1 runs after 1 warm-ups" in timing.flagged


def test_even_a_call_beyond_the_budget_counts_once(clocked) -> None:
    clock = clocked([100.0])
    timing = measure(clock.work, Protocol(budget_s=1.0))
    assert (clock.calls, timing.runs, timing.wall_s) == (1, 1, 100.0)


def test_short_calls_are_repeated_inside_a_run(clocked) -> None:
    clock = clocked([1e-5])
    timing = measure(clock.work, Protocol())
    assert timing.repeats >= 200
    assert timing.wall_s == pytest.approx(1e-5, rel=1e-6)


def test_real_time_passes() -> None:
    timing = measure(lambda: time.sleep(0.01), Protocol(runs=3, most_runs=3))
    assert 0.01 <= timing.wall_s < 0.2
    assert timing.cpu_s < timing.wall_s


@pytest.mark.parametrize("changes", [{"runs": 0}, {"warmups": -1}, {"most_runs": 2}, {"budget_s": 0.0}])
def test_impossible_protocols_are_refused(changes) -> None:
    with pytest.raises(InputError, match="timing protocol"):
        Protocol(**changes)


def test_growth_finds_the_exponent() -> None:
    fitted = growth([4, 6, 8, 10], [3e-6 * 4.0**n for n in (4, 6, 8, 10)])
    assert fitted is not None
    assert fitted.exponent == pytest.approx(2.0)
    assert fitted.at(12) == pytest.approx(3e-6 * 4.0**12)
    assert fitted.standard_error < 1e-10
    assert growth([4], [1.0]) is None
    assert growth([4, 4], [1.0, 2.0]) is None


def test_the_machine_is_described_in_plain_values() -> None:
    import json

    found = json.loads(json.dumps(conditions(), allow_nan=False))
    assert found["cores"] >= 1
    assert "numpy" in found["versions"]
    assert set(one_thread({"PATH": "x", "OMP_NUM_THREADS": "8"}).values()) == {"x", "1"}


def test_the_machine_is_described_alike_for_benchmarks_and_for_reports() -> None:
    from harness.machine import machine

    one, other = conditions(), machine()
    assert (one["processor"], one["cores"]) == (other["processor"], other["cores"])
    assert one["memory_bytes"] / 2**30 == pytest.approx(other["memory_gib"], abs=0.05)


def test_versions_are_those_of_every_requirement_that_is_installed() -> None:
    from importlib.metadata import version

    found = conditions()["versions"]
    assert {name: version(name) for name in ("spin-harness", "numpy", "torch", "pytest")}.items() <= found.items()
