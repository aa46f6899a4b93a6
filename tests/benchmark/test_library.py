"""The whole library under the clock: what is recorded, and that the errors in it are errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from harness.benchmark import library as bench
from harness.errors import InputError
from harness.tasks.spins.benchmarks.library import Plan, entries, record, run, solve, totals
from harness.tasks.spins.benchmarks.product_basis import ProductBasis
from harness.tasks.spins.benchmarks.references import case, jobs, of_library, prepare
from harness.tasks.spins.cli.benchmark import command
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import TimeGrid, topology

GRID = TimeGrid(400, 5e-4)
PLAN = Plan(1.4, GRID)


def test_exact_by_lines_and_the_product_basis_agree_on_molecules_with_and_without_groups() -> None:
    rows = run([entry for entry in entries("bmse0005") if len(entry) <= 8][::5], PLAN)
    assert len(rows) >= 5
    assert any(row.largest_block < 2 ** (row.largest_part - 1) for row in rows)
    assert {row.method for row in rows} == {"exact"}
    assert max(row.difference for row in rows) < 1e-11
    assert all(row.product_basis_cpu_s is not None and row.stated_error is None for row in rows)


def test_a_wrong_exact_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is no comparison of a method with itself: with one coupling changed the twin objects."""

    class Wrong:
        name = "exact"

        def simulate(self, system, grid, observables):
            return reference("exact").simulate(system.with_(couplings_hz=1.01 * system.couplings_hz), grid, observables)

    monkeypatch.setattr(bench, "reference", lambda name: Wrong())
    (entry,) = entries("bmse000028_simulation_1")
    assert solve(entry, PLAN).difference > 1e-3


def test_large_blocks_go_to_grown_clusters_with_the_error_that_they_state() -> None:
    (entry,) = entries("bmse000072_simulation_1")
    row = solve(entry, replace(PLAN, largest_block=40))
    assert (row.method, row.difference) == ("grown-cluster", None)
    assert 0 <= row.stated_error < 1


def test_totals_keep_the_largest_parts_apart() -> None:
    one = solve(entries("bmse000028_simulation_1")[0], PLAN)
    giant = replace(one, system="giant", largest_part=18, difference=None, wall_s=100.0, stated_error=1e-3)
    found = totals([one, replace(one, system="worse", difference=1e-3), giant])
    assert (found["ordinary"], found["ordinary_wall_s"]) == (2, 2 * one.wall_s)
    assert (found["largest_difference"], found["largest_difference_of"]) == (1e-3, "worse")
    assert set(found["beyond"]) == {"giant"}
    document = record([one, giant], PLAN)
    assert json.loads(json.dumps(document, allow_nan=False))["plan"]["grid"] == {"points": 400, "dt_s": 5e-4}
    assert document["machine"]["processor"]


def test_the_command_writes_the_record_and_refuses_what_is_not_there(tmp_path: Path) -> None:
    arguments = ["library", "--select", "bmse00002", "--points", "200", "--out", str(tmp_path)]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.exception is None, done.exception
    found = json.loads((tmp_path / "library.json").read_text())
    assert found["schema"] == "library-benchmark-1"
    assert len(found["systems"]) == len(entries("bmse00002")) == 2
    assert "exact against the product basis: at most" in done.output
    refused = CliRunner().invoke(command, ["library", "--select", "caffeine-17"], standalone_mode=False)
    assert isinstance(refused.exception, InputError)
    assert "no key of the library contains it" in str(refused.exception)


def test_a_system_of_the_library_stands_in_for_the_drawn_ones() -> None:
    key, sizes = of_library("bmse000072")
    assert (key, sizes) == ("bmse000072_simulation_1", [10])
    found = jobs(sizes, ["exact, M alone", "product basis"], kind=key, points=50)
    assert [job.size for job in found] == [10, 10]
    assert len(case(key, 10, 0)) == 10
    assert (
        case("chain", 4, 0).offsets_hz.tolist()
        == topology("chain", 4, np.random.default_rng([0, 4])).offsets_hz.tolist()
    )
    with pytest.raises(InputError, match="bmse000015_"):
        of_library("bmse000015")
    with pytest.raises(InputError, match="not in the library"):
        of_library("bmse999999")


def test_the_product_basis_is_timed_by_name_only() -> None:
    assert "product basis" not in {job.name for job in jobs([4])}
    (job,) = jobs([4], ["product basis"])
    call, facts = prepare(**job.arguments)
    assert facts(call())["rmse_m"] < 1e-13


def test_the_product_basis_solves_parts_apart() -> None:
    pair = topology("chain", 4, np.random.default_rng(3))
    couplings = np.array(pair.couplings_hz)
    couplings[1, 2] = couplings[2, 1] = 0.0
    split = pair.with_(couplings_hz=couplings)
    left, right = ProductBasis().simulate(split, GRID), reference("dense").simulate(split, GRID)
    np.testing.assert_allclose(left.m, right.m, atol=1e-10)
    np.testing.assert_allclose(left.i1z, right.i1z, atol=1e-10)
