"""The ladder and the cache: which rung answers, why not another, and that damaged answers are never used."""

import os
import subprocess
import sys

import numpy as np
import pytest

from harness.bridge.engine import Availability
from harness.bridge.entry_file import CacheFault
from harness.bridge.recorded import Recorded, Request
from harness.errors import InputError
from harness.tasks.kstep.answers.make import MOLECULES, WINDOW
from harness.tasks.kstep.library import load
from harness.tasks.kstep.references import XtbEntries, answers, hessian_at, reference_path, resolve, start_state
from harness.tasks.kstep.references.engines import Tblite, XtbCommand
from harness.tasks.kstep.references.entries import PACKAGED
from harness.tasks.kstep.state import State
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit")


@pytest.fixture
def cache(tmp_path) -> XtbEntries:
    return XtbEntries((tmp_path / "user",))


@pytest.fixture
def nothing(monkeypatch):
    """A machine without tblite and without xtb."""
    take_away(monkeypatch)


def take_away(monkeypatch) -> None:
    for engine, reason in ((Tblite, "tblite is not installed"), (XtbCommand, "no program xtb on the PATH")):
        monkeypatch.setattr(engine, "probe", lambda self, reason=reason: Availability(False, reason=reason))


def test_tblite_comes_first(cache):
    found = resolve(cache=cache)
    assert found.backend == "xtb-tblite"
    assert found.live
    assert "tblite" in found.line()


def test_the_program_answers_where_tblite_is_missing(cache, monkeypatch):
    take_away(monkeypatch)
    monkeypatch.setattr(XtbCommand, "probe", lambda self: Availability(True, "xtb 6.5.1"))
    found = resolve(cache=cache)
    assert (found.backend, found.version) == ("xtb-program", "xtb 6.5.1")


def test_without_any_engine_an_integrator_is_refused_with_every_reason(cache, nothing):
    found = resolve(cache=cache)
    assert found.backend == "none"
    with pytest.raises(InputError, match=r"live forces.*tblite is not installed.*no program xtb.*no entry"):
        found.force(methanol())


def test_the_cache_answers_for_windows_but_not_for_forces(cache, monkeypatch):
    molecule = methanol()
    path = reference_path(resolve(cache=cache), molecule, start(molecule), 3)
    take_away(monkeypatch)
    found = resolve(cache=cache)
    assert found.backend == "cache"
    again = reference_path(found, molecule, start(molecule), 3)
    assert np.array_equal(again.positions_nm, path.positions_nm)
    with pytest.raises(InputError, match="live forces"):
        found.force(molecule)
    with pytest.raises(InputError, match="holds no window"):
        reference_path(found, molecule, start(molecule), 4)


def test_live_does_not_look_at_the_cache(cache):
    found = resolve(live=True, cache=cache)
    hessian_at(found, methanol())
    assert cache.paths() == []


def test_starts_depend_on_the_seed_alone_and_rest(cache, monkeypatch):
    monkeypatch.setattr(answers, "START_PS", 0.02)
    molecule = methanol()
    found = resolve(cache=cache)
    one = start_state(found, molecule, 300.0, 5)
    assert np.array_equal(one.positions_nm, start_state(resolve(live=True), molecule, 300.0, 5).positions_nm)
    assert np.abs(molecule.masses_da @ one.velocities_nm_ps).max() < 1e-12
    assert len(cache.paths()) == 1
    with pytest.raises(InputError, match="temperature -1"):
        start_state(found, molecule, -1.0, 5)


def test_a_damaged_answer_is_refused_and_named(cache):
    request = Request({"kind": "hessian", "method": "GFN2-xTB"})
    path = cache.store(Recorded(request, {"hessian": np.eye(3)}, {"engine": "test"}))
    assert np.array_equal(cache.find(request).arrays["hessian"], np.eye(3))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CacheFault, match=f"{path.name}.*checksum"):
        cache.find(request)
    path.write_bytes(content[:100])
    with pytest.raises(CacheFault, match="damaged"):
        cache.find(request)


def test_an_answer_under_a_wrong_name_is_refused(cache):
    path = cache.store(Recorded(Request({"method": "GFN2-xTB"}), {"hessian": np.eye(3)}, {"engine": "test"}))
    other = Request({"method": "GFN1-xTB"})
    path.rename(path.with_name(f"{other.key}.h5"))
    with pytest.raises(CacheFault, match="its name"):
        cache.find(other)


def test_an_unknown_engine_is_refused(cache):
    with pytest.raises(InputError, match="xtb-tblite, xtb-program"):
        resolve(engine="gfn1", cache=cache)


def test_the_packaged_answers_are_whole_and_are_what_tblite_gives_today(cache):
    """Second derivatives by forces anew; the first ten femtoseconds of the packaged trajectory, before chaos."""
    packaged = resolve()
    name, temperature_k, seed, length_fs = WINDOW
    molecule = load(name)
    path = reference_path(packaged, molecule, start_state(packaged, molecule, temperature_k, seed), length_fs)
    state = State(path.positions_nm[0], path.velocities_nm_ps[0])
    fresh = reference_path(resolve(live=True), molecule, state, 10)
    assert np.abs(fresh.positions_nm - path.positions_nm[:11]).max() < 1e-9
    for one in MOLECULES:
        difference = hessian_at(packaged, load(one)) - hessian_at(resolve(live=True), load(one))
        assert np.abs(difference).max() < 50.0  # kJ/mol/nm², where stretching a bond has some 3e5
    assert all(XtbEntries.read(file).provenance["engine"].startswith("tblite") for file in PACKAGED.glob("*.h5"))


def test_packaged_answers_serve_without_any_engine(monkeypatch, tmp_path):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    take_away(monkeypatch)
    found = resolve()
    assert found.backend == "cache"
    assert hessian_at(found, methanol()).shape == (18, 18)


WITHOUT_TBLITE = """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name.partition(".")[0] == "tblite" else found(name, *more)
sys.modules["tblite"] = None
import pytest
raise SystemExit(pytest.main(sys.argv[1:]))
"""


def test_without_tblite_and_xtb_a_run_ends_with_status_4_and_every_reason(tmp_path):
    """In a process of its own, whose PATH is empty and which cannot import tblite."""
    environment = {**os.environ, "PATH": str(tmp_path), "HARNESS_CACHE": str(tmp_path)}
    environment.pop("HARNESS_XTB", None)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TBLITE, "--pyargs", "harness.tasks.kstep", "-p", "no:cacheprovider",
         "--validate-against", "xtb", "--allow-fallback", "--report-dir", str(tmp_path / "report")],
        capture_output=True, text=True, check=False, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 4
    predicted = done.stdout + done.stderr
    assert "nothing stands in" in predicted
    assert "xtb-tblite: tblite is not installed; pip install" in predicted
    assert "xtb-program: no program xtb on the PATH" in predicted
    assert "Traceback" not in predicted
    assert not (tmp_path / "report").exists()
