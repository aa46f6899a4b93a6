"""The parts of a run that are specific to this task: its subjects, its own suites and pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from harness.subjects import Subject
from harness.suites.behaviour import Behaviour, Present
from harness.suites.planned import Number, PlannedTest
from harness.task import Tier
from harness.tasks.kstep.subject import subject_of
from harness.tasks.kstep.suites.claims import CLAIMS
from harness.tasks.kstep.suites.pages import PAGES, present
from harness.tasks.kstep.suites.plan import PLANS


class Kstep(Behaviour):
    """The task of k-step molecular dynamics."""

    def subject(self, spec: str, limit_s: float) -> Subject:
        """An integrator by its name, or a function that makes one."""
        return subject_of(spec)

    def label(self, reference: str) -> str:
        """xTB is a name."""
        return {"xtb": "xTB"}.get(reference, reference)

    def own_tests(self, tier: Tier) -> tuple[PlannedTest, ...]:
        """Every test of the suites of this task and the numbers that it judges."""
        plan = PLANS[tier]
        each = len(plan.molecules)
        maps = each * len(plan.maps)
        tests = [
            _test("map", "test_subject", Number("shift_cm", maps), Number("growth", maps)),
            _test("map", "test_control", *_missed("shift_cm", "growth")),
            _test("jump", "test_subject", Number("against_respa", each), Number("faster_parted", each),
                  Number("bonds", each)),
            _test("jump", "test_control", *_missed("against_respa", "faster_parted", "bonds")),
            _test("nve", "test_subject", Number("failed", each), Number("fluctuation", each),
                  *([Number("drift", each)] if plan.judges_drift else [])),
            _test("nve", "test_control", *_missed("drift", "failed")),
        ]  # fmt: skip
        if plan.judges_averages:
            tests += [
                _test("nve", "test_larger_steps", Number("drift_further")),
                _test("nve", "test_hot"),
                _test("front", "test_equal_calls", Number("dominated")),
                _test("front", "test_wall_time", Number("speed_up", 2), Number("wall_over_respa")),
                _test("front", "test_control", *_missed("dominated", "speed_up")),
                _test("temperature", "test_subject", Number("deviation")),
                _test("temperature", "test_control", *_missed("deviation")),
                _test("spectrum", "test_subject", Number("peak_cm", each)),
                _test("spectrum", "test_control", *_missed("peak_cm")),
                _test("residual", "test_subject", Number("rms", each), Number("largest", each)),
                _test("residual", "test_control", *_missed("rms", "largest")),
                _test("fallback", "test_subject", *(Number(name) for name in FALLBACK)),
                _test("fallback", "test_control", *_missed(*FALLBACK)),
                _test("unseen", "test_subject", *(Number(name) for name in UNSEEN)),
                _test("unseen", "test_control", *_missed(*UNSEEN)),
                _test("qmmm", "test_subject", *(Number(name) for name in QMMM)),
                _test("qmmm", "test_control", *_missed(*QMMM)),
                _test("claims", "test_claims", *(Number(claim.target) for claim in CLAIMS)),
                _test("claims", "test_control", *_missed(*(claim.target for claim in CLAIMS if claim.control))),
            ]
        return tuple(tests)

    @cached_property
    def pages(self) -> Mapping[str, Present]:
        """The pages of this task's suites."""
        return {**dict.fromkeys(PAGES, present), **super().pages}


QMMM = ("failed", "fluctuation", "drift")
UNSEEN = ("unseen", "larger", "leaked")
FALLBACK = ("needless", "missed", "misplaced", "alarms", "quiet")


def _missed(*targets: str) -> tuple[Number, ...]:
    return tuple(Number(target, expected="miss") for target in targets)


def _test(suite: str, name: str, *numbers: Number) -> PlannedTest:
    return PlannedTest(suite, name, numbers, f"harness.tasks.kstep.suites.test_{suite}")
