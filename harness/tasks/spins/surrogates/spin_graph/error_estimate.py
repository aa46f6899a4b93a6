"""How large the error of an answer may be, from what the cluster expansion leaves out, system by system.

A flip-flop of the bond (i, j) has the amplitude |J|/R·|sin πRt|, R² = J² + D². Its largest value up to the end T of the
grid is

    a_ij = |J_ij|/R_ij · sin(min(πR_ij T, π/2)),     R_ij² = J_ij² + max(0, |Ω_i - Ω_j| - W_ij)²,

where W_ij = ½ Σ_l |J_il - J_jl| over spins l of other isotopes is how far they can shift the two towards each other.
What is missing needs flip-flops on three bonds of a connected set of four spins that was not solved, or on a fourth
bond that leaves a set of four. With p_C the largest product of a over the bonds of a spanning tree of C,

    left out = 1/n [ Σ_{C not solved} p_C g_C + Σ_C p_C g_C Σ_{l ∉ C} max_{k ∈ C} b_kl ]

over all connected C of four spins (for I_1z over those that hold the tagged spin, without 1/n); b = a, and for unlike
isotopes sin(min(π|J|T, π/2)) times the largest a of spin l, since for a spin that never flips, freezing is exact. It is
0 where the answer is exact: components of up to three spins, four that are solved whole, couplings between isotopes.

Flip-flops that together change no energy are not limited by a: they grow over the whole grid. So g_C = max(1, πR̄T/(1 +
πδT)): R̄ is the geometric mean of R over the tree, and δ is how far C is from the nearest resonance, the smallest of
|Ω_i + Ω_j - Ω_k - Ω_l| and |Ω_i - Ω_j| over its spins, less the sum of its |J|, which can make this difference zero.

Where there are several isotopes, something can be left out although no connected set of four flips: an observed spin
that does not flip but is coupled to two pairs that do, or one pair that another pair shifts. :func:`watched_flips`
reports these cases.

This orders errors well but is not an error itself. ``LIMITS`` puts it, divided by the RMS of the signal, on a common
scale; on that scale an answer below the first of ``DOUBTFUL`` is accepted, above the second it is not, and between them
a second opinion decides (second_opinion.py). What passes, and what is flagged without need, is measured on fresh
systems by ``python -m harness.tasks.spins.surrogates.spin_graph.domain_test`` (docs/spin-graph.md has the table).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import pi

import numpy as np

from harness.tasks.spins.surrogates.spin_graph.families import ClusterPlan
from harness.tasks.spins.surrogates.spin_graph.groups import Group

TOLERANCE = 1e-2
"""The error that must not pass without a flag."""
HORIZONS_S = (0.03, 0.1)
LIMITS = {"m": (0.3, 0.04), "i1z": (0.6, 0.14)}
"""What is left out, over the RMS of the signal, that counts as ``TOLERANCE``, at either horizon."""
DOUBTFUL = ((3e-3, 1e-1), (1e-3, 3e-1))
"""Estimates at either horizon below which an answer is accepted, and above which it is not. On 4000 random systems on
each grid (seed 995101, sizes 4 to 8) no answer with an error above ``TOLERANCE`` had an estimate below the first, and
of those with errors below a tenth of it one or two in a hundred had one above the second."""
REMAINDER = 5e-3
"""Largest learned remainder |r| accepted without a second opinion: answers whose M is worse than 1e-2 though the
estimate is small have a larger one."""
KEPT_NUMBERS = 1_000_000
"""Numbers in the largest work array; groups are divided into parts that stay below it."""
SETS = 4
PAIRS = np.array(list(combinations(range(SETS), 2)))
RESONANCES = np.array(
    [[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1], *(np.eye(SETS)[i] - np.eye(SETS)[j] for i, j in PAIRS)]
).T
"""(4, resonances): which sums of offsets vanish where flip-flops in a set of four change no energy."""


@dataclass(frozen=True, eq=False)
class Reach:
    """The connected sets of four spins of a graph, as places in flattened (N, N) arrays.

    ``trees`` (sets, trees, 3) are the bonds of their spanning trees, ``pairs`` (sets, 6) all pairs, ``rows`` (sets, 4)
    their members and ``outside`` (sets, N) is 1 for spins that are none. ``observers`` is n.
    """

    trees: np.ndarray
    pairs: np.ndarray
    rows: np.ndarray
    outside: np.ndarray
    observers: int

    @classmethod
    def of(cls, plan: ClusterPlan, spins: int, observers: int) -> Reach:
        """The sets of a plan's larger clusters."""
        most = max((trees.shape[1] for trees in plan.bonds), default=1)
        flat = [trees[..., 0] * spins + trees[..., 1] for trees in plan.bonds]
        padded = [np.concatenate([t, np.repeat(t[:, :1], most - t.shape[1], axis=1)], axis=1) for t in flat]
        trees = np.concatenate(padded) if padded else np.zeros((0, 1, SETS - 1), dtype=int)
        rows = np.concatenate([kind.members for kind in plan.chosen]) if plan.chosen else np.zeros((0, SETS), dtype=int)
        outside = np.ones((len(rows), spins))
        np.put_along_axis(outside, rows, 0.0, axis=1)
        return cls(trees, rows[:, PAIRS[:, 0]] * spins + rows[:, PAIRS[:, 1]], rows, outside, observers)

    @property
    def numbers(self) -> int:
        """Size of the largest work array of one system."""
        return max(1, self.trees.size, self.rows.size * self.outside.shape[1])


def left_out(reach: Reach, group: Group, longitudinal: bool, least: float, horizon_s: float) -> np.ndarray:
    """What is left out of M or I_1z of every system, (B,); ``least`` is the threshold of solved sets on this grid."""
    if not len(reach.rows):
        return np.zeros(len(group))
    step = max(1, KEPT_NUMBERS // reach.numbers)
    parts = (group.take(slice(start, start + step)) for start in range(0, len(group), step))
    return np.concatenate([_left_out(reach, part, longitudinal, least, horizon_s) for part in parts])


def watched_flips(group: Group, horizon_s: float) -> np.ndarray:
    """Flips of two pairs that together show in M, of every system with several isotopes, (B,); 0 for one isotope.

    With w_kab = a_ab · sin(min(π|J_ka - J_kb|T/2, π/2)), the effect on spin k of a flip of the pair ab, and W_k = Σ_ab
    w_kab, it is 1/n Σ_k [½ (W_k² - Σ_ab w_kab²) + Σ_ab w_kab (W_a + W_b)] over observed k: both pairs act on k, or one
    pair on a spin of the other. Pairs with a spin in common are counted too, which is an overestimate.
    """
    if group.all_alike:
        return np.zeros(len(group))
    half = 0.5 * horizon_s
    couplings = np.abs(group.visible) * group.alike
    flips = _flips(couplings, np.maximum(0.0, _detuning(group) - _shifts(group)), half)
    difference = np.abs(group.visible[:, :, :, None] - group.visible[:, :, None, :])
    seen = 0.5 * flips[:, None] * np.sin(np.minimum(0.5 * half * difference, pi / 2))
    every = np.arange(group.spins)
    seen[:, every, every, :] = seen[:, every, :, every] = 0.0
    total = seen.sum(axis=(2, 3))
    shifted = 2 * np.einsum("bkij,bi->bk", seen, total)
    alone = 0.5 * (np.square(total) - 2 * np.square(seen).sum(axis=(2, 3)))
    watched = list(group.observed)
    return (np.maximum(alone, 0.0) + shifted)[:, watched].sum(axis=1) / len(watched)


def limit(signal: str, horizon_s: float) -> float:
    """What of ``left_out`` over the RMS of a signal ("m" or "i1z") counts as ``TOLERANCE`` on a grid."""
    return _between(*LIMITS[signal], horizon_s)


def doubtful(horizon_s: float) -> tuple[float, float]:
    """The estimates between which a second opinion decides on a grid."""
    (low, high), (low_late, high_late) = DOUBTFUL
    return _between(low, low_late, horizon_s), _between(high, high_late, horizon_s)


def _between(first: float, last: float, horizon_s: float) -> float:
    """Interpolated in the logarithms between ``HORIZONS_S``; outside, the nearer of the two values."""
    place = np.clip(np.log(max(horizon_s, 1e-9)), *np.log(HORIZONS_S))
    return float(np.exp(np.interp(place, np.log(HORIZONS_S), np.log((first, last)))))


def _left_out(reach: Reach, group: Group, longitudinal: bool, least: float, horizon_s: float) -> np.ndarray:
    """The sum of the module's docstring; an angle πRT is R·T/2 with R in rad/s."""
    half = 0.5 * horizon_s
    couplings = np.abs(group.couplings if longitudinal else group.visible)
    detuning = _detuning(group)
    alike = couplings if group.all_alike else couplings * group.alike
    bare = np.maximum(np.hypot(alike, detuning), 1e-300)
    flips = _flips(alike, detuning if group.all_alike else np.maximum(0.0, detuning - _shifts(group)), half)
    neighbours = flips
    if not group.all_alike:
        unlike = np.sin(np.minimum((couplings - alike) * half, pi / 2))
        neighbours = flips + unlike * flips.max(axis=2)[:, None, :]

    def of_trees(values: np.ndarray) -> np.ndarray:
        """The product over the bonds of every tree, (B, sets, trees)."""
        return values.reshape(len(group), -1)[:, reach.trees].prod(axis=-1)

    away = neighbours[:, reach.rows].max(axis=2)
    away *= reach.outside
    weight = away.sum(axis=-1) + (of_trees(alike / bare).max(axis=-1) <= least)
    gap = np.abs(group.offsets[:, reach.rows] @ RESONANCES).min(axis=-1)
    gap -= alike.reshape(len(group), -1)[:, reach.pairs].sum(axis=-1)
    turns = np.cbrt(of_trees(bare)) * half / (1 + np.maximum(gap, 0.0) * half)[..., None]
    product = (of_trees(flips) * np.maximum(1.0, turns)).max(axis=-1)
    return (product * weight).sum(axis=1) / reach.observers


def _detuning(group: Group) -> np.ndarray:
    """|Ω_i - Ω_j| (B, N, N) in rad/s."""
    return np.abs(group.offsets[:, :, None] - group.offsets[:, None, :])


def _flips(couplings: np.ndarray, detuning: np.ndarray, half: float) -> np.ndarray:
    """a (B, N, N) from |J| and D in rad/s and half the last time."""
    root = np.hypot(couplings, detuning)
    return couplings / np.maximum(root, 1e-300) * np.sin(np.minimum(root * half, pi / 2))


def _shifts(group: Group) -> np.ndarray:
    """W (B, N, N) in rad/s."""
    unlike = np.where(group.alike, 0.0, group.couplings)
    return 0.5 * np.abs(unlike[:, :, None, :] - unlike[:, None, :, :]).sum(axis=-1)
