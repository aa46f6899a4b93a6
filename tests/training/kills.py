"""Kill generation and training with SIGKILL at random moments, resume, and compare the outcome byte for byte.

    python tests/training/kills.py --kills 50 --folder /tmp/kills

Every round starts a job in a fresh folder and kills it again and again until it gets through, each time at a moment
drawn from the time that its phase takes undisturbed. Rounds follow until as many kills have hit a job at work as were
asked for. Exit status 0 if every finished job has the bytes of an undisturbed one.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from harness.durable import read_progress

MIX = """
schema = "spin-mix-1"
name = "small"
seed = 7
grid = { points = 40, dt_s = 1e-4 }
shares = { cheap = 1.0 }
[[part]]
name = "chains"
spins = [3, 5]
uniform_coupling = true
counts = { train = 200, validation = 40 }
"""

PLAN = """
schema = "spin-training-1"
model = "fno"
mix = "small.toml"
sizes = [3, 5]
[settings]
points = 40
network = { encoder = 16, width = 8, layers = 2, modes = 6, padding = 8, dropout = 0.1 }
[recipe]
epochs = 30
ema_decay = 0.9
gradient_clip = 1.0
"""

COMPARED = ("data/dataset.h5", "fno-3.safetensors", "fno-5.safetensors", "fno-3/curve.csv", "fno-5/curve.csv")
CHECKPOINTS = tuple(f"fno-{n}/checkpoints/epoch-{e:06d}.safetensors" for n in (3, 5) for e in (10, 20, 30))


PHASES = ("dataset_generation", "training")


def start(inputs: Path, out: Path) -> subprocess.Popen[bytes]:
    """The job as a user starts it."""
    line = "from harness.cli import main; main()"
    arguments = ["train", "fno", "--preset", str(inputs / "plan.toml"), "--out", str(out), "--workers", "2"]
    return subprocess.Popen([sys.executable, "-c", line, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for a job that nobody kills; it must succeed."""
    _, error = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(f"job failed with status {process.returncode}: {error.decode()}")


def phase_of(out: Path) -> str:
    """What a job is at, by its own word."""
    return str(read_progress(out / "progress.json").get("current_phase", "start-up"))


def written(out: Path) -> int:
    """When the job last said what it is at, in nanoseconds; 0 if it never did."""
    try:
        return (out / "progress.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def watch(process: subprocess.Popen[bytes], out: Path) -> dict[str, float]:
    """Seconds that each phase of an undisturbed job took."""
    spent = dict.fromkeys(PHASES, 0.0)
    last = time.monotonic()
    while process.poll() is None:
        time.sleep(0.005)
        now = time.monotonic()
        if (phase := phase_of(out)) in spent:
            spent[phase] += now - last
        last = now
    finish(process)
    return spent


def strike(process: subprocess.Popen[bytes], out: Path, phase: str, delay_s: float) -> bool:
    """Kill a job ``delay_s`` after it has got to ``phase``; False if it was over before, or past both phases."""
    # What the file says before this process has written to it was the word of the one before.
    before = written(out)
    while written(out) == before or phase_of(out) != phase:
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    try:
        process.wait(timeout=delay_s)
        return False
    except subprocess.TimeoutExpired:
        if phase_of(out) not in PHASES:
            return False
        process.kill()
        process.communicate()
        return True


def torture(folder: Path, kills: int, seed: int = 0) -> tuple[Counter[str], int, list[str]]:
    """Kills by phase, finished jobs, and the files that differ from those of the undisturbed job."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.toml").write_text(MIX)
    (folder / "plan.toml").write_text(PLAN)
    calm = folder / "calm"
    spent = watch(start(folder, calm), calm)
    rng = random.Random(seed)
    hit: Counter[str] = Counter()
    different: list[str] = []
    rounds = 0
    while hit.total() < kills:
        rounds += 1
        out = folder / f"round-{rounds}"
        process = start(folder, out)
        while hit.total() < kills:
            phase = "training" if (out / "data" / "dataset.h5").is_file() else "dataset_generation"
            if not strike(process, out, phase, rng.uniform(0, spent[phase])):
                break
            hit[phase_of(out)] += 1
            print(f"kill {hit.total()} of {kills}, while {phase_of(out)}", file=sys.stderr, flush=True)
            process = start(folder, out)
        finish(process)
        for name in (*COMPARED, *CHECKPOINTS):
            if (out / name).read_bytes() != (calm / name).read_bytes():
                different.append(f"round {rounds}: {name}")
    return hit, rounds, different


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    hit, rounds, different = torture(given.folder, given.kills, given.seed)
    print(f"{hit.total()} kills ({', '.join(f'{k}: {v}' for k, v in hit.items())}), {rounds} finished jobs")
    print("\n".join(different) or "every finished job has the bytes of the undisturbed one")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
