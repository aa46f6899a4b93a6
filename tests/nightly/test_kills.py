"""SIGKILL in every phase; the next call finishes the run, and the history has one entry."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.nightly.resume import read_journal
from harness.report.history import read_history
from harness.report.store import read_records

# Seven starts of a real run take a minute; all tests here look at the one run.
pytestmark = pytest.mark.xdist_group("nightly-kills")

MAIN = "from harness.cli import main; main()"
# A model small enough to train within seconds, and long enough to be killed at it.
MIX = """
schema = "spin-mix-1"
name = "tiny"
seed = 5
grid = { points = 40, dt_s = 1e-4 }
shares = { cheap = 1.0 }
[[part]]
name = "chains"
spins = [3]
uniform_coupling = true
counts = { train = 40, validation = 10 }
"""
PLAN = """
schema = "spin-training-1"
model = "fno"
mix = "tiny.toml"
sizes = [3]
[settings]
points = 40
network = { encoder = 16, width = 8, layers = 2, modes = 6, padding = 8, dropout = 0.1 }
[recipe]
epochs = 60
"""


class Night:
    """One working folder, and the command that is called again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work, self.reports = folder, folder / "work", folder / "reports"
        (folder / "tiny.toml").write_text(MIX)
        (folder / "plan.toml").write_text(PLAN)
        self.arguments = [
            "nightly", "--subject", "exact", "--tier", "smoke", "--select", "test_spinach and alanine",
            "--train", "fno", "--preset", str(folder / "plan.toml"),
            "--work-dir", str(self.work), "--reports-dir", str(self.reports), "--json",
        ]  # fmt: skip

    def start(self, before: str = "") -> subprocess.Popen[str]:
        line = f"{before}\n{MAIN}"
        return subprocess.Popen(
            [sys.executable, "-c", line, *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
        )  # fmt: skip

    def kill_when(self, ready: Callable[[], bool]) -> None:
        process = self.start()
        deadline = time.monotonic() + 120
        while not ready():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "the moment to kill never came"
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        self.nothing_left()

    def die_in(self, function: str, after: bool) -> None:
        """SIGKILL itself before or after a function of ``harness.nightly`` or ``harness.report`` has run."""
        module, _, name = function.rpartition(".")
        process = self.start(
            f"import os, {module} as m\n"
            f"f = m.{name}\n"
            "def g(*a, **k):\n"
            f"    {'f(*a, **k)' if after else 'pass'}\n"
            "    os.kill(os.getpid(), 9)\n"
            f"m.{name} = g"
        )
        _, errors = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, errors
        self.nothing_left()

    def nothing_left(self) -> None:
        """No process of the run is alive a moment after its starter was killed."""
        deadline = time.monotonic() + 5
        while self.alive():
            assert time.monotonic() < deadline, f"orphans: {self.alive()}"
            time.sleep(0.02)

    def alive(self) -> list[str]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if str(self.work) in line:
                found.append(line)
        return found

    @property
    def state(self) -> dict:
        try:
            return json.loads((self.work / "current.json").read_text())
        except (OSError, ValueError):
            return {}

    @property
    def run(self) -> Path:
        return self.work / self.state.get("run", "none")

    def at(self, *done: str) -> bool:
        return self.state.get("done") == list(done)

    def finished_tests(self) -> int:
        try:
            return len((self.run / "suites" / "journal.jsonl").read_bytes().splitlines())
        except OSError:
            return 0


def logged(night: Night, text: str) -> bool:
    try:
        return text in (night.run / "log.txt").read_text()
    except OSError:
        return False


@pytest.fixture(scope="module")
def tortured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, dict, list[str], int]:
    """A run killed once in every phase, twice in the suites, at two moments of the report; then let through."""
    night = Night(tmp_path_factory.mktemp("night"))
    kills = []
    night.kill_when(lambda: logged(night, "cache verify"))
    kills.append("data")
    night.kill_when(lambda: any((night.run / "train").rglob("curve.csv")) or any(night.run.rglob("checkpoints/*")))
    assert night.at("data")
    kills.append("training")
    night.kill_when(lambda: night.finished_tests() >= 2)
    first = night.finished_tests()
    night.kill_when(lambda: night.finished_tests() >= first + 2)
    assert night.at("data", "training")
    kills += ["suites", "suites"]
    retained = night.finished_tests()
    # What a kill in the middle of a file leaves, here for certain and not by chance.
    data = night.reports / night.state["run"] / "data"
    data.mkdir(exist_ok=True)
    (data / ".alanine.npz.1.part").write_bytes(b"half")
    night.die_in("harness.report.history.append", after=True)
    night.die_in("harness.report.history_page.write_index", after=True)
    kills += ["report"] * 2
    process = night.start()
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 6, (output, errors)
    return night, json.loads(output), kills, retained


def test_the_run_is_finished_and_has_one_entry(tortured: tuple[Night, dict, list[str], int]) -> None:
    night, facts, kills, _ = tortured
    assert set(kills) == {"data", "training", "suites", "report"}
    entries, faults = read_history(night.reports / "history")
    assert faults == []
    assert [entry["run"] for entry in entries] == [facts["run"]]
    assert facts["attempts"] == len(kills) + 1
    assert {path.name for path in night.reports.iterdir() if path.is_dir()} == {"history", facts["run"]}
    assert facts["run"] in (night.reports / "index.html").read_text()
    assert not (night.work / "current.json").exists()


def test_finished_tests_were_not_run_again(tortured: tuple[Night, dict, list[str], int]) -> None:
    night, facts, _, retained = tortured
    assert retained >= 4
    report = read_records(facts["records"])
    assert "did not run to their end" not in report.headline
    times = sorted({record.measured for record in report.records})
    assert times[0] < report.context.started, "numbers from before the last attempt"
    done = read_journal(night.work / facts["run"] / "suites" / "journal.jsonl")
    assert len(done) == len({record.test for record in report.records})


def test_the_report_is_that_of_an_undisturbed_run(tortured: tuple[Night, dict, list[str], int], tmp_path: Path) -> None:
    _, facts, _, _ = tortured
    calm = Night(tmp_path)
    calm.arguments = [a for a in calm.arguments if a not in ("--train", "fno", "--preset", str(tmp_path / "plan.toml"))]
    process = calm.start()
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 6, (output, errors)
    undisturbed = json.loads(output)

    def numbers(path: str) -> list[tuple]:
        report = read_records(path)
        timing = ("time of the subject", "time ratio", "time of the reference")
        return [
            (r.suite, r.measurement.metric, r.measurement.case, r.measurement.subject, r.verdict,
             None if r.measurement.metric in timing else r.measurement.value)
            for r in report.records
        ]  # fmt: skip

    assert numbers(facts["records"]) == numbers(undisturbed["records"])
    folders = [Path(facts["records"]).parent, Path(undisturbed["records"]).parent]
    retained = [sorted(str(p.relative_to(f)) for p in f.rglob("*") if p.is_file()) for f in folders]
    assert retained[0] == retained[1], "the same files, kept arrays and figures included"
    assert any(name.endswith(".npz") for name in retained[0])
