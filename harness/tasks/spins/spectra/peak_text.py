"""Peak lists as text for readers, as CSV and as JSON; ppm where the field is known, offsets in Hz in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.tasks.spins.spectra.peaks import Multiplet, PeakList

HEAD = ("centre", "from", "to", "integral", "spins")
SPINS_SHOWN = 8
"""Labels in a row of a table; of a larger multiplet the others are counted."""


def peak_text(peaks: PeakList) -> str:
    """One row per multiplet, and below it one per line: shift, offset from the carrier, intensity in spins."""
    if not len(peaks):
        return "no lines here\n"
    unit = "Hz" if peaks.axis is None else "ppm"
    rows = []
    cells = multiplet_rows(peaks)
    for one, (centre, high, low, integral, spins) in zip(reversed(peaks.multiplets), cells, strict=True):
        rows.append(f"{centre} {unit} ({high} to {low}), integral {integral}: {spins}")
        for peak in reversed(one.peaks):
            shift = "" if peaks.axis is None else f"{_place(peaks, peak.offset_hz):>10} ppm"
            width = "" if peak.width_hz is None else f"{peak.width_hz:>9.3f} Hz wide"
            rows.append(f"{shift}{peak.offset_hz:>12.3f} Hz{peak.intensity:>9.4f}{width}")
    return "\n".join(rows) + "\n"


def multiplet_rows(peaks: PeakList) -> list[tuple[str, str, str, str, str]]:
    """Cells of :data:`HEAD` for each multiplet, from high to low shift, as spectra are read."""
    rows = []
    for one in reversed(peaks.multiplets):
        low, high = one.range_hz
        more = f" and {len(one.spins) - SPINS_SHOWN} more" if len(one.spins) > SPINS_SHOWN else ""
        names = " ".join(one.spins[:SPINS_SHOWN]) + more
        places = (_place(peaks, one.centre_hz), _place(peaks, high), _place(peaks, low))
        rows.append((*places, f"{one.integral:.4f}", names))
    return rows


def peak_csv(peaks: PeakList) -> str:
    """One row per line, with the number, the centre and the integral of its multiplet."""
    unit = "hz" if peaks.axis is None else "ppm"
    head = ["multiplet", f"centre_{unit}", "integral", *(["ppm"] if peaks.axis else []), "offset_hz", "intensity"]
    relaxes = any(peak.width_hz is not None for one in peaks.multiplets for peak in one.peaks)
    rows = [",".join([*head, *(["width_hz"] if relaxes else [])])]
    for number, one in enumerate(reversed(peaks.multiplets), 1):
        centre = one.centre_hz if peaks.axis is None else float(peaks.axis.ppm(one.centre_hz))
        for peak in reversed(one.peaks):
            ppm = [] if peaks.axis is None else [float(peaks.axis.ppm(peak.offset_hz))]
            cells = [number, centre, one.integral, *ppm, peak.offset_hz, peak.intensity]
            cells += [peak.width_hz] if relaxes else []
            rows.append(",".join(map(repr, cells)))
    return "\n".join(rows) + "\n"


def peak_dict(peaks: PeakList) -> dict[str, Any]:
    """As plain JSON values."""
    axis = peaks.axis
    return {
        "name": peaks.name,
        "isotope": peaks.isotope,
        "larmor_hz": None if axis is None else axis.larmor_hz,
        "carrier_ppm": None if axis is None else axis.carrier_ppm,
        "observed_spins": peaks.observed_spins,
        "dropped": peaks.dropped,
        "multiplets": [_multiplet_dict(peaks, one) for one in reversed(peaks.multiplets)],
    }


def _multiplet_dict(peaks: PeakList, one: Multiplet) -> dict[str, Any]:
    low, high = one.range_hz
    lines = [
        {**_places(peaks, "", peak.offset_hz), "intensity": peak.intensity}
        | ({} if peak.width_hz is None else {"width_hz": peak.width_hz})
        for peak in reversed(one.peaks)
    ]
    return {
        "spins": list(one.spins),
        "integral": one.integral,
        **_places(peaks, "centre_", one.centre_hz),
        **_places(peaks, "low_", low),
        **_places(peaks, "high_", high),
        "lines": lines,
    }


def _places(peaks: PeakList, prefix: str, offset_hz: float) -> dict[str, float | None]:
    ppm = None if peaks.axis is None else float(peaks.axis.ppm(offset_hz))
    return {f"{prefix}ppm": ppm, f"{prefix}offset_hz": offset_hz}


def _place(peaks: PeakList, offset_hz: float) -> str:
    return f"{offset_hz:.3f}" if peaks.axis is None else f"{peaks.axis.ppm(offset_hz):.4f}"
