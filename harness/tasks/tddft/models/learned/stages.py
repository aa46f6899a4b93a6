"""The curriculum of the learned propagator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """Windows of ``steps`` samples for ``epochs`` passes in batches; the rate falls from ``learning_rate`` to 0 in each
    stage. With ``linear`` the interaction is trained alone."""

    steps: int
    epochs: int
    learning_rate: float = 2e-3
    batch_size: int = 64
    linear: bool = False


STAGES = (
    Stage(2, 14, 6e-3, linear=True),
    Stage(16, 2, 1e-4, linear=True),
    Stage(128, 1, 1e-5, 32),
)
"""First the interaction alone, in many short windows and then in longer ones; at the end everything, on whole
trajectories of 25.6 au, over which small errors add up."""


def in_words(stages: tuple[Stage, ...] = STAGES) -> str:
    """Steps and passes of each stage: "2 14 (linear), 128 1"."""
    return ", ".join(f"{one.steps} {one.epochs}{' (linear)' * one.linear}" for one in stages)
