"""Writing a trajectory or a spectrum: CSV, JSON, PNG, JCAMP-DX, NPZ, NMRPipe, chosen by the ending of the file name."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import check_file, json_text, write_bytes, write_text
from harness.errors import InputError
from harness.finite import require_finite
from harness.tasks.spins.spectra.plain import about_path, csv_of, png_of, write_plain
from harness.tasks.spins.spectra.spectrum import Spectrum
from harness.tasks.spins.systems import Provenance, Trajectory

ENDINGS = (".csv", ".json", ".png", ".jdx", ".npz", ".fid")
FID_ENDINGS = (".jdx", ".fid")
"""Formats of other programs for a free induction decay; JCAMP-DX is for spectra too."""


@dataclass(frozen=True, eq=False)
class Result:
    """What a simulation gave: a trajectory, its spectrum if one was requested, and the facts of the experiment.

    ``ppm`` are the ends of the range that figures show, None for where the signal is; ``spins`` is the number of
    observed spins; ``label`` names the system among others.

    Every value is finite, and so is every value in its files.

    Raises
    ------
    InputError
        For the first value that is not finite: the observable, the sample and what it is.
    """

    title: str
    trajectory: Trajectory
    spectrum: Spectrum | None = None
    isotope: str = "1H"
    facts: Mapping[str, Any] = field(default_factory=dict)
    ppm: tuple[float, float] | None = None
    spins: int = 1
    label: str = ""

    def __repr__(self) -> str:
        return f"Result({self.title!r}, {self.trajectory if self.spectrum is None else self.spectrum})"

    def __post_init__(self) -> None:
        for name in ("mx", "my", "i1z"):
            require_finite(getattr(self.trajectory, name) if getattr(self.trajectory, name) is not None else (), name)
        if self.spectrum is not None:
            require_finite(self.spectrum.intensity, "spectrum")
            require_finite(self.spectrum.offset_hz, "offset_hz of the spectrum")
        for name, value in self.facts.items():
            if isinstance(value, float):
                require_finite(value, name)

    def csv(self) -> str:
        """t_s,mx,my,i1z; or ppm (offset_hz without a field),real,imag of the spectrum. Empty cells: not given."""
        (name, first), *columns = self.columns()
        return csv_of(name, first, columns)

    def columns(self) -> list[tuple[str, Any]]:
        """Names and values of the columns of a CSV, the abscissa first; None: not given."""
        if self.spectrum is not None:
            known = self.spectrum.larmor_hz is not None
            axis = ("ppm", self.spectrum.ppm) if known else ("offset_hz", self.spectrum.offset_hz)
            return [axis, ("real", np.real(self.spectrum.intensity)), ("imag", np.imag(self.spectrum.intensity))]
        names = ("mx", "my", "i1z")
        return [("t_s", self.trajectory.grid.times_s), *((name, getattr(self.trajectory, name)) for name in names)]

    def about(self) -> dict[str, Any]:
        """As plain JSON values: the facts and the provenance."""
        return {
            "title": self.title,
            **self.facts,
            "points": self.trajectory.grid.points,
            "dt_s": self.trajectory.grid.dt_s,
            "origin": origin(self.trajectory.provenance),
            "provenance": self.trajectory.provenance.as_dict(),
        }

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values: the facts, the provenance, and all samples."""
        values = self.about()
        for name in ("mx", "my", "i1z"):
            array = getattr(self.trajectory, name)
            values[name] = None if array is None else array.tolist()
        if self.spectrum is not None:
            known = self.spectrum.larmor_hz is not None
            values["spectrum"] = {
                "offset_hz": self.spectrum.offset_hz.tolist(),
                "ppm": self.spectrum.ppm.tolist() if known else None,
                "real": np.real(self.spectrum.intensity).tolist(),
                "imag": np.imag(self.spectrum.intensity).tolist(),
            }
        return values

    def png(self) -> bytes:
        """The picture: the spectrum if there is one, else the trajectory."""
        from harness.tasks.spins.spectra.figures import spectrum_figure, trajectory_figure

        if self.spectrum is not None:
            return png_of(spectrum_figure(self.spectrum, self.title, self.isotope, self.ppm))
        return png_of(trajectory_figure(self.trajectory, self.title))

    def npz(self) -> bytes:
        """The samples, their times and the axis as arrays of numpy, and everything else as JSON in ``about``."""
        trajectory = self.trajectory
        arrays = {name: getattr(trajectory, name) for name in ("mx", "my", "i1z")}
        arrays["m"] = None if trajectory.mx is None else trajectory.m
        if self.spectrum is not None:
            arrays |= {"offset_hz": self.spectrum.offset_hz, "spectrum": self.spectrum.intensity}
        if trajectory.axis is not None:
            arrays |= {"larmor_hz": trajectory.axis.larmor_hz, "carrier_ppm": trajectory.axis.carrier_ppm}
        there = {name: np.asarray(value) for name, value in arrays.items() if value is not None}
        buffer = io.BytesIO()
        about = np.asarray(json_text(self.about()))
        there |= {"t_s": trajectory.grid.times_s, "dt_s": np.asarray(trajectory.grid.dt_s), "about": about}
        np.savez(buffer, allow_pickle=False, **there)
        return buffer.getvalue()

    def write(self, path: str | Path) -> None:
        """Write whole and rename; see :func:`check_out` for what is refused, and when.

        For a CSV, whose columns leave no room for it, ``NAME.csv.json`` gives the origin of the numbers.
        """
        path = Path(path)
        check_out(path, self.spectrum is not None)
        if path.suffix == ".npz":
            write_bytes(path, self.npz())
        elif path.suffix == ".fid":
            from harness.tasks.spins.exchange.nmrpipe import nmrpipe_of

            write_bytes(path, nmrpipe_of(self.trajectory, self.title))
        elif path.suffix == ".jdx":
            write_text(path, self.jcamp())
        else:
            write_plain(path, self)

    def jcamp(self) -> str:
        """A JCAMP-DX file: of the spectrum if there is one, else of the free induction decay."""
        if self.spectrum is None:
            from harness.tasks.spins.exchange.jcamp_fid import jcamp_fid_of

            return jcamp_fid_of(self.trajectory, self.title)
        from harness.tasks.spins.exchange.jcamp import jcamp_of

        return jcamp_of(self.spectrum, self.title, self.isotope)


def origin(provenance: Provenance) -> str:
    """The origin of the numbers, in a few words: method or Spinach with its commit, engine, version, cached or live."""
    details = provenance.details
    if commit := details.get("spinach_commit"):
        cached = details.get("source") == "cache"
        source = f"cache entry of {str(details.get('date', ''))[:10]}" if cached else "live"
        return f"Spinach {str(commit)[:12]} under {details['engine']} {details['engine_version']} ({source})"
    words = f"{provenance.method} ({provenance.engine} {provenance.version})".replace(" )", ")")
    return f"{words}, not {details['fallback_for']}" if "fallback_for" in details else words


def check_out(path: Path, spectrum: bool) -> None:
    """Refuse what cannot be written before anything is computed.

    Raises
    ------
    InputError
        For an unknown ending, a ``.fid`` of a spectrum, a format whose package is not installed, or whatever
        :func:`harness.durable.check_file` refuses.
    """
    if path.suffix not in ENDINGS:
        raise InputError(f"--out {str(path)!r}: the ending must be one of {', '.join(ENDINGS)}")
    if path.suffix == ".fid":
        from harness.tasks.spins.exchange.nmrpipe import require_nmrglue

        if spectrum:
            raise InputError(f"--out {str(path)!r}: NMRPipe files hold the decay here; leave --spectrum out")
        require_nmrglue()
    check_file(path)
    if path.suffix == ".csv":
        check_file(about_path(path))
