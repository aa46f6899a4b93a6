"""The learned ensemble states how far it may be off, and the common suite judges the statement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")

from harness.errors import InputError
from harness.report import judge
from harness.suites.asking import Claim
from harness.suites.running import worst_claim
from harness.suites.targets import load_targets
from harness.suites.uncertainty.plan import no_controls
from harness.suites.uncertainty.run import run
from harness.surrogates.conformal import KindCalibration, calibrate
from harness.surrogates.recalibration import fit_spread
from harness.task import task_of
from harness.tasks.tddft import uncertainty
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.learned.data import GRID, UNSEEN
from harness.tasks.tddft.models.learned.ensemble import LearnedEnsemble, packaged_ensemble, save_uncertainty
from harness.tasks.tddft.models.learned.subject import LearnedPropagator
from harness.tasks.tddft.models.registry import load_subject
from harness.tasks.tddft.models.surrogate import TddftSurrogate
from harness.tasks.tddft.trajectory import induced


def _known(count: int = 200) -> tuple[np.ndarray, KindCalibration]:
    """Gaussian errors whose standard deviation is the spread times a growing time, and their calibration."""
    rng = np.random.default_rng(1)
    spreads = np.exp(rng.normal(size=count)) * 1e-3
    errors = {"dipole": np.abs(rng.normal(size=(count, 11))) * spreads[:, None] * np.linspace(0.5, 2, 11)}
    grid = AtomicTimeGrid.until(2.0, 0.2)
    bands = calibrate(errors, grid, difficulty=spreads[:, None])  # type: ignore[arg-type]
    return spreads, KindCalibration({"": bands}, {"": fit_spread(errors, spreads[:, None])})


def test_an_uncertainty_is_stored_and_read_again(tmp_path: Path) -> None:
    spreads, known = _known()
    path = tmp_path / "u.conformal.safetensors"
    save_uncertainty(path, known, {"seed": 1})
    ensemble, grid = LearnedEnsemble((), path), AtomicTimeGrid.until(2.0, 0.2, rule="em")
    stds = np.stack([one.arrays["dipole"] for one in ensemble.standard_deviations(spreads, grid)])
    truth = spreads[:, None] * np.linspace(0.5, 2, 11)
    assert 0.8 < np.median(stds / truth) < 1.25
    assert np.corrcoef(np.log(stds).ravel(), np.log(truth).ravel())[0, 1] > 0.95
    ninety = [next(b for b in row if b.level == 0.9 and b.kind == "pointwise") for row in ensemble.bands(spreads, grid)]
    radii = np.stack([one.radii["dipole"] for one in ninety])
    np.testing.assert_allclose(np.median(radii / truth), 1.645, rtol=0.25)
    with pytest.raises(InputError, match=r"calibrated for 11 samples of 0\.2 au, not 21 of 0\.2 au"):
        ensemble.bands(spreads, AtomicTimeGrid.until(4.0, 0.2))


def test_the_mean_of_the_members_is_better_than_they_are_on_average() -> None:
    systems = UNSEEN.draw(4, 9)
    ensemble = packaged_ensemble()
    answers, spreads = ensemble.with_spread(systems, GRID)
    truths = [load_subject("cfm4").answer(one, GRID) for one in systems]

    def error(found: list) -> float:
        pairs = zip(found, truths, strict=True)
        return float(np.mean([np.linalg.norm(induced(a) - induced(t)) / np.linalg.norm(induced(t)) for a, t in pairs]))

    assert error(answers) < np.mean([error(member.predict(systems, GRID)) for member in ensemble.members])
    assert spreads.shape == (4,)
    assert np.all(spreads > 0)


def test_an_ensemble_answers_anew_at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is measured by repeated calls, and must not be that of a memory."""
    calls: list[str] = []
    plain = LearnedPropagator.densities

    def counted(self: LearnedPropagator, *arguments: Any) -> Any:
        calls.append(self.name)
        return plain(self, *arguments)

    monkeypatch.setattr(LearnedPropagator, "densities", counted)
    systems, ensemble = UNSEEN.draw(1, 9), packaged_ensemble()
    for _ in range(2):
        ensemble.predict(systems, GRID)
    assert len(calls) == 2 * len(ensemble.members)


def test_only_the_ensemble_states_an_uncertainty() -> None:
    systems = UNSEEN.draw(2, 9)
    prediction = TddftSurrogate(load_subject("learned-ensemble")).predict(systems, GRID, "conformal")
    assert prediction.bands is not None
    assert {band.kind for band in prediction.bands[0]} == {"pointwise", "sup"}
    for name in ("kernel", "learned-generator"):
        with pytest.raises(InputError, match="states no uncertainty 'mc'"):
            TddftSurrogate(load_subject(name)).predict(systems, GRID, "mc")


def _judged(claims: list[Claim], target: str) -> str:
    targets = load_targets(task_of("nwchem").targets)["uncertainty"]
    return judge(worst_claim(claims, target, True).measurement, targets.target(target)).verdict


def test_the_suite_accepts_the_ensemble_and_rejects_an_overconfident_one() -> None:
    plan = replace(uncertainty.plan(80, 40, 4, 70), controls=no_controls)
    truths = plan.truths()
    assert plan.subject is not None
    claims = run(plan.subject(), plan, truths).claims
    assert _judged(claims, "shipped_coverage_90") != "error"
    coverages = [c.measurement.value for c in claims if c.target == "shipped_coverage_90"]
    assert all(value is not None and value > 0.75 for value in coverages)
    (control,) = uncertainty.plan(80, 40, 4, 70).controls(plan, truths)
    wrong = control.claims()
    for target in control.targets:
        assert _judged(wrong, target) == "fail"
