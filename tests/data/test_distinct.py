"""No system stands in a data set twice: what is validated must not have been trained on."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from harness.data import generate
from harness.errors import InputError


def test_two_systems_of_one_seed_are_refused(small_mix, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("harness.data.generate")
    real = module.seed_of
    monkeypatch.setattr(module, "seed_of", lambda seed, unit, index: real(seed, unit, index // 2))
    with pytest.raises(InputError, match="two systems share a seed"):
        generate(small_mix(), tmp_path / "d", workers=1)
    assert not (tmp_path / "d" / "dataset.h5").exists()


def test_no_two_systems_of_a_data_set_are_alike(small_mix, tmp_path) -> None:
    data = generate(small_mix(), tmp_path / "d", workers=1)
    for spins in (2, 3):
        offsets = np.concatenate([block.offsets_hz for block in data.blocks if block.spins == spins])
        assert len(np.unique(offsets, axis=0)) == len(offsets) == 35
