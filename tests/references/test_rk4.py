"""A method that may diverge says so beforehand: refused where it is unstable, a warning where it is inaccurate."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, simulate
from harness.cli import main
from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.references.rk4 import REFUSE_ABOVE, WARN_ABOVE

# Three isotopes: nothing moves i1z, which is 1 at all times.
HFP = SpinSystem(
    [110.0, -420.0, 150.0],
    [[0, 50.0, 700.0], [50.0, 0, 300.0], [700.0, 300.0, 0]],
    labels=["H", "F", "P"],
    isotopes=["1H", "19F", "31P"],
)
PAIR = SpinSystem([120.0, -80.0], [[0, 15.0], [15.0, 0]])


def test_unstable_steps_are_refused_with_the_step_that_does() -> None:
    with pytest.raises(InputError, match=r"h = 0\.002 s .* are unstable, .* substeps = \d+ does") as caught:
        simulate(HFP, TimeGrid(300, 2e-3), "rk4")
    substeps = int(re.findall(r"substeps = (\d+)", str(caught.value))[0])
    found = simulate(HFP, TimeGrid(300, 2e-3), "rk4", substeps=substeps)  # without a warning: those are errors here
    assert np.max(np.abs(found.i1z - 1)) <= WARN_ABOVE
    assert np.max(np.abs(found.m - simulate(HFP, TimeGrid(300, 2e-3)).m)) <= WARN_ABOVE


def test_inaccurate_steps_are_a_warning_with_the_step_that_does() -> None:
    with pytest.warns(UserWarning, match=r"\|H\|h = .* make errors of up to 2: substeps = \d+ does, or dt_s") as caught:
        wrong = simulate(HFP, TimeGrid(60, 5e-4), "rk4")
    assert np.abs(wrong.i1z[-1] - 1) > 0.2  # what the warning is about
    dt_s = float(re.findall(r"dt_s = ([\d.e-]+)", str(caught[0].message))[0])
    found = simulate(HFP, TimeGrid(round(60 * 5e-4 / dt_s), dt_s), "rk4")
    assert np.max(np.abs(found.i1z - 1)) <= WARN_ABOVE


@pytest.mark.parametrize("integrator", ["rk4", "euler"])
@pytest.mark.parametrize("dt_s", [1e-5, 1e-4, 3e-4, 1e-3, 2e-3, 4e-3])
def test_what_is_stated_is_what_happens(integrator: str, dt_s: float) -> None:
    """No word: the error is below the limit. A warning: below the bound that it names. A refusal: U grows."""
    grid = TimeGrid(200, dt_s)
    method = reference("rk4", integrator=integrator)
    truth = simulate(PAIR, grid)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = method.simulate(PAIR, grid)
    except InputError:
        *_, last = method.density_operators(PAIR, grid)  # type: ignore[attr-defined]
        assert not np.max(np.abs(last)) < 0.5 * REFUSE_ABOVE  # NaN and infinity too; of 1/4 to begin with
        return
    error = max(np.max(np.abs(found.m - truth.m)), np.max(np.abs(found.i1z - truth.i1z)))
    predicted = float(re.findall(r"errors of up to ([\d.e+-]+)", str(caught[0].message))[0]) if caught else WARN_ABOVE
    # The bound is of first order in the error of U, and is written with one digit.
    assert error <= 1.5 * predicted + 0.5 * predicted**2


def test_where_no_substeps_do_another_method_is_named() -> None:
    with pytest.raises(InputError, match="use 'exact'"):
        reference("rk4").simulate(HFP, TimeGrid(3000, 1e3))
    with pytest.raises(InputError, match=r"are unstable, .* use 'exact'"):
        reference("rk4").simulate(HFP, TimeGrid(3, 1e9))


def test_nothing_that_is_not_a_number_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hfp.toml"
    path.write_text(
        'offsets_hz = [110.0, -420.0, 150.0]\nisotopes = ["1H", "19F", "31P"]\n'
        "couplings_hz = [[0, 50.0, 700.0], [50.0, 0, 300.0], [700.0, 300.0, 0]]\n",
        encoding="utf-8",
    )
    for ending in ("csv", "json", "png"):
        with pytest.raises(SystemExit) as ended:
            main(["simulate", str(path), "--method", "rk4", "--dt-s", "2e-3", "--out", str(tmp_path / f"a.{ending}")])
        assert ended.value.code == 2
        assert "dt_s" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["hfp.toml"]
