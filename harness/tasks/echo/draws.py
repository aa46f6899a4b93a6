"""The mean curve over draws of the offsets: the best possible prediction of a surrogate that knows only the labels."""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.offsets import DrawnOffsets, GivenOffsets
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.system import EchoSystem

DRAWS = 128
"""Number of draws of the offsets in a mean curve: its standard error is the spread of curves divided by 11.3."""
FIRST_SEED = 1_000_000
"""Seeds of those draws start here; no set of curves uses them."""


def mean_over_draws(system: EchoSystem, plan: EchoPlan, draws: int = DRAWS) -> np.ndarray:
    """(T,) complex: the mean of the curves of ``draws`` draws of the offsets from the system's line.

    It is always computed by our simulator in single precision, because slow programs need too long for the mean. Its
    curves of single draws agree with the reference to 1e-10 in double precision.

    Raises
    ------
    InputError
        For offsets that are given as numbers and not drawn.
    """
    from harness.tasks.echo.simulate import simulate

    if isinstance(system.offsets, GivenOffsets):
        raise InputError(f"{system.name}: its offsets are given, so that there is no mean over draws")
    line = system.offsets.line
    others = [system.with_(offsets=DrawnOffsets(FIRST_SEED + k, line)) for k in range(draws)]
    return simulate(others, plan, precision="float32").mean(0)
