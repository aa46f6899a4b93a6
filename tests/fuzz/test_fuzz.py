"""Malformed files of every kind: one line that says what is wrong, no traceback, no hang, nothing that looks complete.

``HARNESS_FUZZ_EACH=625 pytest tests/fuzz`` is the run of a night: 7,500 files here and 2,500 command lines beside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from harness.durable import Progress
from harness.errors import InputError
from harness.nightly import NightlyOptions
from harness.nightly.resume import read_journal
from harness.nightly.state import State, take_up
from harness.report.history import entry_of, read_entry
from harness.report.store import read_records, write_records
from harness.resources import shared_folder
from harness.subjects.format import BadResult, format_of
from harness.subjects.requests import RESULT_SCHEMA, request_of, results_of, systems_of
from harness.suites.targets import load_targets
from harness.tasks.spins.systems import SpinSystem, TimeGrid, load_molecule
from harness.tasks.spins.systems.system_file import load_toml
from tests.fuzz.mutations import EACH, mutated
from tests.nightly.conftest import made_report

LONGEST_S = 5.0
GRID = TimeGrid(12, 1e-3)
SPINS = format_of("spins")


def molecule(path: Path) -> None:
    found = load_toml(path)
    if not isinstance(found, SpinSystem):
        found.at(14.1)


def result(path: Path) -> None:
    for row in results_of(path.read_bytes(), 2, SPINS):
        SPINS.plain(row, GRID)


def request(path: Path) -> None:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadResult(str(error)) from None
    systems_of(content, SPINS.codec)


def mix(path: Path) -> None:
    from harness.tasks.spins.data import load_mix, units

    units(load_mix(str(path)))


def preset(path: Path) -> None:
    from harness.surrogates.training.plan import load_plan

    load_plan("fno", path)


def shards(path: Path) -> None:
    from harness.data import generate
    from harness.tasks.spins.data import parse_mix

    part = {"name": "c", "spins": [2], "counts": {"train": 1}}
    grid = {"points": 4, "dt_s": 1e-4}
    mix = parse_mix({"schema": "spin-mix-1", "name": "small", "grid": grid, "part": [part]}, "small.toml")
    folder = path.parent / f"data-{path.stem}"
    (folder / "shards").mkdir(parents=True)
    (folder / "shards" / "mix.json").write_bytes(path.read_bytes())
    # A mark of this mix, by whatever luck, goes on to work: that is stopped here, before a worker starts.
    generate(mix, folder, progress=Stopping(folder / "progress.json"))


class Stopping(Progress):
    """Ends the generation as soon as it begins."""

    def start(self, current: object, phase: str) -> None:
        raise InputError("stopped")


def recipe(path: Path) -> None:
    from harness.surrogates.training.recipe import Recipe
    from harness.toml_checks import read_toml

    Recipe.from_dict(read_toml(path))


def state(path: Path) -> None:
    work = path.parent / f"work-{path.stem}"
    work.mkdir()
    (work / "current.json").write_bytes(path.read_bytes())
    take_up(work, path.parent / "reports", NightlyOptions(), restart=False)


def text_of(kind: str, tmp_path: Path) -> str:
    """A well-formed input of a kind."""
    if kind == "molecule":
        return (shared_folder("molecules") / "alanine.gissmo.toml").read_text(encoding="utf-8")
    if kind == "system":
        return (
            "offsets_hz = [10.0, -35.0]\ncouplings_hz = [[0.0, 7.2], [7.2, 0.0]]\n"
            'labels = ["A", "B"]\ntagged_spin = "B"\n'
        )
    if kind == "mix":
        return (shared_folder("configs") / "mix" / "brief.toml").read_text(encoding="utf-8")
    if kind == "preset":
        return (shared_folder("configs") / "train" / "fno.brief.toml").read_text(encoding="utf-8")
    if kind == "shards":
        return json.dumps({"mix": "small", "mix_sha256": "0" * 64})
    if kind == "recipe":
        return (
            'epochs = 20\nbatch_size = 8\nlearning_rate = 1e-3\nseed = 3\nprecision = "float32"\n'
            "deterministic = true\n[shares]\ncheap = 0.7\n"
        )
    if kind == "targets":
        return (
            '[mine]\nversion = 1\n[mine.a]\nvalue = 1e-3\nunit = "1"\ncomparison = "<="\nsource = "ours"\n'
            'reason = "so"\n'
        )
    if kind == "request":
        return json.dumps(request_of([load_molecule("alanine").at(14.1)], GRID, SPINS.codec))
    if kind == "result":
        row = {"mx": [1.0] * 12, "my": [0.0] * 12, "i1z": [1.0] * 12}
        return json.dumps({"schema": RESULT_SCHEMA, "trajectories": [row, row]})
    if kind == "records":
        write_records(tmp_path / "well.json", made_report(0, [1e-3, 3e-3]))
        return (tmp_path / "well.json").read_text(encoding="utf-8")
    if kind == "history":
        return json.dumps(entry_of(made_report(0, [1e-3, 3e-3])), indent=1)
    return json.dumps(vars(State("2026-01-01T000000-nightly", NightlyOptions().as_dict(), ["data"])))


READERS: dict[str, Callable[[Path], object]] = {
    "molecule": molecule, "system": molecule, "mix": mix, "preset": preset, "targets": load_targets,
    "request": request, "result": result, "records": read_records, "history": read_entry, "state": state,
    "shards": shards, "recipe": recipe,
}  # fmt: skip


def one_by_one(kind: str, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    text = text_of(kind, tmp_path)
    ending = "toml" if kind in ("molecule", "system", "mix", "preset", "targets", "recipe") else "json"
    for seed in range(EACH):
        path = tmp_path / f"fuzz-{seed}.{ending}"
        path.write_bytes(mutated(text, seed))
        yield seed, path


@pytest.mark.parametrize("kind", READERS)
def test_malformed_files_are_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    """Twelve kinds. Some faults leave a file well-formed; most must be refused."""
    refused = 0
    for seed, path in one_by_one(kind, tmp_path):
        start = time.process_time()  # of this process: a busy machine is no hang
        try:
            READERS[kind](path)
        except (InputError, BadResult) as error:
            refused += 1
            message = str(error)
            assert message.strip(), f"seed {seed}: says nothing"
            assert "\n" not in message, f"seed {seed}: more than one line: {message!r}"
            assert len(message) < 1300, f"seed {seed}: {len(message)} characters"
        except Exception as error:
            pytest.fail(f"{kind}, seed {seed}: {type(error).__name__}: {str(error)[:300]}", pytrace=False)
        assert time.process_time() - start < LONGEST_S, f"seed {seed} hangs"
    assert refused > EACH / 3


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_journal_gives_whole_tests_or_none(seed: int, tmp_path: Path) -> None:
    from harness.nightly.resume import checksum

    lines = [json.dumps({"test": f"t{k}", "reports": [{"when": "call", "outcome": "passed"}]}) for k in range(5)]
    text = "".join(f"{checksum(line)} {line}\n" for line in lines)
    (tmp_path / "journal").write_bytes(mutated(text, seed))
    done = read_journal(tmp_path / "journal")
    assert all(reports == [{"when": "call", "outcome": "passed"}] for reports in done.values())
    assert read_journal(tmp_path / "journal") == done, "what is left is whole"


@pytest.mark.parametrize("kind", ["molecule", "system"])
def test_the_command_line_says_it_in_one_line(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.cli import main

    monkeypatch.chdir(tmp_path)
    for _, path in islice(one_by_one(kind, tmp_path), 25):
        with pytest.raises(SystemExit) as ended:
            main(["simulate", str(path), "--method", "weak-coupling", "--points", "4", "--out", "out.csv"])
        printed = capsys.readouterr()
        assert ended.value.code in (0, 2)
        assert "Traceback" not in printed.err
        lines = [line for line in printed.err.splitlines() if line and "warning" not in line]
        assert len(lines) == 1, printed.err
        assert (tmp_path / "out.csv").exists() == (ended.value.code == 0), "nothing is written for what is refused"
        (tmp_path / "out.csv").unlink(missing_ok=True)


def test_a_program_that_writes_malformed_results_fails_case_by_case(tmp_path: Path) -> None:
    """A real program under the real suite: every answer is damaged, and the report is none that looks complete."""
    from harness.subjects.executable import ExecutableSubject

    good = text_of("result", tmp_path)
    program = tmp_path / "program.sh"
    program.write_text('#!/bin/sh\ncp "$(cat "$(dirname "$0")/which")" "$2"\n')
    program.chmod(0o755)
    subject = ExecutableSubject.at(program, 20.0)
    system = SpinSystem([10.0, -35.0], np.zeros((2, 2)))
    answered = 0
    for seed in range(40):
        damaged = tmp_path / f"damaged-{seed}"
        damaged.write_bytes(mutated(good, seed))
        (tmp_path / "which").write_text(str(damaged))
        answers = subject.answers([system, system], GRID)
        assert len(answers) == 2
        for answer in answers:
            assert (answer.trajectory is None) == bool(answer.problem)
            answered += answer.trajectory is not None
    assert answered < 40, "most of it is refused"
