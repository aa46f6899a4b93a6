"""Names from files and users are data: no eval, no shell, whatever they hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, simulate
from harness.tasks.spins.spinach.drivers import single
from harness.tasks.spins.spinach.faults import EngineFault
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request

pytestmark = pytest.mark.octave

HOSTILE = [
    "it's",
    'a "quoted" name',
    "x';system('touch {mark}');'",
    "x\");system('touch {mark}');(\"",
    "line\nsystem('touch {mark}')",
    "$(touch {mark})",
    "`touch {mark}`",
    "; touch {mark} #",
    "%s %d \\n",
]


@pytest.fixture(params=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """A nasty name, and a file that exists if somebody ran it."""
    mark = tmp_path / "mark"
    return HOSTILE[request.param].replace("{mark}", str(mark)), mark


def test_labels_and_names_of_a_system(hostile: tuple[str, Path], grid: TimeGrid) -> None:
    name, mark = hostile
    system = SpinSystem([10.0, -20.0], [[0, 5.0], [5.0, 0]], labels=[name, name + "2"], name=name)
    answer = simulate(system, grid, "octave")
    np.testing.assert_allclose(answer.m, simulate(system, grid, "exact").m, atol=1e-12)
    assert not mark.exists()


def test_isotopes_reach_octave_as_data(tmp_path: Path, grid: TimeGrid) -> None:
    """Past the checks of SpinSystem, an isotope that is code is still only an unknown isotope."""
    mark = tmp_path / "mark"
    system = SpinSystem([10.0], [[0]])
    name = f"1H');system('touch {mark}');('"
    object.__setattr__(system, "isotopes", (name,))
    object.__setattr__(system, "observed", name)
    (outcome,) = OctaveBatch().run([Request(system, grid)], "exact", "")
    assert "spin 1/2" in str(outcome)
    assert not mark.exists()


def test_the_folder_of_the_project_may_have_any_name(
    hostile: tuple[str, Path], tmp_path: Path, grid: TimeGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our m-files lie in a folder with a nasty name, and so do the request and the result."""
    from harness.tasks.spins.spinach import mfiles, octave_batch

    name, mark = hostile
    folder = tmp_path / name.replace("/", "_") / "matlab"
    shutil.copytree(mfiles.matlab_folder(), folder)
    monkeypatch.setattr(octave_batch, "matlab_folder", lambda: folder)
    monkeypatch.setattr("tempfile.tempdir", str(folder.parent))
    system = SpinSystem([10.0], [[0]])
    answer = single(OctaveBatch().run([Request.of(system, grid)], "exact", "")[0])
    np.testing.assert_allclose(answer.m, np.exp(20j * np.pi * grid.times_s), atol=1e-12)
    assert not mark.exists()


def test_a_root_with_a_nasty_name_is_only_a_folder(hostile: tuple[str, Path], pair: SpinSystem, grid: TimeGrid) -> None:
    name, mark = hostile
    with pytest.raises(EngineFault, match="no Spinach in"):
        OctaveBatch().run([Request.of(pair, grid)], "spinach", f"/tmp/{name}")
    assert not mark.exists()


def test_a_script_is_run_by_its_file_and_not_by_its_text(tmp_path: Path) -> None:
    """Names that could be code are refused: they are no names of m-files."""
    from harness.tasks.spins.spinach.octave_batch import run_script

    root = tmp_path / "root"
    (root / "kernel").mkdir(parents=True)
    (root / "kernel" / "evolution.m").write_text("% empty\n")
    mark = tmp_path / "mark"
    bad = tmp_path / f"x');system('touch {mark.name}');('.m"
    bad.write_text("disp('ran');\n")
    done = run_script(bad, root)
    assert done.status != 0
    assert "must have the name of an m-file" in done.last_message
    assert not mark.exists()


@pytest.mark.parametrize("body", ["disp('ran');\n", "% a comment\nfunction good()\ndisp('ran');\nend\n"])
def test_scripts_and_functions_run(tmp_path: Path, body: str) -> None:
    from harness.tasks.spins.spinach.octave_batch import run_script

    folder = tmp_path / "it's a folder"
    (folder / "kernel").mkdir(parents=True)
    (folder / "kernel" / "evolution.m").write_text("% empty\n")
    (folder / "good.m").write_text(body)
    done = run_script(folder / "good.m", folder)
    assert (done.status, done.stdout.strip()) == (0, "ran"), done.stderr


def test_an_error_in_a_script_is_reported_with_file_and_line(tmp_path: Path) -> None:
    from harness.tasks.spins.spinach.octave_batch import run_script

    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "evolution.m").write_text("% empty\n")
    (tmp_path / "bad.m").write_text("function bad()\nx=1;\nerror('no signal.');\nend\n")
    done = run_script(tmp_path / "bad.m", tmp_path)
    assert done.status == 1
    assert f"{tmp_path}/bad.m:3: no signal." in done.stderr
