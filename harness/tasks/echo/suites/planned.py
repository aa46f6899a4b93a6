"""Every test of the suites of this task, and the numbers that each judges, written down apart from the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.suites.planned import Number, PlannedTest
from harness.tasks.echo.faults import FAULTS, NULLS
from harness.tasks.echo.labels import POWER_PRIOR
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.signals import MEAN
from harness.tasks.echo.suites.sizes import SIZES, Sizes

HERE = "harness.tasks.echo.suites"
INFERS = frozenset({"bands"})
"""Only surrogates have posteriors."""
MEANS = frozenset(MEAN)
JUDGED_POPULATIONS = len(POPULATIONS) - 2
"""All but "home", which has a separate target, and the Gaussian kernel, whose curves may be similar to each other."""


def planned(tier: str) -> tuple[PlannedTest, ...]:
    """The tests of a tier. Each has the same; one with too few cases records coverage and fresh means unjudged."""
    return tuple(replace(test, module=f"{HERE}.test_{test.suite}") for test in _tests(SIZES[tier]))


def _tests(sizes: Sizes) -> Iterator[PlannedTest]:
    yield PlannedTest("cost", "test_seconds", (Number("seconds_per_curve", 1, INFERS),))
    yield PlannedTest("means", "test_stored", (Number("median", 1, MEANS),))
    yield PlannedTest("means", "test_fresh", (Number("median_fresh", 1, MEANS),) if sizes.decides_means else ())
    yield PlannedTest("means", "test_control", (Number("median", expected="miss"),))
    flagged = (Number("false_alarms", 1, INFERS), Number("flagged", JUDGED_POPULATIONS, INFERS))
    yield PlannedTest("ood", "test_flagged", flagged)
    scores = ("score", "score_32000", "joint_gain")
    yield PlannedTest("inverse", "test_score", tuple(Number(name, 1, INFERS) for name in scores))
    yield PlannedTest("inverse", "test_length", (Number("null_gain", 1, INFERS), Number("length", 1, INFERS)))
    yield PlannedTest("inverse", "test_control", (Number("score", 2, INFERS, "miss"),))
    yield PlannedTest("uncertainty", "test_bands", (Number("band", 2, INFERS),))
    covered = (Number("coverage", len(POWER_PRIOR.labels), INFERS),) if sizes.decides_coverage else ()
    yield PlannedTest("uncertainty", "test_coverage", covered)
    yield PlannedTest("uncertainty", "test_ranks", (Number("ranks", 5, INFERS),))
    controls = (*(Number(name, 1, INFERS, "miss") for name in ("band", "coverage", "ranks")),)
    yield PlannedTest("uncertainty", "test_control", controls)
    yield PlannedTest(
        "detection", "test_faults", (Number("rmse_m", len(NULLS)), Number("rmse_m", len(FAULTS), expected="miss"))
    )
    wrong = (Number("coverage", len(POWER_PRIOR.labels), INFERS, "miss"), Number("score", 1, INFERS, "miss"))
    yield PlannedTest("detection", "test_posteriors", wrong)
