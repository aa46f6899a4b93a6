"""Peak lists: the lines of a system, in multiplets with their integrals, from the eigenvalues and not from a spectrum.
Lines of a system that relaxes have their widths.

Spin k has its lines within Ω_k/2π ± Σ_j |J_kj|/2 where couplings are weak, the sum without the spins equivalent to k.
Spins whose ranges overlap form one multiplet; a line belongs to the multiplet whose range is nearest, so that the
integrals sum to the number of observed spins whatever the strength of the couplings. In the weak limit the integral of
a multiplet is its number of spins; strong coupling between multiplets, and combination lines, move intensity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from harness.errors import InputError
from harness.memory import require_memory
from harness.tasks.spins.systems import ShiftAxis, SpinSystem, TimeGrid
from harness.tasks.spins.systems.equivalence import equivalent_groups

RESOLUTION_HZ = 0.2
"""Lines closer than this are one: a third of the width of a line in a good magnet."""
LEAST = 0.01
"""Lines below this fraction of the highest of their multiplet are counted in its integral, and not listed."""


@dataclass(frozen=True)
class Peak:
    """One line: its offset from the carrier in Hz, its intensity in spins, and its full width at half height in Hz.

    The width is None where the spins do not relax.
    """

    offset_hz: float
    intensity: float
    width_hz: float | None = None


@dataclass(frozen=True)
class Multiplet:
    """Lines around the shifts of ``spins``.

    Parameters
    ----------
    spins
        Labels of the spins whose shifts lie here.
    centre_hz
        Mean of all its lines, weighted with their intensities, from the carrier.
    integral
        Intensity of all its lines, in spins.
    peaks
        The lines above :data:`LEAST` of the highest one, by ascending offset; the first and the last are its range.
    """

    spins: tuple[str, ...]
    centre_hz: float
    integral: float
    peaks: tuple[Peak, ...]

    @property
    def range_hz(self) -> tuple[float, float]:
        """Offsets of the first and the last line."""
        return self.peaks[0].offset_hz, self.peaks[-1].offset_hz


@dataclass(frozen=True, repr=False)
class PeakList:
    """The multiplets of a system by ascending offset; ``axis`` is None where the field is not known.

    ``observed_spins`` is what all integrals sum to, but for ``dropped``, the intensity left out of them, in spins.
    """

    name: str
    isotope: str
    axis: ShiftAxis | None
    observed_spins: int
    multiplets: tuple[Multiplet, ...]
    dropped: float = 0.0

    def __len__(self) -> int:
        return len(self.multiplets)

    def __repr__(self) -> str:
        lines = sum(len(one.peaks) for one in self.multiplets)
        return f"PeakList({self.name!r}, {self.isotope}, {len(self)} multiplets, {lines} lines)"

    def _repr_html_(self) -> str:
        from harness.tasks.spins.spectra.peak_text import HEAD, multiplet_rows
        from harness.tasks.spins.systems.html import table

        return table(repr(self), HEAD, multiplet_rows(self))

    def between(self, first_ppm: float, second_ppm: float) -> PeakList:
        """The multiplets with a line between two chemical shifts, with all their lines and whole integrals.

        Raises
        ------
        InputError
            Without a ppm axis.
        """
        if self.axis is None:
            raise InputError(f"{self.name!r} has offsets in Hz and no field: a range in ppm needs field and carrier")
        low, high = sorted(float(self.axis.offset_hz(ppm)) for ppm in (first_ppm, second_ppm))
        retained = [one for one in self.multiplets if any(low <= peak.offset_hz <= high for peak in one.peaks)]
        return replace(self, multiplets=tuple(retained))


def peak_list(system: SpinSystem, resolution_hz: float = RESOLUTION_HZ) -> PeakList:
    """Every line of M of ``system``; those within ``resolution_hz`` of one another are one, at their weighted mean.

    Raises
    ------
    InputError
        For a resolution that is not positive and finite, a system whose blocks do not fit into memory, or one that
        relaxes and is too large (:func:`harness.tasks.spins.spectra.relaxing_lines.relaxing_lines`).
    """
    if not 0 < resolution_hz < np.inf:
        raise InputError(f"resolution_hz = {resolution_hz!r}: must be a positive, finite number of Hz")
    count = len(system.observed_spins)
    lines = _lines if system.relaxation is None else _relaxing_lines
    frequency, intensity, widths, dropped = lines(system, count, resolution_hz)
    regions = _regions(system)
    cuts = [(one[1] + two[0]) / 2 for one, two in pairwise(regions)]
    places = np.searchsorted(cuts, frequency)
    multiplets = [
        _multiplet(system, spins, *(array[places == row] for array in (frequency, intensity, widths)))
        for row, (_, _, spins) in enumerate(regions)
    ]
    there = tuple(one for one in multiplets if one is not None)
    return PeakList(system.name, system.observed, system.axis, count, there, dropped * count)


def _lines(system: SpinSystem, count: int, resolution_hz: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Frequencies, intensities in spins, widths (NaN: none) and the share of intensity that is dropped."""
    from harness.tasks.spins.references import exact_lines

    parts = [system.subsystem(spins) for spins in system.components()]
    needed = max(exact_lines.memory_bytes(part, TimeGrid(1, 1.0), ("m",)) for part in parts)
    require_memory(
        needed, f"the line list of a part of {max(map(len, parts))} spins",
        "take the highest lines of a spectrum: harness simulate NAME --spectrum --method grown-cluster",
    )  # fmt: skip
    found = exact_lines.line_list(system)
    frequency, intensity = merged(found.frequencies_hz, found.intensities * count, resolution_hz)
    return frequency, intensity, np.full(len(frequency), np.nan), found.dropped


def _relaxing_lines(
    system: SpinSystem, count: int, resolution_hz: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """The same of a system that relaxes."""
    from harness.tasks.spins.spectra.relaxing_lines import relaxing_lines

    found = relaxing_lines(system).merged(resolution_hz)
    return found.frequencies_hz, found.intensities * count, found.widths_hz, found.dropped


def merged(frequency: np.ndarray, intensity: np.ndarray, width_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Lines (L,) by ascending frequency, each within ``width_hz`` of the first of its group taken together."""
    starts, k = [], 0
    while k < len(frequency):
        starts.append(k)
        k = int(np.searchsorted(frequency, frequency[k] + width_hz, side="right"))
    total = np.add.reduceat(intensity, starts)
    return np.add.reduceat(intensity * frequency, starts) / total, total


def _regions(system: SpinSystem) -> list[tuple[float, float, tuple[int, ...]]]:
    """Ranges in Hz by ascending offset, with the observed spins whose ranges overlap there."""
    group_of = {k: group for group in equivalent_groups(system) for k in group}
    ranges = []
    for k in system.observed_spins:
        others = [m for m in range(len(system)) if m not in group_of[k]]
        reach = float(np.abs(system.couplings_hz[k, others]).sum()) / 2
        ranges.append((float(system.offsets_hz[k]) - reach, float(system.offsets_hz[k]) + reach, k))
    regions: list[tuple[float, float, tuple[int, ...]]] = []
    for low, high, k in sorted(ranges):
        if regions and low <= regions[-1][1]:
            first, last, spins = regions[-1]
            regions[-1] = (first, max(last, high), (*spins, k))
        else:
            regions.append((low, high, (k,)))
    return regions


def _multiplet(
    system: SpinSystem, spins: tuple[int, ...], frequency: np.ndarray, intensity: np.ndarray, widths: np.ndarray
) -> Multiplet | None:
    if not len(frequency):
        return None
    integral = float(intensity.sum())
    centre = float((frequency * intensity).sum() / integral)
    listed = intensity >= LEAST * intensity.max()
    shown = (array[listed].tolist() for array in (frequency, intensity, widths))
    peaks = tuple(Peak(f, i, None if np.isnan(w) else w) for f, i, w in zip(*shown, strict=True))
    return Multiplet(tuple(system.labels[k] for k in sorted(spins)), centre, integral, peaks)
