"""Live checks with the user's own Spinach under Octave: agreement with exact, speed, Spinach's own tests."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach import SpinachCache, SpinachOptions, find_spinach, system_used
from harness.tasks.spins.spinach.called_functions import used_functions
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.octave_batch import OctaveBatch
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.systems import STANDARD_GRID

pytestmark = pytest.mark.spinach

EVERY = ("m", "i1z", "spin_signals", "spin_polarisations")
COMPLETE = 1e-10  # of M(0): Spinach's propagators keep 2.2e-16 per element, 300 steps add up to 1e-12 … 1e-11


def random_system(rng: np.random.Generator) -> SpinSystem:
    """1 to 6 spins of up to three isotopes, any graph, couplings of both signs."""
    n = int(rng.integers(1, 7))
    couplings = np.triu(rng.uniform(-20, 20, (n, n)) * (rng.random((n, n)) < 0.6), 1)
    isotopes = [str(rng.choice(["1H", "1H", "1H", "13C", "15N"])) for _ in range(n)]
    offsets = rng.uniform(-400, 400, n)
    return SpinSystem(offsets, couplings + couplings.T, isotopes=isotopes, tagged_spin=int(rng.integers(n)))


def worst_gap(request: Request, answer: Answer) -> float:
    """Largest difference from exact, for the offsets and couplings that Spinach really used."""
    used = request.system.with_(offsets_hz=answer.offsets_hz, couplings_hz=answer.couplings_hz)
    exact = simulate(used, request.grid, "exact", request.observables)
    return max(float(np.abs(getattr(answer, name) - getattr(exact, name)).max()) for name in request.observables)


def fresh_requests(seed: int) -> list[Request]:
    """20 systems; formalisms and magnets in turn, so that the rounding of a large magnet is met too."""
    rng = np.random.default_rng(seed)
    options = [
        SpinachOptions(),
        SpinachOptions("sphten-liouv"),
        SpinachOptions(magnet_t=14.1),
        SpinachOptions("sphten-liouv", magnet_t=9.4),
    ]
    requests = []
    for k in range(20):
        system = random_system(rng)
        requested = EVERY if k % 5 == 0 else ("m", "i1z")
        chosen = options[k % 4] if len(system) < 6 else options[0]
        requests.append(Request.of(system, STANDARD_GRID, requested, chosen))
    return requests


def test_20_fresh_systems_agree_with_exact() -> None:
    """A new seed every day: the systems are not the ones that anybody has looked at."""
    requests = fresh_requests(int(time.time() // 86400))
    answers = OctaveBatch().run(requests, "spinach", str(find_spinach().root))
    gaps = [worst_gap(r, a) for r, a in zip(requests, answers, strict=True) if isinstance(a, Answer)]
    assert len(gaps) == 20, [str(a) for a in answers if not isinstance(a, Answer)]
    assert max(gaps) <= COMPLETE, [(r.system, gap) for r, gap in zip(requests, gaps, strict=True) if gap > COMPLETE]


def test_20_cache_entries_recomputed_agree() -> None:
    """Drawn with a new seed every day from those of at most 6 spins (8 take 15 s each)."""
    small = [e for e in SpinachCache.open().entries() if len(e.system) <= 6]
    rng = np.random.default_rng(int(time.time() // 86400))
    chosen = [small[int(k)] for k in rng.choice(len(small), 20, replace=False)]
    answers = OctaveBatch().run([e.request for e in chosen], "spinach", str(find_spinach().root))
    for entry, answer in zip(chosen, answers, strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert np.abs(answer.m - entry.answer.m).max() <= COMPLETE, entry.case
        assert np.abs(answer.i1z - entry.answer.i1z).max() <= COMPLETE, entry.case
        np.testing.assert_array_equal(answer.offsets_hz, entry.answer.offsets_hz)


def test_the_magnet_changes_nothing_but_rounding() -> None:
    """Alanine at 14.1 T as Spinach sees it there, and at the small magnet that the cache uses."""
    system = load_molecule("alanine").at(14.1)
    near, far = (
        reference("spinach", live=True, options=SpinachOptions(magnet_t=b)).simulate(system, STANDARD_GRID)
        for b in (0.1, 14.1)
    )
    exact = simulate(system_used(system, far), STANDARD_GRID, "exact")
    assert np.abs(far.m - exact.m).max() <= COMPLETE
    assert np.abs(np.array(far.provenance.details["offsets_used_hz"]) - system.offsets_hz).max() < 1e-6
    assert np.abs(near.m - far.m).max() < 1e-6
    assert np.abs(near.m - simulate(system, STANDARD_GRID, "exact").m).max() <= COMPLETE


def test_a_live_answer_says_where_it_comes_from() -> None:
    answer = reference("spinach-octave", live=True).simulate(load_molecule("alanine").at(14.1), TimeGrid(20, 1e-4))
    details = answer.provenance.details
    assert answer.provenance.method == "spinach"
    assert details["source"] == "live"
    assert details["spinach_commit"] == find_spinach().commit
    assert details["way"] == "octave-batch"
    assert {"create", "hamiltonian", "evolution_m", "evolution_i1z"} <= set(details["stages_wall_s"])
    assert set(details["stages_wall_s"]) == set(details["stages_cpu_s"])
    assert len(details["mfiles_sha256"]) == 64


def test_a_truncated_basis_agrees_to_its_order() -> None:
    """A chain of 7 in IK-1 of level 5: 5e-6 is what this level gives (measured for chains of 8 to 12)."""
    rng = np.random.default_rng(3)
    system = SpinSystem(rng.uniform(-250, 250, 7), np.diag([12.5] * 6, 1) + np.diag([12.5] * 6, -1))
    answer = reference("spinach", live=True, options=SpinachOptions("sphten-liouv", "IK-1", 5)).simulate(
        system, STANDARD_GRID
    )
    exact = simulate(system, STANDARD_GRID, "exact")
    gap = max(np.abs(answer.m - exact.m).max(), np.abs(answer.i1z - exact.i1z).max())
    assert 1e-12 < gap < 2e-5
    assert answer.provenance.details["truncated"] is True


def test_nothing_is_left_in_the_folders_of_spinach() -> None:
    root = find_spinach().root
    before = sorted(path.name for path in (root / "scratch").iterdir()) if (root / "scratch").is_dir() else []
    reference("spinach", live=True).simulate(SpinSystem([10.0], [[0]]), TimeGrid(5, 1e-3))
    after = sorted(path.name for path in (root / "scratch").iterdir()) if (root / "scratch").is_dir() else []
    assert before == after
    assert find_spinach().clean or not find_spinach().modified


def test_spinach_passes_its_own_tests_of_what_we_use() -> None:
    """``harness doctor --spinach-tests``: at least 71 pass, and none stops in a function that we call."""
    from harness.tasks.spins.spinach.spinach_tests import run_spinach_tests

    copy = find_spinach()
    if not (copy.root / "tests" / "lib" / "test_manifest.m").is_file():
        pytest.skip("this release of Spinach has no tests")
    used = used_functions(kinds_of_requests(), copy)
    outcomes = run_spinach_tests(copy, OctaveBatch())
    failed = [outcome for outcome in outcomes if not outcome.passed]
    assert len(outcomes) - len(failed) >= 71
    assert all(outcome.cause for outcome in failed)
    stopped = {outcome.name: sorted(set(outcome.functions) & set(used.spinach)) for outcome in failed}
    assert {name: where for name, where in stopped.items() if where} == {}


def kinds_of_requests() -> list[Request]:
    """Every kind of request that the bridge makes: both formalisms, a truncated basis, all observables."""
    mixed = SpinSystem([10.0, -20.0, 5.0], [[0, 7.0, 1.0], [7.0, 0, 3.0], [1.0, 3.0, 0]], isotopes=["1H", "1H", "13C"])
    line = SpinSystem(np.linspace(-100, 100, 6), np.diag([8.0] * 5, 1) + np.diag([8.0] * 5, -1))
    grid = TimeGrid(20, 1e-3)
    return [
        Request.of(mixed, grid, EVERY),
        Request.of(mixed, grid, EVERY, SpinachOptions("sphten-liouv")),
        Request.of(line, grid, ("m", "i1z"), SpinachOptions("sphten-liouv", "IK-1", 3)),
    ]


def test_every_compatibility_function_that_spinach_needs_is_there_for_a_reason() -> None:
    """The list of those that a trajectory calls; the others serve Spinach's own tests and users' scripts."""
    used = used_functions(kinds_of_requests(), find_spinach())
    needed = ("@table/table", "@table/subsref", "isPoolWorker", "serializeToBytes", "digestMD5", "@double/any", "pad")
    assert set(needed) <= set(used.compatibility)
    assert set(used.unused_compatibility) <= {
        "@char/all", "@single/all", "@single/any",
        "contains", "dct", "discretize", "gather", "gcp", "gpuArray", "legendreP", "normcdf", "normpdf",
        "tensorprod", "wrapToPi",
    }  # fmt: skip
    assert {"create", "basis", "hamiltonian", "evolution", "propagator", "state"} <= set(used.spinach)


@pytest.mark.skipif("SPINACH_OLD_ROOT" not in os.environ, reason="SPINACH_OLD_ROOT does not point to Spinach 2.12.1")
def test_the_last_release_agrees_too() -> None:
    requests = fresh_requests(int(time.time() // 86400) + 1)
    root = Path(os.environ["SPINACH_OLD_ROOT"])
    answers = OctaveBatch().run(requests, "spinach", str(find_spinach(root).root))
    for request, answer in zip(requests, answers, strict=True):
        assert isinstance(answer, Answer), str(answer)
        assert worst_gap(request, answer) <= COMPLETE
