"""The posterior: densities that are densities, a chain that resumes, calibration, labels that nothing determines."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from harness.errors import InputError
from harness.tasks.echo.curves import CurveSet
from harness.tasks.echo.generate import computed
from harness.tasks.echo.inference.calibrate import heights_of, tables_of, trust_of
from harness.tasks.echo.inference.correction import EARLIER_KNOTS, KNOTS, Calibration
from harness.tasks.echo.inference.factor import Factor
from harness.tasks.echo.inference.features import fit_features
from harness.tasks.echo.inference.logistics import Mixture
from harness.tasks.echo.inference.posterior import Posterior, _calibration, load_posterior
from harness.tasks.echo.inference.ridge import Ridge, cross_fitted
from harness.tasks.echo.inference.scores import challenge_score, sample_ranks, uniform_bound, uniform_distance
from harness.tasks.echo.inference.train import train_posterior
from tests.tasks.echo.small import PLAN, QUICK, TRAINING


class TestMixture:
    mixture = Mixture.of(torch.tensor([[0.3, -0.5, 1.0, 0.2, 0.99, -0.4, -3.0, -6.0, 0.5]], dtype=torch.float64))

    def test_density_integrates_to_one(self) -> None:
        u = torch.linspace(0, 1, 200_001, dtype=torch.float64)[:, None]
        density = self.mixture.log_density(u).exp()
        assert torch.trapezoid(density[:, 0], u[:, 0]).item() == pytest.approx(1.0, abs=1e-6)

    def test_cumulative_is_its_integral(self) -> None:
        u = torch.linspace(0, 0.97, 100_001, dtype=torch.float64)[:, None]
        expected = torch.trapezoid(self.mixture.log_density(u).exp()[:, 0], u[:, 0]).item()
        assert self.mixture.cumulative(u[-1]).item() == pytest.approx(expected, abs=1e-6)
        ends = [self.mixture.cumulative(torch.tensor([x], dtype=torch.float64)).item() for x in (0.0, 1.0)]
        assert ends == pytest.approx([0.0, 1.0], abs=1e-12)

    def test_quantile_inverts(self) -> None:
        p = torch.tensor([[0.001], [0.3], [0.999]], dtype=torch.float64)
        np.testing.assert_allclose(self.mixture.cumulative(self.mixture.quantile(p)), p, atol=1e-5)

    def test_narrow_components_far_outside_stay_finite(self) -> None:
        far = Mixture.of(torch.tensor([[0.0, 5.0, -9.0]]))
        assert torch.isfinite(far.log_density(torch.tensor([0.5])))
        assert torch.isfinite(far.cumulative(torch.tensor([0.5])))


def test_ridge_finds_a_linear_law() -> None:
    generator = np.random.default_rng(0)
    m = generator.normal(size=(400, 30)) + 1j * generator.normal(size=(400, 30))
    targets = np.stack([m.imag @ generator.normal(size=30), generator.random(400)], axis=1)
    ridge = Ridge.fit(m, targets)
    errors = np.mean((ridge.predict(m) - targets) ** 2, axis=0) / targets.var(0)
    assert errors[0] < 1e-6
    # Leave-one-out must see that noise cannot be learned: the answers out of the fold are no better than the mean.
    assert np.mean((cross_fitted(m, targets)[:, 1] - targets[:, 1]) ** 2) > 0.95 * targets[:, 1].var()


def test_mirror_images_have_mirrored_features(curves: CurveSet) -> None:
    features = fit_features(curves.m, curves.prior.to_unit(curves.known_labels()), PLAN, 20, 30)
    plain, mirror = features.of(curves.m[:50]), features.of(-np.conj(curves.m[:50]))
    np.testing.assert_allclose(mirror[:, features.odd], -plain[:, features.odd], atol=1e-5)
    np.testing.assert_allclose(mirror[:, ~features.odd], plain[:, ~features.odd], atol=1e-5)
    assert features.odd.sum() == 20
    np.testing.assert_allclose(features.of(curves.m)[:, 20:50].std(0), 1.0, atol=1e-3)


class TestPosterior:
    def test_it_learns_what_can_be_learned(self, posterior: Posterior, fresh: CurveSet) -> None:
        gains = posterior.log_density(fresh.m, fresh.known_labels()).mean(0)
        assert gains[0] > 0.5
        assert dict(zip(posterior.prior.keys, posterior.determined, strict=True))["alpha"]

    def test_length_of_the_power_law_stays_at_the_prior(self, posterior: Posterior, fresh: CurveSet) -> None:
        place = posterior.prior.keys.index("xi")
        assert not posterior.determined[place]
        assert np.all(posterior.log_density(fresh.m, fresh.known_labels())[:, place] == 0.0)
        drawn = posterior.samples(fresh.m[:20], 400)[:, :, place]
        assert uniform_distance((drawn / 20.0).ravel()) < uniform_bound(drawn.size)
        other = posterior.samples(fresh.m[20:40], 400)[:, :, place]
        np.testing.assert_array_equal(np.sort(drawn, 1) // 0.05, np.sort(other, 1) // 0.05)

    def test_samples_follow_the_density(self, posterior: Posterior, fresh: CurveSet) -> None:
        """Shares of the samples below a few values are integrals of the density."""
        first = posterior.samples(fresh.m[:1], 4000)[0, :, 0] / 0.2
        grid = np.linspace(0.0, 1.0, 4001)
        labels = np.tile(fresh.known_labels()[:1], (4001, 1))
        labels[:, 0] = 0.2 * grid
        density = np.exp(posterior.log_density(np.tile(fresh.m[:1], (4001, 1)), labels)[:, 0])
        below = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) / 4000)])
        assert below[-1] == pytest.approx(1.0, abs=0.01)
        for level in (0.05, 0.3, 0.5, 0.8, 0.95):
            value = np.interp(level, below, grid)
            assert np.mean(first < value) == pytest.approx(level, abs=0.01)

    def test_ranks_of_fresh_curves(self, posterior: Posterior, fresh: CurveSet) -> None:
        ranks = sample_ranks(posterior.samples(fresh.m, 100), fresh.known_labels())
        # Twice the 5 % bound: 500 calibration curves have an error of their own.
        assert max(uniform_distance(ranks[:, k]) for k in range(4)) < 2 * uniform_bound(len(fresh))

    def test_too_narrow_a_posterior_is_noticed(self, posterior: Posterior, fresh: CurveSet) -> None:
        first = posterior.factors[0]
        squeezed = tuple(k + 0.08 * math.sin(2 * math.pi * k) for k in KNOTS)
        narrow = replace(first, calibration=Calibration(1.0, (squeezed,)))
        wrong = replace(posterior, factors=(narrow, *posterior.factors[1:]))
        assert uniform_distance(wrong.ranks(fresh.m, fresh.known_labels())[:, 0]) > 2 * uniform_bound(len(fresh))

    def test_round_trip(self, posterior: Posterior, fresh: CurveSet, tmp_path: Path) -> None:
        posterior.save(tmp_path / "p.safetensors")
        back = load_posterior(tmp_path / "p.safetensors")
        np.testing.assert_array_equal(back.samples(fresh.m[:5], 50), posterior.samples(fresh.m[:5], 50))
        np.testing.assert_array_equal(back.familiar(fresh.m), posterior.familiar(fresh.m))
        (tmp_path / "p.safetensors").write_bytes((tmp_path / "p.safetensors").read_bytes()[:-4] + b"\0\1\2\3")
        with pytest.raises(InputError, match="checksum differs"):
            load_posterior(tmp_path / "p.safetensors")

    def test_unfamiliar_curves(self, posterior: Posterior, fresh: CurveSet) -> None:
        assert posterior.familiar(fresh.m).mean() > 0.85
        stronger = computed(TRAINING.with_(seed=24, side=3), range(100))
        assert posterior.familiar(stronger.m).mean() < 0.2
        assert not posterior.familiar(np.zeros((1, PLAN.points), complex))[0]

    def test_refusals(self, posterior: Posterior) -> None:
        with pytest.raises(InputError, match="90 are due"):
            posterior.samples(np.zeros((1, 471), complex))
        m = np.zeros((1, 90), complex)
        m[0, 2] = np.nan
        with pytest.raises(InputError, match="curve 1, sample 3 is not finite"):
            posterior.samples(m)


def test_interrupted_training_ends_in_the_same_bytes(
    curves: CurveSet, calibration: CurveSet, run_folder: Path, tmp_path: Path
) -> None:
    class Stop(Exception):
        pass

    def stop(what: str, fraction: float, details: object) -> None:
        if what.startswith("p,") and fraction > 0.6:
            raise Stop

    with pytest.raises(Stop):
        train_posterior(curves, calibration, tmp_path / "run", QUICK, stop)
    train_posterior(curves, calibration, tmp_path / "run", QUICK)
    again, whole = (folder / "posterior.safetensors" for folder in (tmp_path / "run", run_folder))
    assert again.read_bytes() == whole.read_bytes()


def test_sets_that_differ_are_refused(curves: CurveSet, calibration: CurveSet, tmp_path: Path) -> None:
    other = CurveSet(calibration.m, calibration.labels, {**calibration.recipe, "coupling": "secular"})
    with pytest.raises(InputError, match="differ in coupling"):
        train_posterior(curves, other, tmp_path, QUICK)


def test_trust_in_what_was_not_learned() -> None:
    generator = np.random.default_rng(1)
    assert trust_of(generator.normal(-0.3, 0.5, 2000)) == 0.0
    assert trust_of(generator.normal(1.0, 0.5, 2000)) > 0.9


def test_heights_make_transforms_uniform() -> None:
    generator = np.random.default_rng(2)
    calibration = Calibration(1.0, (heights_of(generator.beta(0.6, 0.8, 4000)),))
    given = np.zeros(4000)
    fresh = generator.beta(0.6, 0.8, 4000)
    assert uniform_distance(fresh) > 3 * uniform_bound(4000)
    corrected = calibration.corrected(fresh, given)
    assert uniform_distance(corrected) < 1.7 * uniform_bound(4000)  # both samples have an error
    np.testing.assert_allclose(calibration.uncorrected(corrected, given), fresh, atol=1e-12)
    grid = np.linspace(0, 1, 100_001)
    slopes = np.exp(calibration.log_slope(grid, np.zeros(len(grid))))
    assert np.trapezoid(slopes, grid) == pytest.approx(1.0, abs=1e-3)


def test_groups_are_corrected_each_in_its_place() -> None:
    """Transforms that are too narrow where small values are predicted and too wide where large ones are: one table for
    all leaves both wrong, groups correct both."""
    generator = np.random.default_rng(3)

    def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
        places = generator.random(count)
        shape = np.exp(1.4 * (places - 0.5))
        return generator.beta(shape, shape), places

    tables, edges = tables_of(*drawn(6000))
    assert len(tables) == len(edges) + 1 == 4
    np.testing.assert_allclose(edges, [0.25, 0.5, 0.75], atol=0.03)
    groups, one = Calibration(1.0, tables, edges), Calibration(1.0, (heights_of(drawn(6000)[0]),))
    fresh, places = drawn(6000)
    for part in (places < 0.25, places > 0.75):
        assert uniform_distance(one.corrected(fresh, places)[part]) > 1.5 * uniform_bound(1500)
        assert uniform_distance(groups.corrected(fresh, places)[part]) < 1.5 * uniform_bound(1500, 1500)
    corrected = groups.corrected(fresh, places)
    assert np.all((corrected >= 0.0) & (corrected <= 1.0))
    np.testing.assert_allclose(groups.uncorrected(corrected, places), fresh, atol=1e-9)
    step = 1e-7
    slope = (groups.corrected(np.minimum(fresh + step, 1), places) - corrected) / step
    assert np.median(np.abs(np.log(slope) - groups.log_slope(fresh, places))) < 1e-5
    assert len(tables_of(fresh[:1600], places[:1600])[0]) == 1  # few curves form one group


def test_correction_of_earlier_versions() -> None:
    """One row of 19 heights is read as the same function."""
    heights = np.concatenate([[0.0], np.sort(np.random.default_rng(4).random(17)), [1.0]])
    link = {"trust": 1.0, "heights": heights.tolist()}
    grid = np.linspace(0.0, 1.0, 1001)
    read = _calibration(link).corrected(grid, np.zeros(1001))
    np.testing.assert_allclose(read, np.interp(grid, EARLIER_KNOTS, heights), atol=1e-12)


def test_factor_without_trust_is_the_prior() -> None:
    factor = Factor([], np.zeros(3, bool), Calibration(trust=0.0))
    u = np.linspace(0.1, 0.9, 5)
    np.testing.assert_array_equal(factor.log_density(np.zeros((5, 3)), np.zeros((5, 0)), u), 0.0)
    np.testing.assert_array_equal(factor.cumulative(np.zeros((5, 3)), np.zeros((5, 0)), u), u)
    np.testing.assert_array_equal(factor.quantiles(np.zeros((1, 3)), np.zeros((1, 5, 0)), u[None]), u[None])


def test_score_of_the_middle(fresh: CurveSet) -> None:
    middle = np.tile([0.1, 10.0, 3.0, 4.5], (300, 1))
    score = challenge_score(middle, fresh.known_labels(), fresh.prior)
    for part in score.parts.values():
        assert part == pytest.approx(500 / 12, rel=0.15)
    assert score.total == pytest.approx(sum(score.parts.values()))
    assert challenge_score(middle, fresh.known_labels(), fresh.prior, without=("xi",)).total < 150
