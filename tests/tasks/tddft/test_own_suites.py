"""The suites that only this task has: what they measure, what is planned, and that they see what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.subjects import load_subject
from harness.suites.asking import Truths
from harness.suites.behaviour import behaviour_of
from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.tddft.fields import DeltaStep, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.larger_steps import at_samples
from harness.tasks.tddft.nwchem.answer import answer_in
from harness.tasks.tddft.nwchem.cache import PACKAGED, AnswerEntries
from harness.tasks.tddft.nwchem.cases import packaged_requests
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.suites import anchoring, generalisation, packaged, plan, propagators
from harness.tasks.tddft.suites.agreement import agreement, faulty_dipole, same_sum
from harness.tasks.tddft.suites.figures import anchoring_figure, generalisation_figure
from harness.tasks.tddft.system_file import load_system

TASK = task_of("nwchem")
SHORT = AtomicTimeGrid.until(12.0, 0.2)


def test_what_is_planned_has_targets_and_controls() -> None:
    targets = load_targets(TASK.targets)
    tests = plan.own_tests("nightly")
    for test in tests:
        for number in test.numbers:
            assert targets[test.suite].target(number.target)
    for suite in {test.suite for test in tests}:
        mine = [number for test in tests if test.suite == suite for number in test.numbers]
        assert any(number.expected == "miss" for number in mine), suite
        assert {number.target for number in mine} == set(targets[suite].targets)
    assert plan.own_tests("smoke") == ()


def test_a_subject_is_judged_where_it_states_that_it_holds() -> None:
    behaviour = behaviour_of(TASK)
    everything = frozenset(behaviour.reasons)
    for name in ("kernel", "kernel+quad"):
        assert behaviour.found_here(load_subject(name, task=TASK), None) == everything
    water = behaviour.found_here(load_subject("ridge", task=TASK), None)
    assert "made for any direction" in water
    assert not {"made for LiH", "made for pbe", "made for STO-3G", "made for other geometry"} & water


def test_pages_of_all_suites_are_there() -> None:
    pages = behaviour_of(TASK).pages
    assert {test.suite for test in plan.own_tests("full")} <= set(pages)
    assert set(TASK.plans) <= set(pages)


def test_a_pulse_runs_backwards() -> None:
    pulse = Pulse(0.02, 0.3, (0.0, 1.0, 2.0), centre_au=9.0, carrier_origin_au=0.0)
    back = propagators.backwards(pulse, 30.0)
    for time in (0.0, 4.5, 20.0, 28.0):
        np.testing.assert_allclose(back.at(time), pulse.at(30.0 - time), atol=1e-16)


def test_reversal_tells_methods_apart() -> None:
    errors = {method: propagators.reversal_error(method, 3) for method in ("em", "cfm4", "em-one-corrector")}
    assert errors["em"] < 1e-11 < errors["cfm4"] < 1e-6
    assert errors["em-one-corrector"] > 1e-8
    assert propagators.reversal_error("em", 3, same_pulse=True) > 1e-4


def test_fresh_pulses_depend_on_the_seed_alone() -> None:
    assert propagators.fresh_pulse(4) == propagators.fresh_pulse(4) != propagators.fresh_pulse(5)
    first, again = (packaged.water_pulses(0.02, 2, seed) for seed in (4, 4))
    assert first == again != packaged.water_pulses(0.02, 2, 5)


def test_a_short_start_costs_fewer_builds_and_no_accuracy() -> None:
    h2 = structure_of(load_system("h2"))
    pulse = Pulse(0.02, 0.4)
    truth = evolve(h2, pulse, AtomicTimeGrid.until(24.0, 0.05))
    coarse = AtomicTimeGrid.until(24.0, 0.4)
    long, short = (evolve(h2, pulse, coarse, method) for method in ("cfm4", "cfm4-short-start"))
    assert short.builds < long.builds - 5
    errors = [np.abs(one.induced - truth.induced[::8]).max() for one in (long, short)]
    assert errors[1] < 1.1 * errors[0]
    np.testing.assert_allclose(at_samples(truth, coarse), truth.dipole[::8].T, atol=1e-14)


def test_anchors_are_compared_with_as_many_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "GRID", AtomicTimeGrid.until(16.0, 0.2))
    rows = anchoring.spent(0.05, 1, 2)
    (case,) = {row.case for row in rows}
    fixed = sorted((row.setting, row.builds_per_au, row.error) for row in rows if row.way == "fixed")
    assert [one[1] for one in fixed] == sorted((one[1] for one in fixed), reverse=True)
    assert fixed[0][2] < fixed[-1][2]
    judged = next(row for row in rows if (row.way, row.setting) == ("points", anchoring.JUDGED_INTERVAL_AU))
    larger = next(row for row in rows if (row.way, row.setting) == ("cfm4", anchoring.JUDGED_STEP_AU))
    assert judged.builds_per_au <= larger.builds_per_au
    assert anchoring.ratio(rows, case) == judged.error / larger.error
    assert anchoring.ratio(rows, case, "none") > anchoring.ratio(rows, case, "fixed") > anchoring.ratio(rows, case)
    same = next(row for row in rows if (row.way, row.setting) == ("fixed", anchoring.JUDGED_INTERVAL_AU))
    assert same.builds_per_au < judged.builds_per_au < 1.25 * same.builds_per_au  # the points are counted
    assert len(anchoring_figure(rows).axes) == 1


def test_one_thing_is_changed_at_a_time() -> None:
    population = replace(generalisation.POPULATIONS[0], grid=SHORT)
    truths = Truths(generalisation.Magnus4(), generalisation.OBSERVABLES)
    kernel = generalisation.measured_row(load_subject("kernel", task=TASK), population, 1, 3, truths)
    assert kernel.ratio[0] < 0.5
    frozen = generalisation.measured_row(load_subject("frozen", task=TASK), population, 1, 3, truths)
    assert frozen.ratio[0] > 1
    refused = generalisation.measured_row(load_subject("geometry", task=TASK), population, 1, 3, truths)
    assert "hf" in refused.refusal
    assert len(generalisation_figure([kernel], "kernel").axes) == 1
    assert len({one.name for one in generalisation.POPULATIONS}) == len(generalisation.POPULATIONS)


def test_propagators_are_judged_where_both_programs_form_the_same_sums() -> None:
    requests = packaged_requests()
    judged = [one for one in requests if same_sum(one)]
    assert all(one.system.functional == "hf" or one.with_points for one in judged)
    points = [one for one in judged if one.with_points]
    assert {one.system.functional for one in points} == {"lda", "pbe", "pbe0"}
    assert {one.system.restricted for one in points} == {True, False}
    assert {type(one.system.field) for one in points} == {DeltaStep, Pulse}
    assert len(points) == 14
    assert not {one.key for one in points} & {one.key for one in requests if not one.with_points}


def test_agreement_on_the_same_points_sees_one_per_cent_of_exchange() -> None:
    request = next(one for one in packaged_requests() if one.with_points and one.system.functional == "pbe0")
    answer = answer_in(AnswerEntries.read(PACKAGED / f"{request.key}.h5"))
    found = agreement(request, answer)
    assert found.case.endswith("the same points")
    assert found.dipole < 5e-9 < 1e-4 < faulty_dipole(request, answer)
    own_grid = agreement(replace(request, with_points=False), answer)
    assert own_grid.dipole > 1e-7
