"""Records and reports out of nothing, for tests."""

from __future__ import annotations

from harness.report import Context, Measurement, Record, Report, Target, judge

LIMIT = Target("error", 1e-3, "<=", "1", "ours", "a reason")
CONTEXT = Context(
    run="run-1",
    started="2026-01-01T00:00:00Z",
    command="pytest --validate-against x",
    machine={"processor": "p", "cores": 2},
    versions={"python": "3.11"},
    commit="0" * 40,
    dirty=False,
    threads={"OMP_NUM_THREADS": "1"},
    options={"subject": "toy"},
)


def record(
    number: int = 1, value: float | None = 5e-4, target: Target | None = LIMIT, expected="meet", **fields
) -> Record:
    """One record; ``fields`` are of the measurement."""
    defaults = {"metric": "error", "case": f"case-{number}", "subject": "toy", "reference": "truth"}
    measurement = Measurement(**{**defaults, "value": value, **fields})
    return Record(
        id=f"r{number}",
        suite="toys",
        suite_version=1,
        measurement=measurement,
        target=target,
        expected=expected,
        judgement=judge(measurement, target, expected),
        test=f"toys::test[{number}]",
        command="pytest toys",
        measured="2026-01-01T00:00:01Z",
        context=CONTEXT,
    )


def report_of(records, complete: bool = True, headline: str = "PASS: toy against truth") -> Report:
    """A report of these records."""
    return Report(CONTEXT, tuple(records), "2026-01-01T00:01:00Z", complete, headline)
