"""The suites of the fallback and of the residual: calls are counted at the force, and changes of k have a place."""

import numpy as np
import pytest

from harness.tasks.kstep.references import XtbEntries, resolve
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites import residual
from harness.tasks.kstep.suites.fallback import ADAPTIVE, altered, fallback_rows, misplaced
from harness.tasks.kstep.suites.residual import residual_row
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return resolve(cache=XtbEntries((tmp_path_factory.mktemp("cache"),)))


@pytest.mark.parametrize(
    ("calls", "wrong"),
    [
        ([1, 1, 1, 1, 1, 1], 0),
        ([1, 1, 1, 2, 2, 2], 0),
        ([1, 1, 1, 2, 2, 2, 4, 4, 4], 0),
        ([1, 1, 2, 2, 2, 2], 1),
        ([2, 2, 2, 1, 1, 1], 1),
        ([1, 2, 1, 2, 1, 2], 4),
    ],
)
def test_k_may_change_after_a_window_and_fall_only(calls, wrong):
    assert misplaced(np.array(calls), window=3) == wrong


def test_calls_are_those_of_the_force(found):
    """A limit below every residual: two windows of 25 steps, the second with four calls for each step."""
    state = start(methanol())
    window = Window("methanol", methanol(), state.positions_nm, state.velocities_nm_ps)
    eager = altered(Method(ADAPTIVE, found), limit=1e-9)
    (row,) = fallback_rows(eager, Method("kernel", found), [window], MacroGrid(31, 8))
    assert (row.divided, row.first_divided, row.misplaced) == (5, 26, 0)
    assert row.calls == 1 + 25 + 5 * 8
    assert row.calls_without == 31
    assert row.fault == ""
    assert 0 < row.error_nm < 1e-4
    assert 5 < row.residual_kj_mol_nm < 60
    (calm,) = fallback_rows(altered(Method(ADAPTIVE, found), limit=np.inf), Method("kernel", found), [window],
                            MacroGrid(31, 8))  # fmt: skip
    assert (calm.divided, calm.calls, calm.error_nm) == (0, 31, calm.error_without_nm)
    (inside,) = fallback_rows(altered(Method(ADAPTIVE, found), limit=1e-9, window=10), eager, [window],
                              MacroGrid(13, 8))  # fmt: skip
    assert inside.misplaced == 1


def test_the_correction_leaves_a_tenth_of_what_mmff_leaves(found, monkeypatch):
    monkeypatch.setattr(residual, "GEOMETRIES", 8)
    row = residual_row(Method("kernel", found), "methanol", 5)
    assert row.geometries == 8
    assert row.rms < 0.3 * row.mmff_rms
    assert row.rms < row.largest < row.mmff_largest
    other = residual_row(Method("kernel", found), "methanol", 6)
    assert other.rms != row.rms
