"""What a tier plans, beside a real collection and beside the targets; and what is told where something is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.records import Context, Measurement, Record, judge
from harness.subjects import load_subject
from harness.subjects.capabilities import WORDS
from harness.suites.planned import NOT_DONE, PlannedTest, coverage
from harness.suites.targets import load_targets
from harness.tasks.spins.answers import OUTPUTS
from harness.tasks.spins.suites.needs import REASONS
from harness.tasks.spins.suites.tier_plan import tier_plan
from tests.plugin.running import REPO, environment

LIST = """
import os
def pytest_collection_finish(session):
    with open(os.environ["LISTED"], "w") as file:
        file.writelines(item.nodeid + "\\n" for item in session.items)
"""
EVERYTHING = frozenset({*WORDS, *REASONS})
CONTEXT = Context("run", "2026-01-01T00:00:00Z", "pytest", {}, {}, "", None, {})


def collected(folder: Path, tier: str) -> list[str]:
    (folder / "list_tests.py").write_text(LIST, encoding="utf-8")
    listed = folder / f"{tier}.txt"
    given = ["--validate-against", "exact", "--subject", "exact", "--tier", tier, "--collect-only"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "harness/", "-p", "no:cacheprovider", "-p", "list_tests", *given],
        cwd=REPO, capture_output=True, timeout=300, check=False,
        env=environment(folder, LISTED=str(listed), PYTHONPATH=os.pathsep.join([str(REPO), str(folder)])),
    )  # fmt: skip
    found = listed.read_text(encoding="utf-8").splitlines()
    return [node.replace("/", ".").replace(".py::", "::") for node in found]


@pytest.mark.parametrize("tier", ["smoke", "nightly", "full"])
def test_the_plan_is_what_pytest_collects_where_nothing_is_left_out(tmp_path: Path, tier: str) -> None:
    assert sorted(collected(tmp_path, tier)) == sorted(test.id for test in tier_plan(tier).tests)


def test_every_target_is_planned_and_every_planned_number_has_a_target() -> None:
    """Nothing can quietly stop being judged: a target that no test lays a number beside fails here."""
    there = {(suite.name, target) for suite in load_targets().values() for target in suite.targets}
    planned = {(test.suite, number.target) for test in tier_plan("full").tests for number in test.numbers}
    assert planned == there


def test_every_suite_judges_the_subject_and_has_a_control() -> None:
    for suite in tier_plan("smoke").suites:
        numbers = [n for test in tier_plan("smoke").tests if test.suite == suite for n in test.numbers]
        assert {number.expected for number in numbers} == {"meet", "miss"}, suite


def records_of(tests: Iterable[PlannedTest], **changes: object) -> list[Record]:
    """One record per planned number, all of which pass."""
    suites, found = load_targets(), []
    for test in tests:
        for number in test.numbers or [None]:
            target = None if number is None else suites[test.suite].target(number.target)
            unit = "1" if target is None else target.unit
            measured = Measurement(**{"metric": "m", "case": "c", "subject": "s", "reference": "r", "value": 1.0,
                                      "unit": unit, **changes})  # fmt: skip
            expected = "meet" if number is None else number.expected
            one = Record("r1", test.suite, 1, measured, target, expected, judge(measured, target, expected), test.id,
                         "pytest", CONTEXT.started, CONTEXT)  # fmt: skip
            found += [one] * (1 if number is None else number.count)
    return found


def test_a_plan_that_was_judged_in_full_is_full() -> None:
    plan = tier_plan("smoke")
    found = coverage(plan, EVERYTHING, records_of(plan.tests))
    assert found.full
    assert found.judged == found.planned > 350
    assert found.excluded == {}


@pytest.mark.parametrize("test", tier_plan("smoke").tests[::9], ids=lambda test: test.id)
def test_any_test_that_is_left_out_is_named(test: PlannedTest) -> None:
    plan = tier_plan("smoke")
    found = coverage(plan, EVERYTHING, records_of(one for one in plan.tests if one != test))
    assert not found.full
    assert {one.test for one in found.missing} == {test}
    assert test.name in found.words() or f"all of {test.suite}" in found.words()
    assert found.as_dict()["missing"][0]["test"] == test.id


def test_one_number_less_is_noticed() -> None:
    plan = tier_plan("smoke")
    records = records_of(plan.tests)
    place = next(k for k, record in enumerate(records) if record.suite == "ood" and record.target.name == "bounded")
    found = coverage(plan, EVERYTHING, records[:place] + records[place + 1 :])
    assert (found.planned - found.judged, len(found.missing)) == (1, 1)
    assert "1 of ood (test_populations[ood])" in found.words()


def test_what_could_not_be_determined_is_missing_with_its_reason() -> None:
    plan = tier_plan("smoke")
    silent = [test for test in plan.tests if test.suite == "scaling"]
    refused = records_of(silent, value=None, determined=False, note="refused by s: too large")
    found = coverage(plan, EVERYTHING, [*records_of(t for t in plan.tests if t.suite != "scaling"), *refused])
    assert not found.full
    assert "refused by s: too large" in found.words()


def test_cases_that_a_slow_subject_had_no_time_for_are_missing() -> None:
    plan = tier_plan("smoke")
    name = "harness.tasks.spins.suites.topology.test_topology::test_subject"
    slow = next(test for test in plan.tests if test.id == name)
    note = "190 of 200 cases not done: a case takes 5 s"
    undone = records_of([replace(slow, numbers=())], metric=NOT_DONE, value=None, determined=False, note=note)
    found = coverage(plan, EVERYTHING, [*records_of(plan.tests), *undone])
    assert not found.full
    assert note in found.words()


def test_a_suite_of_the_same_name_elsewhere_counts_for_nothing() -> None:
    plan = tier_plan("smoke")
    elsewhere = [PlannedTest(test.suite, test.name, test.numbers, f"tests.test_{test.suite}") for test in plan.tests]
    records = records_of(elsewhere)
    found = coverage(plan, EVERYTHING, records)
    assert found.judged == 0
    assert found.silent == plan.suites


def test_declared_capabilities_exclude_by_name_and_nothing_else_does() -> None:
    plan = tier_plan("smoke")
    found = coverage(plan, frozenset(OUTPUTS), records_of(plan.tests))
    assert found.full
    assert "uncertainty.std_gap" in found.excluded["the subject declares no standard deviations"]
    assert not any("spinach.chain_rmse" in targets for targets in found.excluded.values())
    only_m = coverage(plan, frozenset({"m"}), records_of(plan.tests))
    assert "spinach.chain_i1z_rmse" in only_m.excluded["the subject declares no I1z(t)"]
    nothing = coverage(plan, EVERYTHING, [])
    assert nothing.judged == 0
    assert nothing.planned > found.planned


def test_what_subjects_of_the_harness_declare() -> None:
    assert {"energy", "untrained", "bands", "domain_flag"} <= load_subject("spin-graph").offers
    assert load_subject("exact").offers == {"m", "i1z", "spin_signals", "spin_polarisations"}
    assert not {"energy", "untrained"} & load_subject("fno").offers
