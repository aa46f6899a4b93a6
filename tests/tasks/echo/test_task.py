"""The task at the door: whole, its plans judged by targets that exist, its faults caught, its answers of the format."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from harness.report.page import SuiteRun
from harness.subjects import NamedSubject, load_subject
from harness.suites.accuracy.run import run as run_accuracy
from harness.suites.asking import Truths
from harness.suites.behaviour import behaviour_of
from harness.suites.conservation.run import run as run_conservation
from harness.suites.targets import load_targets
from harness.task import TIERS, check_plans, task_of
from harness.tasks.echo import CHALLENGE, CONVERGED, GivenOffsets
from harness.tasks.echo.cases import CASES, SMALL
from harness.tasks.echo.codec import plan_from_json, plan_to_json, system_from_json, system_to_json
from harness.tasks.echo.laws import LAWS
from harness.tasks.echo.methods import Torch, Uncoupled
from harness.tasks.echo.reference import MeanField
from harness.tasks.echo.signals import DRAW, MEAN, curve_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.suites.measured import FRESH
from harness.tasks.echo.suites.planned import planned
from harness.tasks.echo.suites.plans import conservation, draws, fault
from harness.tasks.echo.suites.sizes import SIZES

TASK = task_of("mean-field")
TORCH = NamedSubject("echo-torch", "reference", Torch(), {}, "echo")


def test_task_is_whole() -> None:
    check_plans(TASK)
    assert TASK.name == "echo"
    assert set(TASK.suites) == {*TASK.plans, *(test.suite for test in planned("smoke"))}


@pytest.mark.parametrize("tier", TIERS)
def test_what_is_planned_has_a_target(tier: str) -> None:
    suites = load_targets(TASK.targets)
    tests = behaviour_of(TASK).tier_plan(tier).tests  # type: ignore[arg-type]
    asked = {(test.suite, number.target) for test in tests for number in test.numbers}
    there = {(suite.name, target) for suite in suites.values() for target in suite.targets}
    recorded = set() if SIZES[tier].decides_means else {("means", "median_fresh")}
    assert asked == there - recorded


def test_every_page_has_its_own_title(tmp_path: Path) -> None:
    pages = behaviour_of(TASK).pages
    assert set(pages) == set(TASK.suites)
    titles = [present(SuiteRun(suite, "subject", "mean-field", (), tmp_path)).title for suite, present in pages.items()]
    assert len(set(titles)) == len(titles), titles


def test_planned_tests_are_those_of_the_modules() -> None:
    for test in planned("smoke"):
        assert callable(getattr(import_module(test.module), test.name)), test.id
    named = {(test.module, test.name) for test in planned("smoke")}
    for module in {test.module for test in planned("smoke")}:
        functions = {name for name in vars(import_module(module)) if name.startswith("test_")}
        assert {(module, name) for name in functions} <= named


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("suite", ["front", "conservation", "generalisation"])
def test_what_is_not_stored_is_drawn_from_the_seed_of_the_run(suite: str, tier: str) -> None:
    assert TASK.plan_of(suite, tier, 5).seed == FRESH + 5  # type: ignore[arg-type]


def small_draws():
    plan = draws()
    cases = [case for case in plan.cases() if case.system.side == 10][:3]
    return plan.__class__(**{**vars(plan), "cases": lambda: cases})


def test_draws_of_the_simulator_meet_the_target() -> None:
    plan = small_draws()
    claims = run_accuracy(TORCH, plan, Truths(MeanField(), DRAW)).claims
    judged = [claim.measurement.value for claim in claims if claim.target == "rmse_m"]
    assert len(judged) == 3
    assert max(judged) < 1e-10  # type: ignore[type-var]


@pytest.mark.parametrize("name", ["α too large", "damping Γ for Γ/2", "open edges", "kernel norm", "conjugate"])
def test_faults_miss_the_target(name: str) -> None:
    claims = run_accuracy(fault(name), small_draws(), Truths(MeanField(), DRAW)).claims
    assert max(c.measurement.value for c in claims if c.target == "rmse_m") > 1e-4  # type: ignore[type-var]


def test_laws_in_the_common_suite() -> None:
    plan = conservation(1, 30)
    small = plan.__class__(**{**vars(plan), "populations": (Small(),)})
    found = {c.target: c.measurement.value for c in run_conservation(TORCH, small).claims if c.target}
    assert set(found) == {law.target for law in LAWS}
    assert max(found.values()) < 1e-10  # type: ignore[type-var]
    late = {c.target: c.measurement.value for c in run_conservation(fault("one sample late"), small).claims if c.target}
    assert late["free_decay"] > 1e-3  # type: ignore[operator]


class Small:
    name, size, grid = "small", 100, CHALLENGE

    def draw(self, count: int, seed: int) -> list:
        return [SMALL.with_(strength=0.1 + 0.01 * k) for k in range(count)]

    def within(self, domain: object) -> bool:
        return False


def test_codec() -> None:
    given = SMALL.with_(offsets=GivenOffsets(SMALL.offset_values()))
    for system in (SMALL, given, *(system for system, _ in CASES)):
        back = system_from_json(system_to_json(system))
        assert back == system
        assert back.name == system.name
    for plan in (CHALLENGE, CONVERGED):
        assert plan_from_json(plan_to_json(plan)) == plan


@pytest.fixture(scope="module")
def subject() -> NamedSubject:
    found = load_subject("echo-polynomials", task=TASK)
    assert isinstance(found, NamedSubject)
    return found


class TestSubject:
    def test_answers(self, subject: NamedSubject) -> None:
        systems = [system for system, plan in CASES if plan == CHALLENGE and system.coupling == "single-axis"][-3:]
        answers = subject.answers(systems, CHALLENGE)
        assert [answer.problem for answer in answers] == ["", "", ""]
        assert set(answers[0].trajectory.arrays) == set(MEAN)
        assert set(MEAN) <= subject.offers

    def test_another_plan_is_refused(self, subject: NamedSubject) -> None:
        assert "trained on one plan" in subject.answer(SMALL, CONVERGED).refusal

    def test_a_curve_lies_within_its_band(self, subject: NamedSubject) -> None:
        """One draw of each of twelve systems, stored as Octave computed it, in the band of 95 % for whole curves."""
        systems = [system for system, plan in CASES if system.name.startswith("test/")]
        forward = subject.model.forward
        prediction = forward.predict(systems, CHALLENGE)
        assert np.all(prediction.in_domain)
        curves = np.stack([MeanField().curve(system, CHALLENGE) for system in systems])
        inside = np.abs(curves - prediction.mean) <= forward.radius(prediction, 0.95, whole=True)
        assert np.sum(np.all(inside, axis=1)) >= 10
        # The baseline without coupling is outside for most.
        plain = np.stack([curve_of(Uncoupled().simulate(s, CHALLENGE).arrays, MEAN) for s in systems])  # type: ignore[misc]
        outside = np.abs(curves - plain) > forward.radius(prediction, 0.95, whole=True)
        assert np.sum(np.any(outside, axis=1)) >= 6


def test_uncoupled_is_the_mean_without_coupling() -> None:
    system = SMALL.with_(strength=0.0, side=30, dissipation=1e-3)
    mean = curve_of(Uncoupled().simulate(system, CHALLENGE).arrays, MEAN)
    draw = simulate([system], CHALLENGE)[0]
    assert mean is not None
    assert np.max(np.abs(draw - mean)) < 0.1
    np.testing.assert_allclose(mean[313], draw[313], atol=1e-12)  # the echo has no noise of draws
