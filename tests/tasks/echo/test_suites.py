"""The parts of the suites: cheaper simulators, populations outside the training, bands, labels that change each run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.benchmark.timing import Protocol
from harness.subjects import NamedSubject
from harness.suites.asking import Truths
from harness.tasks.echo import CHALLENGE, EchoPlan
from harness.tasks.echo.cases import SMALL
from harness.tasks.echo.forward.surrogate import packaged_forward
from harness.tasks.echo.means import AVERAGED, stored_means
from harness.tasks.echo.methods import Uncoupled
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.model import PACKAGED
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.signals import MEAN, answer_of, curve_of
from harness.tasks.echo.simulate import simulate
from harness.tasks.echo.suites import bands, means
from harness.tasks.echo.suites.front import (
    CHEAPER,
    Averaged,
    CheaperSimulator,
    front,
    interpolated,
    other_surrogates,
    stretched,
)
from harness.tasks.echo.suites.generalisation import OUTSIDE, OneDraw
from harness.tasks.echo.suites.inference import fresh_curves
from harness.tasks.echo.suites.measured import FRESH
from harness.trajectory import Provenance


class TestFront:
    def test_longer_steps_fill_the_delay(self) -> None:
        for longer in (1, 2, 4):
            coarse = stretched(CHALLENGE, longer)
            assert coarse.delay == CHALLENGE.delay
            assert coarse.dt == pytest.approx(2 * longer, rel=0.02)

    def test_interpolation_goes_through_both_pulses(self) -> None:
        """Without coupling a longer step has no error of its own; what is left is that of the splines."""
        system = SMALL.with_(strength=0.0, side=20)
        coarse = stretched(CHALLENGE, 2)
        fine, few = simulate([system], CHALLENGE)[0], simulate([system], coarse)[0]
        found = interpolated(few, coarse, CHALLENGE)
        assert np.max(np.abs(found - fine)) < 2e-3
        # Negative control: without the second pulse the samples after it are wrong.
        ignored = np.interp(CHALLENGE.times, coarse.times, few.real) + 1j * np.interp(
            CHALLENGE.times, coarse.times, few.imag
        )
        assert np.max(np.abs(ignored - fine)) > 1e-2

    def test_draws_and_lattices(self) -> None:
        one, many = CheaperSimulator(6), CheaperSimulator(6, draws=16)
        system = SMALL.with_(strength=0.05)
        means_of = [curve_of(m.simulate(system, CHALLENGE).arrays, MEAN) for m in (one, many)]
        truth = curve_of(CheaperSimulator(6, draws=256).simulate(system, CHALLENGE).arrays, MEAN)
        errors = [np.sqrt(np.mean(np.abs(m - truth) ** 2)) for m in means_of]  # type: ignore[operator]
        assert errors[1] < 0.5 * errors[0]
        assert len({method.name for method in CHEAPER}) == len(CHEAPER)

    def test_population_begins_with_the_stored_means(self) -> None:
        population = Averaged("home", POPULATIONS["home"].recipe)
        drawn = population.draw(14, 3)
        assert drawn[:12] == list(AVERAGED)
        assert len({system.fingerprint for system in drawn}) == 14

    def test_other_surrogates_of_the_package_are_on_it(self) -> None:
        """Each with one system and with a batch; the subject is left out, and the errors are those of the means."""
        plan = replace(front(10), batch=4, protocol=Protocol(warmups=0, runs=1, most_runs=1, budget_s=0.1))
        subject = NamedSubject("echo-components", "surrogate", PACKAGED["echo-components"](), {}, "echo")
        points = other_surrogates(plan, plan.truths(), subject)
        assert [(p.method, p.batch) for p in points] == [
            (name, batch) for name in ("echo-polynomials", "echo-fno") for batch in (1, 4)
        ]
        for point in points:
            median = means.stored_median(NamedSubject(point.method, "surrogate", PACKAGED[point.method](), {}, "echo"))
            assert point.error == pytest.approx(median.value, rel=1.0)  # the mean of the same twelve errors
            assert point.error > 1e-4


class TestGeneralisation:
    def test_every_change_is_flagged(self) -> None:
        domain = packaged_forward("polynomials").domain
        assert domain.contains(POPULATIONS["home"].draw(20, 1)).all()
        for population in OUTSIDE:
            assert not domain.contains(population.draw(20, 1)).any(), population.name
            assert population.grid == CHALLENGE

    def test_truth_is_one_draw(self) -> None:
        systems = [SMALL.with_(strength=strength) for strength in (0.0, 0.1)]
        found = Truths(OneDraw(), MEAN)(systems, CHALLENGE)
        for answer, m in zip(found, simulate(systems, CHALLENGE), strict=True):
            assert METRICS["rmse_draw"].of(answer, answer_of(CHALLENGE, Provenance("a"), mean=m), SMALL) < 1e-5
            shifted = answer_of(CHALLENGE, Provenance("b"), mean=m + 0.02)
            assert METRICS["rmse_draw"].of(shifted, answer, SMALL) == pytest.approx(0.02 / np.sqrt(2), rel=1e-3)


class TestBands:
    @pytest.mark.parametrize("name", PACKAGED)
    def test_packaged_bands_hold_and_narrow_ones_do_not(self, name: str) -> None:
        model = PACKAGED[name]()
        subject = NamedSubject(name, "surrogate", model, {}, "echo")
        curves = fresh_curves("test", 128, FRESH + 17)
        forward = bands.forward_of(subject)
        assert forward is model.forward
        assert forward is not None
        right = bands.coverages(subject, forward, curves, 1)
        assert all(one.value <= 1.0 and one.cases == 128 for one in right)  # type: ignore[operator]
        half = replace(forward, pointwise=0.5 * forward.pointwise, sup=0.5 * forward.sup)
        narrow = bands.coverages(subject, half, curves, 1)
        assert all(one.value > 1.0 for one in narrow)  # type: ignore[operator]
        assert bands.forward_of(means.UNCOUPLED) is None


class TestMeans:
    def test_stored_median(self) -> None:
        """The truth itself has no error; uncoupled spins have a large one; a subject without means has no number."""
        exact = NamedSubject("truth", "reference", Stored(), {}, "echo")
        assert means.stored_median(exact).value == pytest.approx(0.0, abs=1e-12)
        control = means.stored_median(means.UNCOUPLED)
        assert control.value is not None
        assert control.value > 1e-2
        assert control.cases == 12
        assert control.interval is not None

    def test_fresh_labels_change_with_the_seed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(means, "DRAWS", 4)
        one, other = (means.fresh(means.UNCOUPLED, 2, seed) for seed in (1, 2))
        assert [target for _, target in one] == ["median_fresh", "", ""]
        assert {found.case for found, _ in one[1:]}.isdisjoint({found.case for found, _ in other[1:]})
        assert one[0][0].value > 1e-2  # type: ignore[operator]
        assert dict(one[0][0].seeds) == {"draw": FRESH + 1}
        assert means.fresh(means.UNCOUPLED, 2, 1)[0][0].value == one[0][0].value


class Stored(Uncoupled):
    """Answers with the stored means."""

    def simulate(self, system, grid: EchoPlan, observables=MEAN):
        return answer_of(grid, Provenance("stored"), mean=stored_means()[system.fingerprint, grid].mean)


def test_seeds_of_a_run_are_those_of_no_set() -> None:
    assert max(recipe.seed for recipe in RECIPES.values()) < FRESH
    one, other = fresh_curves("test", 2, FRESH + 1), fresh_curves("test", 2, FRESH + 2)
    assert not np.array_equal(one.known_labels(), other.known_labels())
