"""The benchmarks of relaxing systems: what is recorded, resumed and refused, and that errors in it are errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from harness.errors import InputError
from harness.tasks.spins.benchmarks import relaxing_library, strychnine
from harness.tasks.spins.benchmarks.library import entries
from harness.tasks.spins.benchmarks.relaxing_library import Plan, answer, by_dense, record, run, totals
from harness.tasks.spins.cli.benchmark import command
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.spinach import SpinachCopy
from harness.tasks.spins.systems import TimeGrid

PLAN = Plan(1.4, TimeGrid(400, 5e-4))


def entry(key: str):
    (found,) = entries(key)
    return found


def test_small_parts_are_checked_with_the_dense_reference_and_larger_ones_with_one_rate() -> None:
    small, large = answer(entry("bmse000028_simulation_1"), PLAN), answer(entry("bmse000524_simulation_1"), PLAN)
    assert small.largest_part <= PLAN.dense < large.largest_part
    assert (small.stated_error, small.damped_error) == (0.0, None)
    assert small.error < 1e-11
    assert large.error is None
    assert large.damped_stated_error == 0.0
    assert large.damped_error < 1e-9


def test_truncated_systems_state_an_error_that_covers_the_measured_one() -> None:
    """Ten spins; an answer that boasted of half of its error would show in the record."""
    row = answer(entry("bmse000394_simulation_1"), PLAN)
    assert 0 < row.damped_error < row.damped_stated_error < 1
    assert totals([row])["damped_covered"] == 1
    boast = replace(row, system="boast", damped_stated_error=row.damped_error / 2)
    found = totals([row, boast])
    assert (found["damped_with_truncation"], found["damped_covered"]) == (2, 1)
    assert found["largest_ratio_of_error_to_stated"] == pytest.approx(2, rel=1e-5)


def test_a_wrong_answer_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def simulate(self, system, grid, names):
            return reference(relaxing_library.METHOD).simulate(
                system.with_(couplings_hz=1.01 * system.couplings_hz), grid, names
            )

    def other(name, **options):
        return Wrong() if name == relaxing_library.METHOD else reference(name, **options)

    monkeypatch.setattr(relaxing_library, "reference", other)
    assert answer(entry("bmse000028_simulation_1"), PLAN).error > 1e-4
    assert answer(entry("bmse000524_simulation_1"), PLAN).damped_error > 1e-4


def test_rows_are_taken_up_and_another_plan_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [entry("bmse000028_simulation_1"), entry("bmse000950_simulation_1")]
    first = run(chosen[:1], PLAN, tmp_path)
    requested: list[str] = []
    right = relaxing_library.answer
    monkeypatch.setattr(relaxing_library, "answer", lambda one, plan: requested.append(one.key) or right(one, plan))
    both = run(chosen, PLAN, tmp_path)
    assert both[0] == first[0]
    assert set(requested) == {chosen[1].key}
    with pytest.raises(InputError, match="made with another plan: name an empty folder"):
        run(chosen, replace(PLAN, r2_per_s=5.0), tmp_path)
    document = json.loads(json.dumps(record(both, PLAN), allow_nan=False))
    assert document["totals"]["systems"] == 2
    assert document["plan"]["r2_per_s"] == 2.0


def test_the_command_writes_the_record(tmp_path: Path) -> None:
    arguments = ["relaxing-library", "--select", "bmse00002", "--points", "200", "--out", str(tmp_path)]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.exception is None, done.exception
    found = json.loads((tmp_path / "relaxing-library.json").read_text())
    assert found["schema"] == "relaxing-library-benchmark-1"
    assert len(found["systems"]) == len(entries("bmse00002"))
    assert "without truncation" in done.output
    refused = CliRunner().invoke(command, ["relaxing-library", "--select", "caffeine-17"], standalone_mode=False)
    assert "no key of the library contains it" in str(refused.exception)


def test_by_dense_puts_parts_together() -> None:
    system = PLAN.system(entry("bmse000028_simulation_1"))
    assert by_dense(system, PLAN.grid)[0] == pytest.approx(1.0)


class Engine:
    """A Spinach that answers at once, and says that it took two minutes, one of them of the processor."""

    name, engine = "false", "spinach-octave"

    def run(self, requests, method, root, limit_s):
        (requested,) = requests
        m = np.ones(requested.grid.points, complex)
        offsets, couplings = requested.system.offsets_hz, requested.system.couplings_hz
        stages = {"hamiltonian": (100.0, 50.0), "evolution_m": (20.0, 10.0)}
        return [Answer(self.engine, "7.3.0", offsets, couplings, 6430, stages, m)]


def test_the_ratio_of_times_is_that_of_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strychnine, "RUNS", 1)
    found = strychnine.run(Engine(), SpinachCopy(Path("/nowhere"), "0" * 40), points=64)  # type: ignore[arg-type]
    assert found["spinach"]["wall_s"] == 120.0
    assert found["spinach"]["cpu_s"] == 60.0
    assert found["spinach"]["basis"].startswith("IK-1")
    for name in ("same_basis", "alone", "with_estimate"):
        mine = found[strychnine.METHOD][name]
        assert found["times_faster"][name]["wall_s"] == 120.0 / mine["wall_s"]
        assert found["times_faster"][name]["cpu_s"] == 60.0 / mine["cpu_s"]
    assert "error_estimate" in found[strychnine.METHOD]["with_estimate"]
    assert "error_estimate" not in found[strychnine.METHOD]["alone"]
    json.dumps(found, allow_nan=False)


def test_without_spinach_the_command_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINACH_ROOT", raising=False)
    refused = CliRunner().invoke(command, ["strychnine"], standalone_mode=False)
    assert isinstance(refused.exception, InputError)
    assert "SPINACH_ROOT" in str(refused.exception)
