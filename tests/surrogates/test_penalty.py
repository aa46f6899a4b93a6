"""Exact trajectories pay (almost) no penalty; each broken rule pays its own."""

import numpy as np
import pytest
import torch

from harness.tasks.spins.data import block_of
from harness.tasks.spins.references import simulate
from harness.tasks.spins.surrogates.penalty import initial_slopes, physics_penalty
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, topology


def exact_block(isotopes=()):
    rng = np.random.default_rng(4)
    systems = [topology("chain", 4, rng).with_(isotopes=tuple(isotopes) or ("1H",) * 4) for _ in range(5)]
    return block_of("c", "test", "cheap", "exact", systems, range(5), [simulate(s, STANDARD_GRID) for s in systems])


def penalty(block, signals=None):
    if signals is None:
        signals = np.stack([block.mx, block.my, block.i1z], axis=1)
    slopes = torch.from_numpy(initial_slopes(block))
    return physics_penalty(torch.from_numpy(signals), slopes, STANDARD_GRID.dt_s, 250.0)


@pytest.mark.parametrize("isotopes", [(), ("1H", "13C", "1H", "1H")])
def test_exact_signals_pay_what_the_differences_cost(isotopes):
    # Five-point differences at Ω dt = .157: relative error (Ω dt)³·5/6 = 3e-3 of M'', squared.
    assert penalty(exact_block(isotopes)).max() < 2e-5


def test_slopes_of_a_heteronuclear_pair_hold_the_splitting():
    system = SpinSystem([100.0, 0.0], [[0, 145.0], [145.0, 0]], isotopes=["1H", "13C"])
    block = block_of("h", "test", "cheap", "exact", [system], [0], [simulate(system, STANDARD_GRID)])
    first, second = initial_slopes(block)[0]
    assert first == pytest.approx(2 * np.pi * 100)
    assert second == pytest.approx((2 * np.pi * 100) ** 2 + (np.pi * 145) ** 2)


@pytest.mark.parametrize("fault", ["scaled", "late", "i1z", "conjugate", "large"])
def test_each_broken_rule_costs(fault):
    block = exact_block()
    signals = np.stack([block.mx, block.my, block.i1z], axis=1).copy()
    honest = penalty(block).max()
    if fault == "scaled":
        signals[:, :2] *= 0.9
    elif fault == "late":
        signals[:, :2, 1:] = signals[:, :2, :-1].copy()
    elif fault == "i1z":
        signals[:, 2] -= 0.1
    elif fault == "conjugate":
        signals[:, 1] *= -1
    else:
        signals[:, 0, 150:] += 2.0
    assert penalty(block, signals).min() > 10 * honest
