"""Writes ``still/answers.npz``: what version 0.1, which knew no relaxation, answered by every method.

It was run once, on the code of commit d8be741, from a checkout of it::

    PYTHONPATH=. python make_still.py FOLDER

It uses the public names alone, which are those of version 0.1 to this day. Running it on later code proves nothing; it
is kept to say what the file holds, and ``test_still.py`` takes the systems from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from harness import SpinSystem, TimeGrid, load_molecule, load_surrogate, simulate

GRID = TimeGrid(40, 2.5e-4)
SEED, NOISE_SEED = 17, 5
METHODS = (
    "exact", "dense", "krylov", "chebyshev", "cluster", "pair-product", "weak-coupling", "rk4", "typicality",
)  # fmt: skip
OPTIONS = {"cluster": {"size": 3}, "typicality": {"seed": NOISE_SEED}, "rk4": {"substeps": 16}}
SURROGATES = ("spin-graph", "fno-general")
ARRAYS = ("mx", "my", "i1z")


def systems() -> dict[str, SpinSystem]:
    """Chains and a graph of every coupling, one with two isotopes, and two molecules."""
    rng = np.random.default_rng(SEED)
    found = {}
    for size in (2, 3, 5):
        couplings = np.diag(rng.uniform(-12, 12, size - 1), 1)
        found[f"chain {size}"] = SpinSystem(rng.uniform(-60, 60, size), couplings + couplings.T)
    couplings = np.triu(rng.uniform(-12, 12, (4, 4)), 1)
    isotopes = ["1H", "1H", "13C", "1H"]
    found["two isotopes"] = SpinSystem(rng.uniform(-60, 60, 4), couplings + couplings.T, isotopes=isotopes)
    for name in ("alanine", "glycine"):
        found[name] = load_molecule(name).at(2.35)
    return found


def answers() -> dict[str, np.ndarray]:
    """Every array of every method and surrogate that takes the system, by "method/system/array"."""
    found = {}
    for name, system in systems().items():
        for method in METHODS:
            predicted = simulate(system, GRID, method, **OPTIONS.get(method, {}))
            found |= {f"{method}/{name}/{array}": getattr(predicted, array) for array in ARRAYS}
        if "isotopes" in name:
            continue
        for surrogate in SURROGATES:
            predicted = load_surrogate(surrogate).predict([system], GRID.prefix(30)).mean[0]
            found |= {f"{surrogate}/{name}/{array}": getattr(predicted, array) for array in ARRAYS}
    return found | {f"fingerprint/{name}": np.array(system.fingerprint) for name, system in systems().items()}


if __name__ == "__main__":
    arrays = {key: np.array(array) for key, array in answers().items()}
    np.savez_compressed(Path(sys.argv[1]) / "answers.npz", **arrays)
