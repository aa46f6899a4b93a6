"""Three programs say the same: PyTorch, the plain numpy twin, and Octave with density matrices and dense sums."""

from __future__ import annotations

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import CHALLENGE, CONVERGED, DrawnOffsets, EchoPlan, EchoSystem, Kernel, Pulse
from harness.tasks.echo.octave import simulate_octave
from harness.tasks.echo.plain import simulate_plain
from harness.tasks.echo.simulate import simulate
from tests.tasks.echo.check_values import CASES, SMALL

SKEW = EchoPlan(delay=40.0, dt=2.0, steps_per_sample=3, first=Pulse(70.0, "y"), second=Pulse(150.0, "x"))
LATTICES = [
    SMALL,
    SMALL.with_(coupling="single-axis"),
    EchoSystem(0.3, Kernel("gauss", length=2.0, normalised=False), 1e-2, side=7, offsets=DrawnOffsets(3)),
    EchoSystem(-0.1, Kernel("rkky", length=3.0), 0.0, side=6, coupling="single-axis", offsets=DrawnOffsets(4)),
    EchoSystem(0.2, Kernel("uniform"), 1e-3, side=1, offsets=DrawnOffsets(5)),
]


@pytest.mark.parametrize("plan", [CHALLENGE, CONVERGED, SKEW], ids=["challenge", "converged", "skew"])
@pytest.mark.parametrize("system", LATTICES, ids=lambda system: f"{system.kernel.family}-{system.coupling}")
def test_plain_twin(system: EchoSystem, plan: EchoPlan) -> None:
    if system.coupling == "single-axis" and plan.scheme == "midpoint":
        with pytest.raises(InputError, match="forward"):
            simulate_plain(system, plan)
        return
    np.testing.assert_allclose(simulate_plain(system, plan), simulate([system], plan)[0], rtol=0, atol=1e-11)


@pytest.mark.octave
@pytest.mark.parametrize("plan", [CHALLENGE, CONVERGED, SKEW], ids=["challenge", "converged", "skew"])
def test_octave(plan: EchoPlan) -> None:
    systems = [s for s in LATTICES if plan.scheme == "forward" or s.coupling == "secular"]
    found, engine = simulate_octave(systems, plan)
    assert engine.startswith("octave ")
    assert np.max(np.abs(found - simulate(systems, plan))) <= 1e-10


@pytest.mark.octave
@pytest.mark.parametrize("case", ["D", "F"])
def test_octave_at_full_size(case: str) -> None:
    system, plan, _ = CASES[case]
    short = EchoPlan(delay=60.0, scheme=plan.scheme)
    found, _ = simulate_octave([system], short)
    assert np.max(np.abs(found - simulate([system], short))) <= 1e-10


def test_octave_refuses_large_lattices() -> None:
    with pytest.raises(InputError, match="at most 64"):
        simulate_octave([SMALL.with_(side=65)], CHALLENGE)
