"""Systems that do not relax: every method and surrogate answers what version 0.1 answered, which knew no relaxation.

On the machine that wrote the file all numbers are the same to the last bit; another processor adds in another order.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from harness import simulate
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.frozen.make_still import ARRAYS, GRID, METHODS, SURROGATES, answers, systems

OLD = Path(__file__).with_name("still") / "answers.npz"
ROUNDING, SINGLE = 1e-11, 1e-5
"""Of M(0): double precision over 40 samples; the networks compute in single precision."""


@cache
def both() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    with np.load(OLD) as file:
        return {key: file[key] for key in file.files}, answers()


def test_the_same_answers_are_there() -> None:
    old, new = both()
    assert set(old) == set(new)
    assert len(systems()) == 6


def test_systems_have_the_identity_that_they_had() -> None:
    old, new = both()
    for name, system in systems().items():
        assert str(old[f"fingerprint/{name}"]) == str(new[f"fingerprint/{name}"]) == system.fingerprint
        assert system.relaxation is None


@pytest.mark.parametrize("method", [*METHODS, *SURROGATES])
def test_every_number_is_what_it_was(method: str) -> None:
    old, new = both()
    keys = [key for key in old if key.startswith(f"{method}/")]
    assert keys
    for key in keys:
        assert np.abs(new[key] - old[key]).max() <= (SINGLE if method in SURROGATES else ROUNDING), key


def test_a_slow_relaxation_would_be_seen() -> None:
    """The control: with a rate of 1e-5 per second the numbers are not those of version 0.1."""
    old, _ = both()
    slow = systems()["chain 3"].with_(relaxation=Relaxation("damp", damp_rate_per_s=1e-5))
    found = simulate(slow, GRID, "liouville-dense")
    apart = max(float(np.abs(getattr(found, name) - old[f"exact/chain 3/{name}"]).max()) for name in ARRAYS)
    assert apart > 10 * ROUNDING
