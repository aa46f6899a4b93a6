r"""Writes ``v01``: one small file of every format, as version 0.1 wrote them before its modules moved.

It was run once, on the code of commit d8be741, from a checkout of it::

    PYTHONPATH=. python make.py FOLDER

The names of modules are those of that commit. Running it on later code proves nothing; it is kept to say what the
files hold. ``records.json`` (its list of missing tests left out) and ``history.json`` come from a run of that commit::

    pytest harness/suites/test_conservation.py -k control \
        --validate-against spinach --subject pair-product --fresh-seed 7

and ``cache-entry.h5`` is a file of its ``spinach_cache``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import numpy as np

MIX = """
schema = "spin-mix-1"
name = "frozen"
seed = 11
grid = { points = 20, dt_s = 1e-4 }
shares = { cheap = 0.75, expensive = 0.25 }
observables = ["m", "i1z", "spin_signals"]
[[part]]
name = "chains"
spins = [2, 3]
uniform_coupling = true
counts = { train = 4, validation = 2, test = 3 }
[[part]]
name = "rings"
class = "expensive"
reference = "cluster"
options = { size = 3 }
topology = "ring"
spins = [4]
counts = { test = 2 }
[[part]]
name = "molecules"
molecules = ["alanine"]
carrier_jitter_hz = 5.0
coupling_scale = [0.9, 1.1]
counts = { test = 2 }
"""
PLAN = """
schema = "spin-training-1"
model = "fno"
mix = "mix.toml"
sizes = [2]
[settings]
points = 20
network = { encoder = 4, width = 4, layers = 1, modes = 3, padding = 4, dropout = 0.1 }
[recipe]
epochs = 2
"""


def main(folder: Path) -> None:
    """Write everything that this program writes by itself."""
    (folder / "mix.toml").write_text(MIX)
    (folder / "fno.frozen.toml").write_text(PLAN)
    numbers: dict[str, object] = {"mixes": mixes(), "dataset": dataset(folder)}
    numbers["jobs"] = jobs(folder)
    requests(folder)
    weights(folder)
    (folder / "numbers.json").write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n")


def mixes() -> dict[str, object]:
    """Fingerprint of every packaged mix; a hash over the seeds and fingerprints of the first system of each block."""
    from hashlib import sha256

    from harness.data.draw import draw, seed_of, units

    from harness.data import load_mix, preset_names

    found = {}
    for name in preset_names():
        mix = load_mix(name)
        first = [(unit, seed_of(mix.seed, unit, 0)) for unit in units(mix)]
        drawn = [[unit.key, seed, draw(unit, seed).fingerprint] for unit, seed in first]
        found[name] = {"mix_sha256": mix.fingerprint, "systems_sha256": sha256(json.dumps(drawn).encode()).hexdigest()}
    return found


def dataset(folder: Path) -> dict[str, str]:
    """A generated data set."""
    from harness.data import generate, load_mix

    with TemporaryDirectory() as made:
        data = generate(load_mix(folder / "mix.toml"), made, workers=1)
        copy(Path(made) / "dataset.h5", folder / "dataset.h5")
    return {"mix_sha256": data.mix_sha256, "content_sha256": data.content_sha256}


def jobs(folder: Path) -> dict[str, str]:
    """A measurement of the benchmark, and the file names of all that ``harness benchmark references`` makes."""
    from harness.benchmark.references import jobs

    from harness.benchmark import Protocol, run

    quick = Protocol(warmups=1, runs=2, most_runs=2, budget_s=1.0)
    with TemporaryDirectory() as made:
        run(jobs([2], ["weak-coupling"], points=20), made, quick)
        copy(next((Path(made) / "measurements").glob("*.json")), folder)
    return {f"{job.name} {job.size}": job.key(Protocol()) for job in jobs(peers=True)}


def requests(folder: Path) -> None:
    """What a foreign program is asked, as text."""
    from harness.data import read_dataset
    from harness.subjects.requests import request_of

    blocks = read_dataset(folder / "dataset.h5").select("test")
    text = json.dumps(request_of([block.system(0) for block in blocks], blocks[0].grid))
    (folder / "request.json").write_text(text, encoding="utf-8")


def weights(folder: Path) -> None:
    """Trained weights, bands and spreads beside them, and what both answer."""
    from harness.data import read_dataset
    from harness.surrogates import load_surrogate
    from harness.surrogates.conformal import KindCalibration, calibrate
    from harness.surrogates.conformal_file import calibration_path, save_calibration
    from harness.surrogates.recalibration import fit_spread, predictors
    from harness.surrogates.training.job import run_job
    from harness.surrogates.training.plan import load_plan
    from harness.surrogates.weights import read_weights

    data = read_dataset(folder / "dataset.h5")
    with TemporaryDirectory() as made:
        (path,) = run_job(load_plan("fno", folder / "fno.frozen.toml"), made, folder / "dataset.h5")
        copy(path, folder)
    path = folder / path.name
    rng = np.random.default_rng(5)
    grid, difficulty = data.blocks[0].grid, rng.uniform(0.5, 2.0, (150, 2))
    size = difficulty[:, :1] * np.linspace(0.1, 1.0, grid.points)
    errors = {"m": size * (rng.normal(size=size.shape) + 1j * rng.normal(size=size.shape)), "i1z": size * rng.normal()}
    bands = calibrate({name: np.abs(error) for name, error in errors.items()}, grid, difficulty=difficulty)
    spread = fit_spread(errors, predictors(rng.uniform(0.1, 1.0, 150), difficulty))
    record = {"weights_sha256": read_weights(path, "fno").sha256, "mix": "frozen"}
    save_calibration(calibration_path(path), "fno", KindCalibration({"": bands}, {"": spread}), record)
    systems = next(block for block in data.select("test") if block.spins == 2).systems()
    surrogate = load_surrogate("fno", path)
    spreads = surrogate.predict(systems, grid, "mc").std
    radii = surrogate.predict(systems, grid, "conformal").bands
    found = surrogate.predict(systems, grid)
    np.savez(
        folder / "answers.npz",
        m=found.m,
        i1z=found.i1z,
        std_m=[one.m for one in spreads],
        std_i1z=[one.i1z for one in spreads],
        m_radius=[[band.m_radius for band in bands] for bands in radii],
        i1z_radius=[[band.i1z_radius for band in bands] for bands in radii],
        levels=[band.level for band in radii[0]],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
