"""The ladder and the cache: which rung answers, why not another, and that damaged answers are never used."""

import h5py
import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.answers.make import MOLECULES, WINDOW
from harness.tasks.kstep.library import load
from harness.tasks.kstep.references import (
    Cache,
    CacheFault,
    answers,
    hessian_at,
    ladder,
    reference_path,
    resolve,
    start_state,
)
from harness.tasks.kstep.references.cache import PACKAGED, Entry, read_entry, write_entry
from harness.tasks.kstep.state import State
from tests.tasks.kstep.examples import methanol, needs, start

needs("tblite", "rdkit")


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "user", tmp_path / "packaged")


@pytest.fixture
def nothing(monkeypatch):
    """A machine without tblite and without xtb."""
    take_away(monkeypatch)


def take_away(monkeypatch) -> None:
    monkeypatch.setattr(ladder, "_tblite", lambda: ("", "tblite is not installed"))
    monkeypatch.setattr(ladder, "_program", lambda: ("", "no program xtb on the PATH"))


def test_tblite_comes_first(cache):
    found = resolve(cache=cache)
    assert found.backend == "xtb-tblite"
    assert found.live
    assert "tblite" in found.line()


def test_the_program_answers_where_tblite_is_missing(cache, monkeypatch):
    monkeypatch.setattr(ladder, "_tblite", lambda: ("", "tblite is not installed"))
    monkeypatch.setattr(ladder, "_program", lambda: ("xtb 6.5.1", ""))
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
    assert cache.count() == 0


def test_starts_depend_on_the_seed_alone_and_rest(cache, monkeypatch):
    monkeypatch.setattr(answers, "START_PS", 0.02)
    molecule = methanol()
    found = resolve(cache=cache)
    one = start_state(found, molecule, 300.0, 5)
    assert np.array_equal(one.positions_nm, start_state(resolve(live=True), molecule, 300.0, 5).positions_nm)
    assert np.abs(molecule.masses_da @ one.velocities_nm_ps).max() < 1e-12
    assert cache.count() == 1
    with pytest.raises(InputError, match="temperature -1"):
        start_state(found, molecule, -1.0, 5)


def test_a_damaged_answer_is_refused_and_named(cache):
    entry = Entry({"kind": "hessian", "method": "GFN2-xTB"}, {"hessian": np.eye(3)}, {"engine": "test"})
    path = cache.store(entry)
    assert np.array_equal(cache.find(entry.request).arrays["hessian"], np.eye(3))
    with h5py.File(path, "r+") as file:
        file["hessian"][0, 0] = 2.0
    with pytest.raises(CacheFault, match=f"{path.name}.*checksum"):
        cache.find(entry.request)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CacheFault, match="damaged"):
        cache.find(entry.request)


def test_an_answer_under_a_wrong_name_is_refused(cache):
    entry = Entry({"kind": "hessian", "method": "GFN2-xTB"}, {"hessian": np.eye(3)}, {"engine": "test"})
    path = cache.store(entry)
    other = Entry({"kind": "hessian", "method": "GFN1-xTB"}, {"hessian": np.eye(3)}, {"engine": "test"})
    path.rename(path.with_name(other.name))
    with pytest.raises(CacheFault, match="its name"):
        cache.find(other.request)


def test_the_same_answer_gives_the_same_bytes(tmp_path):
    entry = Entry({"kind": "hessian", "method": "GFN2-xTB"}, {"b": np.eye(3), "a": np.ones(2)}, {"engine": "test"})
    assert write_entry(tmp_path / "x", entry).read_bytes() == write_entry(tmp_path / "y", entry).read_bytes()


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
    assert all(read_entry(file).provenance["engine"].startswith("tblite") for file in PACKAGED.glob("*.h5"))


def test_packaged_answers_serve_without_any_engine(monkeypatch, tmp_path):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path))
    take_away(monkeypatch)
    found = resolve()
    assert found.backend == "cache"
    assert hessian_at(found, methanol()).shape == (18, 18)
