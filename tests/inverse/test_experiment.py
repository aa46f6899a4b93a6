"""Experiment 6 in small: what it says of exact, biased, refusing and broken subjects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.subjects import load_subject
from harness.subjects.answers import Answer
from harness.suites.inverse import Outcome, run
from harness.suites.inverse.figure import inverse_figure
from harness.suites.inverse.single import single_claims, single_fits
from harness.suites.style import save
from harness.tasks.spins.suites.inverse import measured as inverse_measured
from harness.tasks.spins.suites.inverse import models as inverse_models
from harness.tasks.spins.suites.inverse import plan as inverse
from harness.tasks.spins.systems import STANDARD_GRID, Provenance, Trajectory

PLAN = inverse.plan_of(2, 1, (3,), 1, 1)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(load_subject("exact"), PLAN)


def values(outcome: Outcome) -> dict[str, float]:
    return {claim.target: claim.measurement.value for claim in outcome.claims if claim.target}


def test_claims_of_exact(outcome: Outcome) -> None:
    found = values(outcome)
    assert set(found) == {"unconverged", "iterations_most", "iterations_median", "seconds", "pooled_ratio"}
    assert found["unconverged"] == 0
    assert found["iterations_most"] <= 20
    # 15 fits: one standard error of the ratio is 18 %.
    assert found["pooled_ratio"] == pytest.approx(1, abs=0.6)
    assert outcome.memo is not None
    assert outcome.memo.requested > outcome.memo.computed


def test_every_model_sees_the_same_noise(outcome: Outcome) -> None:
    rows = {m: [r for r in outcome.single if r.model == m and r.facts["draw"] == 0] for m in ("exact", "cluster")}
    assert len(rows["exact"]) == len(rows["cluster"]) == 15
    for one, other in zip(rows["exact"], rows["cluster"], strict=True):
        # A cluster of 7 spins holds a pair: the same method, the same minimum.
        assert one.estimate == pytest.approx(other.estimate, abs=1e-4)


def test_paths_start_at_five(outcome: Outcome) -> None:
    assert list(outcome.paths) == [f"{snr:g}" for snr in inverse.SNRS]
    assert all(path[0] == inverse.SHOWN_HZ - 5.0 for path in outcome.paths.values())


def test_figure(outcome: Outcome, tmp_path: Path) -> None:
    figure = inverse_figure(outcome, PLAN, "exact", 0.1)
    assert save(figure, tmp_path / "f.png").stat().st_size > 20_000


class Odd:
    """Answers with a problem, or with J × 1.2."""

    name = "odd"
    provenance = {"kind": "test"}  # noqa: RUF012

    def __init__(self, problem: str = "", refuses: bool = False) -> None:
        self.problem, self.refuses = problem, refuses

    def answers(self, systems: list, grid: object) -> list:
        if self.problem:
            return [Answer(None, self.problem, refused=self.refuses) for _ in systems]
        return load_subject("exact").answers(
            [s.with_(couplings_hz=1.2 * s.couplings_hz) for s in systems], STANDARD_GRID
        )


def test_a_biased_model_is_seen() -> None:
    rows, _ = single_fits(inverse_models.forward_model(Odd()), "odd", PLAN, 2)
    claims = single_claims(Odd(), rows, PLAN)
    (ratio,) = [c.measurement.value for c in claims if c.target == "pooled_ratio"]
    assert ratio is not None
    assert ratio > 1.1


def test_refusing_is_not_determined_and_breaking_is_a_problem() -> None:
    refusing = run(Odd("raised InputError: only chains of 12", refuses=True), PLAN)
    one = next(c.measurement for c in refusing.claims if c.target == "pooled_ratio")
    assert not one.determined
    assert "only chains of 12" in one.note
    broken = run(Odd("mx holds NaN"), PLAN)
    other = next(c.measurement for c in broken.claims if c.target == "pooled_ratio")
    assert other.determined
    assert "NaN" in other.problem


def test_a_subject_without_m_is_refused() -> None:
    class Silent(Odd):
        def answers(self, systems: list, grid: object) -> list:
            silent = Trajectory(STANDARD_GRID, Provenance("silent"), i1z=np.ones(300))
            return [Answer(silent) for _ in systems]

    found = run(Silent(), PLAN)
    assert not next(c.measurement for c in found.claims if c.target == "pooled_ratio").determined


def test_no_measured_fids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HARNESS_MEASURED", raising=False)
    assert inverse_measured.measured_fits() == ({}, ""), "excluded beforehand, by name"
    assert "there is no such folder" in inverse_measured.measured_fits(tmp_path)[1]
