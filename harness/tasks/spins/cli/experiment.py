"""What ``harness simulate`` computes: one method on one grid, for one system after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.tasks.spins.cli.methods import answered

if TYPE_CHECKING:
    from harness.tasks.spins.spectra import Spectrum
    from harness.tasks.spins.spectra.acquisition import Acquisition
    from harness.tasks.spins.spectra.several import Several
    from harness.tasks.spins.spectra.write import Result
    from harness.tasks.spins.systems import SpinSystem, Trajectory


@dataclass(frozen=True)
class Experiment:
    """A method with its options, an acquisition, and whether a spectrum is required, of which range.

    ``magnet`` is the field in the words of the user, "600 MHz"; "" for 14.1 T by default, or for no field.
    """

    method: str
    options: Mapping[str, float]
    taken: Acquisition
    spectrum: bool
    ppm: tuple[float, float] | None
    magnet: str

    def result(self, name: str, system: SpinSystem, facts: Mapping[str, Any]) -> Result:
        """The trajectory of one system, and its spectrum."""
        from harness.tasks.spins.spectra.write import Result

        trajectory = self._trajectory(system)
        shown = self._spectrum(trajectory, system) if self.spectrum else None
        about = {**facts, "method": self.method, **self.options, "t2_s": self.taken.t2_s}
        title = f"{system.name or Path(name).stem}, {self.words(facts)}"
        spins = len(system.observed_spins)
        return Result(title, trajectory, shown, system.observed, about, self.ppm, spins, label=name)

    def several(self, results: list[Result]) -> Several:
        """Results on one axis."""
        from harness.tasks.spins.spectra.several import Several

        labels = ", ".join(one.label for one in results)
        weights = ", equal concentrations" if self.spectrum else ""
        return Several(f"{labels}: {self.words(results[0].facts)}{weights}", tuple(results))

    def words(self, facts: Mapping[str, Any]) -> str:
        """Method and field, for titles."""
        field = self.magnet or (f"{facts['field_t']:g} T" if facts.get("field_t") else "")
        return f"{self.method}, {field}" if field else self.method

    def _trajectory(self, system: SpinSystem) -> Trajectory:
        """With T2 applied to M; an aliased offset is a warning, or an error where a spectrum is required.

        Of a spectrum M alone is computed.
        """
        from harness.tasks.spins.spectra import exponential_window, linewidth_of_t2
        from harness.tasks.spins.systems import Trajectory
        from harness.tasks.spins.systems.checks import refuse_aliased

        grid, t2_s = self.taken.grid, self.taken.t2_s
        if self.spectrum:
            refuse_aliased(system, grid)
        found = answered(system, grid, self.method, self.options, ("m",) if self.spectrum else ("m", "i1z"))
        if t2_s is None or found.mx is None:
            return found
        decay = exponential_window(grid, linewidth_of_t2(t2_s))  # made last: the method has refused what does not fit
        return Trajectory.of(grid, found.provenance, found.m * decay, found.i1z, axis=system.axis)

    def _spectrum(self, trajectory: Trajectory, system: SpinSystem) -> Spectrum:
        from harness.tasks.spins.spectra import cosine_window, spectrum_of

        window = cosine_window(trajectory.grid) if self.taken.t2_s is None else None
        whole = spectrum_of(trajectory.m, trajectory.grid, window, isotope=system.observed, axis=system.axis)
        return whole if self.ppm is None else whole.between(*self.ppm)
