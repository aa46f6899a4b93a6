"""What the suite 'packaged' measures of the learned propagators, the control that must fail, and the figure of cost."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("e3nn", reason="e3nn is not installed: pip install -e '.[tddft]'")
pytest.importorskip("mambapy", reason="mambapy is not installed: pip install -e '.[tddft]'")

from harness.report import judge
from harness.suites.targets import load_targets
from harness.task import task_of
from harness.tasks.tddft.benchmarks.transfer_figure import KINDS, kind_of, transfer_figure
from harness.tasks.tddft.models.learned.subject import HEADS, name_of
from harness.tasks.tddft.suites.learned import MODELS, learned_errors, mean_error, mean_ratio, untrained
from harness.tasks.tddft.suites.number import number
from harness.tasks.tddft.suites.packaged import Errors

RECORD = Path(__file__).parents[3] / "benchmarks" / "tddft" / "transfer" / "transfer.json"


@pytest.mark.parametrize("kind", ["pulses", "kicks"])
def test_networks_before_training_fail_where_the_packaged_ones_pass(kind: str, tmp_path: Path) -> None:
    controls = tuple(untrained(head, tmp_path) for head in HEADS)
    errors = learned_errors(kind, 4, 97, controls)
    target = load_targets(task_of("nwchem").targets)["packaged"].target("learned_largest")

    def verdict(model: str) -> str:
        return judge(number("error", kind, model, errors.worst(model)[0], reference="cfm4"), target).verdict

    assert {verdict(model) for model in MODELS} == {"pass"}
    assert {verdict(one.name) for one in controls} == {"fail"}
    frozen = np.array(errors.of["frozen"])
    for one in controls:  # without training it is the frozen Fock matrix, in steps of another rule
        np.testing.assert_allclose(errors.of[one.name], frozen, rtol=1e-2)


def test_means_and_quotients_have_intervals_of_the_cases() -> None:
    rng = np.random.default_rng(1)
    good = rng.lognormal(np.log(0.01), 0.5, 40)
    errors = Errors(("",) * 40, {"good": tuple(good), "bad": tuple(2 * good), "one": (0.02,)})
    found = mean_error(errors, "good", 3)
    assert found.value == pytest.approx(good.mean())
    assert found.interval is not None
    assert found.interval.low < good.mean() < found.interval.high < 0.02
    ratio = mean_ratio(errors, "good", "bad", 3)  # paired: the scatter of the cases cancels
    assert ratio.interval is not None
    assert (ratio.value, ratio.interval.low, ratio.interval.high) == pytest.approx((0.5, 0.5, 0.5))
    assert mean_error(errors, "one", 3).interval is None


def test_the_figure_of_cost_has_every_method_of_the_record() -> None:
    record = json.loads(RECORD.read_text())
    figure = transfer_figure(record)
    molecules = {row["molecule"] for row in record["rows"]}
    panels = [ax for ax in figure.axes if ax.lines]
    assert len(panels) == len(molecules)
    drawn = sum(np.size(line.get_xdata()) for ax in panels for line in ax.lines)
    assert drawn == len(record["rows"])
    assert {kind_of(row["method"]) for row in record["rows"]} == set(KINDS)
    assert [kind_of(one) for one in (name_of("density", 1), "em 0.2", "casida")] == ["learned", "true", "baseline"]
