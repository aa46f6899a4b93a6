"""Coupling graphs: chain, ring, star and random tree, with fixed or drawn parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from harness.errors import InputError
from harness.tasks.spins.systems.system import SpinSystem

Edges = list[tuple[int, int]]

TOPOLOGIES = ("chain", "ring", "star", "tree")


def edges_of(kind: str, n: int, rng: np.random.Generator | None = None) -> Edges:
    """Edges of a topology on ``n`` spins.

    ``tree`` is a random recursive tree (spin k attaches to a uniformly drawn earlier spin) and needs ``rng``.
    A ring of two spins is the single edge of a pair.

    Raises
    ------
    InputError
        For an unknown topology, or a tree without a generator.
    """
    if kind == "chain" or (kind == "ring" and n < 3):
        return [(k, k + 1) for k in range(n - 1)]
    if kind == "ring":
        return [(k, (k + 1) % n) for k in range(n)]
    if kind == "star":
        return [(0, k) for k in range(1, n)]
    if kind == "tree":
        if rng is None:
            raise InputError("topology 'tree' is random: give it a numpy Generator")
        return [(int(rng.integers(k)), k) for k in range(1, n)]
    raise InputError(f"topology {kind!r} is unknown (known: {', '.join(TOPOLOGIES)})")


def system_of(edges: Edges, offsets_hz: ArrayLike, couplings_hz: ArrayLike, name: str = "") -> SpinSystem:
    """Protons with one coupling per edge (a number for all, or one per edge in their order)."""
    offsets = np.asarray(offsets_hz, dtype=float)
    values = np.broadcast_to(np.asarray(couplings_hz, dtype=float), (len(edges),))
    matrix = np.zeros((offsets.size, offsets.size))
    for (i, j), value in zip(edges, values, strict=True):
        matrix[i, j] = matrix[j, i] = value
    return SpinSystem(offsets, matrix, name=name)


def topology(
    kind: str,
    n: int,
    rng: np.random.Generator,
    offset_range_hz: float = 250.0,
    coupling_range_hz: tuple[float, float] = (5.0, 20.0),
    uniform_coupling: bool = False,
) -> SpinSystem:
    """A random system: offsets uniform in ±offset_range_hz, couplings uniform in coupling_range_hz.

    One coupling per edge, or one for all with ``uniform_coupling``. The draw is determined by ``rng`` alone.
    """
    edges = edges_of(kind, n, rng)
    offsets = rng.uniform(-offset_range_hz, offset_range_hz, n)
    couplings = rng.uniform(*coupling_range_hz, size=1 if uniform_coupling else len(edges))
    return system_of(edges, offsets, couplings, name=f"{kind}-{n}")


def chain(offsets_hz: Sequence[float], couplings_hz: ArrayLike) -> SpinSystem:
    """Open chain; ``couplings_hz`` is one number or N-1 of them, in Hz."""
    return system_of(edges_of("chain", len(offsets_hz)), offsets_hz, couplings_hz, f"chain-{len(offsets_hz)}")


def ring(offsets_hz: Sequence[float], couplings_hz: ArrayLike) -> SpinSystem:
    """Closed chain; ``couplings_hz`` is one number or N of them (the last closes the ring), in Hz."""
    return system_of(edges_of("ring", len(offsets_hz)), offsets_hz, couplings_hz, f"ring-{len(offsets_hz)}")


def star(offsets_hz: Sequence[float], couplings_hz: ArrayLike) -> SpinSystem:
    """Spin 0 coupled to all others; ``couplings_hz`` is one number or N-1 of them, in Hz."""
    return system_of(edges_of("star", len(offsets_hz)), offsets_hz, couplings_hz, f"star-{len(offsets_hz)}")


def random_tree(n: int, rng: np.random.Generator, **ranges: float) -> SpinSystem:
    """A random recursive tree with drawn parameters; ``ranges`` as in :func:`topology`."""
    return topology("tree", n, rng, **ranges)  # type: ignore[arg-type]
