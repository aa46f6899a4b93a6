"""Learning curves: every measurement is kept, a run goes on where it stopped, and no training sees the test."""

import json

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.curves import Plan, measure
from harness.tasks.kstep.curves.correction import CorrectionCurve
from harness.tasks.kstep.curves.figure import curves_figure, means
from harness.tasks.kstep.curves.jumps import JumpCurve, force_field_jumps, mean_error
from harness.tasks.kstep.curves.plan import TEST_SEED, Row
from harness.tasks.kstep.jump.network import Settings
from tests.tasks.kstep.examples import needs

needs("tblite", "rdkit", "gfnff")

PLAN = Plan(
    fractions=(0.5, 1.0), seeds=(0,), trajectories=2, trajectory_steps=30, tests=1, pretraining=4, fine_tuning=3,
    frozen_rounds=1, settings=Settings(width=8, rounds=2, radial=4, heads=2), labels=20, centres=12, widths=(8.0, 16.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("curves")
    measure(PLAN, place, place / "work")
    return place


def test_every_variant_has_every_part_of_the_data_and_the_baselines_have_none(folder):
    record = json.loads((folder / "curves.json").read_text())
    rows = [Row(**row) for row in record["rows"]]
    calls = {(row.model, row.fraction): row.quantum_calls for row in rows}
    assert calls == {
        ("jump", 0.0): 0, ("jump", 0.5): 30, ("jump", 1.0): 60,
        ("correction", 0.0): 0, ("correction", 0.5): 10, ("correction", 1.0): 20,
    }  # fmt: skip
    trained = {(row.model, row.variant) for row in rows if row.fraction}
    assert len(trained) == 7
    assert len((folder / "curves.csv").read_text().splitlines()) == len(rows) + 1
    assert (folder / "curves.png").stat().st_size > 10_000


def test_a_run_goes_on_where_it_stopped_and_gives_the_same_numbers(folder, tmp_path):
    """One measurement is lost, all data and checkpoints remain; the others are not made again."""
    before = (folder / "curves.csv").read_text()
    (folder / "work" / "measurements" / "pretrained 1 0.json").unlink()
    predicted: list[str] = []
    measure(PLAN, tmp_path, folder / "work", predicted.append)
    assert predicted == ["pretrained 1 0"]
    assert (tmp_path / "curves.csv").read_text() == before


def test_the_shuffled_force_field_is_worse_than_none(folder):
    curve = CorrectionCurve(PLAN, folder / "work" / "correction")
    found = {name: curve.row(name, 1.0, 0).error for name in ("without MMFF94", "shuffled MMFF94")}
    assert found["shuffled MMFF94"] > 2 * found["without MMFF94"]


def test_the_error_of_a_jump_is_zero_for_the_truth_and_one_for_no_prediction(folder):
    test = JumpCurve(PLAN, folder / "work" / "jumps")._test()
    assert mean_error(lambda j: (j.position_residuals_nm, j.velocity_changes_nm_ps), test) == 0
    nothing = mean_error(lambda j: (0 * j.position_residuals_nm, 0 * j.velocity_changes_nm_ps), test)
    assert nothing == pytest.approx(1, abs=1e-12)
    assert 0.01 < mean_error(force_field_jumps, test) < 0.9


def test_lines_are_geometric_means_of_the_seeds():
    rows = [Row("jump", "scratch", "methanol", 0.1, seed, 10, error, "1") for seed, error in ((0, 0.1), (1, 0.4))]
    assert means(rows, "scratch") == {10: pytest.approx(0.2)}
    axes = curves_figure(rows).axes
    assert len(axes) == 1
    assert np.allclose(axes[0].lines[-1].get_ydata(), 0.2)


@pytest.mark.parametrize("values", [{"fractions": (0.0, 1.0)}, {"fractions": ()}, {"seeds": (TEST_SEED,)}])
def test_plans_that_cannot_be_are_refused(values):
    with pytest.raises(InputError, match=r"fractions|seeds"):
        Plan(**values)
