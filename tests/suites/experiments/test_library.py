"""The library suite: what counts as silent, who is asked for what, and who is believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.errors import InputError
from harness.resources import shared_folder
from harness.subjects import NamedSubject, load_subject
from harness.suites import intervals
from harness.suites.style import save
from harness.surrogates import Band, DomainCheck
from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.excluded import exclusions
from harness.tasks.spins.suites.library import against_spinach as library_spinach
from harness.tasks.spins.suites.library import run as library
from harness.tasks.spins.suites.library import truth as library_truth
from harness.tasks.spins.suites.library.answers import band_radii
from harness.tasks.spins.suites.library.declared import not_taken, windows_of
from harness.tasks.spins.suites.library.figure import library_figure
from harness.tasks.spins.suites.library.measure import (
    GOOD,
    REVEALS,
    WRONG,
    LibraryAnswer,
    LibraryRow,
    needless,
    outcome_of,
    silent_failures,
)
from harness.tasks.spins.suites.library.plan import PLANS, WINDOWS, Plan
from harness.tasks.spins.suites.library.truth import believed, drawn
from harness.tasks.spins.suites.truth import resolve_truth
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.gissmo import library as molecules

PAIR = SpinSystem([-20.0, 20.0], [[0, 8.0], [8.0, 0]])
SMALL = Plan(every=120, windows=(STANDARD_GRID, LONG_GRID), fields_t=(1.4,))
TRUTH = reference("exact").simulate(PAIR, STANDARD_GRID, ("m",))


class Off:
    """exact times 1 + ``error``; flags as told, and has a band of ``radius`` times its largest error."""

    name, observables = "off", ("m", "i1z")

    def __init__(
        self, error: float, flagged: bool = False, radius: float | None = None, horizon_s: float = 1.0
    ) -> None:
        self.error, self.flagged, self.radius = error, flagged, radius
        self.domain = Domain(1e4, (0.0, 1e3), (1, 40), 40, horizon_s)
        self.banded: list[int] = []

    def predict(self, systems, grid, uncertainty="none"):
        exact = [reference("exact").simulate(system, grid) for system in systems]
        mean = tuple(Trajectory.of(grid, Provenance("off"), (1 + self.error) * one.m, one.i1z) for one in exact)
        checks = tuple(DomainCheck({"spins": 1.0} if self.flagged else {}) for _ in systems)
        if uncertainty != "conformal":
            return Prediction(mean, checks)
        if self.radius is None:
            raise InputError("off: no bands")
        self.banded.append(len(systems))
        width = np.full(grid.points, self.radius * self.error)
        narrow = Band(0.5, "sup", {"m": width / 10, "i1z": width / 10})
        wide = Band(0.9, "sup", {"m": width, "i1z": width})
        return Prediction(mean, checks, None, tuple((narrow, wide) for _ in systems))


def subject(*arguments, **options) -> NamedSubject:
    return NamedSubject("off", "surrogate", Off(*arguments, **options), {})


def values(claims, target: str) -> list[float | None]:
    return [claim.measurement.value for claim in claims if claim.target == target]


@pytest.mark.parametrize(
    ("predicted", "error", "expected"),
    [
        (LibraryAnswer(TRUTH), GOOD, "good"),
        (LibraryAnswer(TRUTH, flagged=True), GOOD, "good, flagged"),
        (LibraryAnswer(TRUTH, flagged=True, i1z_error=GOOD), GOOD, "good, flagged"),
        (LibraryAnswer(TRUTH, flagged=True, i1z_error=2 * GOOD), GOOD, "between, flagged"),  # I1z is wrong
        (LibraryAnswer(TRUTH), WRONG, "between"),
        (LibraryAnswer(TRUTH, flagged=True), WRONG, "between, flagged"),
        (LibraryAnswer(TRUTH), 1.01 * WRONG, "wrong, silent"),
        (LibraryAnswer(TRUTH, flagged=True), 1.01 * WRONG, "wrong, flagged"),
        (LibraryAnswer(TRUTH, radius=0.05), 0.05, "wrong, revealed"),
        (LibraryAnswer(TRUTH, radius=0.05 * REVEALS), 0.05, "wrong, revealed"),
        (LibraryAnswer(TRUTH, radius=0.049), 0.05, "wrong, silent"),  # the band does not hold the truth
        (LibraryAnswer(TRUTH, radius=0.051 * REVEALS), 0.05, "wrong, silent"),  # so wide that it says nothing
        (LibraryAnswer(TRUTH, stated=0.06), 0.05, "wrong, revealed"),
        (LibraryAnswer(TRUTH, stated=1.0), 0.05, "wrong, silent"),
        (LibraryAnswer(TRUTH), float("nan"), "wrong, silent"),
    ],
)
def test_what_an_answer_amounts_to(predicted: LibraryAnswer, error: float, expected: str) -> None:
    assert outcome_of(predicted, error, error) == expected


def test_an_uncertain_truth_accuses_nobody_and_praises_nobody() -> None:
    assert outcome_of(LibraryAnswer(TRUTH), 0.011, 0.011, truth_error=0.002) == "between"
    assert outcome_of(LibraryAnswer(TRUTH), 0.0005, 0.0005, truth_error=0.002) == "between"


def test_a_refusal_counts_as_a_good_answer_that_was_not_given() -> None:
    row = LibraryRow("a", 2, 2, 1.4, 0.03, 0.5, 1e-4, 1e-4, 1.0, "good", None, "exact", 0.0)
    rows = [
        replace(row, outcome=outcome)
        for outcome in ("good", "good", "good, flagged", "refused", "between, flagged", "wrong, flagged", "failed")
    ]
    assert needless(rows) == (2, 4)
    assert needless(rows[4:]) == (0, 0)


def test_silent_failures_come_with_the_worst_first() -> None:
    row = LibraryRow("a", 2, 2, 1.4, 0.03, 0.5, 1e-4, 1e-4, 1.0, "good", None, "exact", 0.0)
    worst = [replace(row, outcome="wrong, silent", error=error) for error in (0.02, 0.5, 0.1)]
    assert [one.error for one in silent_failures([row, *worst])] == [0.5, 0.1, 0.02]


def test_a_right_subject_passes_and_a_wrong_one_is_caught_in_every_window() -> None:
    right, wrong = library.run(subject(1e-5), SMALL), library.run(subject(0.05), SMALL)
    assert values(right.claims, "silent_failures") == [0.0, 0.0]
    assert values(right.claims, "needless") == [0.0, 0.0]
    systems = len(list(drawn(SMALL.every)))
    assert values(wrong.claims, "silent_failures") == [systems, systems]
    assert all(row.error == pytest.approx(0.05, rel=1e-6) for row in wrong.rows)
    assert {row.outcome for row in right.rows} == {"good"}


def test_a_flag_or_a_narrow_band_tells_and_a_wide_one_does_not() -> None:
    for other, expected in (
        (subject(0.05, flagged=True), "wrong, flagged"),
        (subject(0.05, radius=2.0), "wrong, revealed"),
        (subject(0.05, radius=50.0), "wrong, silent"),
    ):
        found = library.run(other, replace(SMALL, windows=(STANDARD_GRID,)))
        assert {row.outcome for row in found.rows} == {expected}


def test_bands_are_requested_only_where_they_matter() -> None:
    right = subject(1e-5, radius=2.0)
    library.run(right, SMALL)
    assert right.model.banded == []
    wrong = subject(0.05, radius=2.0)
    library.run(wrong, replace(SMALL, windows=(STANDARD_GRID,)))
    assert wrong.model.banded == [len(list(drawn(SMALL.every)))]
    assert band_radii(wrong, [PAIR], STANDARD_GRID) == [pytest.approx(0.1)]
    assert band_radii(load_subject("exact"), [PAIR], STANDARD_GRID) == [None]


def test_whoever_flags_all_that_is_good_misses_the_other_target() -> None:
    found = library.run(subject(1e-5, flagged=True), SMALL)
    assert values(found.claims, "needless") == [1.0, 1.0]
    (claim, _) = [c for c in found.claims if c.target == "needless"]
    systems = len(list(drawn(SMALL.every)))
    assert claim.measurement.cases == systems
    assert claim.measurement.interval is None, "a fixed list"
    assert claim.measurement.note == f"{systems} of {systems}; {intervals.binomial(systems, systems)}"


def test_windows_beyond_the_declared_horizon_are_excluded_beforehand_and_named() -> None:
    short = subject(1e-5, horizon_s=0.0999)
    assert windows_of(short) == (STANDARD_GRID, LONG_GRID)
    assert windows_of(load_subject("exact")) == WINDOWS
    (left_out,) = [one for one in exclusions(short, {}, ("library",)) if one.suite == "library"]
    assert (left_out.what, left_out.why) == ("answers over 1 s", "off declares a domain that ends at 99.9 ms")
    assert exclusions(load_subject("exact"), {}, ("library",)) == ()
    nothing = library.run(subject(1e-5, horizon_s=0.01), SMALL)
    assert (nothing.rows, nothing.claims) == ([], [])


def test_refusals_failures_and_lack_of_time_are_distinguished() -> None:
    class Picky:
        name, observables = "picky", ("m", "i1z")

        def simulate(self, system, grid, observables=("m",)):
            if len(system) > 6:
                raise InputError("picky: at most 6 spins")
            if len(system) == 6:
                raise RuntimeError("oops")
            return reference("exact").simulate(system, grid, observables)

    plan = replace(SMALL, every=60, windows=(STANDARD_GRID,))
    found = library.run(NamedSubject("picky", "reference", Picky(), {}), plan)
    outcomes = {row.outcome for row in found.rows}
    assert outcomes == {"good", "failed", "refused"}
    (silent,) = [claim.measurement for claim in found.claims if claim.target == "silent_failures"]
    assert silent.value is None
    assert "RuntimeError: oops" in silent.problem
    hurried = library.run(load_subject("exact"), replace(plan, budget_s=0.0))
    (late,) = [c.measurement for c in hurried.claims if c.measurement.metric == "cases not done"]
    assert "17 of 18 systems, the largest, not done" in late.note
    assert len(hurried.rows) == 1


def test_a_batch_that_breaks_is_requested_one_by_one() -> None:
    class Fragile(Off):
        def predict(self, systems, grid, uncertainty="none"):
            if len(systems) > 1:
                raise InputError("too many systems at once")
            return super().predict(systems, grid, uncertainty)

    found = library.run(
        NamedSubject("fragile", "surrogate", Fragile(1e-5), {}), replace(SMALL, windows=(STANDARD_GRID,))
    )
    assert {row.outcome for row in found.rows} == {"good"}


def test_the_same_tenth_in_every_run_and_all_of_it_in_the_nightly_one() -> None:
    tenth = [entry.key for entry in drawn(10)]
    assert tenth == sorted(molecules().systems)[::10]
    assert len(tenth) == 108
    assert len(list(drawn(PLANS["nightly"].every))) == 1080


def test_what_is_too_large_for_exact_is_believed_by_grown_clusters_with_their_error(monkeypatch) -> None:
    system = load_entry("bmse000072").at(11.74)
    exact = believed(system, STANDARD_GRID)
    assert (exact.method, exact.error) == ("exact", 0.0)
    monkeypatch.setattr(library_truth, "LARGEST_BLOCK", 40)
    clusters = believed(system, STANDARD_GRID)
    assert clusters.method == "grown-cluster"
    difference = np.linalg.norm(clusters.trajectory.m - exact.trajectory.m) / np.linalg.norm(exact.trajectory.m)
    assert difference <= clusters.error < 0.1
    claims = library.run(load_subject("exact"), replace(SMALL, every=360, windows=(STANDARD_GRID,))).claims
    named = [c.measurement for c in claims if c.measurement.metric == "stated relative error of the reference"]
    assert all(one.reference == "grown-cluster" for one in named)


def load_entry(key: str):
    return molecules().molecule(key)


def test_a_shorter_window_is_the_beginning_of_a_longer_one_and_nothing_else_is() -> None:
    whole = believed(PAIR, LONG_GRID)
    direct = reference("exact").simulate(PAIR, STANDARD_GRID, ("m",))
    np.testing.assert_allclose(whole.on(STANDARD_GRID).m, direct.m, atol=1e-12)
    with pytest.raises(ValueError, match="no beginning"):
        whole.on(TimeGrid(100, 2e-4))


def test_the_largest_parts_of_the_library_are_the_two_that_exact_is_not_requested() -> None:
    from harness.tasks.spins.references.components import parts
    from harness.tasks.spins.references.composite import largest_block
    from harness.tasks.spins.systems.equivalence import equivalent_groups

    beyond = [
        entry.key
        for entry in molecules().systems.values()
        if len(entry) > 10
        and any(
            largest_block(part, equivalent_groups(part)) > library_truth.LARGEST_BLOCK
            for part in parts(entry.molecule(molecules().head).at(11.74))
        )
    ]
    assert sorted(beyond) == ["bmse001108_simulation_1", "bmse001146_simulation_1"]


@pytest.fixture(scope="module")
def spinach_answers():
    truth = resolve_truth("spinach", False, False, str(shared_folder("spinach_cache")))
    return truth, library_spinach.cases_of(truth)


def test_exact_agrees_with_spinach_on_all_sixty_and_without_signs_it_does_not(spinach_answers) -> None:
    _, cases = spinach_answers
    assert len(cases) == 60
    right = library_spinach.exact_error(cases)
    assert (right.problem, right.reference, right.cases) == ("", "spinach", 60)
    assert right.value < 1e-9
    assert library_spinach.exact_error(cases, library_spinach.unsigned).value > 1e-2


def test_a_subject_is_judged_by_spinach_itself(spinach_answers) -> None:
    truth, cases = spinach_answers
    rows, undone = library_spinach.subject_rows(subject(0.05), cases, 10.0)
    assert (len(rows), undone, {row.truth for row in rows}) == (60, "", {"spinach"})
    claim = library_spinach.subject_claim(subject(0.05), rows, truth)
    assert (claim.value, claim.reference) == (60.0, "spinach")
    assert claim.worst.split(" at ")[0] in {row.system for row in rows}
    right, _ = library_spinach.subject_rows(load_subject("exact"), cases, 60.0)
    assert {row.outcome for row in right} == {"good"}


def test_an_answer_of_spinach_that_is_missing_is_an_error(spinach_answers) -> None:
    _, cases = spinach_answers
    lost = [replace(cases[0], truth=None, problem="nothing is cached"), *cases[1:4]]
    found = library_spinach.exact_error(lost)
    assert found.value is None
    assert found.problem == "1 of 4 answers are not there: nothing is cached"


def test_the_figure_marks_what_is_silent(tmp_path) -> None:
    rows = library.run(subject(0.05), SMALL).rows + library.run(subject(1e-5, flagged=True), SMALL).rows
    figure = library_figure(rows, "off")
    path = save(figure, tmp_path / "figure.png")
    assert path.read_bytes()[:4] == b"\x89PNG"
    silent = len(list(drawn(SMALL.every)))
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == [f"30 ms, {silent} wrong in silence", f"100 ms, {silent} wrong in silence"]


class OfSomeSizes(Off):
    def takes(self, system) -> bool:
        return len(system) <= 4

    def predict(self, systems, grid, uncertainty="none"):
        if not all(map(self.takes, systems)):
            raise InputError("off: no network for so many spins")
        return super().predict(systems, grid, uncertainty)


def test_sizes_that_a_model_declares_to_lack_are_left_out_beforehand_and_named() -> None:
    some = NamedSubject("off", "surrogate", OfSomeSizes(1e-5), {})
    found = library.run(some, SMALL)
    assert {row.spins for row in found.rows} <= {1, 2, 3, 4}
    assert values(found.claims, "needless") == [0.0, 0.0]
    lacking, systems = not_taken(some)
    assert 0 < lacking < systems == 1080
    (exclusion,) = [one for one in exclusions(some, {}, ["library"]) if "sizes" in one.what]
    assert f"{lacking} of the 1080 systems" in exclusion.why
    assert not_taken(subject(1e-5)) == (0, 1080)


def test_a_flag_of_a_wrong_polarisation_is_not_raised_in_vain() -> None:
    model = Off(1e-5, flagged=True)
    whole = model.predict

    def predict(systems, grid, uncertainty="none"):
        found = whole(systems, grid, uncertainty)
        mean = tuple(replace(one, i1z=np.zeros(grid.points)) for one in found.mean)
        return replace(found, mean=mean)

    model.predict = predict
    found = library.run(NamedSubject("off", "surrogate", model, {}), replace(SMALL, windows=(STANDARD_GRID,)))
    assert {row.outcome for row in found.rows} == {"between, flagged"}


def test_networks_on_a_grid_are_judged_within_the_horizon_that_they_declare() -> None:
    general = load_subject("fno-general")
    assert windows_of(general) == (STANDARD_GRID,)
    named = [one.what for one in exclusions(general, {}, ["library"])]
    assert "answers over 100 ms" in named
    assert "answers over 1 s" in named
