"""The ladder: Engine, batch, Octave, cache, refusal; each rung with its reason."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.ladder import resolve_backend
from harness.tasks.spins.spinach.spinach import LANDMARKS, NoSpinach, find_spinach

EMPTY = ("no-cache-here",)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with Spinach's landmarks and nothing in them."""
    for landmark in LANDMARKS:
        path = tmp_path / "spinach" / landmark
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("% empty\n")
    return tmp_path / "spinach"


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No engine on the path, no Spinach."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("SPINACH_ROOT", raising=False)


def empty_cache(tmp_path: Path) -> SpinachCache:
    return SpinachCache((tmp_path / "empty",))


@pytest.mark.usefixtures("nothing")
def test_with_nothing_it_refuses_and_says_why(tmp_path: Path) -> None:
    found = resolve_backend(cache=empty_cache(tmp_path))
    assert (found.backend, found.is_spinach, found.live) == ("none", False, False)
    assert "SPINACH_ROOT is not set" in found.refusal()
    assert "no entry in" in found.refusal()
    assert "\n" not in found.line()


@pytest.mark.usefixtures("nothing")
def test_the_fallback_is_taken_only_if_allowed_and_never_called_spinach(tmp_path: Path) -> None:
    found = resolve_backend(allow_fallback=True, cache=empty_cache(tmp_path))
    assert (found.backend, found.is_spinach) == ("exact", False)
    assert "not a validation against Spinach" in found.line()


@pytest.mark.usefixtures("nothing")
def test_the_cache_is_taken_where_there_is_no_engine(tmp_path: Path, make_entry: Callable[..., Entry]) -> None:
    cache = SpinachCache((tmp_path,))
    cache.store(make_entry())
    assert resolve_backend(cache=cache).backend == "cache"
    assert resolve_backend(cache=cache).cached_entries == 1
    live = resolve_backend(cache=cache, live=True)
    assert (live.backend, live.cached_entries) == ("none", 0)
    assert resolve_backend(cache=cache, engine="spinach-matlab").backend == "none"


@pytest.mark.usefixtures("nothing")
def test_engines_without_a_program_are_passed_over_with_the_remedy(root: Path, tmp_path: Path) -> None:
    found = resolve_backend(spinach_root=root, cache=empty_cache(tmp_path))
    reasons = {rung.name: rung.reason for rung in found.rungs}
    assert "pip install 'matlabengine==" in reasons["matlab-engine"]
    assert "matlab is not on the path" in reasons["matlab-batch"]
    assert "octave-cli is not on the path" in reasons["octave-batch"]


@pytest.mark.octave
@pytest.mark.usefixtures("matlab_engine_standin", "matlab_program_standin")
def test_the_order_is_engine_batch_octave(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget_matlab: Callable[[], None]
) -> None:
    cache = empty_cache(tmp_path)
    assert resolve_backend(spinach_root=root, cache=cache).backend == "matlab-engine"
    assert resolve_backend(spinach_root=root, cache=cache, engine="spinach-octave").backend == "octave-batch"
    monkeypatch.setattr("sys.path", [entry for entry in sys.path if "standins" not in entry])
    forget_matlab()
    assert resolve_backend(spinach_root=root, cache=cache).backend == "matlab-batch"
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if "standins" not in p))
    assert resolve_backend(spinach_root=root, cache=cache).backend == "octave-batch"


@pytest.mark.octave
def test_a_live_run_counts_no_cached_entry(root: Path, tmp_path: Path, make_entry: Callable[..., Entry]) -> None:
    """What is cached is not looked at: it must not be told as if it had been, nor make the run one from the cache."""
    cache = SpinachCache((tmp_path,))
    cache.store(make_entry())
    cached = resolve_backend(cache=cache, spinach_root=root)
    live = resolve_backend(cache=cache, spinach_root=root, live=True)
    assert (cached.cached_entries, live.cached_entries) == (1, 0)
    assert live.backend == "octave-batch"
    assert next(rung for rung in live.rungs if rung.name == "cache").usable is False


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="engine 'spinach-julia' is unknown"):
        resolve_backend(engine="spinach-julia", cache=empty_cache(tmp_path))


def test_a_folder_that_is_not_spinach_is_refused_by_what_is_missing(root: Path) -> None:
    (root / "kernel" / "hamiltonian.m").unlink()
    with pytest.raises(NoSpinach, match=r"is not Spinach: kernel/hamiltonian.m is missing"):
        find_spinach(root)
    with pytest.raises(NoSpinach, match="is not Spinach"):
        find_spinach(root / "nowhere")


def test_a_root_that_cannot_be_on_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSpinach, match="cannot be on a search path"):
        find_spinach(tmp_path / "a:b")


def test_a_copy_without_git_is_known_by_its_content(root: Path) -> None:
    before = find_spinach(root)
    assert before.commit.startswith("content-")
    assert not before.clean
    (root / "kernel" / "create.m").write_text("% changed\n")
    assert find_spinach(root).commit != before.commit


def test_a_changed_kernel_is_marked_as_modified(root: Path) -> None:
    import subprocess

    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=root, check=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    clean = find_spinach(root)
    assert clean.clean
    assert len(clean.commit) == 40
    (root / "kernel" / "basis.m").write_text("% tampered\n")
    (root / "kernel" / "new.m").write_text("% added\n")
    dirty = find_spinach(root)
    assert not dirty.clean
    assert set(dirty.modified) == {"kernel/basis.m", "kernel/new.m"}
    assert dirty.commit.startswith(f"{clean.commit}+modified-")


@pytest.mark.usefixtures("nothing")
def test_simulate_refuses_in_one_line(pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(InputError) as caught:
        simulate(pair, grid, "spinach")
    message = str(caught.value)
    assert "no cached entry for" in message
    assert "SPINACH_ROOT is not set" in message
    assert "\n" not in message


@pytest.mark.usefixtures("nothing")
def test_simulate_falls_back_only_if_allowed(pair: SpinSystem, grid: TimeGrid) -> None:
    answer = reference("spinach", allow_fallback=True).simulate(pair, grid)
    assert answer.provenance.method == "exact"
    assert answer.provenance.details["fallback_for"] == "spinach"


@pytest.mark.usefixtures("nothing")
def test_simulate_answers_from_the_cache(tmp_path: Path, make_entry: Callable[..., Entry]) -> None:
    entry = make_entry()
    SpinachCache((tmp_path,)).store(entry)
    answer = reference("spinach", cache_dir=tmp_path).simulate(entry.system, entry.grid)
    assert answer.provenance.details["source"] == "cache"
    assert answer.provenance.method == "spinach"
    with pytest.raises(InputError, match="no cached entry"):
        reference("spinach-matlab", cache_dir=tmp_path).simulate(entry.system, entry.grid)


def test_a_miss_says_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINACH_ROOT", raising=False)
    for source, carriers in (("gissmo", "2.6 or 2.616785"), ("govindaraju", "2.6 or 2.62065")):
        with pytest.raises(InputError) as caught:
            simulate(load_molecule("alanine", source).at(11.7), TimeGrid(300, 1e-4), "spinach")
        there = f"cached for alanine ({source}): 9.4 T, 14.1 T; carrier {carriers} ppm; up to 1000 points of 0.0001 s:"
        assert there in str(caught.value)
        assert "harness cache list" in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="nothing is cached for these spins"):
        simulate(load_molecule("serine").at(14.1), TimeGrid(300, 1e-4), "spinach")


def test_a_miss_is_reported_although_an_entry_is_damaged(tmp_path: Path, make_entry: Callable[..., Entry]) -> None:
    cache = SpinachCache((tmp_path,))
    entry = make_entry()
    cache.store(entry).with_name("x.h5").write_bytes(b"no HDF5")
    assert cache.like(entry.system) == ""


def test_an_unknown_observable_is_refused(pair: SpinSystem, grid: TimeGrid) -> None:
    with pytest.raises(InputError, match="observable 'mz' is unknown"):
        simulate(pair, grid, "spinach", ("mz",))
