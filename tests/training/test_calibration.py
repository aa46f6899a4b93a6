"""Calibration of a model that knows kinds of systems, from a small dataset of two kinds."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from harness import load_surrogate
from harness.data import generate
from harness.surrogates.training.calibration import calibrate_weights, raw_spreads
from harness.tasks.spins.data import parse_mix
from harness.tasks.spins.surrogates import PRETRAINED

PACKAGED = PRETRAINED / "spin-graph.safetensors"
MIX = {
    "schema": "spin-mix-1",
    "name": "two-kinds",
    "seed": 5,
    "grid": {"points": 31, "dt_s": 1e-3},
    "part": [
        {"name": "chain", "topology": "chain", "spins": [4], "counts": {"calibration": 500}},
        {"name": "ring", "topology": "ring", "spins": [5], "counts": {"calibration": 60}},
    ],
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory):
    return generate(parse_mix(MIX, "two-kinds"), tmp_path_factory.mktemp("data"), workers=1)


def test_kinds_that_are_common_enough_get_bands_of_their_own(dataset, tmp_path):
    shutil.copy(PACKAGED, tmp_path)
    predicted: list[str] = []
    (path,) = calibrate_weights("spin-graph", tmp_path, dataset, predicted.append)
    assert path.name == "spin-graph-30ms.conformal.safetensors"
    assert "3 kinds" in predicted[-1]
    surrogate = load_surrogate("spin-graph", tmp_path)
    (calibration,) = surrogate.calibrations
    assert set(calibration.kinds) == set(calibration.spreads) == {"chain 4 weak", "weak", ""}
    assert calibration.count == 560 - 100  # a hundred rows, as near as a share of a tenth to a quarter comes
    chains, rings = dataset.select("calibration")
    for block in (chains, rings):
        systems = block.systems()[:5]
        bands = surrogate.predict(systems, block.grid, "conformal").bands
        raw, std = (surrogate.predict(systems, block.grid, kind).std for kind in ("mc-raw", "mc"))
        assert bands is not None
        assert all(np.isfinite(band.m_radius).all() for one in bands for band in one)
        assert all(np.abs(a.mx - b.mx).max() > 0 for a, b in zip(raw, std, strict=True))
    # 90 % of the systems that the bands were made with, within 4 standard deviations of 500.
    systems = chains.systems()
    prediction = surrogate.predict(systems, chains.grid, "conformal")
    inside = [
        bool((np.abs(p.m - m) <= next(b for b in bands if (b.level, b.kind) == (0.9, "sup")).m_radius).all())
        for p, m, bands in zip(prediction.mean, chains.m, prediction.bands, strict=True)
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.054)


def test_raw_spreads_belong_to_their_systems(dataset):
    """Rows are numbered through all blocks, in whatever portions the blocks are asked."""
    surrogate = load_surrogate("spin-graph", PACKAGED)
    blocks = dataset.select("calibration")
    rows = np.array([3, 4, 499, 500, 559])
    expected = [surrogate.raw_spread([block.system(k)])[0] for block, k in (
        (blocks[0], 3), (blocks[0], 4), (blocks[0], 499), (blocks[1], 0), (blocks[1], 59))]  # fmt: skip
    found = raw_spreads(surrogate, blocks, rows, batch=1)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert len(np.unique(found)) == 5
