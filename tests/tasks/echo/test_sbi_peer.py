"""Posteriors of the package sbi: what it learns where it is installed, and its failures as one line each."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.requirements import required
from harness.tasks.echo.inference.scores import uniform_bound, uniform_distance
from harness.tasks.echo.peers import PeerPosterior, PeerRows, PeerSettings, sbi_peer, sbi_posterior
from tests.subjects.standins import DEATHS, package
from tests.tasks.echo.sbi_stand_in import stand_in

PINNED = str(required("echo-peers", "sbi").specifier).removeprefix("==")  # type: ignore[union-attr]
FEW = PeerSettings(draws=32, trials=128, epochs=25)


def rows(count: int, seed: int) -> PeerRows:
    """Two labels, of which the inputs determine the first to 0.03 and say nothing of the second."""
    generator = np.random.default_rng(seed)
    labels = generator.random((count, 2))
    return PeerRows(labels[:, :1] + generator.normal(0.0, 0.03, (count, 3)), labels)


@pytest.fixture(scope="module")
def fresh() -> PeerRows:
    return rows(200, 2)


@pytest.fixture(scope="module")
def found(fresh: PeerRows) -> PeerPosterior:
    try:
        return sbi_posterior(rows(1000, 1), fresh, FEW, limit_s=300.0)
    except InputError as error:
        if "is not installed" in str(error):
            pytest.skip(str(error))
        raise


class TestInstalled:
    def test_it_learns_what_the_inputs_determine(self, found: PeerPosterior, fresh: PeerRows) -> None:
        assert found.facts["version"] == PINNED
        assert np.std(found.samples.mean(1)[:, 0] - fresh.labels[:, 0]) < 0.06
        assert np.std(found.samples.mean(1)[:, 1]) < 0.12
        # log(1/0.03) − log √(2πe) is 2.1 nats for one input, and 2.6 for the mean of three.
        assert 1.0 < found.renormalised.mean() < 2.7

    def test_mass_outside_the_ranges_is_stated(self, found: PeerPosterior) -> None:
        assert 0.0 < found.leaked_mass < 0.5
        assert np.all(found.renormalised >= found.log_density)


class TestStandIn:
    def test_samples_density_and_mass(self, first: Path) -> None:
        stand_in(first, PINNED)
        fresh = rows(700, 3)  # more than one portion
        found = sbi_posterior(rows(50, 4), fresh, PeerSettings(draws=16, trials=400), limit_s=60.0)
        assert found.facts["epochs"] == 7
        assert found.samples.shape == (700, 16, 2)
        assert uniform_distance(found.samples.ravel()) < 1.5 * uniform_bound(found.samples.size)
        assert found.leaked_mass == pytest.approx(1.0 - 4.0 / 9.0, abs=0.01)
        np.testing.assert_allclose(found.log_density, 2 * np.log(2 / 3), rtol=1e-6)
        assert found.renormalised.mean() == pytest.approx(0.0, abs=0.01)

    def test_draws_that_all_lie_outside(self, first: Path) -> None:
        """Where rejection would never end, the draws are moved to the nearest end, and this is stated."""
        stand_in(first, PINNED, shift="torch.where(inputs[:, :1] > 0.5, 2.0, 0.0)")
        fresh = rows(60, 7)
        found = sbi_posterior(rows(50, 4), fresh, PeerSettings(draws=16, trials=100), limit_s=60.0)
        outside = fresh.inputs[:, 0].astype(np.float32) > 0.5
        assert 10 < outside.sum() < 50
        np.testing.assert_array_equal(found.at_an_end, np.where(outside, 16, 0))
        assert np.all(found.samples[outside] == 1.0)
        assert np.all(found.inside[outside] == np.float32(0.01))
        assert np.all(found.samples[~outside].std(1) > 0.1)

    @pytest.mark.parametrize("death", DEATHS)
    def test_a_death_on_import_is_one_line(self, first: Path, death: str) -> None:
        code, words = DEATHS[death]
        package(first, "sbi", PINNED, when_imported=code)
        with pytest.raises(InputError) as caught:
            sbi_posterior(rows(10, 5), rows(10, 6), limit_s=3.0 if death == "hang" else 60.0)
        expected = "took longer than 3 s" if death == "hang" else f"{words} while being imported"
        assert str(caught.value) == f"sbi {PINNED} {expected}"

    def test_a_death_in_training_is_one_line(self, first: Path) -> None:
        stand_in(first, PINNED, when_trained=DEATHS["SIGSEGV"][0])
        with pytest.raises(InputError, match=rf"^sbi {PINNED} died with SIGSEGV while being trained$"):
            sbi_posterior(rows(10, 5), rows(10, 6), limit_s=60.0)

    def test_an_exception_is_one_line(self, first: Path) -> None:
        stand_in(first, PINNED, when_trained="raise RuntimeError('loss is NaN')")
        with pytest.raises(InputError) as caught:
            sbi_posterior(rows(10, 5), rows(10, 6), limit_s=60.0)
        assert str(caught.value) == f"sbi {PINNED} raised RuntimeError: loss is NaN while being trained"

    def test_values_that_no_posterior_has(self, first: Path) -> None:
        stand_in(first, PINNED, log_density="float('nan')")
        with pytest.raises(InputError, match="sent values that are not finite"):
            sbi_posterior(rows(10, 5), rows(10, 6), limit_s=60.0)

    def test_another_version_is_refused_before_it_is_imported(self, first: Path) -> None:
        package(first, "sbi", "0.1.0", when_imported=DEATHS["SIGILL"][0])
        with pytest.raises(InputError, match=rf"^sbi 0\.1\.0 is installed, sbi=={PINNED} is needed: pip install "):
            sbi_posterior(rows(10, 5), rows(10, 6))


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(sbi_peer, "version", absent)
    with pytest.raises(InputError, match=r"^sbi is not installed: pip install .*echo-peers"):
        sbi_posterior(rows(10, 5), rows(10, 6))
