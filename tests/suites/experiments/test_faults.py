"""The seeded faults themselves, and what the suites make of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.subjects import NamedSubject
from harness.suites.detection import Bench, Row, fault_row
from harness.suites.detection.bench import replaced_rows, smallest_caught
from harness.suites.detection.faults import Fault, Faulty
from harness.suites.detection.figure import fault_figure
from harness.suites.detection.matrix import measurements, table_row
from harness.suites.targets import load_targets
from harness.task import default_task
from harness.tasks.spins.inverse import cramer_rao
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.believed import exact_truths
from harness.tasks.spins.suites.detection import plan as detection
from harness.tasks.spins.suites.faults.correct import ExactSurrogate, HonestSurrogate
from harness.tasks.spins.suites.faults.every import ALL, FAULTS, NULL
from harness.tasks.spins.suites.inverse import plan as inverse
from harness.tasks.spins.suites.populations import chains, shifted_regimes, topologies
from harness.tasks.spins.systems import STANDARD_GRID, load_molecule

SUITES = tuple(detection.QUICK.suites)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(detection.PLANS["smoke"], load_targets(default_task().targets))


def named(name: str) -> Fault:
    return next(fault for fault in ALL if fault.name == name)


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own():
    assert len(FAULTS) >= 40
    assert len(NULL) >= 2
    assert len({fault.name for fault in ALL}) == len(ALL)


@pytest.mark.parametrize("fault", [f for f in FAULTS if not f.uncertainty and f.name != "NaN in one case"],
                         ids=lambda f: f.name)  # fmt: skip
def test_every_fault_changes_an_answer_somewhere(fault: Fault, bench: Bench):
    """On rings, on systems out of range, on molecules: a fault that changes nothing would be caught by nobody."""
    model = ExactSurrogate(bench.truths)
    faulty = Faulty(model, fault)
    sets = [(r.draw(12, 1), r.grid) for r in (chains(3), topologies(4)[1])]
    sets += [(r.draw(2, 1), r.grid) for r in shifted_regimes(3, 9, detection.SMALL.ood.populations[-1].grid)]
    sets.append(([load_molecule("alanine").at(14.1)], STANDARD_GRID))
    for systems, grid in sets:
        right, wrong = model.predict(systems, grid).mean, faulty.predict(systems, grid).mean
        if len(right) != len(wrong):
            return
        for a, b in zip(right, wrong, strict=True):
            for name in ("mx", "my", "i1z", "spin_signals", "spin_polarisations"):
                one, other = getattr(a, name), getattr(b, name)
                if one is not None and other is not None and np.abs(one - other).max() > 1e-6:
                    return
    pytest.fail(f"{fault.name} changes nothing")


def test_a_faulty_subject_is_deterministic(bench: Bench):
    systems = chains(3).draw(2, 4)
    for name in ("noise", "flag at random"):
        model = Faulty(ExactSurrogate(bench.truths), named(name))
        one, two = (model.predict(systems, STANDARD_GRID) for _ in range(2))
        assert all(np.array_equal(a.m, b.m) for a, b in zip(one.mean, two.mean, strict=True))
        assert [bool(c) for c in one.in_domain] == [bool(c) for c in two.in_domain]


def test_the_honest_surrogate_errs_by_what_it_states():
    model = HonestSurrogate(exact_truths(reference("cluster", size=9)))
    systems = chains(3).draw(400, 2)
    predicted, exact = model.predict(systems, STANDARD_GRID, "mc"), model.truths(systems, STANDARD_GRID)
    assert predicted.std is not None
    last = [(a.mx[-1] - b.mx[-1]) / s.mx[-1] for a, b, s in zip(predicted.mean, exact, predicted.std, strict=True)]  # type: ignore[index]
    # Standard normal: mean 0 and std 1 within four standard errors of 400 draws.
    assert abs(np.mean(last)) < 4 / 20
    assert abs(np.std(last) - 1) < 4 / 28


@pytest.mark.parametrize(
    ("name", "suite"),
    [
        ("all J off", "scaling"),
        ("conjugate", "conservation"),
        ("spin signals in reverse order", "conservation"),
        ("some cases wrong", "scaling"),
        ("stale cache entry", "topology"),
        ("NaN in one case", "ood"),
        ("flag always inside", "ood"),
        ("spins beyond the eighth ignored", "ood"),
        ("std halved", "uncertainty"),
        ("bands of another level", "uncertainty"),
        ("another source under the same name", "spinach"),
        ("all J off", "inverse"),
        ("one step late", "inverse"),
        ("results rotated by one", "inverse"),
        ("NaN in one case", "inverse"),
    ],
)
def test_the_suite_that_is_there_for_a_fault_catches_it(name: str, suite: str, bench: Bench):
    cells, reasons = bench.examine(bench.faulty(named(name)), [suite])
    assert cells[suite] == "caught"
    assert reasons[suite]


@pytest.mark.parametrize("fault", NULL, ids=lambda f: f.name)
def test_null_faults_pass(fault: Fault, bench: Bench):
    cells, reasons = bench.examine(bench.faulty(fault), ["scaling", "conservation", "topology", "inverse"])
    assert "caught" not in cells.values(), reasons


def test_correct_subjects_pass_and_there_are_ten(bench: Bench):
    subjects = detection.correct_subjects(bench.truths)
    assert len(subjects) >= 10
    for name in ("krylov", "rk4, 20 substeps", "honest surrogate"):
        cells, reasons = bench.examine(subjects[name], ["scaling", "conservation", "topology"])
        assert "caught" not in cells.values(), reasons
    for name in ("exact", "cluster 7", "honest surrogate"):
        cells, reasons = bench.examine(subjects[name], ["inverse"])
        assert cells["inverse"] == "passed", reasons
    assert bench.examine(subjects["dense"], ["scaling"])[0]["ood"] == "not run"


def test_balanced_noise_moves_an_estimate_by_one_bound_and_leaves_the_rest_to_chance():
    """To first order: the least-squares estimate from the Jacobian is off by ± the bound, wherever there is one."""
    rng = np.random.default_rng(3)
    truth = np.zeros(200, complex)
    jacobian = rng.normal(size=(3, 200)) + 1j * rng.normal(size=(3, 200))
    jacobian[2] *= 1e-6  # a parameter that can hardly be seen: its bound is far beyond 1 Hz
    noise = inverse.balanced_noise(truth, jacobian, 10.0, rng)
    columns = np.concatenate([jacobian.real, jacobian.imag], axis=1).T
    moved = np.linalg.lstsq(columns, np.concatenate([noise.real, noise.imag]), rcond=None)[0]
    bound = cramer_rao(jacobian, 0.1)
    np.testing.assert_allclose(np.abs(moved[:2]), bound[:2], rtol=1e-9)
    assert bound[2] > inverse.BOUND_HZ
    assert abs(moved[2]) < 1e-6 * bound[2]
    # 400 values of σ = .1, three of them fixed: within five standard errors.
    assert np.std(np.concatenate([noise.real, noise.imag])) == pytest.approx(0.1, rel=5 / np.sqrt(800))


def test_fits_leave_no_trajectories_behind(bench: Bench):
    before = len(bench.truths._known)
    bench.examine(bench.faulty(named("amplitude")), ["inverse"])
    assert len(bench.truths._known) == before


def test_a_method_that_is_not_exact_is_caught(bench: Bench):
    assert all(row.caught for row in replaced_rows(bench))


def test_the_smallest_caught_size_is_where_a_target_says_it_is():
    """An amplitude is caught by M(0) = 1, whose target is 1e-6; the suites see nothing smaller."""
    bench = Bench(detection.PLANS["smoke"], load_targets(default_task().targets))
    bench.examine = lambda subject, suites=(): Bench.examine(bench, subject, ["conservation"])  # type: ignore[method-assign]
    smallest = smallest_caught(bench, named("amplitude").sized(1e-5), 8)
    assert smallest == pytest.approx(1e-6, rel=0.1)


def test_a_suite_that_passes_a_size_is_not_requested_about_smaller_ones():
    """Thresholds at 1 (ood), .1 (topology) and .01 (spinach) of a fault of size 1: the work is that of one suite."""
    thresholds = {"ood": 1.0, "topology": 0.1, "spinach": 0.01}
    requested: list[str] = []

    class Thresholds(Bench):
        def examine(self, subject, suites=SUITES):
            requested.extend(suites)
            size = abs(subject.model.fault.size)
            return {s: "caught" if size >= thresholds.get(s, 1e9) * (1 - 1e-9) else "passed" for s in suites}, {}

    bench = Thresholds(detection.PLANS["smoke"], load_targets(default_task().targets))
    fault = named("amplitude").sized(1.0)
    assert smallest_caught(bench, fault, 10) == pytest.approx(0.01, rel=0.02)
    assert len(requested) <= len(SUITES) + 3 + 12 + 2
    requested.clear()
    thresholds.update(ood=20.0, topology=1e9, spinach=1e9)
    # What slips through is made larger, and all suites are asked again.
    assert smallest_caught(bench, fault, 10) == pytest.approx(20, rel=0.02)
    thresholds.update(ood=1e9)
    assert smallest_caught(bench, fault, 10) is None


def test_bisections_keep_to_their_time_and_say_so():
    plan = replace(detection.PLANS["smoke"], bisections=2, bisections_s=1e-6)
    bench = Bench(plan, load_targets(default_task().targets))
    first, second = (fault_row(bench, named("amplitude"), ("conservation",)) for _ in range(2))
    assert first.smallest_caught is not None
    assert second.smallest_caught is None
    assert "not measured" in table_row(second)["note"]


def test_what_slips_through_is_named_with_the_size_that_would_not():
    cells = dict.fromkeys(SUITES, "passed")
    rows = [
        Row("small", "w", "fault", 0.1, "Hz", cells, {}, 0.32),
        Row("hidden", "w", "fault", 1.0, "1", cells, {}, None, "a thousand times the size slips through"),
    ]
    (slipped, _), _ = measurements(rows)
    assert slipped.worst == (
        "small (size 0.1 Hz; caught from 0.32 Hz), hidden (a thousand times the size slips through)"
    )


def test_rows_measurements_and_the_figure():
    cells = dict.fromkeys(SUITES, "passed")
    slipped = Row("slips", "w", "fault", 1.0, "Hz", cells, {})
    caught = Row("caught", "w", "fault", None, "", cells | {"ood": "caught"}, {"ood": "why"})
    rejected = Row("right", "w", "correct", None, "", cells | {"ood": "caught"}, {"ood": "why"})
    (one, target), (two, other) = measurements([slipped, caught, rejected])
    assert (one.value, target, one.worst) == (1.0, "slipped", "slips")
    assert (two.value, other, two.worst) == (1.0, "rejected", "right")
    assert table_row(caught)["first_objection"] == "ood: why"
    figure = fault_figure(["slips", "caught"], SUITES, {("caught", "ood"): "caught"}, ["slips"])
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["✗ slips", "caught"]


def test_a_reference_that_refuses_is_not_caught_but_not_run_through(bench: Bench):
    """A subject that takes no such system says nothing, which no suite counts as right or wrong."""

    class Refuses:
        name = "refuses"
        observables = ("m", "i1z")

        def predict(self, systems, grid, uncertainty="none"):
            from harness.errors import InputError

            raise InputError("takes nothing")

    subject = NamedSubject("refuses", "surrogate", Refuses(), {})
    for suite in ("scaling", "conservation", "topology", "ood", "uncertainty", "inverse"):
        claims = bench.claims(suite, subject)
        assert claims
        assert all(not claim.measurement.determined for claim in claims)
