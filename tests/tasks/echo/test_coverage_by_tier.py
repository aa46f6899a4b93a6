"""Coverage and means at fresh labels are judged by the tiers that have enough cases to decide them, and recorded by
the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from harness.report.records import Measurement, judge
from harness.suites.targets import load_targets
from harness.task import TIERS, task_of
from harness.tasks.echo.inference.posterior import packaged_posterior
from harness.tasks.echo.suites import inference, means, test_means, test_uncertainty
from harness.tasks.echo.suites.inference import Inferred
from harness.tasks.echo.suites.means import UNCOUPLED
from harness.tasks.echo.suites.planned import planned
from harness.tasks.echo.suites.sizes import SIZES

COVERAGE = load_targets(task_of("mean-field").targets)["uncertainty"].target("coverage")
SUBJECT = UNCOUPLED


@dataclass
class Recorder:
    """What a test of the suite asks of its verdict."""

    judged: list[tuple[Measurement, str]] = field(default_factory=list)
    recorded: list[Measurement] = field(default_factory=list)

    def check(self, measurement: Measurement, target: str) -> None:
        self.judged.append((measurement, target))

    def info(self, measurement: Measurement) -> None:
        self.recorded.append(measurement)


@dataclass
class Curves:
    """Labels and recipe of a set."""

    labels: np.ndarray
    recipe: dict[str, str]

    def known_labels(self) -> np.ndarray:
        return self.labels

    def __len__(self) -> int:
        return len(self.labels)


def with_shares(count: int, share: float) -> Inferred:
    """Labels of which this share lies inside the central 90 % of samples that are the same for every curve."""
    posterior = packaged_posterior("power")
    samples = posterior.prior.from_unit(np.tile(np.linspace(0.0, 1.0, 64)[None, :, None], (count, 1, 4)))
    labels = posterior.prior.from_unit(np.tile(np.where(np.arange(count) < share * count, 0.5, 0.999)[:, None], (1, 4)))
    return Inferred(posterior, Curves(labels, {"family": "power"}), samples, 1)  # type: ignore[arg-type]


def carried_out(tier: str, share: float) -> Recorder:
    """The test of the suite, for a posterior with this share."""
    found = Recorder()
    power = with_shares(SIZES[tier].curves, share)
    test_uncertainty.test_coverage(SUBJECT, power, SimpleNamespace(tier=tier), found)
    return found


@pytest.mark.parametrize("tier", TIERS)
def test_as_many_numbers_are_judged_as_are_planned(tier: str) -> None:
    found = carried_out(tier, 0.9)
    test = next(one for one in planned(tier) if one.name == "test_coverage")
    assert len(found.judged) == sum(number.count for number in test.numbers) == (0 if tier == "smoke" else 4)
    assert len(found.judged) + len(found.recorded) == 4


def test_smoke_says_why_it_does_not_judge() -> None:
    for one in carried_out("smoke", 0.5).recorded:
        assert one.value == pytest.approx(0.5)
        assert one.interval is not None
        assert "1,500 curves cannot decide" in one.note
        assert "nightly" in one.note


@pytest.mark.parametrize(("share", "verdict"), [(0.892, "pass"), (0.908, "pass"), (0.86, "fail"), (0.94, "fail")])
def test_curves_of_the_nightly_tier_decide(share: float, verdict: str) -> None:
    for one, target in carried_out("nightly", share).judged:
        assert target == "coverage"
        assert judge(one, COVERAGE, "meet").verdict == verdict


def test_curves_of_smoke_do_not_decide() -> None:
    for one in inference.coverages(SUBJECT, with_shares(SIZES["smoke"].curves, 0.892)):
        assert judge(one, COVERAGE, "meet").verdict == "too-few-cases"


@pytest.mark.parametrize("tier", TIERS)
def test_few_fresh_labels_are_recorded(tier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The median of a surrogate that is right on average was red in one run of four labels: 0 … 1.5e-3 around 4e-4."""
    one = means.stored_median(SUBJECT)
    monkeypatch.setattr(means, "fresh", lambda *_: [(one, "median_fresh"), (one, "")])
    found = Recorder()
    test_means.test_fresh(SUBJECT, SimpleNamespace(tier=tier, fresh_seed=0), found)
    test = next(plan for plan in planned(tier) if plan.name == "test_fresh")
    assert len(found.judged) == sum(number.count for number in test.numbers) == (0 if tier == "smoke" else 1)
    assert ("labels may not decide" in found.recorded[0].note) is (tier == "smoke")
