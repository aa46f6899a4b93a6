"""What a run draws comes from its seed (``--fresh-seed``), in every suite and tier, and every record states it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.task import Tier, task_of
from harness.tasks.tddft import plans
from harness.tasks.tddft.populations import MolecularPopulation
from tests.plugin.running import REPO, run

TASK = task_of("nwchem")
STORED = {"accuracy"}
"""Its systems are those whose answers by NWChem are stored."""
PLANNED = [(suite, tier) for suite, tiers in TASK.plans.items() for tier in tiers if suite not in STORED]


@pytest.mark.parametrize(("suite", "tier"), PLANNED)
def test_every_plan_that_draws_follows_the_seed(suite: str, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, seen = TASK.plan_of(suite, tier, 5), []
    if suite == "detection":  # its suites have plans of their own

        def carried_out(subject: object, one: Any) -> SimpleNamespace:
            seen.append(one.seed)
            return SimpleNamespace(claims=[])

        monkeypatch.setattr(plans, "run_conservation", carried_out)
        for name in ("conservation", "unitarity"):
            plan.suites[name](None, None)
    assert seen == [5, 5] if suite == "detection" else plan.seed == 5


def test_fits_are_drawn_from_the_seed() -> None:
    def truth(seed: int) -> np.ndarray:
        plan = TASK.plan_of("inverse", "nightly", seed)
        return np.concatenate([next(plan.single.cases(1)).truth, next(plan.joint.cases(2, 1)).truth])

    assert np.array_equal(truth(5), truth(5))
    assert np.all(truth(5) != truth(6))


def test_a_control_has_the_seed_of_its_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []
    plain = MolecularPopulation.draw
    monkeypatch.setattr(MolecularPopulation, "draw", lambda self, n, seed: seeds.append(seed) or plain(self, n, seed))
    plan = TASK.plan_of("conservation", "smoke", 5)
    (control,) = plan.controls(plan, plan.truths())
    assert control.claims()
    assert set(seeds) == {5}


def test_a_run_draws_from_its_seed_and_records_it(tmp_path: Path) -> None:
    given = ("--pyargs", "harness.suites.conservation", "--validate-against", "nwchem", "--subject", "kernel")
    values = {}
    for seed in (5, 6):
        (tmp_path / str(seed)).mkdir()
        ran = run(tmp_path / str(seed), *given, "--fresh-seed", str(seed), cwd=REPO)
        records = [one.measurement for one in ran.report.records if one.measurement.subject == "kernel"]
        assert records, ran.out
        assert {row.seeds["draw"] for row in records} == {seed}
        values[seed] = [row.value for row in records if "work" in row.metric]
    assert len(values[5]) == len(values[6]) == 1
    assert values[5] != values[6]
