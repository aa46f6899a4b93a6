"""Filling the cache: the same plan always, resumable, faults of one item spare the rest."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from harness import load_molecule
from harness.bridge.filling import BATCH_LENGTH, batches
from harness.tasks.spins.spinach.build import build
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.drivers import Availability, Outcome
from harness.tasks.spins.spinach.entry import Entry, entry_name
from harness.tasks.spins.spinach.faults import EngineFault, MFileError
from harness.tasks.spins.spinach.plan import CARRIERS_PPM, Planned, full_plan, select
from harness.tasks.spins.spinach.request import Request
from harness.tasks.spins.spinach.spinach import SpinachCopy

COPY = SpinachCopy(Path("/nowhere"), "0123456789abcdef")


class Counting:
    """A driver without an engine: it answers with ones, and counts. Stops or fails where it is told to."""

    name, engine = "counting", "spinach-octave"
    requested: list[str]

    def __init__(self, requested: list[str], fail: str = "", stop_after: int = 10**6) -> None:
        self.requested, self.fail, self.stop_after, self.aborted = requested, fail, stop_after, threading.Event()

    def probe(self) -> Availability:
        return Availability(True, "1")

    def run(self, requests: Sequence[Request], method: str, spinach_root: str, limit_s: float = 1.0) -> list[Outcome]:
        if self.fail == "engine":
            raise EngineFault("the engine is gone")
        outcomes: list[Outcome] = []
        for request in requests:
            if len(self.requested) >= self.stop_after:
                raise KeyboardInterrupt
            self.requested.append(request.family)
            n = len(request.system)
            if self.fail == request.family:
                outcomes.append(MFileError("octave stopped at create.m:1: no"))
                continue
            ones = np.ones(request.grid.points)
            outcomes.append(
                Answer("octave", "1", np.zeros(n), np.zeros((n, n)), 4, {"setup": (0.0, 0.0)}, m=ones + 0j, i1z=ones)
            )
        return outcomes

    def close(self) -> None: ...

    def abort(self) -> None:
        self.aborted.set()


@pytest.fixture(scope="module")
def plan() -> list[Planned]:
    return full_plan()


def test_the_plan_is_what_was_requested(plan: list[Planned]) -> None:
    roles = Counter(item.role for item in plan)
    assert roles["molecule"] == roles["molecule-long"] == 14
    assert roles["molecule-variant-train"] == 60
    assert roles["molecule-variant-test"] == 30
    assert roles["chain-truncated"] == 2
    sizes = Counter((item.role, len(item.request.system)) for item in plan if item.role.startswith("chain"))
    assert [sizes["chain", n] for n in (2, 4, 6, 8, 10)] == [5, 5, 5, 5, 1]
    assert [sizes["chain-strong", n] for n in (2, 4, 6, 8)] == [4, 4, 4, 4]
    assert len({item.request.key("", "") for item in plan}) == len(plan)
    assert len({(item.role, item.case) for item in plan}) == len(plan)


def test_the_plan_is_the_same_every_time(plan: list[Planned]) -> None:
    assert [item.request.family for item in full_plan()] == [item.request.family for item in plan]


def test_nothing_in_the_plan_aliases(plan: list[Planned]) -> None:
    for item in plan:
        assert np.abs(item.request.system.offsets_hz).max() < item.request.grid.nyquist_hz


def test_alanine_and_valine_tag_h_alpha(plan: list[Planned]) -> None:
    for item in plan:
        if item.parameters.get("molecule") in ("alanine", "valine"):
            system = item.request.system
            assert system.labels[system.tagged_spin] == "HA"


def test_variants_keep_what_is_equivalent_and_stay_within_their_spread(plan: list[Planned]) -> None:
    for item in select(plan, ["molecule-variant-train", "molecule-variant-test"]):
        made, system = item.parameters, item.request.system
        base = load_molecule(made["molecule"], source=made["source"])
        assert np.abs(np.array(made["shifts_ppm"]) - base.shifts_ppm).max() <= 0.02
        ratio = system.couplings_hz[base.couplings_hz != 0] / base.couplings_hz[base.couplings_hz != 0]
        assert np.all(np.abs(ratio - 1) <= 0.05)
        assert 7 <= made["field_t"] <= 21
        groups = len(set(base.groups))
        assert len(system.equivalent_groups()) == groups
        assert made["seed"][0] == 20260822


def test_both_grids_of_the_molecules_resolve(plan: list[Planned]) -> None:
    for role, points in (("molecule", 300), ("molecule-long", 1000)):
        assert {item.request.grid.points for item in select(plan, [role])} == {points}
    assert {item.parameters["molecule"] for item in select(plan, ["molecule"])} == {*CARRIERS_PPM, "glycine-13c"}


def test_batches_hold_everything_once(plan: list[Planned]) -> None:
    packed = [item for batch in batches(plan) for item in batch]
    assert sorted(item.request.key("", "") for item in packed) == sorted(i.request.key("", "") for i in plan)
    assert max(len(batch) for batch in batches(plan)) <= BATCH_LENGTH


def test_a_build_resumes_where_it_stopped(plan: list[Planned], tmp_path: Path) -> None:
    small = select(plan, ["chain", "chain-strong"], "chain-2")
    cache, requested = SpinachCache((tmp_path,)), []
    with pytest.raises(KeyboardInterrupt):
        build([small[0]], cache, lambda: Counting(requested, stop_after=0), COPY)
    first = build(small[:4], cache, lambda: Counting(requested), COPY)
    assert (first.stored, first.present) == (4, 0)
    seen: list[int] = []
    second = build(small, cache, lambda: Counting(requested), COPY, progress=seen.append)
    assert (second.stored, second.present) == (len(small) - 4, 4)
    assert sum(seen) == len(small)
    assert len(requested) == len(small)
    third = build(small, cache, lambda: Counting(requested), COPY)
    assert (third.stored, third.present) == (0, len(small))


def test_entries_say_what_they_are(plan: list[Planned], tmp_path: Path) -> None:
    item = select(plan, ["molecule-variant-test"], "alanine")[3]
    cache = SpinachCache((tmp_path,))
    build([item], cache, lambda: Counting([]), COPY)
    (entry,) = cache.entries("molecule-variant-test")
    assert entry.case == item.case
    assert dict(entry.parameters) == item.parameters
    assert entry.details["way"] == "counting"
    assert entry.details["spinach_commit"] == COPY.commit
    for key in ("formalism", "approximation", "tolerances", "date", "mfiles_sha256", "stages_wall_s", "stages_cpu_s"):
        assert key in entry.details


def test_a_fault_of_one_item_spares_the_others(plan: list[Planned], tmp_path: Path) -> None:
    small = select(plan, ["chain"], "chain-4")
    cache = SpinachCache((tmp_path,))
    report = build(small, cache, lambda: Counting([], fail=small[1].request.family), COPY)
    assert report.stored == len(small) - 1
    assert [case for case, _ in report.faults] == [small[1].case]


def test_a_dead_engine_is_reported_for_each_case(plan: list[Planned], tmp_path: Path) -> None:
    small = select(plan, ["chain"], "chain-2")
    report = build(small, SpinachCache((tmp_path,)), lambda: Counting([], fail="engine"), COPY)
    assert (report.stored, len(report.faults)) == (0, len(small))


def test_a_damaged_file_is_named_and_left_alone_by_default(plan: list[Planned], tmp_path: Path) -> None:
    small = select(plan, ["chain"], "chain-2")
    path = tmp_path / entry_name(small[0].request, "spinach-octave", COPY.commit)
    path.write_bytes(b"damaged")
    cache = SpinachCache((tmp_path,))
    report = build(small, cache, lambda: Counting([]), COPY)
    assert report.stored == len(small) - 1
    assert path.name in report.faults[0][1]
    assert path.read_bytes() == b"damaged"
    report = build(small, cache, lambda: Counting([]), COPY, replace_refused=True)
    assert (report.stored, report.faults) == (1, [])
    assert path.with_name(path.name + ".refused").read_bytes() == b"damaged"


def test_workers_share_the_work(plan: list[Planned], tmp_path: Path) -> None:
    small = select(plan, ["chain", "chain-strong", "molecule"])
    report = build(small, SpinachCache((tmp_path,)), lambda: Counting([]), COPY, workers=4)
    assert report.stored == len(small)


@pytest.mark.spinach
def test_the_command_builds_resumes_verifies_and_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from harness.cli import main

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["cache", *words, "--cache-dir", str(tmp_path)])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    chosen = ("--no-packaged", "--role", "chain", "--case", "chain-2 draw", "--workers", "2")
    status, text = run("build", *chosen)
    assert (status, "4 computed, 0 were there" in text) == (0, True), text
    status, text = run("build", *chosen)
    assert (status, "0 computed, 4 were there" in text) == (0, True), text
    status, text = run("verify")
    assert (status, "are sound" in text) == (0, True)
    (victim, *_) = tmp_path.glob("*.h5")
    victim.write_bytes(victim.read_bytes()[:-1])
    status, text = run("verify")
    assert (status, victim.name in text) == (2, True)


@pytest.mark.spinach
def test_two_builds_at_once_leave_one_valid_file_each(tmp_path: Path) -> None:
    words = ["cache", "build", "--no-packaged", "--cache-dir", str(tmp_path), "--role", "chain", "--case", "chain-2"]
    both = [
        subprocess.Popen([sys.executable, "-c", "from harness.cli import main; main()", *words], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    predicted = [process.communicate(timeout=300)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], predicted
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".h5"] * 5
    assert [fault for _, fault in SpinachCache((tmp_path,)).verify()] == [""] * 5


def test_the_command_lists_and_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make_entry: Callable[..., Entry]
) -> None:
    from harness.cli import main

    SpinachCache((tmp_path,)).store(make_entry(case='it\'s a "case"'))
    for words, expected in (
        (["list", "--role", "molecule"], 'it\'s a "case"'),
        (["show", "it's a"], '"offsets_used_hz"'),
        (["build", "--dry-run", "--case", "alanine.gissmo 14.1"], ""),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["cache", *words, "--cache-dir", str(tmp_path)])
        out = capsys.readouterr()
        if words[0] != "build":
            assert (ended.value.code, expected in out.out) == (0, True)
    for words, message in (
        (["show", "no such case"], "no cache entry's case contains"),
        (["compare", "spinach-octave", "spinach-matlab"], "no request was answered by both"),
        (["build", "--role", "moleculs"], "role 'moleculs' is unknown"),
        (["build", "--case", "nothing"], "no planned case"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["cache", *words, "--cache-dir", str(tmp_path)])
        err = capsys.readouterr().err
        assert (ended.value.code, message in err, err.count("\n")) == (2, True, 1)


def test_two_engines_are_compared_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make_entry: Callable[..., Entry]
) -> None:
    from dataclasses import replace

    from harness.cli import main

    cache, left = SpinachCache((tmp_path,)), make_entry(case="both")
    moved = np.array(left.answer.m)
    moved[7] += 1e-3
    right = replace(left, engine="spinach-matlab", answer=replace(left.answer, m=moved))
    cache.store(left)
    cache.store(right)
    with pytest.raises(SystemExit) as ended:
        main(["cache", "compare", "spinach-octave", "spinach-matlab", "--cache-dir", str(tmp_path)])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "largest difference 1.00e-03 in mx at 7.0 ms" in text
