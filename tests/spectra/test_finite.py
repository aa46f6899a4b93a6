"""No writer writes a number that is not finite: refused by its place, nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness import TimeGrid, Trajectory
from harness.errors import InputError
from harness.finite import require_finite
from harness.report.tables import to_csv
from harness.suites.targets import load_targets
from harness.suites.verdict import Verdict
from harness.tasks.spins.spectra import Spectrum
from harness.tasks.spins.spectra.write import Result
from harness.tasks.spins.systems import Provenance

GRID = TimeGrid(4, 1e-3)
GOOD = np.ones(4)
BAD = [np.nan, np.inf, -np.inf]


def trajectory(**changes: np.ndarray) -> Trajectory:
    return Trajectory(GRID, Provenance("x"), **({"mx": GOOD, "my": GOOD, "i1z": GOOD} | changes))


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("name", ["mx", "my", "i1z"])
def test_a_trajectory(name: str, value: float) -> None:
    with pytest.raises(InputError, match=rf"{name}\[2\] = {value}, and 1 of 4 are not finite"):
        Result("x", trajectory(**{name: np.array([1, 1, value, 1])}))


@pytest.mark.parametrize("value", BAD)
def test_a_spectrum_and_the_facts(value: float) -> None:
    broken = Spectrum(np.arange(4.0), np.array([0, value, 0, 0]), 6e8)
    with pytest.raises(InputError, match=r"spectrum\[1\]"):
        Result("x", trajectory(), broken)
    with pytest.raises(InputError, match=f"t2_s = {value}, and 1 of 1 are not finite"):
        Result("x", trajectory(), facts={"t2_s": value})


@pytest.mark.parametrize("value", BAD)
def test_tables_and_arrays(tmp_path: Path, value: float) -> None:
    assert to_csv([{"a": 1.0, "b": None}]) == "a,b\n1.0,\n"
    with pytest.raises(InputError, match=r"column 'b'\[1\]"):
        to_csv([{"a": 1, "b": 2.0}, {"a": 2, "b": value}])
    verdict = Verdict(load_targets()["spinach"], "t", "c", tmp_path)
    with pytest.raises(InputError, match=r"case: mx\[0, 1\]"):
        verdict.keep("case", mx=np.array([[1.0, value]]))
    assert not list(tmp_path.rglob("*.npz"))
    verdict.keep("case", mx=GOOD, name=np.asarray("text"), none=None)
    assert list(tmp_path.rglob("*.npz"))


def test_numbers_that_are_finite_pass() -> None:
    require_finite(np.array([1e308, -5e-324]), "x")
    require_finite(np.array(["nan"]), "text")
    require_finite(np.arange(3), "integers")
