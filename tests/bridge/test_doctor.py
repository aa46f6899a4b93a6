"""``harness doctor``: every line says what is there or what to do; faults have exit status 1."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.diagnosis import Finding, findings
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.spinach import LANDMARKS


def table(cache_dir: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings(cache_dir)}


def test_a_bare_machine_gets_a_remedy_for_everything_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SPINACH_ROOT", raising=False)
    found = table(tmp_path)
    for what in ("MATLAB", "MATLAB Engine", "Octave", "Spinach"):
        assert found[what].state == "missing", found[what]
        assert found[what].remedy, found[what]
    assert "apt-get install octave" in found["Octave"].remedy
    assert "pip install 'matlabengine" in found["MATLAB Engine"].remedy
    assert "entries" in found["Cache"].found


def test_a_root_that_is_not_spinach_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINACH_ROOT", str(tmp_path))
    assert table(tmp_path)["Spinach"].state == "fault"
    assert "kernel/create.m is missing" in table(tmp_path)["Spinach"].remedy


def test_shadowed_functions_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, other = tmp_path / "spinach", tmp_path / "mine"
    for landmark in LANDMARKS:
        (root / landmark).parent.mkdir(parents=True, exist_ok=True)
        (root / landmark).write_text("% empty\n")
    other.mkdir()
    monkeypatch.setenv("SPINACH_ROOT", str(root))
    monkeypatch.setenv("OCTAVE_PATH", str(other))
    assert table(tmp_path)["Shadowed functions"].state == "ok"
    (other / "evolution.m").write_text("% another\n")
    found = table(tmp_path)["Shadowed functions"]
    assert (found.state, str(other / "evolution.m") in found.found) == ("fault", True)


def test_a_damaged_cache_file_is_a_fault_and_the_sound_ones_are_counted(
    tmp_path: Path, make_entry: Callable[..., Entry], capsys: pytest.CaptureFixture[str]
) -> None:
    from harness.cli import main

    SpinachCache((tmp_path,)).store(make_entry())
    bad = SpinachCache((tmp_path,)).store(make_entry(points=50))
    bad.write_bytes(bad.read_bytes()[:-3])
    states = [(finding.state, finding.found) for finding in findings(tmp_path) if finding.what == "Cache"]
    assert states[0][0] == "fault"
    assert states[1][0] == "ok"
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--cache-dir", str(tmp_path)])
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "FAULT Cache" in out
    assert "harness cache verify" in out


def test_the_table_ends_with_the_ladder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from harness.cli import main

    with pytest.raises(SystemExit):
        main(["doctor", "--cache-dir", str(tmp_path)])
    out = capsys.readouterr().out
    for rung in ("matlab-engine", "matlab-batch", "octave-batch", "cache"):
        assert rung in out


@pytest.mark.usefixtures("matlab_program_standin")
def test_a_matlab_on_the_path_is_found(tmp_path: Path) -> None:
    assert "standins" in table(tmp_path)["MATLAB"].found
    assert sys.version.split()[0] in table(tmp_path)["Python"].found
