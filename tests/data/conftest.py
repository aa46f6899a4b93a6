"""A mix small enough for tests."""

from collections.abc import Callable

import pytest

from harness.tasks.spins.data import Mix, parse_mix


@pytest.fixture
def small_mix() -> Callable[..., Mix]:
    def make(train: int = 23, seed: int = 3) -> Mix:
        part = {"name": "c", "spins": [2, 3], "counts": {"train": train, "validation": 7, "test": 5}}
        data = {
            "schema": "spin-mix-1",
            "name": "small",
            "seed": seed,
            "grid": {"points": 20, "dt_s": 1e-4},
            "part": [part],
        }
        return parse_mix(data, "small.toml")

    return make
