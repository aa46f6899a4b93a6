"""The reference ``mean-field``: the curves of an independent program, stored or computed now.

No production code of another group can be installed here: the generator of the authors has no licence, their CUDA
program needs a GPU. Instead, a second program in another language is used that shares no code with the simulator
(``matlab/harness_echo.m``: density matrices, dense sums), run by Octave. The nine published curves of the CUDA program
are compared if a copy is available (:mod:`harness.tasks.echo.published`); the rung "published" states whether it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from harness.bridge.entry_file import EntryFormat
from harness.bridge.pins import Pins
from harness.bridge.production_code import ProductionCode
from harness.bridge.recorded import RecordedEntries
from harness.bridge.rungs import Ladder, Rung
from harness.errors import InputError
from harness.task import Resolution
from harness.tasks.echo.means import mean_over_draws
from harness.tasks.echo.octave import REMEDY, OctaveProgram, request_of
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.published import VARIABLE, published_root
from harness.tasks.echo.signals import DRAW, MEAN, answer_of
from harness.tasks.echo.simulate import refuse_unsupported
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance, Trajectory

HERE = Path(__file__).parent
PACKAGED = HERE / "octave_cache"


class EchoEntries(RecordedEntries):
    """Curves of the Octave program, one file each: those of the package, then those of the user."""

    format = EntryFormat("echo-curve", 1)
    pins = Pins(HERE / "octave_cache.sha256", lambda: PACKAGED)


@dataclass(frozen=True)
class MeanField:
    """The reference: curves of single draws from the independent program, means over draws from our simulator.

    With ``live`` no stored curve is used.
    """

    live: bool = False
    name: str = "mean-field"
    observables: tuple[str, ...] = DRAW

    @property
    def code(self) -> ProductionCode:
        """Stored curves and the program."""
        return ProductionCode("the Octave program", EchoEntries.open("echo"), (OctaveProgram(),), self.live)

    def ladder(self) -> Ladder:
        """Every rung with its reason."""
        found = self.code.ladder()
        return replace(found, rungs=(*found.rungs, published_rung()))

    @staticmethod
    def resolution(live: bool, allow_fallback: bool) -> Resolution:
        """Who answers in a run.

        Raises
        ------
        InputError
            If nobody does: the reason of every rung, and the remedy.
        """
        from harness.tasks.echo.methods import Plain

        reference = MeanField(live)
        stand_in = ("echo-numpy", Plain()) if allow_fallback else None
        return reference.ladder().resolution(reference.name, reference, f"{REMEDY}.", stand_in)

    def simulate(self, system: EchoSystem, grid: EchoPlan, observables: Sequence[str] = DRAW) -> Trajectory:
        """The requested observables: the curve of one draw, the mean over draws, or both.

        Raises
        ------
        InputError
            If no rung has the curve, with the reason of each.
        """
        m, mean = None, mean_over_draws(system, grid) if set(MEAN) & set(observables) else None
        source = Provenance(self.name, "our simulator", details={} if mean is None else {"draws": mean.draws})
        if set(DRAW) & set(observables):
            refuse_unsupported([system], grid)
            found = self.code.answer(request_of(system, grid))
            m = found.arrays["mx"] + 1j * found.arrays["my"]
            stored = {} if found.path is None else {"stored": found.path.name}
            source = Provenance(self.name, "octave", str(found.provenance.get("version", "")), stored)
        return answer_of(grid, source, m, None if mean is None else mean.mean)

    def curve(self, system: EchoSystem, plan: EchoPlan) -> np.ndarray:
        """(T,) complex: the curve of one draw."""
        arrays = self.simulate(system, plan).arrays
        return arrays["mx"] + 1j * arrays["my"]


def published_rung() -> Rung:
    """Whether the published curves are at hand: compared as distributions, never an answer for one system."""
    try:
        root = published_root()
    except InputError as error:
        return Rung("published", False, str(error), "cache")
    reason = f"{VARIABLE} names no copy of Spin_Echo_Sim" if root is None else f"nine curves in {root}, for tests"
    return Rung("published", False, reason, "cache")
